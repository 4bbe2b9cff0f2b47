"""Raw HTML cleaned with nh3: what a published article may reasonably hold, and nothing that runs, loads or hides.

In Markdown, raw HTML comes in pieces: a block may open a ``<div>`` that a later one closes, with paragraphs between,
and in text each tag is a piece of its own. An HTML parser would close or drop what such a piece leaves open. So every
tag goes through nh3 by itself, and what it answers is taken only if it is one plain tag with quoted attributes; text
is escaped; comments go. What is written is then made of allowed tags and escaped text and nothing else, however the
pieces lie, and that reads the same to every HTML parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it.token import Token

from publisher.content.allowlist import ATTRIBUTES, NEEDS, SCHEMES, TAGS, kept_value
from publisher.content.tags import OPTIONAL_END, VOID, Piece, attributes, names, pieces

__all__ = ["sanitized", "sanitized_tokens"]

# Elements that go with all that is in them; the rest of what is not allowed leaves its content behind.
_WHOLE = names("iframe noembed noframes script style svg")

# An HTML parser drops the parts of a table that stand alone.
_AROUND = {
    "caption": "<table>|</table>",
    "col": "<table><colgroup>|</colgroup></table>",
    "colgroup": "<table>|</table>",
    "tbody": "<table>|</table>",
    "tfoot": "<table>|</table>",
    "thead": "<table>|</table>",
    "tr": "<table><tbody>|</tbody></table>",
    "td": "<table><tbody><tr>|</tr></tbody></table>",
    "th": "<table><tbody><tr>|</tr></tbody></table>",
}
_CLEAN_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*>')
_KEPT_COMMENT = re.compile(r"<!--\s*(?:nextpage|more(?:\s(?:(?!--)[^<>])*)?)\s*-->")


def sanitized(markup: str) -> str:
    """A whole piece of HTML with only what an article may hold; elements that it leaves open are closed.

    ``sanitized('<p onclick="x()">a<script>b</script> <b>c')`` is ``'<p>a <b>c</b>'``.
    """
    cleaning = _Cleaning()
    clean = cleaning.markup(markup)
    return clean + cleaning.closing(0)


def sanitized_tokens(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with clean raw HTML, for any renderer. Tokens that hold none are the same objects; none is changed.

    A closing tag stays only where its element is open, and what is open at the end of a list item, a quotation, a
    paragraph or the body is closed there. Links and images that are Markdown are not looked at: the parser takes no
    scripts for links.
    """
    cleaning = _Cleaning()
    clean: list[Token] = []
    before: list[int] = []
    for token in tokens:
        if token.nesting == 1:
            before.append(len(cleaning.open))
        elif token.nesting == -1:
            clean += cleaning.ends("html_block", before.pop(), token.level + 1)
        if token.type == "html_block":
            markup = cleaning.markup(token.content)
            if markup.strip():
                clean.append(token.copy(content=markup))
        elif _holds_html(token):
            clean.append(token.copy(children=cleaning.children(token.children or ())))
        else:
            clean.append(token)
    return (*clean, *cleaning.ends("html_block", 0, 0))


def _holds_html(token: Token) -> bool:
    return any(child.type == "html_inline" or _holds_html(child) for child in token.children or ())


