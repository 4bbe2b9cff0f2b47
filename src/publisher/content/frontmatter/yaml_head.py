"""YAML heads as YAML 1.2 reads them: ``language: no`` is a word, only ``true`` and ``false`` are booleans.

Sources: the core schema, https://yaml.org/spec/1.2.2/#103-core-schema, with two differences: ``.inf`` and ``.nan`` stay
words, because JSON has no such numbers; and merge keys (``<<``) of YAML 1.1 work, because authors use them. The head is
composed once, by libyaml where PyYAML has it; values and lines come from the same nodes.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from publisher.content.frontmatter.parts import DEEPEST, TOO_DEEP, Fault, NotAHead, Parts, Place, Real, Whole, shown

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML without libyaml: slower, the same answers
    CParser = None  # type: ignore[assignment, misc]

__all__ = ["LOADERS", "line_finder", "read_yaml"]

#: A head has a handful of fields; more values than this are aliases that multiply each other.
MOST_VALUES = 10_000

_TAG = "tag:yaml.org,2002:"
_STR, _NULL, _BOOL, _INT, _FLOAT = (_TAG + name for name in ("str", "null", "bool", "int", "float"))
_SEQ, _MAP, _MERGE = (_TAG + name for name in ("seq", "map", "merge"))

_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_NUMBERS = (
    (_INT, re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (_FLOAT, re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")),
)
# What a plain scalar can be besides a text, by its first character; one without any is null.
_KINDS = {
    **dict.fromkeys("~nN", ((_NULL, re.compile("~|null|Null|NULL")),)),
    **dict.fromkeys("tTfF", ((_BOOL, _BOOLEAN),)),
    **dict.fromkeys("-+.0123456789", _NUMBERS),
    "<": ((_MERGE, re.compile("<<")),),
}


_OPENED = re.compile("flow (?:sequence|mapping)|quoted scalar")


class _Core:
    """The tags that nodes without one get."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if value:
            for tag, form in _KINDS.get(value[0], ()) if implicit[0] else ():
                if form.fullmatch(value):
                    return tag
            return _STR
        if kind is yaml.ScalarNode:
            return _NULL if implicit[0] else _STR
        return _SEQ if kind is yaml.SequenceNode else _MAP

    # Called at every node for tags that depend on paths, of which there are none: functions that cost nothing.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(tuple)


class _PythonLoader(_Core, Reader, Scanner, Parser, Composer):
    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


#: What can compose a head, the quickest first.
LOADERS: tuple[Callable[[str], Any], ...] = (_PythonLoader,)

if CParser is not None:

    class _CLoader(_Core, CParser):
        pass

    LOADERS = (_CLoader, _PythonLoader)


def read_yaml(head: str, loader: Callable[[str], Any] = LOADERS[0]) -> Parts:
    """The values of a YAML head.

    Raises :class:`Fault` for what is not YAML, and :class:`NotAHead` for a text without fields between two rules.
    """
    root = _composed(head, loader)
    if root is None:
        return Parts({}, lambda _place: None, [])
    if isinstance(root, yaml.ScalarNode):
        raise NotAHead
    if not isinstance(root, yaml.MappingNode):
        raise Fault("the front matter holds no fields", "Write one 'name: value' a line.", root.start_mark.line)
    values = _Values()
    return Parts(values.mapping(root, "", 0), line_finder(root), list(values.faults.values()))


def _composed(head: str, loader: Callable[[str], Any]) -> yaml.Node | None:
    try:
        root: yaml.Node | None = loader(head).get_single_node()
    except yaml.MarkedYAMLError as error:
        what = " ".join(part for part in (error.context, error.problem) if part)
        # What is not closed is missed where something else begins, and is to be mended where it was opened.
        marks = (error.context_mark, error.problem_mark) if _OPENED.search(what) else (error.problem_mark,)
        mark = next((mark for mark in marks if mark), error.context_mark)
        line = mark.line if mark else None
        if "nesting depth" in what:
            raise Fault(*TOO_DEEP, line) from None
        raise Fault(f"the front matter is not YAML: {what}", _hint(what), line) from None
    except ReaderError as error:
        line = _line_at(head, error) if isinstance(error.position, int) else None
        raise Fault(f"the front matter is not YAML: {error.reason}", "Remove the character.", line) from None
    except RecursionError:
        raise Fault(*TOO_DEEP) from None
    return root


