"""What an article can be on the real WordPress, and what becomes of it there: the truth is read from the database."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from publisher import Article
from publisher.errors import PublisherError, RefusedError

pytestmark = pytest.mark.real

NOW = dt.datetime.now(dt.UTC)
SOON, LATER = NOW + dt.timedelta(days=3), NOW + dt.timedelta(days=9)

#: A type of a plugin with routes of its own, one below WordPress's, one that is not in the REST API.
TYPES = """add_action('init', function () {
    $open = array('public' => true, 'show_in_rest' => true);
    register_post_type('film', $open + array('rest_namespace' => 'acme/v1', 'rest_base' => 'films'));
    register_post_type('book', $open + array('hierarchical' => true, 'taxonomies' => array('post_tag'),
        'supports' => array('title', 'editor', 'page-attributes')));
    register_post_type('secret', array('public' => true));
});"""


def stored_at(row) -> dt.datetime:
    return dt.datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=dt.UTC)


def is_near(moment: dt.datetime, other: dt.datetime) -> bool:
    return abs(moment - other) < dt.timedelta(minutes=10)


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


def sticky(desk) -> str:
    found = desk.sql("SELECT option_value FROM wp_options WHERE option_name = 'sticky_posts'")
    return found[0][0]


@pytest.mark.parametrize("form", ["blocks", "html"])
def test_slug_that_is_stored_otherwise_is_found_again(desk, form):
    """WordPress takes accents and signs away when it stores a slug, and not when it is asked for one."""
    slugs = ["über-uns", "smo\u0308rga\u030as×2", "it’s–a “test”, v1.2/3…", "İstanbul", "ﬁn€", "привет-мир", "日本"]
    articles = [desk.article(f"No. {n}", key=f"k{n}", title=f"T{n}", slug=slug) for n, slug in enumerate(slugs)]
    first = [outcome.unwrap() for outcome in desk.publish_many(articles, desk.blog(body=form))]
    assert [bool(receipt.changes) for receipt in first] == [True] * 5 + [False] * 2
    desk.lose_the_ledger()
    again = [outcome.unwrap() for outcome in desk.publish_many(articles, desk.blog(body=form))]
    assert [receipt.remote_id for receipt in again] == [receipt.remote_id for receipt in first]
    desk.lose_the_ledger()
    others = [article.model_copy(update={"key": f"other-{article.key}", "body": "Else."}) for article in articles]
    refused = [type(outcome.error).__name__ for outcome in desk.publish_many(others, desk.blog(body=form))]
    assert (refused, len(desk.posts())) == (["ConflictError"] * len(slugs), len(slugs))


# Dates


def test_scheduled_post_is_rescheduled_published_now_and_taken_off(desk):
    """Each step is one edit of the same post; what was scheduled and is published has the time of that (None: now)."""
    steps = [
        ({"status": "scheduled", "date": SOON}, "future", SOON),
        ({"status": "scheduled", "date": LATER}, "future", LATER),
        ({"status": "published"}, "publish", None),
        ({"status": "scheduled", "date": SOON}, "future", SOON),
        ({"status": "draft", "date": SOON}, "draft", SOON),
        ({"status": "private", "date": NOW - dt.timedelta(days=400)}, "private", NOW - dt.timedelta(days=400)),
    ]
    for number, (fields, status, moment) in enumerate(steps):
        receipt = desk.publish(desk.article(f"Step {number}.", **fields))
        row = desk.row(receipt)
        assert (row["status"], is_near(stored_at(row), moment or dt.datetime.now(dt.UTC)), receipt.changes) == (
            status,
            True,
            (),
        )
    assert len(desk.posts()) == 1


def test_what_wordpress_makes_of_an_impossible_date_is_told(desk):
    """Published with a date ahead is scheduled there, and scheduled with one behind is published: never silently."""
    for status, date, becomes in (("published", SOON, "future"), ("scheduled", NOW - dt.timedelta(days=9), "publish")):
        receipt = desk.publish(desk.article(status, status=status, date=date))
        assert [(change.field, change.stored) for change in receipt.changes] == [("status", becomes)]


DATES = [
    ("Europe/Berlin", "", "2025-07-01T12:00", "2025-07-01 10:00:00"),
    ("Europe/Berlin", "", "2025-03-30T02:30", "2025-03-30 01:30:00"),  # the hour that spring skips
    ("Europe/Berlin", "", "2025-10-26T02:30", "2025-10-26 00:30:00"),  # the hour that autumn has twice: the first
    ("Europe/Berlin", "", "2025-10-26T03:30", "2025-10-26 02:30:00"),
    ("Europe/Berlin", "", "2025-07-01T12:00+05:30", "2025-07-01 06:30:00"),
    ("", "5.5", "2025-07-01T12:00", "2025-07-01 06:30:00"),
    ("", "-3", "2025-10-26T02:30", "2025-10-26 05:30:00"),
    ("", "0", "2025-07-01T12:00", "2025-07-01 12:00:00"),
]


def test_date_without_a_zone_is_the_sites(desk):
    """A zone with its two odd nights, an offset only, none at all: sent as UTC, and readers see the time that they
    see where somebody types it into wp-admin."""
    for number, (zone, offset, written, gmt) in enumerate(DATES):
        desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'timezone_string'", zone)
        desk.sql("UPDATE wp_options SET option_value = ? WHERE option_name = 'gmt_offset'", offset)
        desk.lose_the_ledger()  # or the zone would be known for an hour
        backend, seen = desk.counted()
        article = desk.article(key=f"k{number}", slug=f"k{number}", date=dt.datetime.fromisoformat(written))
        row = desk.row(desk.publish(article, backend))
        by_hand = desk.by_hand("posts", title="By hand", date=article.date.isoformat(), status="publish")
        body = seen.requests[-1].content
        assert (row["date_gmt"], b'"date_gmt"' in body, b'"date"' in body) == (gmt, True, False), written
        assert row["date"].replace(" ", "T") == by_hand["date"], written


# Authors


def test_author_is_found_by_every_name_that_means_one_user(desk):
    """Display name, login, e-mail, in any case; a login is stronger than somebody's display name."""
    ana = desk.new_user("ana", name="Ana & Söhne")
    desk.new_user("other", name="Ana")
    desk.new_user("maria1", name="Maria")
    desk.new_user("maria2", name="Maria")
    for number, name in enumerate(("ana", "Ana & Söhne", "ANA@example.test", "ana & söhne", "Ana")):
        receipt = desk.publish(desk.article(f"{number}", author=name))
        assert (desk.row(receipt)["author"], receipt.changes) == (ana, ()), name
    for name, says in (("Maria", "2 users are called 'Maria'"), ("Nobody", "no user is called 'Nobody'")):
        with pytest.raises(RefusedError, match=says) as caught:
            desk.publish(desk.article("Not.", author=name))
        assert (caught.value.field, "login" in str(caught.value)) == ("author", True)


