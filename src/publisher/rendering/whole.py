"""Raw HTML as a browser reads it: what was left open is closed, and it is spelled as the block editor spells it.

The editor of WordPress 6.1 refuses HTML that a browser would have to repair, and on any page a tag that is left open
swallows what follows. Repaired here, a page looks as it would have, and what stands around the HTML stays whole.

Source: https://html.spec.whatwg.org/multipage/parsing.html (lexbor's parser, by selectolax)
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from publisher.content.rawhtml.tags import Piece, pieces

__all__ = ["whole"]

# What stands behind a tag that never ends is swallowed by it.
_BEHIND = " \u2402 behind"


def whole(markup: str) -> str:
    """The same HTML, repaired; empty if a browser would show nothing of it and keep nothing, as of a doctype.

    A tag that never ends would take the rest of the page with it: it becomes the text that it is to a reader.
    """
    prepared = "".join(_without_instruction(piece) for piece in pieces(markup.strip()))
    if not prepared:
        return ""
    if "<" in prepared and _BEHIND not in _repaired(prepared + _BEHIND):
        prepared = "".join(_as_text(piece) for piece in pieces(prepared))
    return _repaired(prepared).strip()


def _repaired(markup: str) -> str:
    return LexborHTMLParser(markup, is_fragment=True).html or ""


def _without_instruction(piece: Piece) -> str:
    if piece.kind == "other" and piece.written.startswith("<?"):
        # The parser keeps instructions; browsers make comments of them.
        return f"<!--{piece.written[1:].removesuffix('>')}-->"
    return piece.written


def _as_text(piece: Piece) -> str:
    return piece.written.replace("<", "&lt;") if piece.kind == "text" else piece.written
