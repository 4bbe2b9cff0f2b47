"""What is printed and where: results on stdout, everything else on stderr; with ``--json`` one object on stdout.

On a terminal there is colour, unless NO_COLOR is set; in a pipe or in CI there are plain lines. What comes from a site
or a file never reaches the terminal as a control sequence.
"""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from publisher.cli.exits import Exit

__all__ = ["Voice", "printable"]

#: Characters that are not printable and still part of words: a line break, a tab, and what joins letters.
_KEPT = "\n\t\u200c\u200d"

_STYLES = {
    "create": "green",
    "update": "green",
    "settled": "green",
    "good": "green",
    "no-op": "dim",
    "failed": "red",
    "delivered": "green",
    "given up": "red",
    "open": "yellow",
    "blocked": "red",
    "problem": "red",
    "conflict": "yellow",
    "in doubt": "yellow",
    "unfinished": "yellow",
    "warning": "yellow",
    "unknown": "dim",
}


def printable(text: str) -> str:
    """The text without characters that would do something to a terminal."""
    return "".join(one if one.isprintable() or one in _KEPT else "\N{REPLACEMENT CHARACTER}" for one in text)


class Voice:
    """Says what a command has to say. ``quiet`` leaves out what went well, ``verbose`` says more."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        self.out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self.err = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)

    def result(self, text: str, word: str = "") -> None:
        """A line of what the command is for. ``word``, with which it begins, gives it its colour."""
        if not self.as_json:
            self.out.print(_styled(text, word))

    def table(self, table: RenderableType) -> None:
        if not self.as_json:
            self.out.print(table)

    def note(self, text: str) -> None:
        """Something beside the result, that may be left out."""
        if not self.quiet:
            self.err.print(Text(printable(text)))

    def trouble(self, text: str) -> None:
        """What went wrong."""
        self.err.print(_styled(text, "failed"))

    def end(self, code: Exit, about: dict[str, Any]) -> typer.Exit:
        """The end of a command, to be raised. ``about`` is what it has to say as JSON."""
        if self.as_json:
            # ASCII only, so that it is the same in every locale.
            typer.echo(json.dumps({**about, "exit_code": int(code)}, indent=2))
        return typer.Exit(int(code))


def _styled(text: str, word: str) -> Text:
    shown = Text(printable(text))
    style = _STYLES.get(word)
    if style is not None and shown.plain.startswith(word):
        shown.stylize(style, 0, len(word))
    return shown
