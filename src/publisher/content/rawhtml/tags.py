"""Raw HTML as a row of tags, comments and text: enough to look into it and to clean it, not a tree.

An HTML parser repairs what it reads. Here every character is accounted for at its place, in any Python: raw HTML in
Markdown comes in pieces, and a repaired piece is no longer a piece. What browsers would read otherwise (an attribute
with a stray ``<``) becomes text here; whoever writes pieces down again escapes text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

__all__ = ["ATTRIBUTE", "OPTIONAL_END", "VOID", "Attribute", "Piece", "attributes", "names", "pieces"]


def names(said: str) -> frozenset[str]:
    """A set of names from a list with blanks between."""
    return frozenset(said.split())


#: Elements that have no end tag (https://html.spec.whatwg.org/multipage/syntax.html#void-elements).
VOID = names("area base br col embed hr img input link meta param source track wbr")

#: Elements whose end tag may be left out; what follows ends them.
OPTIONAL_END = names("caption colgroup dd dt li option p rp rt rtc tbody td tfoot th thead tr")

# Elements whose content is text to a browser, tags or not, up to their end tag.
_RAW_TEXT = names("iframe noembed noframes script style textarea title xmp")

_PIECE = re.compile(
    r"""
    (?P<comment><!--(?:-?>|.*?--!?>|.*))                           # not closed: to the end, as browsers have it
    |(?P<tag><(?P<slash>/?)(?P<name>[a-zA-Z][^\s/<>"']*)(?>(?:[^<>"']+|"[^"]*"|'[^']*')*)>)
    |(?P<other><(?:[!?]|/(?![a-zA-Z]))[^>]*>?)                     # a doctype, an instruction, CDATA
    """,
    re.DOTALL | re.VERBOSE,
)
#: One attribute: its name, and its value with the quotes if there are any.
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")


class Piece(NamedTuple):
    """A piece of raw HTML: ``written`` as it stands at ``start``; ``name`` in lower case, of a tag only.

    ``text`` is what browsers show; ``raw`` what stands in a ``<script>`` and its like; ``other`` is a doctype, a
    processing instruction or CDATA.
    """

    kind: Literal["text", "open", "close", "comment", "raw", "other"]
    written: str
    start: int
    name: str = ""


class Attribute(NamedTuple):
    """An attribute: its name in lower case, its value with entities decoded, and where it stands in the tag."""

    name: str
    value: str
    start: int


def pieces(markup: str) -> Iterator[Piece]:
    """All of the markup in its order: joined, the pieces are the markup again."""
    at = 0
    while at < len(markup):
        found = _PIECE.search(markup, at)
        if found is None:
            break
        if found.start() > at:
            yield Piece("text", markup[at : found.start()], at)
        at = found.end()
        if found["tag"] is None:
            yield Piece("comment" if found["comment"] else "other", found[0], found.start())
            continue
        name = found["name"].lower()
        yield Piece("close" if found["slash"] else "open", found[0], found.start(), name)
        if name in _RAW_TEXT and not found["slash"]:
            end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, at)
            until = end.start() if end else len(markup)
            if until > at:
                yield Piece("raw", markup[at:until], at, name)
            at = until
    if at < len(markup):
        yield Piece("text", markup[at:], at)


def attributes(tag: str) -> Iterator[Attribute]:
    """The attributes of an opening tag as it is written. Of one that is written twice, browsers keep the first."""
    name = re.match(r"<[^\s/>]*", tag)
    seen: set[str] = set()
    for found in ATTRIBUTE.finditer(tag, name.end() if name else 0):
        if found[1].lower() not in seen:
            seen.add(found[1].lower())
            value = found[2] or ""
            yield Attribute(
                found[1].lower(), html.unescape(value[1:-1] if value[:1] in ("'", '"') else value), found.start()
            )
