"""What belongs to the author's tools and must not be seen on a page."""

from __future__ import annotations

from typing import NamedTuple

from publisher.content.frontmatter import split
from publisher.errors import ContentError
from publisher.models.article import Leak

__all__ = ["FoundLeak", "find_leaks", "may_leak"]


class FoundLeak(NamedTuple):
    """One leak: its kind, the line of the body (from 1), what stands there, and what to do about it."""

    kind: Leak
    line: int
    found: str
    hint: str


def may_leak(body: str) -> bool:
    """Whether :func:`find_leaks` can find something; ``False`` is certain."""
    return body.startswith(("---", "+++", "{"))


def find_leaks(body: str) -> list[FoundLeak]:
    """The leaks of a body in the order of their lines: front matter that begins the body."""
    try:
        leaks = bool(split(body).values)
    except ContentError:
        leaks = True
    if not leaks:
        return []
    hint = "Write one front matter, at the start of the file; or allow it: allow: [front-matter]."
    return [FoundLeak("front-matter", 1, body.split("\n", 1)[0], hint)]
