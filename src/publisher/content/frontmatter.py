"""The head of an article: YAML between ``---``, TOML between ``+++``, or a JSON object, strictly split from the body.

YAML is read as YAML 1.2 says it: ``language: no`` is a word, only ``true`` and ``false`` are booleans, ``012`` is
twelve, a date stays the text that it is. A key that is written twice is an error.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from frontmatter.default_handlers import BaseHandler

from publisher.errors import ContentError

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML without libyaml: slower, the same answers
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

__all__ = ["Head", "split"]

#: A head has a handful of fields; more values than this are aliases that multiply each other.
_MOST_VALUES = 10_000
_NOT_CLOSED = "Close it with a line that holds nothing but"


class Head(NamedTuple):
    """The fields of a front matter, and where the body begins.

    ``values`` are JSON values, dates as text; ``texts`` are the same with every number as it was written; ``lines``
    tells the line of the source (from 1) of each field; ``first_line`` is the line at which ``body`` begins.
    """

    values: Mapping[str, Any]
    texts: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    first_line: int


class _Parts(NamedTuple):
    values: dict[str, Any]
    texts: dict[str, Any]
    lines: dict[str, int]


class _Fault(Exception):  # noqa: N818 - a word between functions of this module
    """Something wrong in a head, at a line of it (from 0)."""

    def __init__(self, what: str, hint: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(what)
        self.what, self.hint, self.line, self.field = what, hint, line, field


def split(text: str, path: Path | None = None) -> Head:
    """Split a document. One without front matter is all body.

    Raises :class:`ContentError` with ``path``, line and field for a head that is not closed or cannot be read.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for handler in (_Yaml(), _Toml(), _Json()):
        if handler.detect(text):
            try:
                head, body = handler.split(text)
                parts = handler.parts(head)
            except _NotAHead:
                break
            except _Fault as fault:
                line = None if fault.line is None else fault.line + 1 + handler.lines_before
                raise ContentError(fault.what, hint=fault.hint, path=path, line=line, field=fault.field) from None
            lines = {name: line + 1 + handler.lines_before for name, line in parts.lines.items()}
            return _head(parts.values, parts.texts, lines, body, 1 + text.count("\n", 0, len(text) - len(body)))
    return _head({}, {}, {}, text, 1)


def _head(values: dict[str, Any], texts: dict[str, Any], lines: dict[str, int], body: str, first: int) -> Head:
    # Empty lines before the body mean nothing; blanks before its first word may mean code.
    start = re.match(r"(?:[ \t]*\n)*", body)
    skipped = start.end() if start else 0
    return Head(values, texts, lines, body[skipped:], first + body.count("\n", 0, skipped))


class _NotAHead(Exception):  # noqa: N818
    """What looked like a head is the beginning of the body."""


class _Handler(BaseHandler, ABC):
    """A format of front matter: a handler of python-frontmatter that also knows the lines of fields."""

    #: How many lines of the file stand before the first line of the text that ``parts`` gets.
    lines_before = 1

    @abstractmethod
    def parts(self, fm: str) -> _Parts: ...

    def load(self, fm: str) -> dict[str, Any]:
        return self.parts(fm).values


class _Yaml(_Handler):
    FM_BOUNDARY = re.compile(r"---[ \t]*(?:\n|\Z)")
    _END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
    _FIELD = re.compile(r"""["']?[\w.-]+["']?[ \t]*:(?:[ \t]|\n|\Z)""")
    # Fields by which a head that begins with an empty line is told from a rule and a paragraph.
    _KNOWN = frozenset({"title", "date", "slug", "tags", "categories", "status", "draft", "layout", "description"})

    def split(self, text: str) -> tuple[str, str]:
        start = text.index("\n") + 1 if "\n" in text else len(text)
        end = self._END.search(text, start)
        if end is None:
            if self._FIELD.match(text, start):
                raise _Fault("the front matter is not closed", f"{_NOT_CLOSED} ---.", -1)
            raise _NotAHead
        head = text[start : end.start()]
        if head.startswith(("\n", " \n", "\t\n")) and head.strip() and not self._is_head(head):
            raise _NotAHead
        return head, text[end.end() :]

    def _is_head(self, head: str) -> bool:
        try:
            values = self.load(head)
        except (_Fault, _NotAHead):
            return False
        return bool(self._KNOWN & values.keys())

    def parts(self, fm: str) -> _Parts:
        try:
            return _from_yaml(fm)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.context, error.problem) if part)
            line = mark.line if mark else None
            raise _Fault(f"the front matter is not YAML: {what}", "Correct that line.", line) from None
        except yaml.reader.ReaderError as error:
            line = fm.count("\n", 0, error.position) if isinstance(error.position, int) else None
            raise _Fault(f"the front matter is not YAML: {error.reason}", "Remove the character.", line) from None
        except RecursionError:
            raise _Fault("the front matter is nested too deeply", "Make it flatter.") from None


