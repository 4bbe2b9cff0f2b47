"""What publishing to Webflow costs in requests. The numbers of the README are these."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from math import ceil

import pytest
from PIL import Image as Picture

from publisher import Article, Asset, Webflow


class InHundreds(Webflow):
    """Takes two batches for what Webflow itself takes in one."""

    capabilities = replace(Webflow.capabilities, batch=100)


#: The site and the collection's fields, once an hour.
FIXED = 2


def staged(articles: int) -> int:
    """Requests for so many new text articles that are stored first and then published."""
    return FIXED + 2 * ceil(articles / 100)


def live(articles: int) -> int:
    """The same where they are created as live ones."""
    return FIXED + ceil(articles / 100)


def first_contact(items: int) -> int:
    """To list the items that are there already; an empty collection is one page."""
    return max(1, ceil(items / 100))


def version_tokens(articles: int) -> int:
    """To read back what publishing made of the version tokens, a hundred at a time."""
    return ceil(articles / 100)


def terms(new: int) -> int:
    """To make the missing items of one other collection, which is looked at first: its fields and its items."""
    return 1 + 1 + ceil(new / 100)


def updates(articles: int) -> int:
    """To read them, a hundred at a time, change them, publish them, and read their version tokens back."""
    return 4 * ceil(articles / 100)


def posts(count, body="Words.", **fields):
    return [Article(key=f"k{n}", title=f"Post {n}", slug=f"post-{n}", body=body, **fields) for n in range(count)]


def cost(webflow, deed):
    """How many requests of the API a deed takes; uploads to the storage are no requests of the API."""
    before = len(webflow.rig.sim.requests)
    for outcome in deed():
        outcome.unwrap()
    return sum(not one.path.startswith("/uploads") for one in webflow.rig.sim.requests[before:])


@pytest.mark.parametrize("count", [1, 3, 4, 101])
@pytest.mark.parametrize(("stage_first", "formula"), [(False, live), (True, staged)])
def test_new_articles_go_a_hundred_in_a_request(make_webflow, stage_first, formula, count):
    """And what publishes them as well, where that is a step of its own."""
    webflow = make_webflow(stage_first=stage_first)
    most = formula(count) + first_contact(0) + (version_tokens(count) if stage_first and count > 3 else 0)
    assert cost(webflow, lambda: webflow.publish_many(posts(count))) <= most
    assert cost(webflow, lambda: webflow.publish_many(posts(count))) == 0


def test_items_that_are_there_are_listed_once(webflow):
    """On first contact, a hundred in a request; the second batch, and what comes later, ask for no list."""
    webflow.rig.kind = InHundreds
    for number in range(250):
        webflow.rig.sim.designer.add_item(webflow.rig.blog.posts, f"Old {number}", f"old-{number}")
    assert cost(webflow, lambda: webflow.publish_many(posts(101))) == live(101) + first_contact(250)
    webflow.rig.clock.advance(4_000)
    later = [Article(title="Later", body="Words.")]
    assert cost(webflow, lambda: webflow.publish_many(later)) == FIXED + 1 + 1


@pytest.mark.parametrize("stage_first", [False, True])
def test_updates_go_a_hundred_in_a_request(make_webflow, stage_first):
    """What an earlier run wrote is read a hundred at a time, however many other items there are."""
    webflow = make_webflow(stage_first=stage_first)
    for number in range(200):
        webflow.rig.sim.designer.add_item(webflow.rig.blog.posts, f"Old {number}", f"old-{number}")
    webflow.publish_many(posts(101))
    assert cost(webflow, lambda: webflow.publish_many(posts(101, "Second."))) <= updates(101)
    assert cost(webflow, lambda: webflow.publish_many(posts(101, "Third."))) <= updates(101)
    assert {copy.text for copy in webflow.rig.articles() if copy.slug.startswith("post-")} == {"Third."}


def test_one_update_takes_three_requests(webflow):
    """A look, the change, and the step that publishes it."""
    webflow.publish_many(posts(1))
    assert cost(webflow, lambda: webflow.publish_many(posts(1, "Second."))) == 3


def test_missing_tags_are_made_a_hundred_in_a_request(webflow):
    """They are items too: their collection is looked at once."""
    tagged = [article.model_copy(update={"tags": (f"Tag {n}", "All")}) for n, article in enumerate(posts(101))]
    assert cost(webflow, lambda: webflow.publish_many(tagged)) == live(101) + first_contact(0) + terms(102)


def test_each_image_is_one_request(webflow):
    """Whatever number of articles shows it; the assets are listed once."""
    files = {name: picture(number) for number, name in enumerate(("a.png", "b.png", "c.png"))}
    with_images = [
        article.model_copy(update={"body": f"![i]({name})", "assets": {name: files[name]}})
        for article, name in zip(posts(30), list(files) * 10, strict=True)
    ]
    assert cost(webflow, lambda: webflow.publish_many(with_images)) == live(30) + first_contact(0) + 1 + len(files)
    assert webflow.rig.count("POST", "/assets") == 3


def test_lost_ledger_costs_a_list_and_no_write(webflow):
    """Everything is found again: the items, a hundred in a request, the tags and the images."""
    some = [
        article.model_copy(update={"tags": ("One",), "body": "![i](i.png)", "assets": {"i.png": picture(1)}})
        for article in posts(101)
    ]
    webflow.publish_many(some)
    webflow.lose_ledger()
    before = len(webflow.requests())
    assert all(outcome.ok for outcome in webflow.publish_many(some))
    told = Counter(request.split()[0] for request in webflow.requests(before))
    assert told == {"GET": FIXED + 2 + first_contact(101) + 1}


def test_unpublish_and_delete_are_a_hundred_in_a_request(make_webflow):
    """An article that becomes a draft is changed and taken down together with the others."""
    webflow = make_webflow()
    webflow.publish_many(posts(101))
    drafts = posts(101, status="draft")
    assert cost(webflow, lambda: webflow.publish_many(drafts)) <= ceil(101 / 100) * 3


def picture(number):
    data = io.BytesIO()
    Picture.new("RGB", (8, 8), (number * 40 % 256, 80, 160)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), f"picture-{number}.png")


def one_by_one(articles: int) -> int:
    """What a client takes that creates an item and publishes it, article by article."""
    return 2 * articles


def test_table_of_the_readme_follows_from_these_formulas():
    """Requests for ten thousand text articles in an empty collection, and minutes at sixty requests a minute."""
    n = 10_000
    requests = {
        "live": live(n) + first_contact(0),
        "stored, then published": staged(n) + first_contact(0) + version_tokens(n),
        "one by one": one_by_one(n),
    }
    assert requests == {"live": 103, "stored, then published": 303, "one by one": 20_000}
    assert [round(number / 60, 1) for number in requests.values()] == [1.7, 5.0, 333.3]
