"""JSON heads: one object, read by json, with the lines that json does not tell.

Source: https://www.rfc-editor.org/rfc/rfc8259.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import yaml

from publisher.content.frontmatter.parts import TOO_DEEP, Fault, Parts, Place, Real, Whole, not_too_deep
from publisher.content.frontmatter.yaml_head import LOADERS, line_finder

__all__ = ["end_of_json", "read_json"]

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
        raise Fault(*TOO_DEEP) from None


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

    odd: list[str] = []

    def real(written: str) -> Real | None:
        number = Real(written)
        if math.isfinite(number):
            return number
        odd.append(written)
        return None

    values = json.loads(head, object_pairs_hook=once, parse_int=Whole, parse_float=real, parse_constant=odd.append)
    not_too_deep(values)
    faults: list[Fault] = []
    if twice or odd:
        lines = _Lines(_nodes(head))
        what = "the key {!r} is written twice"
        faults += [
            Fault(what.format(name), "Keep one of them.", lines.next(lines.repeated, name), name) for name in twice
        ]
        faults += [
            Fault(f"{one} is no number of JSON", "Put it in quotes.", lines.next(lines.words, one)) for one in odd
        ]
    return Parts(values, _line_finder(head), faults)


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


class _Lines:
    """The lines of all words without quotes, and of the keys that their object holds already."""

    def __init__(self, root: yaml.Node | None) -> None:
        self.words: dict[str, list[int]] = {}
        self.repeated: dict[str, list[int]] = {}
        if root is not None:
            self._look_into(root)

    @staticmethod
    def next(lines: dict[str, list[int]], word: str) -> int | None:
        """The line of the next use of a word, each being asked for once."""
        return lines[word].pop(0) if lines.get(word) else None

    def _look_into(self, node: yaml.Node) -> None:
        line: int = node.start_mark.line
        if isinstance(node, yaml.ScalarNode) and not node.style:
            self.words.setdefault(node.value, []).append(line)
        elif isinstance(node, yaml.SequenceNode):
            for one in node.value:
                self._look_into(one)
        elif isinstance(node, yaml.MappingNode):
            names = set()
            for key, value in node.value:
                if key.value in names:
                    self.repeated.setdefault(key.value, []).append(key.start_mark.line)
                names.add(key.value)
                self._look_into(value)
