"""A second front matter, which Markdown takes for rules and headings.

``title: x`` before a line of ``---`` is a heading to Markdown. So is a remark between two rules; a head is told from
that by its fields, and by holding nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

__all__ = ["heads", "may_hold_a_head"]

_FENCE = re.compile(r"^(?:---|\+\+\+)[ \t]*$", re.MULTILINE)
# The fields that heads have. In lower case: between two rules, "Date: Monday" is a line of an announcement.
_FIELD = re.compile(
    r"""["']?(?:title|subtitle|date|slug|tags?|categor(?:y|ies)|authors?|status|draft|published|layout|description
    |excerpt|summary|permalink|url|aliases|image|cover|id|weight|lang|keywords)["']?[ \t]*(?::(?=[ \t\n]|\Z)|=)""",
    re.VERBOSE,
)
_FIELD_LINE = re.compile(f"^{_FIELD.pattern}", re.VERBOSE | re.MULTILINE)
_YAML_LINE = re.compile(r"""["']?[\w.-]+["']?[ \t]*:(?:[ \t].*)?|[ \t]+\S.*|-[ \t].*|\#.*""")
_TOML_LINE = re.compile(r"""["']?[\w.-]+["']?[ \t]*=.*|\[.*\][ \t]*|[ \t]+\S.*|[\]}].*|\#.*|""")


def may_hold_a_head(body: str) -> bool:
    """Whether :func:`heads` can find something; ``False`` is certain."""
    return bool(("---" in body or "+++" in body) and _FENCE.search(body) and _FIELD_LINE.search(body))


def heads(body: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """The line of the body (from 1) at which a head begins, and its first field.

    Lines end with ``\\n``. A head stands between two fences; at the start of the body it may only end with one.
    """
    if not may_hold_a_head(body):
        return
    lines = [line.rstrip() for line in body.split("\n")]
    code = [token.map for token in tokens if token.type in ("fence", "code_block", "html_block") and token.map]
    is_code = {line for start, end in code for line in range(start, end)}
    at = first = next((at for at, line in enumerate(lines) if line), 0)
    while at < len(lines):
        fence = lines[at] if lines[at] in ("---", "+++") and at not in is_code else ""
        start = at + 1 if fence else at
        end = _end(lines, start, fence) if fence or at == first else 0
        if end:
            yield at + 1, lines[start]
        at = max(at, end) + 1


def _end(lines: Sequence[str], start: int, fence: str) -> int:
    """The index of the line that ends a head which begins at ``start``, or 0 if none does."""
    known = False
    line_of_a_head = _TOML_LINE if fence == "+++" else _YAML_LINE
    for at in range(start, len(lines)):
        if lines[at] in ("---", "+++") and fence in ("", lines[at]):
            return at if known else 0
        if not line_of_a_head.fullmatch(lines[at]):
            return 0
        known = known or bool(_FIELD.match(lines[at]))
    return 0
