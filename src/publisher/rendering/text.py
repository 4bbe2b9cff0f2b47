"""The words of a page: what is compared when a target may have rewritten the markup around them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

__all__ = ["words"]

# Tags within a word or a sentence: no blank on the page where they stand. All others part what they stand between.
_WITHIN = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|rp|rt|ruby|s|samp"
    r"|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_UNSEEN = frozenset({"script", "style", "template"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif not _WITHIN.fullmatch(tag):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif not _WITHIN.fullmatch(tag):
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)


def words(markup: str) -> str:
    """The visible words of HTML or block markup: no tags, no comments, entities decoded, white space folded.

    ``words('<p>a&nbsp;<b>b</b>c</p>')`` is ``'a bc'``.
    """
    parser = _Words()
    parser.feed(markup)
    parser.close()
    return " ".join("".join(parser.pieces).split())
