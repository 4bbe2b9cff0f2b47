"""One Markdown token stream, several markups: HTML, WordPress blocks and Webflow rich text.

    render(article, "blocks", placed={"img/a.png": Placed("https://blog.example.com/a.png", "7")}, mark="…")

No network and no target; nothing that the author wrote is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from markdown_it.token import Token

from publisher.content.rawhtml import tokens_for
from publisher.errors import ConfigurationError, ContentError, PublisherError
from publisher.models.article import Article
from publisher.rendering.blocks import blocks_from_tokens
from publisher.rendering.html import html_from_tokens
from publisher.rendering.images import Placed
from publisher.rendering.text import words
from publisher.rendering.webflow import Piece, webflow_from_tokens, webflow_pieces

__all__ = ["RENDERER", "Piece", "Placed", "render", "rich_text_pieces", "words"]

#: The version of each renderer. It becomes part of the wish that the ledger keeps: raise it with any change of output.
RENDERER: Final[Mapping[str, str]] = {"blocks": "3", "html": "3", "classic": "2", "webflow": "2"}

_FORMATS: Final[Mapping[str, Callable[[Sequence[Token], Mapping[str, Placed], str], str]]] = {
    "blocks": blocks_from_tokens,
    "html": lambda tokens, placed, _mark: html_from_tokens(tokens, placed),
    "classic": lambda tokens, placed, _mark: html_from_tokens(tokens, placed, players=False),
    "webflow": lambda tokens, placed, _mark: webflow_from_tokens(tokens, placed),
}


def render(article: Article, format: str, placed: Mapping[str, Placed] | None = None, *, mark: str = "") -> str:
    """The body of an article as ``"html"``, as WordPress ``"blocks"``, or as ``"webflow"`` rich text.

    ``"classic"`` is HTML for a WordPress without blocks, which puts players in the place of bare video addresses by
    itself. ``placed`` says where images now live, by their source as the article spells it; images that are not in it
    keep their source. ``mark`` goes into the attributes of the first block, where readers do not see it; it has no
    effect on other formats. Raises :class:`ConfigurationError` for another format, and :class:`ContentError` with the
    line where the body holds what the format cannot carry.
    """
    if format not in _FORMATS:
        raise ConfigurationError(
            f"there is no format {format!r}",
            field="format",
            hint=f"Use one of {', '.join(repr(name) for name in _FORMATS)}.",
        )
    with _places_in(article):
        return _FORMATS[format](tokens_for(article.body, article.raw_html), placed or {}, mark)


def rich_text_pieces(article: Article) -> list[Piece]:
    """The body of an article as Webflow rich text, block by block, each with its lines in the article's source.

    Raises as :func:`render`.
    """
    before = article.first_line - 1
    with _places_in(article):
        pieces = webflow_pieces(tokens_for(article.body, article.raw_html), {})
        return [Piece(before + first, before + last, markup) for first, last, markup in pieces]


@contextmanager
def _places_in(article: Article) -> Iterator[None]:
    try:
        yield
    except ContentError as error:
        raise ContentError.of([_in_source(one, article) for one in error.all]) from None


def _in_source(error: PublisherError, article: Article) -> ContentError:
    """The error of a body with its place in the article's source."""
    place = article.source.path if article.source else error.path
    line = None if error.line is None else error.line + article.first_line - 1
    return ContentError(error.what, hint=error.hint, path=place, article=article.key, line=line, field=error.field)
