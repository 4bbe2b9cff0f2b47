"""Posts, pages and custom types on the real WordPress, from the first step to the trash, as its database has them."""

from __future__ import annotations

import pytest

from publisher import Article
from publisher.errors import PublisherError, RefusedError

pytestmark = pytest.mark.real

#: A type of a plugin with routes of its own, one below WordPress's, one that is not in the REST API.
TYPES = """add_action('init', function () {
    $open = array('public' => true, 'show_in_rest' => true);
    register_post_type('film', $open + array('rest_namespace' => 'acme/v1', 'rest_base' => 'films'));
    register_post_type('book', $open + array('hierarchical' => true, 'taxonomies' => array('post_tag'),
        'supports' => array('title', 'editor', 'page-attributes')));
    register_post_type('secret', array('public' => true));
});"""


def sticky(desk) -> str:
    found = desk.sql("SELECT option_value FROM wp_options WHERE option_name = 'sticky_posts'")
    return found[0][0]


# The life of one


@pytest.mark.parametrize("kind", ["post", "page"])
def test_one_article_is_created_updated_taken_off_shown_again_and_deleted(desk, kind):
    """The same row in the database from the first step to the trash, by the article or by its key."""
    first = desk.publish(desk.article("One.", type=kind, excerpt="Short."))
    row = desk.row(first)
    assert (row["type"], row["status"], row["excerpt"], first.changes) == (kind, "publish", "Short.", ())
    steps = [
        (lambda: desk.publish(desk.article("Two.", type=kind)), "publish", "Two."),
        (lambda: desk.unpublish("a-key"), "draft", "Two."),
        (lambda: desk.publish(desk.article("Three.", type=kind)), "publish", "Three."),
        (lambda: desk.delete("a-key"), "trash", "Three."),
    ]
    for step, status, words in steps:
        receipt = step()
        row = desk.row(first)
        assert (row["status"], words in row["content"], receipt.remote_id) == (status, True, first.remote_id)
    assert row["excerpt"] == ""


@pytest.mark.parametrize("kind", ["post", "page"])
def test_force_deletes_for_good(desk, kind):
    """Nothing is left in the trash; a second delete finds nothing and is no error; the slug is free again."""
    first = desk.publish(desk.article(type=kind))
    assert desk.delete("a-key", force=True).action == "delete"
    assert desk.row(first) is None
    desk.delete(desk.article(type=kind), force=True)
    again = desk.publish(desk.article(type=kind))
    assert (desk.row(again)["slug"], again.changes) == ("a-title", ())


def test_what_was_trashed_in_wp_admin_can_still_be_deleted_for_good(desk):
    """An editor moved it to the trash; force empties that."""
    first = desk.publish(desk.article())
    desk.rig.remove(first.remote_id)
    desk.delete("a-key", force=True)
    assert desk.row(first) is None


def test_what_never_was_published_cannot_be_deleted(desk):
    """By a key that the ledger does not know, and by an article that the site does not have."""
    for what, says in (("no-such-key", "knows of no such article"), (desk.article(), "nothing ever did")):
        with pytest.raises(RefusedError, match=says):
            desk.delete(what, force=True)


def test_after_an_unpublish_all_fields_are_still_ours(desk):
    """A title changed in wp-admin while it was off is an edit; a tag that the article lost goes."""
    first = desk.publish(desk.article("One.", tags=("a",)))
    desk.unpublish("a-key")
    desk.by_hand(f"posts/{first.remote_id}", title="Edited")
    with pytest.raises(PublisherError, match="Edited"):
        desk.publish(desk.article("Two."))
    desk.publish(desk.article("Two."), on_conflict="overwrite")
    assert (desk.row(first)["title"], desk.terms(first)) == ("A title", set())


