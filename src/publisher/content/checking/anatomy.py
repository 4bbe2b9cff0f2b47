"""What a body is made of, as far as it can be wrong: its headings, links, images, ids, and references to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.content.markdown import plain_text, with_lines
from publisher.content.rawhtml import tokens_for
from publisher.content.rawhtml.tags import attributes, pieces
from publisher.models.article import RawHtml

__all__ = ["Anatomy", "Heading", "Link", "Picture", "Reference", "anatomy"]


class Heading(NamedTuple):
    """A heading outside of quotations and lists: its level from 1, its text (empty for one in HTML), and its line."""

    level: int
    text: str
    line: int


class Link(NamedTuple):
    """A link to somewhere, and its line."""

    href: str
    line: int


class Picture(NamedTuple):
    """An image, and its line. ``alt`` is ``None`` where nothing is written, which in Markdown is an empty text."""

    src: str
    alt: str | None
    line: int


class Reference(NamedTuple):
    """A footnote or a link by reference that is defined nowhere, so that readers see its brackets; and its line."""

    written: str
    line: int


class Anatomy(NamedTuple):
    """The parts of a body in its order, footnotes last. Lines are those of the body, from 1.

    ``ids`` are all that a link can lead to within the page.
    """

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    ids: frozenset[str]
    undefined: tuple[Reference, ...]


_HEADING = re.compile(r"h([1-6])")
_FOOTNOTE = re.compile(r"\[\^[^\]\s\\]+\](?!\()")
# Not behind a word or a bracket: there it is an index, x[i][j].
_REFERENCE = re.compile(r"(?<![\w\])])\[[^\[\]\n\\]+\]\[[^\[\]\n\\^]+\]")


def anatomy(body: str, raw_html: RawHtml = "trust") -> Anatomy:
    """The parts of a body as it is published: HTML that is cleaned away is not among them."""
    made = _Parts(body)
    made.walk(tokens_for(body, "sanitize" if raw_html == "sanitize" else "trust"))
    return Anatomy(
        tuple(made.headings), tuple(made.links), tuple(made.pictures), frozenset(made.ids - {""}), tuple(made.undefined)
    )


class _Parts:
    def __init__(self, body: str) -> None:
        self.lines = body.split("\n")
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.ids: set[str] = set()
        self.undefined: list[Reference] = []

    def walk(self, tokens: tuple[Token, ...]) -> None:
        heading: Token | None = None
        for token, start, end in with_lines(tokens):
            if token.type == "heading_open":
                heading = token
                self.ids.add(str(token.attrs.get("id", "")))
            elif token.type == "footnote_open":
                self.ids.add(f"fn{token.meta['id'] + 1}")
            elif token.type == "html_block":
                self._html(token.content, start + 1)
            elif token.type == "inline":
                if heading is not None and heading.level == 0:
                    text = " ".join(plain_text(token.children).split())
                    self.headings.append(Heading(int(heading.tag[1:]), text, start + 1))
                heading = None
                self._inline(token, start + 1, end)

    def _inline(self, token: Token, line: int, end: int) -> None:
        for child in token.children or ():
            if child.type == "link_open":
                href = str(child.attrs.get("href", ""))
                self.links.append(Link(href, self._line(href, line, end)))
            elif child.type == "image":
                src = str(child.attrs.get("src", ""))
                alt = plain_text(child.children).strip() or None
                self.pictures.append(Picture(unquote(src), alt, self._line(src, line, end)))
            elif child.type == "html_inline":
                self._html(child.content, self._line(child.content, line, end))
            elif child.type == "footnote_ref":
                number, again = child.meta["id"] + 1, child.meta["subId"]
                self.ids.add(f"fnref{number}-{again + 1}" if again else f"fnref{number}")
            elif child.type == "text" and "[" in child.content:
                for written in _references(child.content):
                    # An escape says that the brackets are meant.
                    if re.search(rf"(?<!\\){re.escape(written)}", token.content):
                        self.undefined.append(Reference(written, self._line(written, line, end)))
            line += child.content.count("\n") + (child.type in ("softbreak", "hardbreak"))

    def _line(self, written: str, line: int, end: int) -> int:
        """The line of something in a paragraph: code and titles may hide line ends, the source itself tells."""
        spellings = {written, unquote(written)} - {""}
        near = range(line, min(end, line + 200) + 1)
        at = (number for number in near if any(one in self.lines[number - 1] for one in spellings))
        return next(at, line)

    def _html(self, markup: str, line: int) -> None:
        for piece in pieces(markup):
            if piece.kind != "open":
                continue
            at = line + markup.count("\n", 0, piece.start)
            said = {one.name: one.value for one in attributes(piece.written)}
            self.ids |= {said.get("id", ""), said.get("name", "") if piece.name == "a" else ""}
            level = _HEADING.fullmatch(piece.name)
            if level:
                self.headings.append(Heading(int(level[1]), "", at))
            if piece.name == "a" and "href" in said:
                self.links.append(Link(said["href"].strip(), at))
            if piece.name == "img" and said.get("aria-hidden") != "true" and said.get("role") != "presentation":
                self.pictures.append(Picture(said.get("src", ""), said.get("alt"), at))


def _references(text: str) -> Iterator[str]:
    for look in (_FOOTNOTE, _REFERENCE):
        for found in look.finditer(text):
            yield found[0]
