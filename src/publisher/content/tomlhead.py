"""TOML, read by tomllib, with the lines that tomllib does not tell.

Source: https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from publisher.content.heads import Fault, Parts, Place, Real, plain, shown

__all__ = ["line_finder", "read_toml", "syntax_fault"]

#: A statement with more lines than this is not followed to its end: what comes after it is reported without a line.
_LONGEST_STATEMENT = 300

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read_toml(head: str) -> Parts:
    """The values of a TOML head; dates and times as ISO 8601 text. Raises :class:`Fault` for what is not TOML."""
    try:
        values = tomllib.loads(head, parse_float=_real)
    except tomllib.TOMLDecodeError as error:
        raise syntax_fault(error, "the front matter") from None
    except ValueError as error:  # a number of more digits than Python takes, or one that is infinite
        raise Fault(f"the front matter holds a number that cannot be kept: {error}", "Put it in quotes.") from None
    except RecursionError:
        raise Fault("the front matter is nested too deeply", "Make it flatter.") from None
    return Parts(_as_json(values), line_finder(head), [])


def syntax_fault(error: tomllib.TOMLDecodeError, what: str) -> Fault:
    """The error of tomllib with the line as a number of its own."""
    place = _AT.search(str(error))
    said = _AT.sub("", str(error))
    line = int(place[1]) - 1 if place and place[1] else None
    twice = "overwrite" in said or "twice" in said
    return Fault(f"{what} is not TOML: {said}", "Keep one of the two." if twice else "Correct that line.", line)


def _real(written: str) -> Real:
    number = Real(written)
    if number - number != 0:  # inf and nan, which JSON does not have
        raise ValueError(shown(number))
    return number


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Dates as text; numbers keep their spelling."""

    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: text(one) for name, one in value.items()}
        if isinstance(value, list):
            return [text(one) for one in value]
        return value if isinstance(value, Real) else plain(value)

    return {name: text(value) for name, value in values.items()}


class _Statement(NamedTuple):
    """One statement of a document, its line (from 0), and whether it is the header of a table."""

    values: dict[str, Any]
    line: int
    header: bool


def line_finder(text: str) -> Callable[[Place], int | None]:
    """What answers the line of a place: that of the statement that gives it its value."""
    found: dict[Place, int] = {}

    def line_of(place: Place) -> int | None:
        if not found:
            found.update(_lines(text))
        known = (found[place[:end]] for end in range(len(place), 0, -1) if place[:end] in found)
        return next(known, None)

    return line_of


def _lines(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    tables: dict[Place, int] = {}  # how many members of each array of tables were seen
    table: Place = ()
    for values, line, header in _statements(text):
        if header:
            table = _header(values, tables)
            for end in range(1, len(table) + 1):
                found.setdefault(table[:end], line)
        else:
            for place in _places(values, table):
                found.setdefault(place, line)
    return found


def _statements(text: str) -> Iterator[_Statement]:
    """Every statement by itself: lines are added to one until tomllib can read it."""
    begun: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        if not begun:
            start = number
            if not line.strip() or line.lstrip().startswith("#"):
                continue
        begun.append(line)
        try:
            values = tomllib.loads("\n".join(begun))
        except ValueError:
            if len(begun) > _LONGEST_STATEMENT:
                return
            continue
        yield _Statement(values, start, header=begun[0].lstrip().startswith("["))
        begun = []


def _header(values: dict[str, Any], tables: dict[Place, int]) -> Place:
    """The place of a ``[table]``, or of the next member of an ``[[array]]``."""
    place: Place = ()
    at: Any = values
    while at:
        name, at = next(iter(at.items()))
        place = (*place, name)
        if isinstance(at, list):
            tables[place] = tables.get(place, -1) + 1
            return (*place, tables[place])
        if place in tables:
            place = (*place, tables[place])
    return place


def _places(values: Any, around: Place) -> Iterator[Place]:
    members = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, value in members:
        yield (*around, name)
        yield from _places(value, (*around, name))
