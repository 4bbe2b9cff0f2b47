"""The structure of a token stream: which token closes which, and where raw HTML that was left open ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from markdown_it.token import Token

__all__ = ["Stream"]

_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")


class Stream:
    """Block tokens, and for each the place after the block that begins there."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._after = _places_after(tokens)

    def after(self, at: int) -> int:
        """The place after the block at ``at``."""
        return self._after[at]

    def within(self, at: int) -> Iterator[tuple[int, int]]:
        """The blocks inside the one at ``at``: the place of each, and the place after it."""
        place, end = at + 1, self._after[at] - 1
        while place < end:
            yield place, self._after[place]
            place = self._after[place]

    def after_html(self, at: int, end: int) -> int:
        """The place after the block that closes what the raw HTML at ``at`` leaves open.

        Where nothing before ``end`` closes it, the HTML ends with its own block.
        """
        tags = _OpenTags()
        place = at
        while place < end:
            if self.tokens[place].type == "html_block":
                tags.feed(self.tokens[place].content)
                if not tags.open:
                    return self._after[place]
            place = self._after[place]
        return self._after[at]


def _places_after(tokens: Sequence[Token]) -> list[int]:
    after = list(range(1, len(tokens) + 1))
    openings: list[int] = []
    for at, token in enumerate(tokens):
        if token.nesting == 1:
            openings.append(at)
        elif token.nesting == -1:
            after[openings.pop()] = at + 1
    return after


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
