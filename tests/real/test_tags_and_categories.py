"""Tags and categories on a real WordPress: made when missing, found when there, each once."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.real

NAMES = ("R&D", "a < b", 'say "hi"', "it's", "C", "C++", "C#", "日本", "2024")

CATEGORIES = """SELECT t.name, coalesce(p.name, '') FROM wp_term_taxonomy x JOIN wp_terms t USING (term_id)
    LEFT JOIN wp_terms p ON p.term_id = x.parent WHERE x.taxonomy = 'category' AND t.slug != 'uncategorized'
    ORDER BY 1, 2"""


def test_tags_arrive_under_the_names_they_are_written_with(desk):
    """Signs, scripts, thirty at once; a lost ledger doubles none, and an edit takes them away."""
    names = NAMES + tuple(f"t{number}" for number in range(30))
    receipt = desk.publish(desk.article(tags=names))
    assert (desk.terms(receipt), receipt.changes) == (set(names), ())
    desk.lose_the_ledger()
    desk.publish(desk.article(tags=names))
    assert len(desk.rig.terms()) == len(names)
    assert desk.terms(desk.publish(desk.article())) == set()


def test_tags_that_differ_in_case_are_one_and_no_change(desk):
    """WordPress knows one tag for Python and python: nothing was dropped, so nothing is told."""
    desk.by_hand("tags", name="PYTHON")
    receipt = desk.publish(desk.article(tags=("Python", "python")))
    assert (desk.terms(receipt), receipt.changes) == ({"PYTHON"}, ())


def test_nested_categories_stand_below_their_parents(desk):
    """One name below two parents is two categories; a lost ledger finds them all; the post is in the innermost."""
    article = desk.article(categories=(("News", "Local"), ("Sports", "Local"), "Local", ("News", "Local", "A & B")))
    receipt = desk.publish(article)
    tree = [
        ("A &amp; B", "Local"),
        ("Local", ""),
        ("Local", "News"),
        ("Local", "Sports"),
        ("News", ""),
        ("Sports", ""),
    ]
    assert desk.sql(CATEGORIES) == tree
    assert (desk.terms(receipt, "category"), receipt.changes) == ({"Local", "A & B"}, ())
    desk.lose_the_ledger()
    desk.publish(article)
    assert desk.sql(CATEGORIES) == tree
