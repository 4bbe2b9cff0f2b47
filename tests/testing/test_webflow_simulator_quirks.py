"""Where nobody knows how Webflow behaves, the simulated one behaves in each of the reported ways."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

import pytest

NOBODY = "0" * 24


def entries(*slugs):
    return {"items": [{"fieldData": {"name": slug, "slug": slug}} for slug in slugs]}


# One bad entry in a request for many


@pytest.mark.parametrize(("quirk", "made"), [("all refused", ["taken"]), ("good ones done", ["taken", "one", "two"])])
def test_a_create_of_many_with_a_bad_entry(make_desk, quirk, made):
    """Refused either way, with the bad entry's details; the good ones may have been made."""
    desk = make_desk(bad_entry=quirk)
    desk.create("taken")
    status, code, details = desk.refused("POST", desk.items, entries("one", "taken", "two"))
    assert (status, code, [detail["param"] for detail in details]) == (400, "validation_error", ["slug"])
    assert desk.slugs() == made


def test_a_live_create_of_many_with_a_bad_entry(make_desk):
    """The good ones are live, if they are there at all."""
    for quirk, live in [("all refused", []), ("good ones done", ["one", "two"])]:
        desk = make_desk(bad_entry=quirk)
        desk.create("taken")
        desk.refused("POST", f"{desk.items}/live", entries("one", "taken", "two"))
        assert [row["fieldData"]["slug"] for row in desk.sim.live(desk.blog.posts)] == live


@pytest.mark.parametrize(("quirk", "name"), [("all refused", "One"), ("good ones done", "New")])
def test_an_update_of_many_with_a_bad_entry(make_desk, quirk, name):
    """404 for the one that is not there."""
    desk = make_desk(bad_entry=quirk)
    item = desk.create("one")
    changes = [{"id": one, "fieldData": {"name": "New"}} for one in (NOBODY, item)]
    assert desk.refused("PATCH", desk.items, {"items": changes})[0] == 404
    assert desk.staged(item)["fieldData"]["name"] == name


@pytest.mark.parametrize(("quirk", "left"), [("all refused", ["one"]), ("good ones done", [])])
def test_a_deletion_of_many_with_a_bad_entry(make_desk, quirk, left):
    """404 for the one that is not there."""
    desk = make_desk(bad_entry=quirk)
    asked = {"items": [{"id": desk.create("one")}, {"id": NOBODY}]}
    assert desk.refused("DELETE", desk.items, asked)[0] == 404
    assert desk.slugs() == left


# Publishing


def test_more_than_a_hundred_ids_in_one_publish(make_desk):
    """Refused, or accepted."""
    for quirk, live in [("refused", 0), ("accepted", 101)]:
        desk = make_desk(many_published=quirk)
        fields = [{"name": str(number), "slug": str(number)} for number in range(101)]
        for part in (fields[:100], fields[100:]):
            desk.ok("POST", f"{desk.items}/bulk", {"fieldData": part})
        ids = [row["id"] for row in desk.sim.items(desk.blog.posts)]
        assert desk.call("POST", f"{desk.items}/publish", {"itemIds": ids}).is_success == bool(live)
        assert len(desk.sim.live(desk.blog.posts)) == live


def test_a_site_that_was_never_published_may_keep_items_back(make_desk):
    """409 until somebody publishes it once."""
    desk = make_desk(needs_published_site=True)
    site = desk.sim.add_site("New site", published=False)
    posts = desk.sim.add_blog(site).posts
    path = f"/collections/{posts}/items"
    item = desk.ok("POST", path, {"fieldData": {"name": "x", "slug": "x"}})["id"]
    assert desk.refused("POST", f"{path}/publish", {"itemIds": [item]})[:2] == (409, "conflict")
    assert desk.refused("POST", f"{path}/live", {"fieldData": {"name": "y", "slug": "y"}})[:2] == (409, "conflict")
    desk.sim.designer.publish_site(site)
    assert desk.ok("POST", f"{path}/publish", {"itemIds": [item]})["publishedItemIds"] == [item]


def test_a_changed_schema_may_keep_items_back(make_desk):
    """409 until the site is published with the change."""
    desk = make_desk(needs_published_schema=True)
    desk.sim.designer.publish_site()
    item = desk.create()
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    desk.sim.designer.change_field(desk.blog.posts, "excerpt", display_name="Teaser")
    assert desk.refused("POST", f"{desk.items}/publish", {"itemIds": [item]})[:2] == (409, "conflict")
    desk.sim.designer.publish_site()
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})


