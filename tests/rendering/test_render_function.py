"""render() takes an article and the name of a format."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.errors import ConfigurationError, ContentError
from publisher.models import Article, Source
from publisher.rendering import RENDERER, Placed, render

ARTICLE = Article(title="T", key="k", body="![A](a.png)")


def test_every_format_has_a_version():
    """It is part of what the ledger compares."""
    assert set(RENDERER) == {"blocks", "classic", "html", "webflow"}


def test_an_article_is_rendered_in_the_format_asked_for():
    """With its images where they live now."""
    assert render(ARTICLE, "html", {"a.png": Placed("https://b.org/a.png")}) == (
        '<p><img src="https://b.org/a.png" alt="A"></p>\n'
    )
    assert render(ARTICLE, "blocks", mark="m").startswith('<!-- wp:image {"metadata":{"publisher":"m"}} -->')


def test_an_unknown_format_names_the_known_ones():
    """So that a typo is corrected at once."""
    with pytest.raises(ConfigurationError, match=r"'block'.*'blocks', 'html'"):
        render(ARTICLE, "block")


def test_an_error_counts_lines_of_the_source():
    """Not of the body."""
    article = Article(
        title="T", key="k", body="a\n\n<!-- wp:x -->", first_line=5, source=Source(path=Path("post.md"), digest="0")
    )
    with pytest.raises(ContentError) as caught:
        render(article, "blocks")
    assert (caught.value.path, caught.value.line, caught.value.article) == ("post.md", 7, "k")
