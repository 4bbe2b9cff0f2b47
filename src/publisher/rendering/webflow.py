"""Webflow rich text from the token stream: compact HTML, and embeds for what rich text does not hold.

White space between blocks makes Webflow drop lists and rules, so there is none. Rich text keeps paragraphs, headings,
lists, quotes, figures and marks; tables, code blocks, footnotes and raw HTML go into embeds
(``<div data-rt-embed-type='true'>``), whose content Webflow passes through as it is.

Source: https://developers.webflow.com/data/reference/rich-text-elements
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markdown_it.token import Token

from publisher.rendering.embeds import player, video
from publisher.rendering.html import html_from_tokens, html_in_text, task_box
from publisher.rendering.images import Alone, Placed, alone, alt_text, place
from publisher.rendering.structure import Stream
from publisher.rendering.whole import whole

__all__ = ["Piece", "webflow_from_tokens", "webflow_pieces"]

_FIGURE = 'class="w-richtext-figure-type-image w-richtext-align-center" data-rt-type="image" data-rt-align="center"'


class Piece(NamedTuple):
    """A block of rich text, and the first and the last line, from 1, of what it was written as."""

    first: int
    last: int
    markup: str


def webflow_from_tokens(tokens: Sequence[Token], placed: Mapping[str, Placed]) -> str:
    """Tokens as the value of a RichText field."""
    return "".join(piece.markup for piece in webflow_pieces(tokens, placed))


def webflow_pieces(tokens: Sequence[Token], placed: Mapping[str, Placed]) -> Iterator[Piece]:
    """The same, block by block."""
    return _Writer(tokens, placed).pieces()


class _Writer:
    """Writes the pieces of a stream. Places are indices of tokens; a piece begins at one and ends before another."""

    def __init__(self, tokens: Sequence[Token], placed: Mapping[str, Placed]) -> None:
        self.tokens = tokens
        self.stream = Stream(tokens)
        self.placed = placed

    def pieces(self) -> Iterator[Piece]:
        at, end = 0, len(self.tokens)
        while at < end:
            after = self.stream.after(at)
            if self.tokens[at].type == "html_block":
                after = self.stream.after_html(at, end)
                written = self.embed(at, after)
            else:
                written = self.one(at, after)
            # What encloses footnotes has no lines of its own, the footnotes have.
            lines = [token.map for token in self.tokens[at:after] if token.map]
            first = min((start for start, _ in lines), default=0) + 1
            yield Piece(first, max((behind for _, behind in lines), default=first), written)
            at = after

    def one(self, at: int, after: int) -> str:
        token = self.tokens[at]
        found: str | None = None
        match token.type:
            case "paragraph_open":
                found = self.paragraph(at)
            case "heading_open":
                found = f"<{token.tag}>{self.text(at)}</{token.tag}>"
            case "bullet_list_open" | "ordered_list_open":
                found = self.list(at)
            case "blockquote_open":
                said = self.paragraphs(at + 1, after - 1)
                found = None if said is None else f"<blockquote>{said}</blockquote>"
            case "hr":
                found = "<hr>"
        return found if found is not None else self.embed(at, after)

    def embed(self, start: int, end: int) -> str:
        shown = whole(html_from_tokens(self.tokens[start:end], self.placed))
        return f"<div data-rt-embed-type='true'>{shown}</div>" if _shows(shown) else ""

    def text(self, at: int) -> str:
        """The text of what opens at ``at``."""
        held = self.tokens[at + 1]
        return html_in_text(held.children, self.placed).replace("<br>\n", "<br>") if held.type == "inline" else ""

    def paragraph(self, at: int) -> str:
        children = self.tokens[at + 1].children
        single, shown = alone(children), video(children)
        if single:
            return self.figure(single)
        if shown:
            return f"<div data-rt-embed-type='true'>{player(shown)}</div>"
        return f"<p>{self.text(at)}</p>"

    def paragraphs(self, start: int, end: int) -> str | None:
        """Paragraphs of text as one, with breaks between them; ``None`` where there is anything else."""
        said, at = [], start
        while at < end:
            if self.tokens[at].type != "paragraph_open" or alone(self.tokens[at + 1].children):
                return None
            said.append(self.text(at))
            at = self.stream.after(at)
        return "<br><br>".join(said)

    def figure(self, single: Alone) -> str:
        image, link = single
        src = str(image.attrs["src"])
        home = place(src, self.placed)
        address = html.escape(home.url if home else src)
        shown = f'<img src="{address}" alt="{html.escape(alt_text(image))}" width="auto" height="auto" loading="lazy">'
        shown = f"<div>{shown}</div>"
        if link:
            title = f' title="{html.escape(str(link.attrs["title"]))}"' if "title" in link.attrs else ""
            shown = f'<a href="{html.escape(str(link.attrs["href"]))}"{title}>{shown}</a>'
        caption = str(image.attrs.get("title", ""))
        if caption:
            shown += f"<figcaption>{html.escape(caption, quote=False)}</figcaption>"
        return f"<figure {_FIGURE}>{shown}</figure>"

    def list(self, at: int) -> str | None:
        """A list of text and further lists; ``None`` where an item holds anything else."""
        found = [self.item(*place) for place in self.stream.within(at)]
        items = [item for item in found if item is not None]
        if len(items) < len(found):
            return None
        opening = self.tokens[at]
        start = f' start="{int(opening.attrs["start"])}"' if "start" in opening.attrs else ""
        return f"<{opening.tag}{start}>{''.join(items)}</{opening.tag}>"

    def item(self, at: int, after: int) -> str | None:
        here = at + 1
        while here < after - 1 and self.tokens[here].type == "paragraph_open":
            here = self.stream.after(here)
        said = self.paragraphs(at + 1, here)
        if said is None:
            return None
        inner = []
        while here < after - 1:
            beyond = self.stream.after(here)
            found = self.list(here) if self.tokens[here].type.endswith("_list_open") else None
            if found is None:
                return None
            inner.append(found)
            here = beyond
        return f"<li>{task_box(self.tokens[at])}{said}{''.join(inner)}</li>"


def _shows(markup: str) -> bool:
    """Whether a reader would see anything of it: comments such as ``<!--more-->`` have no place in rich text."""
    return not (markup.startswith("<!--") and markup.endswith("-->") and markup.count("<!--") == 1) and bool(markup)
