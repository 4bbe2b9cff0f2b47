"""The title that a body gives: its first heading of the first level, which then leaves it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from publisher.content.markdown import parse, plain_text

__all__ = ["Titled", "title_of_body"]

# A heading in the first line whose text cannot depend on what comes after it, as a reference link would.
_FIRST_LINE = re.compile(r"#[ \t][^\[\n]*(?:\n|\Z)")


class Titled(NamedTuple):
    """A title, the body without it, and how many lines were taken off the body's start."""

    title: str
    body: str
    lines: int


def title_of_body(body: str) -> Titled | None:
    """The first level-1 heading that says something, and the body without it; ``None`` where there is none.

    The lines of what is left stay known: behind other text the heading leaves empty lines in its place.
    """
    first = _FIRST_LINE.match(body)
    return (_titled(body, first[0]) if first else None) or _titled(body, body)


def _titled(body: str, looked_into: str) -> Titled | None:
    tokens = parse(looked_into)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0 and token.map:
            title = " ".join(plain_text(inline.children).split())
            if not title:
                continue
            start, end = token.map
            lines = body.split("\n")
            if "".join(lines[:start]).strip():
                # Empty lines in its place keep what stands around it apart, and the numbers of the lines.
                lines[start:end] = [""] * (end - start)
                return Titled(title, "\n".join(lines), 0)
            while end < len(lines) - 1 and not lines[end].strip():
                end += 1
            return Titled(title, "\n".join(lines[end:]), end)
    return None