@pytest.mark.parametrize("user", ["editor", "author"])
def test_author_as_a_role_sees_it(desk, user):
    """Who may not list users finds others by the names that readers see, and himself by every name."""
    ana = desk.new_user("ana", name="Ana Bee")
    own = [user, f"{user}@example.test", user.upper()]
    for number, name in enumerate(own):
        receipt = desk.publish(desk.article(f"{number}", author=name), desk.blog(user))
        assert desk.row(receipt)["author"] != 1, name
    about_ana = desk.article("Ana's.", key="b", slug="b", author="Ana Bee")
    if user == "editor":
        assert desk.row(desk.publish(about_ana, desk.blog(user)))["author"] == ana
    else:
        with pytest.raises(RefusedError, match="not allowed"):
            desk.publish(about_ana, desk.blog(user))
    with pytest.raises(RefusedError, match="no user is called"):
        desk.publish(desk.article("Not.", author="ana@example.test"), desk.blog(user))


# What hangs on a post


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


def test_image_in_the_text_is_the_one_of_the_library(desk):
    """Its id in the class, its alternative text and its caption; its slug holds the hash, and its name is readable."""
    desk.draw("a loaf.png")
    file = desk.write("p.md", '---\ntitle: P\n---\n![A "loaf" & more](<a loaf.png> "Fresh *bread*")\n')
    receipt = desk.publish(file)
    [(image, slug, title)] = desk.sql("SELECT ID, post_name, post_title FROM wp_posts WHERE post_type = 'attachment'")
    content = desk.row(receipt)["content"]
    assert f'class="wp-image-{image}"' in content
    assert 'alt="A &quot;loaf&quot; &amp; more"' in content
    assert "Fresh" in content.partition("<figcaption")[2]
    assert (slug.startswith("asset-"), len(slug), title, receipt.changes) == (True, 38, "a loaf", ())
    assert f"wp-image-{image}" in httpx.get(receipt.url).text


def test_image_that_another_user_uploaded_is_used(desk):
    """An author may not edit the admin's upload, and uses it all the same: one item, also with an empty ledger."""
    desk.draw("a.png")
    desk.publish(desk.write("p.md", "---\ntitle: P\n---\n![a](a.png)\n"))
    desk.lose_the_ledger()
    desk.publish(desk.write("q.md", "---\ntitle: Q\n---\n![a](a.png)\n"), desk.blog("author"))
    assert (len(desk.rig.assets()), len(desk.posts())) == (1, 2)


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


def test_author_may_not_write_pages_and_is_told_who_may(desk):
    """WordPress says only that a status is forbidden; it is the role."""
    with pytest.raises(PublisherError, match="pages need an editor"):
        desk.publish(desk.article(type="page"), desk.blog("author"))
    assert desk.publish(desk.article(type="page"), desk.blog("editor")).changes == ()


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


def test_cover_from_another_site_is_told(desk):
    """WordPress takes a cover from its own library only."""
    receipt = desk.publish(desk.write("p.md", "---\ntitle: P\nimage: https://example.com/a.png\n---\nText.\n"))
    assert [(change.field, change.sent) for change in receipt.changes] == [
        ("featured_media", "https://example.com/a.png")
    ]


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
