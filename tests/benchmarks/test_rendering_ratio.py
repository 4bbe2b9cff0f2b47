"""Rendering beside markdown-it-py's own: 'make bench' prints the ratios."""

from __future__ import annotations

import random

import pytest
from measuring import ratio

from publisher import Article, render
from publisher.content import markdown

WORDS = [
    "bread",
    "*flour*",
    "water",
    "**salt**",
    "starter",
    "`oven`",
    "crumb",
    "steam",
    "[basket](https://example.com/basket)",
    "dough",
    "rise",
    "score",
]
PIECES = (
    "{}",
    "{}",
    "{}",
    "## {}",
    "- {}\n- {}\n  - {}",
    "1. {}\n2. {}",
    "> {}",
    "```python\n{}\n```",
    "| A | B |\n| --- | --: |\n| {} | {} |",
    "![{}](https://example.com/loaf.jpg)",
    "{}[^n]",
)


def article(number: int) -> str:
    """Two to three thousand characters, as in the median of real blogs; the same ones in every run."""
    dice = random.Random(number)
    pieces = [
        piece.format(*(" ".join(dice.choices(WORDS, k=dice.randint(6, 30))) for _ in range(piece.count("{}"))))
        for piece in dice.choices(PIECES, k=22)
    ]
    return "\n\n".join([*pieces, "[^n]: A note."])


@pytest.mark.parametrize("form", ["blocks", "html", "webflow"])
def test_rendering_costs_little_more_than_the_parser_s_own(form: str) -> None:
    """At most 1.3 times markdown-it-py's own HTML rendering with the same parser, over the same articles."""
    bodies = [article(number) for number in range(100)]
    articles = [Article(title="T", body=body) for body in bodies]
    parser = markdown.new_parser()

    def ours() -> None:
        markdown.parse.forget()
        for one in articles:
            render(one, form)

    found = ratio(ours, lambda: [parser.render(body) for body in bodies])
    print(f"\n{form}: 100 articles rendered / markdown-it-py rendering them as HTML: {found:.2f}")
    assert found <= 1.3
