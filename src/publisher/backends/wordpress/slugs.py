"""Slugs: as WordPress stores them, and as it is asked for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from slugify import slugify

__all__ = ["LOOK_UP_CHARACTERS", "findable", "numbered", "portions"]

#: How many characters of slugs one look-up asks for, so that its address stays within what servers take.
LOOK_UP_CHARACTERS = 4_000


def findable(slug: str) -> str:
    """A slug in letters that WordPress stores and looks up alike.

    It takes accents off Latin letters and leaves signs out when it stores a slug, but not when it is asked for one, and
    reads a blank or a comma then as the end of a slug. Source: ``$context`` in
    https://developer.wordpress.org/reference/functions/sanitize_title_with_dashes/
    """
    plain = "".join(map(_findable, unicodedata.normalize("NFC", slug)))
    return re.sub("-+", "-", plain).strip("-") or slug


def _findable(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter in "_%" or (kind[0] in "LMN" and not unicodedata.name(letter, "").startswith("LATIN ")):
        return letter
    if letter in "./" or kind in ("Pd", "Zs", "Cc"):
        return "-"
    return letter if letter.isascii() and letter.isalnum() else slugify(letter)


def numbered(slugs: Iterable[str]) -> list[str]:
    """What WordPress may have made of slugs, if they were taken."""
    return [f"{findable(slug)}{number}" for slug in slugs for number in ("", "-2", "-3")]


def portions(slugs: Iterable[str]) -> Iterator[list[str]]:
    """Slugs, each once, as many at a time as one request asks for."""
    portion: list[str] = []
    characters = 0
    for slug in dict.fromkeys(slugs):
        if characters >= LOOK_UP_CHARACTERS:
            yield portion
            portion, characters = [], 0
        portion.append(slug)
        characters += len(quote(slug))
    if portion:
        yield portion
