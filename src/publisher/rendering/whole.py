"""Raw HTML as a browser reads it: what was left open is closed, and it is spelled as the block editor spells it.

The editor of WordPress 6.1 refuses HTML that a browser would have to repair, and on any page a tag that is left open
swallows what follows. Repaired here, a page looks as it would have, and what stands around the HTML stays whole.

Source: https://html.spec.whatwg.org/multipage/parsing.html (lexbor's parser, by selectolax)
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from publisher.content.rawhtml.tags import Piece, pieces

__all__ = ["whole"]


def whole(markup: str) -> str:
    """The same HTML, repaired; empty if a browser would show nothing of it and keep nothing, as of a doctype.

    A tag that never ends would take the rest of the page with it: it becomes the text that it is to a reader.
    """
    prepared = "".join(_prepared(piece) for piece in pieces(markup.strip()))
    return (LexborHTMLParser(prepared, is_fragment=True).html or "").strip() if prepared else ""


def _prepared(piece: Piece) -> str:
    if piece.kind == "text":
        return piece.written.replace("<", "&lt;")
    if piece.kind == "other" and piece.written.startswith("<?"):
        # The parser keeps instructions; browsers make comments of them.
        return f"<!--{piece.written[1:].removesuffix('>')}-->"
    return piece.written
