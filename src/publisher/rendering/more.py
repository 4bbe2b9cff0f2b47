"""The marks that part an article for overviews and pages: ``<!--more-->`` and ``<!--nextpage-->``."""

from __future__ import annotations

import re

__all__ = ["is_next_page", "more"]

_MORE = re.compile(r"<!--\s*more(?:\s+(?P<text>(?:(?!--).)*?))?\s*-->", re.DOTALL)
_NEXT_PAGE = re.compile(r"<!--\s*nextpage\s*-->")


def more(markup: str) -> str | None:
    """The words of a ``<!--more words-->`` (empty if there are none), or ``None`` for any other HTML."""
    found = _MORE.fullmatch(markup.strip())
    return (found["text"] or "") if found else None


def is_next_page(markup: str) -> bool:
    """Whether it is a ``<!--nextpage-->``."""
    return bool(_NEXT_PAGE.fullmatch(markup.strip()))