def test_domains_that_were_published_at_different_times_may_keep_items_back(make_desk):
    """409 without a code, as in Webflow's own example."""
    desk = make_desk(needs_domains_in_sync=True)
    item = desk.create()
    desk.ok("POST", f"/sites/{desk.sim.site_id}/publish", {"publishToWebflowSubdomain": True})
    answer = desk.call("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert (answer.status_code, "code" in answer.json()) == (409, False)
    assert "multiple domains at different times" in answer.json()["message"]
    desk.sim.designer.publish_site()
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})


@pytest.mark.parametrize("touches", [True, False])
def test_publishing_may_change_when_an_item_was_last_updated(make_desk, touches):
    """Either way what was published is not older than the item."""
    desk = make_desk(publish_touches_updated=touches)
    item = desk.create()
    made = desk.staged(item)
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    row = desk.staged(item)
    assert (row["lastUpdated"] > made["lastUpdated"]) is touches
    assert row["lastPublished"] >= row["lastUpdated"]


@pytest.mark.parametrize(("quirk", "staged"), [("staged too", "New"), ("live only", "Post")])
def test_a_live_change_may_leave_the_staged_copy_behind(make_desk, quirk, staged):
    """The next publish of a staged copy left behind brings the old text back."""
    desk = make_desk(live_patch=quirk)
    item = desk.create(live=True)
    desk.ok("PATCH", f"{desk.items}/{item}/live", {"fieldData": {"name": "New"}})
    assert desk.live(item)["fieldData"]["name"] == "New"
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert desk.live(item)["fieldData"]["name"] == desk.staged(item)["fieldData"]["name"] == staged


# Slugs


def test_a_taken_slug_may_get_a_suffix(make_desk):
    """202 under another slug than the one that was sent, in every kind of create."""
    desk = make_desk(duplicate_slug="suffixed")
    desk.create("post")
    desk.create("post")
    desk.create("post", live=True)
    desk.ok("POST", f"{desk.items}/bulk", {"fieldData": [{"name": "x", "slug": "post"}] * 2})
    first, *others = desk.slugs()
    assert first == "post"
    assert len(set(others)) == 4
    assert all(slug.startswith("post-") and len(slug) == len("post-e9f6b") for slug in others)


@pytest.mark.parametrize(("quirk", "status"), [("accepted", 200), ("refused", 400)])
def test_an_update_with_the_items_own_slug(make_desk, quirk, status):
    """Accepted, or refused as a duplicate of itself."""
    desk = make_desk(own_slug=quirk)
    item = desk.create()
    answer = desk.call("PATCH", f"{desk.items}/{item}", {"fieldData": {"name": "New", "slug": "post"}})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("quirk", "at_once", "after_publish"),
    [("free", True, True), ("taken until site publish", False, True), ("taken", False, False)],
)
def test_the_slug_of_a_deleted_item(make_desk, quirk, at_once, after_publish):
    """Free, or taken until the site is published, or for ever."""
    for publish, free in [(False, at_once), (True, after_publish)]:
        desk = make_desk(slug_of_deleted=quirk)
        desk.ok("DELETE", f"{desk.items}/{desk.create()}")
        if publish:
            desk.sim.designer.publish_site()
        assert desk.call("POST", desk.items, {"fieldData": {"name": "x", "slug": "post"}}).is_success is free


def test_a_deleted_item_may_stay_live(make_desk):
    """Until the site is published; its slug is taken as long."""
    desk = make_desk(delete_published="live until site publish")
    item = desk.create(live=True)
    desk.ok("DELETE", f"{desk.items}/{item}")
    assert (desk.staged(item), desk.live(item) is not None) == (None, True)
    assert desk.call("POST", desk.items, {"fieldData": {"name": "x", "slug": "post"}}).status_code == 400
    desk.sim.designer.publish_site()
    assert desk.live(item) is None


def test_a_deleted_item_that_stays_live_can_be_taken_down(make_desk):
    """By its id."""
    desk = make_desk(delete_published="live until site publish")
    item = desk.create(live=True)
    desk.ok("DELETE", f"{desk.items}/{item}")
    desk.ok("DELETE", f"{desk.items}/{item}/live")
    assert desk.live(item) is None


# The form of answers


def test_an_unknown_field_may_be_ignored(make_desk):
    """200, and it is not there."""
    desk = make_desk(unknown_field="ignored")
    assert "unknown" not in desk.staged(desk.create(unknown="x"))["fieldData"]