def test_with_an_empty_ledger_the_post_becomes_what_the_article_says_now(desk):
    """What the article has no longer goes, though no ledger knows that it was there."""
    desk.draw("a.png")
    file = desk.write("p.md", "---\ntitle: A title\nid: a-key\nimage: a.png\ntags: [a, b]\n---\nOne.\n")
    first = desk.publish(Article.from_file(file).model_copy(update={"sticky": True, "template": "blank"}))
    assert (desk.meta(first, "_wp_page_template"), desk.meta(first, "_thumbnail_id") is None) == ("blank", False)
    desk.lose_the_ledger()
    again = desk.publish(desk.article("Two.", slug=desk.row(first)["slug"], tags=("b",)))
    assert (again.remote_id, desk.terms(first)) == (first.remote_id, {"b"})
    assert (desk.meta(first, "_wp_page_template"), desk.meta(first, "_thumbnail_id")) in [("default", None), ("", None)]
    assert sticky(desk) == "a:0:{}"


def test_sticky_template_and_cover_come_and_go(desk):
    """Set, kept and taken away again; and a template that the theme does not have is refused with its name."""
    desk.draw("a.png")
    article = Article.from_file(desk.write("p.md", "---\ntitle: A title\nimage: a.png\n---\nOne.\n"))
    first = desk.publish(article.model_copy(update={"sticky": True, "template": "blank"}))
    assert (first.changes, sticky(desk)) == ((), f"a:1:{{i:0;i:{first.remote_id};}}")
    assert (desk.meta(first, "_wp_page_template"), bool(desk.meta(first, "_thumbnail_id"))) == ("blank", True)
    again = desk.publish(article.model_copy(update={"image": None, "assets": {}, "body": "Two."}))
    assert (again.changes, sticky(desk)) == ((), "a:0:{}")
    assert (desk.meta(first, "_wp_page_template") in ("default", ""), desk.meta(first, "_thumbnail_id")) == (True, None)
    with pytest.raises(RefusedError, match="template") as caught:
        desk.publish(article.model_copy(update={"template": "no-such-template"}))
    assert "blank" in str(caught.value)
    assert "Two." in desk.row(first)["content"]


# Pages and other types


def test_pages_stand_below_their_parents_whatever_the_order(desk):
    """Parents of the same run go first; by slug, by path, also in another spelling; moved, and moved to the top."""
    pages = [("team", "über-uns/büro"), ("büro", "über-uns"), ("über-uns", ""), ("docs", ""), ("setup", "docs")]
    articles = [
        desk.article(key=slug, title=slug, slug=slug, type="page", parent=parent, template="blank")
        for slug, parent in pages
    ]
    found = {outcome.key: outcome.unwrap() for outcome in desk.publish_many(articles)}
    rows = {key: desk.row(receipt) for key, receipt in found.items()}
    assert {key: row["parent"] for key, row in rows.items()} == {
        "team": rows["büro"]["id"],
        "büro": rows["über-uns"]["id"],
        "über-uns": 0,
        "docs": 0,
        "setup": rows["docs"]["id"],
    }
    assert found["team"].url.endswith("/uber-uns/buro/team/")
    assert desk.meta(found["team"], "_wp_page_template") == "blank"
    for parent, wanted in (("docs", "docs"), ("Über-Uns/buro", "büro"), ("", "")):
        desk.publish(articles[0].model_copy(update={"parent": parent}))
        assert desk.row(found["team"])["parent"] == (rows[wanted]["id"] if wanted else 0)


def test_slug_belongs_to_one_page_of_a_parent(desk):
    """Two pages of one slug below two parents are two; the path from the top tells which is meant."""
    page = {"type": "page", "title": "Setup"}
    articles = [
        desk.article(key="docs", title="Docs", type="page"),
        desk.article(key="top", slug="setup", **page),
        desk.article(key="below", slug="setup", parent="docs", **page),
        desk.article(key="more", slug="more", parent="docs/setup", **page),
        desk.article(key="most", slug="most", parent="setup", **page),
    ]
    for article in articles:  # one slug is leased by one article at a time
        desk.publish(article)
    tree = """SELECT page.post_name, above.post_name, top.post_name FROM wp_posts page
        JOIN wp_posts above ON above.ID = page.post_parent LEFT JOIN wp_posts top ON top.ID = above.post_parent
        WHERE page.post_type = 'page' ORDER BY page.ID"""
    assert desk.sql(tree) == [("setup", "docs", None), ("more", "setup", "docs"), ("most", "setup", None)]


