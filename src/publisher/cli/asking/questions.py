"""Prompt, Answers: how a module with questions asks, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import typer

from publisher.errors import ConfigurationError
from publisher.models import Target

__all__ = ["Answers", "Prompt"]


@dataclass(frozen=True)
class Answers:
    """What a target was said to be: its settings as they go into publisher.toml, and what a person calls each of its
    secrets, by the name of the setting."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


class Prompt:
    """Asks on stderr, so that stdout stays for results. ``given`` are answers from the command line; they are not asked
    for again."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._asked: list[str] = []

    def text(
        self, name: str, question: str, default: str | None = None, usable: Callable[[str], str] = str.strip
    ) -> str:
        """An answer. ``usable`` returns it in its final form, or raises :class:`ConfigurationError` to have it asked
        again; for an answer from the command line that error comes out."""
        self._asked.append(name)
        given = self._given.get(name)
        if given is not None:
            return usable(given)
        while True:
            try:
                return usable(str(typer.prompt(question, default=default, show_default=bool(default), err=True)))
            except ConfigurationError as error:
                typer.echo(str(error), err=True)

    def refuse(self, secrets: Collection[str]) -> None:
        """Raises :class:`ConfigurationError` for an answer from the command line that is a secret, or that nobody asked
        for."""
        for name in self._given:
            if name in secrets:
                raise ConfigurationError(
                    f"{name} is a secret, and a command line can be seen by others",
                    field=name,
                    hint="Leave it out: init asks for it, or names a variable. This one was seen: make a new one.",
                )
            if name not in self._asked:
                raise ConfigurationError(
                    f"nothing is to be known about {name!r}", field=name, hint=f"Asked is for {', '.join(self._asked)}."
                )

    def address(self, question: str) -> str:
        """The address of a site; https where no scheme is given."""

        def usable(answer: str) -> str:
            written = answer.strip()
            return Target(
                kind="", url=written if urlsplit(written).scheme and "://" in written else f"https://{written}"
            ).url

        return self.text("url", question, usable=usable)