class _Cleaning:
    """Walks over the pieces of one body in their order; ``open`` are the elements that raw HTML has opened."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def markup(self, markup: str) -> str:
        """A block of HTML, or a tag in text."""
        clean = []
        row = list(pieces(markup))
        at = 0
        while at < len(row):
            clean.append(self.piece(row[at]))
            at = _after_whole(row, at) if row[at].kind == "open" and row[at].name in _WHOLE else at + 1
        return "".join(clean)

    def piece(self, piece: Piece) -> str:
        match piece.kind:
            case "text":
                return _text(piece.written)
            case "raw":
                return "" if piece.name in _WHOLE else _text(piece.written)
            case "comment":
                return piece.written if _KEPT_COMMENT.fullmatch(piece.written) else ""
            case "open":
                tag = _clean_tag(piece.written, piece.name)
                if tag and piece.name not in VOID and piece.name != "iframe":
                    self.open.append(piece.name)
                return tag
            case "close" if piece.name in self.open:
                return self.closing(len(self.open) - 1 - self.open[::-1].index(piece.name), named=True)
        return ""

    def closing(self, before: int, *, named: bool = False) -> str:
        """The end tags of what was opened after the first ``before``: of the first of these always if ``named``."""
        ended = self.open[before:]
        del self.open[before:]
        kept = (name for at, name in enumerate(ended) if (named and not at) or name not in OPTIONAL_END)
        return "".join(f"</{name}>" for name in reversed(list(kept)))

    def ends(self, kind: str, before: int, level: int) -> list[Token]:
        """The same as tokens."""
        tags = self.closing(before) if len(self.open) > before else ""
        if not tags:
            return []
        block = kind == "html_block"
        return [Token(kind, "", 0, content=f"{tags}\n" if block else tags, level=level, block=block)]

    def children(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens of a text."""
        clean: list[Token] = []
        before = [len(self.open)]
        without = -1
        for at, token in enumerate(tokens):
            if token.nesting == 1:
                before.append(len(self.open))
            elif token.nesting == -1:
                clean += self.ends("html_inline", before.pop(), token.level + 1)
            elif at <= without:
                continue
            if token.type == "html_inline":
                markup = self.markup(token.content)
                without = max(without, _end_of_whole(tokens, at))
                if markup:
                    clean.append(token.copy(content=markup))
            elif token.type == "image" and _holds_html(token):
                # The text of an image is text only.
                clean.append(token.copy(children=[one for one in token.children or () if one.type != "html_inline"]))
            else:
                clean.append(token)
        return clean + self.ends("html_inline", before[0], 0)


def _after_whole(row: Sequence[Piece], at: int) -> int:
    """The index after an element that goes as a whole; if it is not closed, after its tag."""
    for later in range(at + 1, len(row)):
        if row[later].kind == "close" and row[later].name == row[at].name:
            return later + 1
    return at + 1


def _end_of_whole(tokens: Sequence[Token], at: int) -> int:
    """The index of the tag that ends an element which goes as a whole; -1 if none begins here, or it is not ended."""
    tag = next(pieces(tokens[at].content))
    if tag.kind == "open" and tag.name in _WHOLE:
        for later in range(at + 1, len(tokens)):
            end = next(pieces(tokens[later].content), None) if tokens[later].type == "html_inline" else None
            if end and end.kind == "close" and end.name == tag.name:
                return later
    return -1


def _text(written: str) -> str:
    """Text between tags: what it says, spelled so that no parser finds a tag in it."""
    return html.escape(html.unescape(written), quote=False).replace("\u00a0", "&nbsp;")


@lru_cache(maxsize=1024)
def _clean_tag(written: str, name: str) -> str:
    """An opening tag with what may stay of it, or nothing."""
    if name not in TAGS:
        return ""
    import nh3  # loaded only where there is something to clean

    before, _, after = _AROUND.get(name, "|").partition("|")
    end = "" if name in VOID else f"</{name}>"
    clean = nh3.clean(
        f"{before}{written}{end}{after}",
        tags=set(TAGS),
        attributes={element: set(names) for element, names in ATTRIBUTES.items()},
        attribute_filter=kept_value,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    tag = clean.removeprefix(before).removesuffix(end + after)
    if not _CLEAN_TAG.fullmatch(tag) or f"{before}{tag}{end}{after}" != clean:
        return ""  # not one tag: a parser reads something else in it than stands there
    # nh3 quotes values with double quotes; releases before 0.2.22 leave angle brackets in them.
    tag = tag[0] + tag[1:-1].replace("<", "&lt;").replace(">", "&gt;") + tag[-1]
    if name in NEEDS and not any(one.name in (NEEDS[name], "srcset") for one in attributes(tag)):
        return ""
    return f"{tag}</iframe>" if name == "iframe" else tag
