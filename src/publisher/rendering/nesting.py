"""Raw HTML that begins in one piece of a body and ends in another, with Markdown in between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from markdown_it.tree import SyntaxTreeNode

__all__ = ["end_of_html"]

_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")


class _OpenTags(HTMLParser):
    """The tags that a piece of HTML leaves open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _VOID.fullmatch(tag):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


def end_of_html(nodes: Sequence[SyntaxTreeNode], start: int) -> int:
    """The index after the node that closes what the HTML at ``start`` leaves open; the next one if nothing does."""
    if nodes[start].type != "html_block":
        return start + 1
    tags = _OpenTags()
    for at in range(start, len(nodes)):
        if nodes[at].type == "html_block":
            tags.feed(nodes[at].content)
            if not tags.open:
                return at + 1
    return start + 1
