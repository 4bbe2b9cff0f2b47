"""The articles of the demo become markup that both editors take."""

from __future__ import annotations

from pathlib import Path

import pytest
from block_validator import SETS
from judging import all_good

from publisher import load_articles, render
from publisher.rendering import Placed

pytestmark = pytest.mark.blocks

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.mark.parametrize("editor", SETS)
@pytest.mark.parametrize("uploaded", [False, True], ids=["as written", "images uploaded"])
def test_the_editor_takes_every_article_of_the_demo(judged, editor, uploaded):
    markups = {}
    for article in load_articles(ARTICLES):
        placed = {
            src: Placed(f"https://blog.example.com/{at}.png", str(at)) for at, src in enumerate(article.assets, 7)
        }
        markups[article.slug] = render(article, "blocks", placed if uploaded else None)
    assert len(markups) >= 2
    all_good(judged(editor, markups), markups, editor)
