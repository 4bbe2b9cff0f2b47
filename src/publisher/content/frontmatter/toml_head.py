"""TOML, read by tomllib, with the lines that tomllib does not tell.

Source: https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from publisher.content.frontmatter.parts import TOO_DEEP, Fault, Parts, Place, Real, not_too_deep, plain

__all__ = ["line_finder", "read_toml", "syntax_fault"]

#: A statement with more lines than this is not followed to its end: what comes after it is reported without a line.
_LONGEST_STATEMENT = 300

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read_toml(head: str) -> Parts:
    """The values of a TOML head; dates and times as ISO 8601 text. Raises :class:`Fault` for what is not TOML."""
    try:
        values = tomllib.loads(head, parse_float=Real)
    except tomllib.TOMLDecodeError as error:
        raise syntax_fault(error, "the front matter") from None
    except ValueError as error:  # a number of more digits than Python takes
        raise Fault(f"the front matter holds a number that cannot be kept: {error}", "Put it in quotes.") from None
    except RecursionError:
        raise Fault(*TOO_DEEP) from None
    not_too_deep(values)
    line_of = line_finder(head)
    faults: list[Fault] = []

    def as_json(value: Any, place: Place) -> Any:
        if isinstance(value, dict):
            return {name: as_json(one, (*place, name)) for name, one in value.items()}
        if isinstance(value, list):
            return [as_json(one, (*place, number)) for number, one in enumerate(value)]
        if isinstance(value, Real):
            if math.isfinite(value):
                return value
            faults.append(Fault(f"{value} is no number of JSON", "Put it in quotes.", line_of(place), str(place[0])))
            return None
        return plain(value)

    return Parts({name: as_json(value, (name,)) for name, value in values.items()}, line_of, faults)


def syntax_fault(error: tomllib.TOMLDecodeError, what: str) -> Fault:
    """The error of tomllib with the line as a number of its own."""
    place = _AT.search(str(error))
    said = _AT.sub("", str(error))
    line = int(place[1]) - 1 if place and place[1] else None
    twice = "overwrite" in said or "twice" in said
    return Fault(f"{what} is not TOML: {said}", "Keep one of the two." if twice else "Correct that line.", line)


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
