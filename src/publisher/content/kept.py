"""The tokens of bodies, kept so that an article is parsed once for all its targets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps

from cachetools import LRUCache, cached
from markdown_it.token import Token

__all__ = ["kept"]

#: How many characters of bodies are kept parsed. Tokens take about 20 bytes a character.
MOST_CHARACTERS = 2_000_000

Tokens = tuple[Token, ...]


def kept(make: Callable[[str], Tokens]) -> Callable[[str], Tokens]:
    """Keep what ``make`` made of the last bodies. Of several threads that want the same one, one makes it."""

    @cached(
        LRUCache(MOST_CHARACTERS, getsizeof=lambda entry: entry[0]),
        key=lambda body: body,
        condition=threading.Condition(),
    )
    def entry(body: str) -> tuple[int, Tokens]:
        return len(body), make(body)

    @wraps(make)
    def made(body: str) -> Tokens:
        return entry(body)[1]

    made.forget = entry.cache_clear  # type: ignore[attr-defined]
    return made