def _line_at(head: str, error: ReaderError) -> int:
    # The C loader counts bytes, the other one characters.
    if error.encoding == "utf-8":
        return head.encode().count(b"\n", 0, error.position)
    return head.count("\n", 0, error.position)


def _hint(what: str) -> str:
    if "'\\t'" in what or "tab" in what:
        return "Indent with blanks instead of tabs."
    if "mapping values are not allowed" in what:
        return "Put a text that holds ': ' in quotes."
    return "Correct that line; put a text with special characters in quotes."


class _Values:
    """Makes values of nodes, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.left = MOST_VALUES
        self.faults: dict[tuple[int, str], Fault] = {}

    def wrong(self, node: yaml.Node, field: str, what: str, hint: str) -> None:
        line: int = node.start_mark.line
        # An alias leads to the same nodes again.
        self.faults.setdefault((line, what), Fault(what, hint, line, field or None))

    def value(self, node: yaml.Node, field: str, depth: int) -> Any:
        self.left -= 1
        tag = node.tag
        if tag == _STR and self.left >= 0 and type(node) is yaml.ScalarNode:
            return node.value  # as most are
        if self.left < 0:
            what = f"the front matter holds more than {MOST_VALUES:,} values"
            raise Fault(what, "Leave some out; an alias counts as all that it stands for.", node.start_mark.line, field)
        if depth > DEEPEST:
            raise Fault(*TOO_DEEP, node.start_mark.line, field)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, field)
        if isinstance(node, yaml.MappingNode) and tag == _MAP:
            return self.mapping(node, field, depth)
        if isinstance(node, yaml.SequenceNode) and tag == _SEQ:
            return [self.value(one, field, depth + 1) for one in node.value]
        return self.unknown(node, field)

    def mapping(self, node: yaml.MappingNode, field: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, field, "a field is called by a list or by other fields", "Call it by a text.")
                continue
            if key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
                continue
            name: str = key.value
            if name not in found:
                place = f"{field}.{name}" if field else name
                found[name] = self.value(value, place, depth + 1)
                continue
            twice = f"the key {name!r} is written twice"
            self.wrong(key, f"{field}.{name}" if field else name, twice, "Keep one of them.")
        for one in merged:
            brought = self.value(one, field, depth + 1)
            if isinstance(brought, dict):
                found = brought | found
            else:
                self.wrong(one, field, f"'<<' takes over fields, found {shown(brought)}", "Name a mapping.")
        return found

    def scalar(self, node: yaml.ScalarNode, field: str) -> Any:
        written: str = node.value
        if node.tag == _NULL:
            return None
        if node.tag == _BOOL and _BOOLEAN.fullmatch(written):
            return written[0] in "tT"
        try:
            if node.tag == _INT:
                return Whole(written, 0 if written[:2] in ("0o", "0x") else 10)
            if node.tag == _FLOAT and math.isfinite(number := Real(written)):
                return number
        except ValueError:
            self.wrong(node, field, f"{shown(written)} is no number that can be kept", "Put it in quotes.")
            return None
        if node.tag == _MERGE:
            return written
        if node.tag == _FLOAT:
            self.wrong(node, field, f"the number {written} is too large", "Put it in quotes.")
            return None
        return self.unknown(node, field)

    def unknown(self, node: yaml.Node, field: str) -> None:
        tag = f"!!{node.tag.removeprefix(_TAG)}" if node.tag.startswith(_TAG) else node.tag
        self.wrong(node, field, f"a value of the kind {tag} cannot be kept", "Write it as text.")


def line_finder(root: yaml.Node | None) -> Callable[[Place], int | None]:
    """What answers the line of a place in a document of these nodes: that of the key, or of the member of a list."""

    def line_of(place: Place) -> int | None:
        node, line = root, None
        for part in place:
            mark, node = _child(node, part)
            if node is None:
                break
            line = mark
        return line

    return line_of


def _child(node: yaml.Node | None, part: str | int) -> tuple[int | None, yaml.Node | None]:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in _with_merged(node):
            if key.value == part:
                return key.start_mark.line, value
    return None, None


def _with_merged(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping, and after them what it takes over from others."""
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        else:
            yield key, value
    for one in merged:
        if isinstance(one, yaml.MappingNode):
            yield from _with_merged(one)