@pytest.mark.parametrize(
    ("fields", "says", "field"),
    [
        ({"parent": "docs"}, "a post has no parent", "parent"),
        ({"type": "page", "parent": "nowhere"}, "none is called 'nowhere'", "parent"),
        ({"type": "secret"}, "no post type 'secret'.*show_in_rest", "type"),
        ({"type": "film", "parent": "docs"}, "a film has no parent", "parent"),
    ],
)
def test_what_cannot_stand_there_is_refused_by_its_field(desk, fields, says, field):
    """With what to do; and nothing was stored."""
    desk.site.install_plugin("types", TYPES)
    with pytest.raises(RefusedError, match=f"(?s){says}") as caught:
        desk.publish(desk.article(**fields))
    assert (caught.value.field, desk.posts()) == (field, [])


def test_page_does_not_become_a_post(desk):
    """Refused with the way out, and the way out works: delete it by its key, publish it as a post."""
    page = desk.publish(desk.article(type="page"))
    with pytest.raises(RefusedError, match=r"published as a page.*publisher\.delete"):
        desk.publish(desk.article("Two."))
    desk.delete("a-key")
    post = desk.publish(desk.article("Two."))
    assert (desk.row(page)["status"], desk.row(post)["type"], post.changes) == ("trash", "post", ())


def test_custom_types_are_published_updated_and_deleted(desk):
    """One with a namespace of its own, one below each other with tags; what a type cannot hold is told."""
    desk.site.install_plugin("types", TYPES)
    backend, seen = desk.counted()
    film = desk.publish(desk.article("One.", type="film"), backend)
    shelf = desk.publish(desk.article(key="shelf", title="Shelf", type="book"), backend)
    book = desk.publish(
        desk.article(key="book", title="Book", type="book", parent="shelf", tags=("x",), excerpt="No."), backend
    )
    assert (desk.row(film)["type"], desk.row(book)["parent"]) == ("film", int(shelf.remote_id))
    assert (desk.terms(book), [change.field for change in book.changes]) == ({"x"}, ["excerpt"])
    assert any("/wp-json/acme/v1/films" in str(request.url) for request in seen.requests)
    assert len([request for request in seen.requests if request.url.path.endswith("/types")]) == 1
    again = desk.publish(desk.article("Two.", type="film"), backend)
    assert (again.remote_id, "Two." in desk.row(film)["content"]) == (film.remote_id, True)
    desk.lose_the_ledger()
    assert desk.publish(desk.article("Three.", type="film")).remote_id == film.remote_id
    desk.delete("a-key", force=True)
    assert desk.row(film) is None


def test_what_a_page_cannot_hold_is_told(desk):
    """Pages have no tags, no categories, and are never sticky: in the receipt, and no tag is made for nothing."""
    receipt = desk.publish(desk.article(type="page", tags=("a",), categories=("K",), sticky=True))
    assert {change.field for change in receipt.changes} == {"tags", "categories", "sticky"}
    assert desk.rig.terms() == []
    assert desk.publish(desk.article(type="page", tags=("a",), categories=("K",), sticky=True)).action == "no-op"


def test_a_file_says_all_of_it_and_is_told_what_wordpress_has_no_place_for(desk):
    """A page with its parent, template and author; search engines' fields and custom ones are changes."""
    desk.publish(desk.article(type="page", key="docs", slug="docs", title="Docs"))
    file = desk.write(
        "setup.md",
        "---\ntitle: Setup\ntype: page\nparent: docs\nauthor: editor\nexcerpt: e\n"
        "seo: {title: For searchers}\nmeta: {reading_time: 4}\ntargets: {wordpress: {status: private}}\n---\nWords\n",
    )
    receipt = desk.publish(file)
    [(parent, status, author)] = desk.sql(
        "SELECT p.post_name, x.post_status, u.user_login FROM wp_posts x JOIN wp_posts p ON p.ID = x.post_parent"
        " JOIN wp_users u ON u.ID = x.post_author WHERE x.ID = ?",
        receipt.remote_id,
    )
    assert (parent, status, author) == ("docs", "private", "editor")
    assert [(change.field, change.sent, change.stored) for change in receipt.changes] == [
        ("seo.title", "For searchers", ""),
        ("meta.reading_time", "4", ""),
    ]
