"""The text of a body as its author wrote it, piece by piece, with all that is code blanked out.

The tokens tell what is code, a comment or an escape; the source between them tells what was written, and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from markdown_it.token import Token

from publisher.content.markdown import with_lines
from publisher.content.rawhtml.tags import Piece, pieces

__all__ = ["BLANK", "Link", "Prose", "prose", "without"]

#: What stands for a character of code. It cannot occur in a body: the parser replaces it.
BLANK = "\0"

# In these, HTML means what is written: code for the reader, or nothing for him at all.
_VERBATIM = frozenset({"code", "kbd", "math", "pre", "samp", "tt", "var"})
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_TICKS = re.compile(r"(?<!`)(?:\\\\)*(?P<escaped>\\?)(?P<ticks>`+)")


class Link(NamedTuple):
    """A Markdown link: its address as the parser has it, and where in the prose it stands at the earliest."""

    href: str
    at: int


class Prose(NamedTuple):
    """A text of the body, or a block of raw HTML.

    ``text`` is its source; ``bare`` the same with every character of code, comments, scripts and escapes replaced by
    ``BLANK``, line ends kept; ``shown`` what readers see of a text, links and tags left out. ``line`` is that of the
    body at which it begins (from 1), ``block`` the type of the token around it, ``level`` its depth. ``tags`` are the
    pieces of raw HTML that are no code, their ``start`` counted in ``text``.
    """

    text: str
    bare: str
    shown: str
    line: int
    block: str
    level: int
    links: Sequence[Link]
    tags: Sequence[Piece]

    def line_of(self, at: int) -> int:
        """The line of the body (from 1) of a place in the text."""
        return self.line + self.text.count("\n", 0, at)


def prose(tokens: Sequence[Token], is_worth_a_look: Callable[[str], bool]) -> Iterator[Prose]:
    """All that readers see of a body but its code blocks, in its order.

    What is not worth a look is left out, and of a text with links or tags ``bare`` and ``shown`` are left empty.
    """
    around = ["", ""]
    for token, start, _ in with_lines(tokens):
        line = start + 1
        if token.type == "html_block":
            yield _html(token, line)
        elif token.type == "inline":
            # A text in a quotation is told by the two tokens before it.
            block = "alert" if around == ["blockquote_open", "paragraph_open"] else around[1].removesuffix("_open")
            if is_worth_a_look(token.content):
                yield _text(token, line, block, bare=True)
            elif any(child.type in ("link_open", "html_inline") for child in token.children or ()):
                yield _text(token, line, block, bare=False)
        around = [around[1], token.type]


def without(text: str, start: int, end: int) -> str:
    """The text with a part of it blanked out."""
    return text[:start] + re.sub(r"[^\n]", BLANK, text[start:end]) + text[end:]


def _html(token: Token, line: int) -> Prose:
    bare, tags = _verbatim_out(token.content, [piece for piece in pieces(token.content) if piece.kind != "text"])
    return Prose(token.content, bare, bare, line, "html", token.level, (), tags)


def _text(token: Token, line: int, block: str, *, bare: bool) -> Prose:
    text = token.content
    verbatim = text
    at = 0
    shown: list[str] = []
    links: list[Link] = []
    tags: list[Piece] = []
    for child in token.children or ():
        shown.append(child.content if child.type == "text" else BLANK)
        if child.type == "code_inline":
            start, at = _code(text, child, at)
            verbatim = without(verbatim, start, at)
        elif child.type == "html_inline":
            start = max(at, text.find(child.content, at))
            tags += [piece._replace(start=start + piece.start) for piece in pieces(child.content)]
            at = start + len(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            at = text.find("\n", at) + 1 or at
        elif child.type == "link_open":
            links.append(Link(str(child.attrs.get("href", "")), at))
    verbatim, tags = _verbatim_out(verbatim, tags) if tags else (verbatim, tags)
    if not bare:
        return Prose(text, "", "", line, block, token.level, links, tags)
    for escape in _ESCAPE.finditer(verbatim):
        verbatim = without(verbatim, escape.start(), escape.end())
    return Prose(text, verbatim, "".join(shown), line, block, token.level, links, tags)


def _code(text: str, code: Token, at: int) -> tuple[int, int]:
    """Where a code span stands, from its ticks to its ticks."""
    for opening in _TICKS.finditer(text, at):
        if opening["escaped"] or opening["ticks"] != code.markup:
            continue
        start = opening.start("ticks")
        closing = re.compile(rf"(?<!`){code.markup}(?!`)").search(text, opening.end())
        if closing and _said(text[opening.end() : closing.start()]) == code.content:
            return start, closing.end()
    return at, at


def _said(written: str) -> str:
    """What a code span says (https://spec.commonmark.org/0.31.2/#code-spans)."""
    said = written.replace("\n", " ")
    return said[1:-1] if said.strip(" ") and said[0] == said[-1] == " " else said


def _verbatim_out(text: str, tags: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """The text without comments, scripts and what stands in verbatim elements, and the tags that are left."""
    kept: list[Piece] = []
    since: Piece | None = None
    for tag in tags:
        end = tag.start + len(tag.written)
        if since is not None:
            if tag.kind == "close" and tag.name == since.name:
                text = without(text, since.start + len(since.written), tag.start)
                kept.append(tag)
                since = None
        elif tag.kind in ("comment", "raw", "other"):
            text = without(text, tag.start, end)
        else:
            kept.append(tag)
            since = tag if tag.kind == "open" and tag.name in _VERBATIM else None
    return text, kept
