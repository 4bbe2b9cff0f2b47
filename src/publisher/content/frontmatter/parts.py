"""What the three formats of front matter share: their values, the lines of these, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = [
    "DEEPEST",
    "TOO_DEEP",
    "Fault",
    "NotAHead",
    "Parts",
    "Place",
    "Real",
    "Whole",
    "not_too_deep",
    "plain",
    "shown",
]

#: Lists and mappings within each other that a head may have; more is a mistake, or an attack on the stack.
DEEPEST = 50

#: Where a value stands in a head: the names of the fields around it and its own, and positions (from 0) in lists.
Place = tuple[str | int, ...]


class Fault(Exception):  # noqa: N818 - a word between the modules of this package
    """Something wrong in a head: ``line`` is counted from 0 within it, ``field`` is the dotted name."""

    def __init__(self, what: str, hint: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(what)
        self.what, self.hint, self.line, self.field = what, hint, line, field


#: What a head with more levels is told, and what to do.
TOO_DEEP = ("the front matter is nested too deeply", f"It may have {DEEPEST} levels.")


def not_too_deep(value: Any, levels: int = DEEPEST) -> None:
    """Raises :class:`Fault` for values with more than so many levels."""
    if levels < 0:
        raise Fault(*TOO_DEEP)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        not_too_deep(one, levels - 1)


class NotAHead(Exception):  # noqa: N818
    """What looked like a head is the beginning of the body."""


class Parts(NamedTuple):
    """What a head says.

    ``values`` are JSON values, dates as text and numbers as :class:`Whole` and :class:`Real`. ``line_of`` answers the
    line (from 0 within the head) of a place, or of the nearest place around it that has one. ``faults`` are those that
    did not keep the rest from being read.
    """

    values: dict[str, Any]
    line_of: Callable[[Place], int | None]
    faults: list[Fault]


class Whole(int):
    """A whole number that still says how it was written: the tag 007 is not the tag 7."""

    written: str

    def __new__(cls, written: str, base: int = 10) -> Whole:
        made = super().__new__(cls, written, base)
        made.written = written
        return made

    def __repr__(self) -> str:
        return self.written


class Real(float):
    """A number with a fraction that still says how it was written: the version 1.10 is not 1.1."""

    written: str

    def __new__(cls, written: str) -> Real:
        made = super().__new__(cls, written)
        made.written = written
        return made

    def __repr__(self) -> str:
        return self.written


def plain(value: Any) -> Any:
    """The same value as plain JSON values; dates and times become ISO 8601 text."""
    match value:
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case list():
            return [plain(one) for one in value]
        case Whole():
            return int(value)
        case Real():
            return float(value)
        case dt.date() | dt.time():  # a datetime is a date
            return value.isoformat()
    return value


def shown(value: Any) -> str:
    """A value for a message: in the words of the formats, and not longer than a line."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    said = repr(value)
    return said if len(said) <= 80 else f"{said[:79]}…"
