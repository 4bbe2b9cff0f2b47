"""What is done about raw HTML in a body: it is trusted, cleaned or refused. All renderers ask :func:`tokens_for`.

Comments are notes: no reader sees one, so they are no reason to refuse an article, and only ``trust`` publishes them.
The two that mean something, ``<!--more-->`` and ``<!--nextpage-->``, are kept always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it.token import Token

from publisher.content.kept import kept
from publisher.content.markdown import parse, with_lines
from publisher.content.rawhtml.imagetags import ImageTag, images, with_sources
from publisher.content.rawhtml.sanitizing import sanitized, sanitized_tokens
from publisher.content.rawhtml.tags import pieces
from publisher.errors import ContentError
from publisher.models.article import RawHtml

__all__ = [
    "FoundHtml",
    "ImageTag",
    "images",
    "raw_html_in",
    "refusals",
    "sanitized",
    "sanitized_tokens",
    "tokens_for",
    "with_sources",
]


class FoundHtml(NamedTuple):
    """Raw HTML in a body: the line (from 1) and the tag that stands there."""

    line: int
    found: str


def tokens_for(body: str, raw_html: RawHtml = "trust") -> tuple[Token, ...]:
    """The tokens of a body as a renderer may write them. They are shared between callers: never change one.

    ``trust`` is the body as it is; ``sanitize`` has only the HTML that :func:`sanitized` lets through; ``refuse``
    raises :class:`ContentError` with the line (of the body, from 1) of each piece of raw HTML, all of them in one.
    """
    faults = refusals(body) if raw_html == "refuse" else []
    if faults:
        raise ContentError.of(faults)
    return parse(body) if raw_html == "trust" else _sanitized(body)


@kept
def _sanitized(body: str) -> tuple[Token, ...]:
    return sanitized_tokens(parse(body))


def refusals(body: str) -> list[ContentError]:
    """What is wrong with a body in which raw HTML is refused: an error with its line (from 1) for each piece."""
    return [
        ContentError(
            f"raw HTML is refused here, found {html.found!r}",
            line=html.line,
            hint="Write it in Markdown, or as code if it shall be read; or set raw_html to 'sanitize' or 'trust'.",
            code="raw html",
        )
        for html in raw_html_in(body)
    ]


def raw_html_in(body: str) -> list[FoundHtml]:
    """The raw HTML of a body, in its order: one finding for each block of HTML and for each tag in text.

    Closing tags are named only where nothing else is. Comments do not count.
    """
    found = list(_found(parse(body), closing=False))
    return found or list(_found(parse(body), closing=True))


def _found(tokens: Sequence[Token], *, closing: bool) -> Iterator[FoundHtml]:
    kinds = ("close",) if closing else ("open", "other")
    for token, start, _ in with_lines(tokens):
        if token.type == "html_block":
            for piece in pieces(token.content):
                # A tag that the block does not end is text to us, and the beginning of one to a browser.
                if piece.kind in kinds or (piece.kind == "text" and "<" in piece.written):
                    yield FoundHtml(start + 1 + token.content.count("\n", 0, piece.start), _excerpt(piece.written))
                    break
        at = 0
        for child in token.children or ():
            if child.type == "html_inline":
                at = max(at, token.content.find(child.content, at))
                if any(piece.kind in kinds for piece in pieces(child.content)):
                    yield FoundHtml(start + 1 + token.content.count("\n", 0, at), _excerpt(child.content))
                at += len(child.content)


def _excerpt(written: str) -> str:
    said = " ".join(written.split())
    return said if len(said) <= 60 else said[:59] + "…"