@pytest.mark.parametrize(
    ("quirk", "details"),
    [
        ("param", [{"param": "x", "description": "Field not described in schema: undefined"}]),
        ("field", [{"field": "x", "message": "Field not described in schema: undefined"}]),
        ("strings", ["x: Field not described in schema: undefined"]),
    ],
)
def test_details_have_one_of_three_forms(make_desk, quirk, details):
    """And ``code`` may be missing."""
    body = {"fieldData": {"name": "x", "slug": "x", "x": 1}}
    desk = make_desk(details=quirk)
    assert desk.refused("POST", desk.items, body) == (400, "validation_error", details)
    desk = make_desk(details=quirk, code=False)
    assert desk.refused("POST", desk.items, body) == (400, None, details)


def test_a_create_of_many_may_answer_in_another_order_or_without_ids(make_desk):
    """The items are made in the order in which they were sent."""
    desk = make_desk(create_answer="other order")
    answer = desk.ok("POST", desk.items, entries("one", "two"))
    assert [row["fieldData"]["slug"] for row in answer["items"]] == ["two", "one"]
    assert desk.slugs() == ["one", "two"]
    desk = make_desk(create_answer="without ids")
    assert all("id" not in row for row in desk.ok("POST", desk.items, entries("one", "two"))["items"])
    assert all(row["id"] for row in desk.sim.items(desk.blog.posts))


def test_rich_text_may_be_read_without_tables_code_and_whitespace(make_desk):
    """Only in what is read: what was written stays, and so do embeds."""
    desk = make_desk(rich_text="lossy")
    embed = '<div data-rt-embed-type="true"><pre>kept</pre></div>'
    html = (
        f"<ul>\n<li>one</li> <li>two</li>\n</ul>\n<table><tbody><tr><td>1</td></tr></tbody></table><pre>x</pre>{embed}"
    )
    item = desk.create(post_body=html)
    read = desk.ok("GET", f"{desk.items}/{item}")["fieldData"]["post-body"]
    assert read == f"<ul><li>one</li><li>two</li></ul>\n1<pre></pre>{embed}"
    assert desk.staged(item)["fieldData"]["post-body"] == html


# Rates


def test_a_token_has_a_budget_for_each_minute(make_desk):
    """Every answer tells what is left; 429 tells how long to wait. Other tokens have their own."""
    desk = make_desk({"requests_per_minute": 2})
    desk.sim.add_token("another", requests_per_minute=9)
    site = f"/sites/{desk.sim.site_id}"
    assert desk.call("GET", site).headers["X-RateLimit-Remaining"] == "1"
    desk.clock.advance(20.5)
    last = desk.call("GET", "/nowhere")
    assert (last.status_code, last.headers["X-RateLimit-Remaining"]) == (404, "0")
    refused = desk.call("POST", desk.items, {"fieldData": {"name": "x", "slug": "x"}})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert (refused.headers["Retry-After"], refused.headers["X-RateLimit-Limit"]) == ("40", "2")
    assert desk.slugs() == []
    desk.clock.advance(39)
    assert desk.call("GET", site).status_code == 429
    assert desk.call("GET", site, headers={"Authorization": "Bearer another"}).status_code == 200
    desk.clock.advance(1)
    assert desk.call("GET", site).headers["X-RateLimit-Remaining"] == "1"


def test_retry_after_may_be_a_date_or_missing(make_desk):
    """And the rate headers may be missing as well."""
    desk = make_desk({"requests_per_minute": 0}, retry_after="date")
    wait = parsedate_to_datetime(desk.call("GET", "/sites").headers["Retry-After"])
    assert wait - dt.datetime.fromtimestamp(desk.clock.now(), dt.UTC) == dt.timedelta(seconds=60)
    desk = make_desk({"requests_per_minute": 0}, retry_after="absent", rate_headers=False)
    answer = desk.call("GET", "/sites")
    assert answer.status_code == 429
    assert not {"retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"} & set(answer.headers)


def test_a_new_item_may_be_missing_in_lists_for_a_while(make_desk):
    """By its slug, too; by its id it is there, and its slug is taken."""
    desk = make_desk(listed_after=5.0)
    item = desk.create()
    for params in ({}, {"slug": "post"}):
        assert desk.ok("GET", desk.items, params=params)["items"] == []
    assert desk.ok("GET", f"{desk.items}/{item}")["id"] == item
    assert desk.refused("POST", desk.items, {"fieldData": {"name": "x", "slug": "post"}})[0] == 400
    desk.clock.advance(6)
    assert [row["id"] for row in desk.ok("GET", desk.items, params={"slug": "post"})["items"]] == [item]
