"""Where things stand on the site, relative to its root and percent-encoded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

__all__ = ["ASSET", "HOOK", "article_path", "asset_path", "category_path", "tag_path"]

#: Where deliveries are sent to.
HOOK = "/hooks/articles"

#: The end of an address under which an image was sent, or was answered to be found.
ASSET = re.compile(r"(?:^|/)assets/(?P<sha256>[0-9a-f]{64})\.[a-z]{2,5}$")


def article_path(slug: str) -> str:
    """The page of an article."""
    return f"articles/{quote(slug, safe='')}"


def asset_path(file_name: str) -> str:
    """An image, by its name on disk."""
    return f"assets/{file_name}"


def tag_path(name: str) -> str:
    """The list of the articles with a tag."""
    return f"tags/{quote(name, safe='')}"


def category_path(names: Sequence[str]) -> str:
    """The list of the articles in a category; ``names`` are its own and those above it, outermost first."""
    return f"categories/{'/'.join(quote(name, safe='') for name in names)}"
