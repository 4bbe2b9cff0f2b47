"""What rich text does not hold of a body as it was written, with the lines of its source."""

from __future__ import annotations

from typing import NamedTuple

from publisher.backends.webflow.richtext import left, moved
from publisher.models import Article
from publisher.rendering import Piece, rich_text_pieces

__all__ = ["Loss", "not_kept"]


class Loss(NamedTuple):
    """What is lost, in words, and the line of the article's source where it stands first."""

    said: str
    line: int


def not_kept(article: Article) -> tuple[list[Loss], list[Loss]]:
    """What goes into embeds, and what stays where rich text does not keep it. Raises as :func:`publisher.render`."""
    pieces = rich_text_pieces(article)
    markup = [piece.markup for piece in pieces]
    there = [Loss(told.said, pieces[told.at].first) for told in moved(*markup)]
    return there, [Loss(told.said, _line(told.sign, pieces[told.at], article)) for told in left(*markup)]


def _line(sign: str, piece: Piece, article: Article) -> int:
    """The line of a piece that has ``sign``; the first where none has it as it is spelled in HTML."""
    before = article.first_line
    lines = article.body.split("\n")[piece.first - before : piece.last - before + 1]
    return next((number for number, one in enumerate(lines, piece.first) if sign.lower() in one.lower()), piece.first)
