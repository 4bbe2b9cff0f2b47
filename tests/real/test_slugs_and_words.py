"""Slugs, titles and texts as people write them: what a real WordPress stores, and what its readers see."""

from __future__ import annotations

import html

import httpx
import pytest

from publisher.driving.clock import SystemClock
from publisher.errors import ConflictError, ContentError
from publisher.testing import Fault, make_faulty

pytestmark = pytest.mark.real


@pytest.mark.parametrize("form", ["blocks", "html"])
@pytest.mark.parametrize("slug", ["2024", "feed", "привет-мир", "x" * 210, "Hello-There"])
def test_odd_slug_makes_one_post_whatever_is_lost(desk, slug, form):
    """WordPress renames such slugs: the receipt says so, and a lost answer, an edit or a new ledger doubles nothing."""
    backend = desk.blog(body=form)
    make_faulty(backend, SystemClock()).faults.append(Fault("answer lost"))
    first = desk.publish(desk.article("One.", slug=slug), backend)
    # The same slug in percent is no change; one with a number, cut or lowered is.
    assert ("slug" in {change.field for change in first.changes}) is (slug != "привет-мир")
    desk.publish(desk.article("Two.", slug=slug), desk.blog(body=form))
    desk.lose_the_ledger()
    desk.publish(desk.article("Two.", slug=slug), desk.blog(body=form))
    assert [str(post[0]) for post in desk.posts()] == [first.remote_id]


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


@pytest.mark.parametrize("slug", ["привет-мир", "Hello-There", "a.b", "x" * 210, "of-another-author"])
def test_slug_that_somebody_else_has_is_a_conflict(desk, slug):
    """Never hello-2, also where WordPress spells the slug another way, or the user may not edit the other post."""
    desk.rig.occupy(slug)
    with pytest.raises(ConflictError):
        desk.publish(desk.article(slug=slug), desk.blog("author" if "author" in slug else "admin"))


def test_file_without_a_possible_slug_is_named(desk):
    """An emoji as title and as file name gives no slug: the message says in which file."""
    with pytest.raises(ContentError, match=r"🎉\.md"):
        desk.publish(desk.write("🎉.md", "---\ntitle: 🎉\n---\nWords.\n"))


@pytest.mark.parametrize("title", ["🎉", "AT&T <b>bold</b> \"q\" 'x' 😀 \\ back", "a < b &lt; 日本"])
def test_title_arrives_as_it_is_written(desk, title):
    """Nothing in a title is escaped, dropped or doubled, and the next run finds nothing to do."""
    desk.publish(desk.article(title=title, slug="s"))
    assert desk.posts()[0][2] == title
    assert desk.publish(desk.article(title=title, slug="s")).action == "no-op"


@pytest.mark.parametrize("size", [0, 1_000_000])
def test_body_of_any_size_arrives_whole(desk, size):
    """An empty body and one of a megabyte."""
    receipt = desk.publish(desk.article("word " * (size // 5)))
    [(length,)] = desk.sql("SELECT length(post_content) FROM wp_posts WHERE ID = ?", receipt.remote_id)
    assert (length > size - 5, receipt.changes) == (True, ())


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("<?php echo '<b>' . $x; // --> &amp;", "```\n{}\n```"),
        ("<?php echo '<b>' . $x; // --> &amp;", "Inline `{}` here."),
        ("<!-- wp:x -->", "```\n{}\n```"),
        ("<!-- wp:x -->", "Inline `{}` here."),
        ("[caption]", "```\n{}\n```"),
    ],
)
def test_code_is_shown_as_it_is_written(desk, code, form):
    """Code with PHP, HTML and shortcodes is what a reader sees; WordPress runs none of it."""
    receipt = desk.publish(desk.article(form.format(code)))
    page = html.unescape(httpx.get(receipt.url).text.replace("“", '"'))
    assert f"{code}</code>" in page