class _Toml(_Handler):
    FM_BOUNDARY = re.compile(r"\+\+\+[ \t]*(?:\n|\Z)")
    _END = re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE)

    def split(self, text: str) -> tuple[str, str]:
        start = text.index("\n") + 1 if "\n" in text else len(text)
        end = self._END.search(text, start)
        if end is None:
            raise _Fault("the front matter is not closed", f"{_NOT_CLOSED} +++.", -1)
        return text[start : end.start()], text[end.end() :]

    def parts(self, fm: str) -> _Parts:
        try:
            values = tomllib.loads(fm)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+)", str(error))
            line = int(place[1]) - 1 if place else None
            raise _Fault(f"the front matter is not TOML: {error}", "Correct that line.", line) from None
        lines = {name: _line_of(fm, rf"""[ \t]*\[*[ \t]*["']?{re.escape(name)}["']?[ \t]*[=.\]]""") for name in values}
        return _Parts(*_both(values, lines), lines)


class _Json(_Handler):
    FM_BOUNDARY = re.compile(r"\{[ \t]*\n")
    lines_before = 0

    def split(self, text: str) -> tuple[str, str]:
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            raise _Fault(f"the front matter is not JSON: {error.msg}", "Correct that line.", error.lineno - 1) from None
        if text[end:].split("\n", 1)[0].strip():
            line = text.count("\n", 0, end)
            raise _Fault("text stands beside the end of the front matter", "Begin the body on a line of its own.", line)
        return text[:end], text[end:].partition("\n")[2]

    def parts(self, fm: str) -> _Parts:
        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            names = [name for name, _ in pairs]
            for name in names:
                if names.count(name) > 1:
                    line = _line_of(fm, _key(name))
                    raise _Fault(f"the key {name!r} is written twice", "Keep one of them.", line, name)
            return dict(pairs)

        values = json.loads(fm, object_pairs_hook=once)
        lines = {name: _line_of(fm, _key(name)) for name in values}
        return _Parts(*_both(values, lines), lines)


def _key(name: str) -> str:
    return rf"[ \t{{,]*{re.escape(json.dumps(name, ensure_ascii=False))}[ \t]*:"


def _line_of(text: str, pattern: str) -> int:
    found = re.search(f"^{pattern}", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) if found else 0


class _Words(_SafeLoader):
    """Every scalar as it was written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


class _Core(_SafeLoader):
    """The core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Core.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), ["t", "T", "f", "F"]
)
_Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Core.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)
_Core.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
_Core.add_constructor("tag:yaml.org,2002:int", lambda _loader, node: int(node.value, 10))
_Core.add_constructor("tag:yaml.org,2002:float", lambda _loader, node: float(node.value))
_Words.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def _from_yaml(head: str) -> _Parts:
    root = yaml.compose(head, Loader=_Core)
    if root is None:
        return _Parts({}, {}, {})
    if not isinstance(root, yaml.MappingNode):
        if isinstance(root, yaml.ScalarNode):
            raise _NotAHead  # a rule, and a paragraph before the next rule
        raise _Fault("the front matter holds no fields", "Write one 'name: value' a line.", root.start_mark.line)
    _no_key_twice(root, set())
    lines = {str(key.value): key.start_mark.line for key, _ in root.value}
    values = yaml.load(head, Loader=_Core)  # noqa: S506 - a SafeLoader
    texts = yaml.load(head, Loader=_Words)  # noqa: S506
    return _Parts(_plain(values, lines), _plain(texts, lines), lines)


def _no_key_twice(node: yaml.Node, seen: set[int]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names = set()
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name in names and name != "<<":
                raise _Fault(f"the key {name!r} is written twice", "Keep one of them.", key.start_mark.line, name)
            names.add(name)
            _no_key_twice(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _no_key_twice(one, seen)


def _both(values: dict[str, Any], lines: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    plain = _plain(values, lines)
    return plain, plain


def _plain(values: Any, lines: Mapping[str, int]) -> dict[str, Any]:
    """Parsed values as JSON values."""
    left = _MOST_VALUES

    def plain(value: Any, field: str) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Fault("the front matter holds too many values", "Write it without aliases.", lines.get(field), field)
        match value:
            case dict():
                return {str(name): plain(one, field) for name, one in value.items()}
            case list() | tuple() | set():
                return [plain(one, field) for one in value]
            case dt.datetime() | dt.date() | dt.time():
                return value.isoformat()
            case None | bool() | int() | str():
                return value
            case float() if math.isfinite(value):
                return value
        raise _Fault(
            f"a value of this kind cannot be kept, found {value!r}", "Write it as text.", lines.get(field), field
        )

    return {str(name): plain(value, str(name)) for name, value in values.items()}
