"""Footnotes, numbered in the order in which the text refers to them: the same ids and words in every format."""

from __future__ import annotations

from markdown_it.token import Token

__all__ = ["footnote_anchor", "footnote_id", "footnote_reference"]


def footnote_reference(token: Token) -> str:
    """The number in the text, with a link to the footnote."""
    number, name = token.meta["id"] + 1, _name(token)
    return f'<sup class="footnote-ref"><a href="#fn{number}" id="fnref{name}">{number}</a></sup>'


def footnote_anchor(token: Token) -> str:
    """The arrow behind a footnote that leads back to the text."""
    return f'<a href="#fnref{_name(token)}" class="footnote-backref">↩\ufe0e</a>'


def footnote_id(token: Token) -> str:
    """The id of a footnote."""
    return f"fn{token.meta['id'] + 1}"


def _name(token: Token) -> str:
    """``1`` for the first reference to the first footnote, ``1-2`` for the second."""
    number, again = token.meta["id"] + 1, token.meta["subId"]
    return f"{number}-{again + 1}" if again else str(number)
