"""Prompt: how a module with questions asks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import typer
from rich.table import Table

from publisher.cli.saying import Voice, printable
from publisher.errors import ConfigurationError, PublisherError
from publisher.models import Target
from publisher.models.target import web_address

__all__ = ["Prompt"]

#: The answers that have an option of their own; the others are given with --set.
_OPTIONS = ("name", "url", "username")


class Prompt:
    """Asks on stderr, so that stdout stays for results. ``given`` are answers from the command line; they are not asked
    for again. Where nobody answers, as in a script, the default counts."""

    def __init__(self, given: Mapping[str, str], voice: Voice) -> None:
        self._given = given
        self._voice = voice
        self._asked: list[str] = []

    def given(self, name: str) -> str | None:
        """An answer that is not asked for, from the command line; None where it is not there."""
        self._asked.append(name)
        return self._given.get(name)

    def given_below(self, name: str) -> dict[str, str]:
        """The answers ``name.…`` from the command line, by what stands after the dot."""
        self._asked.append(f"{name}.…")
        below = {one: value for one, value in self._given.items() if one.startswith(f"{name}.")}
        self._asked += below
        return {one.partition(".")[2]: value.strip() for one, value in below.items()}

    def text(
        self, name: str, question: str, default: str | None = None, usable: Callable[[str], str] = str.strip
    ) -> str:
        """An answer. ``usable`` returns it in its final form, or raises :class:`ConfigurationError` to have it asked
        again; for an answer from the command line that error comes out."""
        given = self.given(name)
        if given is not None:
            return usable(given)
        while True:
            try:
                return usable(self._line(name, question, default))
            except NobodyAnswersError:
                raise
            except ConfigurationError as error:
                self.say(error)

    def line(self, question: str, default: str = "") -> str:
        """An answer that no option gives."""
        return self._line("", question, default)

    def choice(self, name: str, question: str, options: Sequence[tuple[str, str]]) -> str:
        """One of several, each an id and what a person calls it: by its number, its id or that name. The only one is
        taken without a question."""
        ids = [one for one, _ in options]

        def usable(answer: str) -> str:
            said = answer.strip()
            if said in ids:
                return said
            meant = [one for one, called in options if called.casefold() == said.casefold()]
            if len(meant) == 1:
                return meant[0]
            if said.isascii() and said.isdecimal() and 1 <= int(said) <= len(ids):
                return ids[int(said) - 1]
            raise ConfigurationError(
                f"{said!r} is none of them: {', '.join(called for _, called in options)}",
                field=name,
                hint="Give its number, its name or its id.",
            )

        if name not in self._given:
            if len(options) == 1:
                self._asked.append(name)
                self.say(f"{question}: {options[0][1]}, the only one")
                return ids[0]
            for number, (_, called) in enumerate(options, 1):
                self.say(f"  {number}  {called}")
        return self.text(name, question, None, usable)

    def yes(self, name: str, question: str, *, default: bool = False) -> bool:
        """A yes or a no."""

        def usable(answer: str) -> str:
            said = answer.strip().lower()
            if said not in ("y", "yes", "n", "no"):
                raise ConfigurationError(f"{answer!r} is neither yes nor no", field=name, hint="Answer y or n.")
            return said[0]

        return self.text(name, f"{question} (y or n)", "y" if default else "n", usable) == "y"

    def address(self, question: str) -> str:
        """The address of a site; https where no scheme is given."""

        def usable(answer: str) -> str:
            return Target(kind="", url=web_address(with_scheme(answer))).url

        return self.text("url", question, usable=usable)

    def hidden(self, name: str, question: str, *, optional: bool = False) -> str:
        """A secret, typed in where nobody sees it."""
        return self._line(name, question, "" if optional else None, hidden=True).strip()

    def say(self, what: str | PublisherError) -> None:
        """Something between two questions."""
        typer.echo(printable(str(what)), err=True)

    def show(self, table: Table) -> None:
        """A table between two questions."""
        self._voice.err.print(table)

    def refuse_secret(self, name: str) -> None:
        """Raises :class:`ConfigurationError` if a secret was given on the command line."""
        if name in self._given:
            raise ConfigurationError(
                f"{name} is a secret, and a command line can be seen by others",
                field=name,
                hint="Leave it out: init asks for it, or names a variable. This one was seen: make a new one.",
            )

    def refuse_others(self) -> None:
        """Raises :class:`ConfigurationError` for an answer from the command line that nobody asked for."""
        for name in self._given:
            if name not in self._asked:
                raise ConfigurationError(
                    f"nothing is to be known about {name!r}",
                    field=name,
                    hint=f"Asked is for {', '.join(dict.fromkeys(self._asked))}.",
                )

    def _line(self, name: str, question: str, default: str | None, *, hidden: bool = False) -> str:
        try:
            if hidden and not sys.stdin.isatty():
                return _piped(question)
            return str(typer.prompt(question, default=default, show_default=bool(default), hide_input=hidden, err=True))
        except typer.Abort as stopped:
            # typer makes one thing of the end of what is typed and of Ctrl-C.
            if isinstance(stopped.__context__, KeyboardInterrupt):
                if not hidden:  # what comes next begins a line of its own
                    typer.echo(err=True)
                raise KeyboardInterrupt from None
            typer.echo(err=True)
            if default is not None:
                return default
            option = f"--{name} …" if name in _OPTIONS else "its KIND" if name == "kind" else f"--set {name}=…"
            hint = "Run init where somebody can type it, or use --secret env." if hidden else f"Give {option}."
            raise NobodyAnswersError(f"nobody answers: {question}", field=name or None, hint=hint) from None


def _piped(question: str) -> str:
    """A line that nobody sees, for which getpass would warn that there is no terminal."""
    typer.echo(f"{question}: ", nl=False, err=True)
    line = sys.stdin.readline()
    typer.echo(err=True)
    if not line:
        raise typer.Abort
    return line.rstrip("\r\n")


class NobodyAnswersError(ConfigurationError):
    """There is nobody to be asked, so that asking again is of no use."""


def with_scheme(answer: str) -> str:
    """An address; https where no scheme is given."""
    written = answer.strip()
    return written if urlsplit(written).scheme and "://" in written else f"https://{written}"
