"""The head of an article: YAML between ``---``, TOML between ``+++``, or a JSON object, strictly split from the body.

A head that is begun must be closed; what is no head stays in the body, word for word. The formats are handlers of
python-frontmatter; what their heads say is read by :mod:`.yamlhead`, :mod:`.tomlhead` and :mod:`.jsonhead`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import frontmatter
from frontmatter.default_handlers import BaseHandler

from publisher.content.frontmatter.json_head import end_of_json, read_json
from publisher.content.frontmatter.parts import Fault, NotAHead, Parts, Place
from publisher.content.frontmatter.toml_head import read_toml
from publisher.content.frontmatter.yaml_head import read_yaml
from publisher.errors import ContentError

__all__ = ["Head", "split"]

_NOT_CLOSED = "Close it with a line that holds nothing but"
_EMPTY_LINES = re.compile(r"(?:[ \t]*\n)*")


class Head(NamedTuple):
    """The fields of a front matter, and where the body begins.

    ``values`` are JSON values, dates as text, numbers as they were written (see :class:`.headparts.Parts`). ``line_of``
    answers the line of the source (from 1) of a place such as ``("seo", "canonical")``. ``faults`` are the mistakes
    that left the rest readable. ``first_line`` is the line at which ``body`` begins.
    """

    values: dict[str, Any]
    line_of: Callable[[Place], int | None]
    body: str
    first_line: int
    faults: tuple[ContentError, ...] = ()


def split(text: str, path: Path | None = None) -> Head:
    """Split a document. One without front matter is all body.

    Raises :class:`ContentError` with ``path``, line and field for a head that is not closed or cannot be read: nothing
    else can be said about such a file.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    handler = frontmatter.detect_format(text, _HANDLERS)
    if not isinstance(handler, _Handler):
        return _head({}, _nowhere, text, 1)
    before = handler.lines_before

    def error(fault: Fault) -> ContentError:
        line = None if fault.line is None else fault.line + 1 + before
        return ContentError(fault.what, hint=fault.hint, path=path, line=line, field=fault.field, code="front matter")

    try:
        head, body = handler.split(text)
        parts = handler.parts(head)
    except NotAHead:
        return _head({}, _nowhere, text, 1)
    except Fault as fault:
        raise error(fault) from None

    def line_of(place: Place) -> int | None:
        line = parts.line_of(place)
        return None if line is None else line + 1 + before

    first = 1 + text.count("\n", 0, len(text) - len(body))
    return _head(parts.values, line_of, body, first, tuple(error(fault) for fault in parts.faults))


def _nowhere(_place: Place) -> None:
    return None


def _head(
    values: dict[str, Any],
    line_of: Callable[[Place], int | None],
    body: str,
    first: int,
    faults: tuple[ContentError, ...] = (),
) -> Head:
    # Empty lines before the body mean nothing; blanks before its first word may mean code.
    start = _EMPTY_LINES.match(body)
    skipped = start.end() if start else 0
    return Head(values, line_of, body[skipped:], first + body.count("\n", 0, skipped), faults)


class _Handler(BaseHandler, ABC):
    """A format of front matter: a handler of python-frontmatter that also knows the lines of fields."""

    #: How many lines of the file stand before the first line of the text that ``parts`` gets.
    lines_before = 1

    @abstractmethod
    def parts(self, fm: str) -> Parts: ...

    def load(self, fm: str) -> dict[str, Any]:
        return self.parts(fm).values


class _Yaml(_Handler):
    FM_BOUNDARY = re.compile(r"---[ \t]*(?:\n|\Z)")
    _END = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
    _FIELD = re.compile(r"""["']?[\w.-]+["']?[ \t]*:(?:[ \t]|\n|\Z)""")
    # Fields by which a head that begins with an empty line is told from a rule and a paragraph.
    _KNOWN = frozenset({"title", "date", "slug", "tags", "categories", "status", "draft", "layout", "description"})

    def split(self, text: str) -> tuple[str, str]:
        start = text.index("\n") + 1 if "\n" in text else len(text)
        end = self._END.search(text, start - 1)
        if end is None:
            if self._FIELD.match(text, start):
                raise Fault("the front matter is not closed", f"{_NOT_CLOSED} ---.", -1)
            raise NotAHead
        head = text[start : end.start() + 1]
        if head.startswith(("\n", " \n", "\t\n")) and head.strip() and not self._is_head(head):
            raise NotAHead
        return head, text[end.end() :]

    def _is_head(self, head: str) -> bool:
        try:
            values = self.load(head)
        except (Fault, NotAHead):
            return False
        return bool(self._KNOWN & values.keys())

    def parts(self, fm: str) -> Parts:
        return read_yaml(fm)


class _Toml(_Handler):
    FM_BOUNDARY = re.compile(r"\+\+\+[ \t]*(?:\n|\Z)")
    _END = re.compile(r"\n\+\+\+[ \t]*(?:\n|\Z)")

    def split(self, text: str) -> tuple[str, str]:
        start = text.index("\n") + 1 if "\n" in text else len(text)
        end = self._END.search(text, start - 1)
        if end is None:
            raise Fault("the front matter is not closed", f"{_NOT_CLOSED} +++.", -1)
        return text[start : end.start() + 1], text[end.end() :]

    def parts(self, fm: str) -> Parts:
        return read_toml(fm)


class _Json(_Handler):
    # "{" alone in the first line, or before a first key in quotes: "{{" and "{%" begin other things.
    FM_BOUNDARY = re.compile(r'\{(?:[ \t]*\n|[ \t]*"(?:[^"\\\n]|\\.)*"[ \t]*:)')
    lines_before = 0

    def split(self, text: str) -> tuple[str, str]:
        end = end_of_json(text)
        if text[end:].split("\n", 1)[0].strip():
            line = text.count("\n", 0, end)
            raise Fault("text stands beside the end of the front matter", "Begin the body on a line of its own.", line)
        return text[:end], text[end:].partition("\n")[2]

    def parts(self, fm: str) -> Parts:
        return read_json(fm)


_HANDLERS = (_Yaml(), _Toml(), _Json())
