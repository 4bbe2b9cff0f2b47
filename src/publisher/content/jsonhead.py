"""JSON heads: one object, read by json, with the lines that json does not tell.

Source: https://www.rfc-editor.org/rfc/rfc8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from publisher.content.heads import Fault, Parts, Place, Real, Whole
from publisher.content.yamlhead import LOADERS, line_finder

__all__ = ["end_of_json", "read_json"]

_DEEP = Fault("the front matter is nested too deeply", "Make it flatter.")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def end_of_json(text: str) -> int:
    """Where the object ends that a text begins with. Raises :class:`Fault` for what is not JSON."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except json.JSONDecodeError as error:
        raise Fault(f"the front matter is not JSON: {error.msg}", "Correct that line.", error.lineno - 1) from None
    except ValueError as error:  # a number of more digits than Python takes
        raise Fault(f"the front matter holds a number that cannot be kept: {error}", "Put it in quotes.") from None
    except RecursionError:
        raise Fault(_DEEP.what, _DEEP.hint) from None


def read_json(head: str) -> Parts:
    """The values of a JSON head. A key that is written twice is among the faults; the first value stays."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                twice.append(name)
            else:
                found[name] = value
        return found

    values = json.loads(head, object_pairs_hook=once, parse_int=Whole, parse_float=_real, parse_constant=_not_json)
    line_of = _line_finder(head)
    faults = []
    if twice:
        lines = _repeated(_nodes(head), {})
        for name in twice:
            line = lines[name].pop(0) if lines.get(name) else None
            faults.append(Fault(f"the key {name!r} is written twice", "Keep one of them.", line, name))
    return Parts(values, line_of, faults)


def _real(written: str) -> Real:
    number = Real(written)
    if number - number != 0:
        raise Fault(f"the number {written} is too large", "Put it in quotes.")
    return number


def _not_json(word: str) -> NoReturn:
    raise Fault(f"{word} is no value of JSON", "Write a number, or put it in quotes.")


def _line_finder(head: str) -> Callable[[Place], int | None]:
    finders: list[Callable[[Place], int | None]] = []

    def line_of(place: Place) -> int | None:
        if not finders:
            finders.append(line_finder(_nodes(head)))
        return finders[0](place)

    return line_of


def _nodes(head: str) -> yaml.Node | None:
    """The head as nodes, which know their lines: JSON is YAML but for halves of surrogate pairs."""
    try:
        root: yaml.Node | None = LOADERS[0](_SURROGATE.sub(r"\\u003f", head)).get_single_node()
    except yaml.YAMLError:
        return None
    return root


def _repeated(node: yaml.Node | None, lines: dict[str, list[int]]) -> dict[str, list[int]]:
    """The lines of the keys that stand in the same object for the second time or more often."""
    members = node.value if isinstance(node, yaml.MappingNode | yaml.SequenceNode) else []
    names = set()
    for one in members:
        if isinstance(node, yaml.MappingNode):
            key, value = one
            if key.value in names:
                lines.setdefault(key.value, []).append(key.start_mark.line)
            names.add(key.value)
            _repeated(value, lines)
        else:
            _repeated(one, lines)
    return lines
