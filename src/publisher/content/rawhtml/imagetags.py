"""Raw HTML inside Markdown: finding the images in it, and replacing their addresses without touching anything else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

from publisher.content.rawhtml.tags import ATTRIBUTE

__all__ = ["ImageTag", "images", "with_sources"]


class ImageTag(NamedTuple):
    """An ``<img>``: its source with entities decoded, and where the value stands in the markup."""

    src: str
    start: int
    end: int


class _Images(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[ImageTag] = []
        self._lines = [0, *(place.end() for place in re.finditer("\n", markup))]
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "img":
            return
        line, column = self.getpos()
        start = self._lines[line - 1] + column + len("<img")
        written = (self.get_starttag_text() or "")[len("<img") :]
        for attribute in ATTRIBUTE.finditer(written):
            if attribute[1].lower() == "src" and attribute[2] is not None:
                src = html.unescape(attribute[2].strip("\"'"))
                self.found.append(ImageTag(src, start + attribute.start(2), start + attribute.end(2)))
                return


def images(markup: str) -> list[ImageTag]:
    """The images of a piece of HTML in their order; none from comments, ``<script>`` or ``<style>``."""
    return _Images(markup).found if "<img" in markup.lower() else []


def with_sources(markup: str, replace: Callable[[str], str | None]) -> str:
    """The same HTML with the sources that ``replace`` answers with a new address; ``None`` leaves one as it is."""
    for tag in reversed(images(markup)):
        new = replace(tag.src)
        if new is not None:
            markup = f'{markup[: tag.start]}"{html.escape(new)}"{markup[tag.end :]}'
    return markup
