"""Items that articles of a Webflow collection refer to by name: tags, categories, and whatever a custom field names."""

from __future__ import annotations

import pytest

from publisher import Article
from publisher.models import Action
from publisher.testing.webflow import Field


@pytest.fixture
def categories_of(webflow):
    """The names of the items in the collection of categories."""
    return lambda: [row["fieldData"]["name"] for row in webflow.rig.sim.items(webflow.rig.blog.categories)]


def test_names_are_found_by_their_letters_on_every_page(webflow):
    """Of 130 tags the right one is taken, whatever its capitals; nothing is made."""
    for number in range(130):
        webflow.rig.sim.designer.add_item(webflow.rig.blog.tags, f"Tag {number}", f"tag-{number}", live=True)
    webflow.publish(Article(title="T", tags=("tag 129", "TAG 12")))
    tags = {row["id"]: row["fieldData"]["name"] for row in webflow.rig.sim.items(webflow.rig.blog.tags)}
    assert len(tags) == 130
    assert [tags[tag] for tag in webflow.rig.item("t")["fieldData"]["tags"]] == ["Tag 129", "Tag 12"]


THREE = (("Bread",), ("Sea",), ("Hills",))


def test_names_that_a_field_does_not_hold_become_no_items(webflow, categories_of):
    """A Reference takes the first of three categories, and no tag has a field: neither the others nor tags are made,
    and a second run has nothing to do."""
    article = Article(title="Three", categories=THREE, tags=("Salt",))
    receipt = webflow.publish(article, settings={"fields": {"tags": None}})
    assert (categories_of(), webflow.rig.terms()) == (["Bread"], [])
    assert ("categories", "Bread, Sea, Hills") in [(one.field, one.sent) for one in receipt.changes]
    before = len(webflow.rig.sim.requests)
    with webflow.publisher() as publisher:
        assert publisher.plan(article).counts == {Action.NO_OP: 1}
        assert publisher.publish(article).action is Action.NO_OP
    assert webflow.requests(before) == []
    # Nor does an edit have anything to do with them.
    webflow.publish(article.model_copy(update={"body": "More."}))
    assert not [one for one in webflow.requests(before) if "categories" in one]


def test_name_that_was_left_out_is_made_for_the_article_that_uses_it(webflow, categories_of):
    """One article has it third, another one first: in runs of their own, and in one."""
    webflow.publish(Article(key="a", title="A", categories=THREE))
    webflow.publish(Article(key="b", title="B", categories=(("hills",),)))
    outcomes = webflow.publish_many(
        [
            Article(key="c", title="C", categories=(("Bread",), ("Towns",))),
            Article(key="d", title="D", categories=(("Towns",), ("Sea",))),
        ]
    )
    assert all(outcome.ok for outcome in outcomes)
    assert sorted(categories_of()) == ["Bread", "Towns", "hills"]
    names = {row["id"]: row["fieldData"]["name"] for row in webflow.rig.sim.items(webflow.rig.blog.categories)}
    stored = {slug: names[webflow.rig.item(slug)["fieldData"]["category"]] for slug in "abcd"}
    assert stored == {"a": "Bread", "b": "hills", "c": "Bread", "d": "Towns"}


def test_names_that_were_left_out_are_made_once_a_field_holds_them(webflow, categories_of):
    """Categories are mapped to a MultiReference later: the article gets all three."""
    field = Field("Topics", "MultiReference", collection_id=webflow.rig.blog.categories)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, field)
    article = Article(title="Three", categories=THREE)
    webflow.publish(article)
    assert webflow.publish(article, settings={"fields": {"category": "topics"}}).action is Action.UPDATE
    assert sorted(categories_of()) == ["Bread", "Hills", "Sea"]
    assert len(webflow.rig.item("three")["fieldData"]["topics"]) == 3


def test_names_with_one_slug_become_two_items(webflow):
    """C and C++ are two tags; each is found again."""
    for _ in range(2):
        webflow.publish(Article(title="T", tags=("C", "C++")))
        webflow.lose_ledger()
    assert sorted(webflow.rig.terms()) == ["C", "C++"]


def test_deleted_tag_is_made_anew(webflow):
    """The ledger says it stands, and Webflow refuses it: it is looked for, and made again."""
    webflow.publish(Article(key="a", title="A", tags=("One",)))
    [tag] = webflow.rig.sim.items(webflow.rig.blog.tags)
    webflow.rig.sim.designer.delete_item(webflow.rig.blog.tags, tag["id"])
    webflow.publish(Article(key="b", title="B", tags=("One",)))
    [new] = webflow.rig.sim.items(webflow.rig.blog.tags)
    assert webflow.rig.item("b")["fieldData"]["tags"] == [new["id"]]


def test_names_beyond_the_one_that_a_field_holds_are_told(webflow):
    """A Reference and an Option hold one name; the receipt says which was kept, and tells no tale of the others."""
    article = Article(
        title="Two", categories=(("Kitchen", "Bread"), ("Away", "Sea")), meta={"kind": ["News", "Article"]}
    )
    receipt = webflow.publish(article)
    assert [str(change) for change in receipt.changes] == [
        "categories: sent 'Bread, Sea', the target stored 'Bread'",
        "meta.kind: sent 'News, Article', the target stored 'News'",
        "categories: sent 'Kitchen/Bread', the target stored 'Bread'",
    ]


def test_custom_field_may_name_items(webflow):
    """A reference is filled where fields= maps the custom field to it."""
    field = Field("Series", "Reference", collection_id=webflow.rig.blog.categories)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, field)
    webflow.publish(Article(title="T", meta={"series": "Bread"}), settings={"fields": {"meta.series": "series"}})
    [row] = webflow.rig.sim.items(webflow.rig.blog.categories)
    assert (row["fieldData"]["name"], webflow.rig.item("t")["fieldData"]["series"]) == ("Bread", row["id"])


@pytest.mark.parametrize("kind", ["Reference", "MultiReference"])
@pytest.mark.parametrize(("names", "kept"), [(["", "Bread", " "], ["Bread"]), (" ", [])])
def test_blank_name_is_none(webflow, kind, names, kept, categories_of):
    """As a template of an article leaves it."""
    field = Field("Series", kind, collection_id=webflow.rig.blog.categories)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, field)
    article = Article(title="T", meta={"series": names})
    receipt = webflow.publish(article, settings={"fields": {"meta.series": "series"}})
    assert (categories_of(), receipt.changes) == (kept, ())
    assert bool(webflow.rig.item("t")["fieldData"].get("series")) is bool(kept)
