"""Items of the simulated Webflow: their states, their languages, and what is refused."""

from __future__ import annotations

import pytest

from publisher.testing.webflow import Field

NOBODY = "0" * 24


def state(row):
    return row["isDraft"], row["isArchived"], row["lastPublished"] is not None


# The status table of the interface: draft, queued, published, changes in draft, archived


def test_a_new_item_is_a_draft(desk):
    """Unless it says otherwise; nothing of it is live."""
    item = desk.create()
    assert state(desk.staged(item)) == (True, False, False)
    assert desk.live(item) is None


def test_a_queued_item_goes_live_with_the_site_and_a_draft_does_not(desk):
    """The site is published once a minute."""
    draft = desk.create("draft")
    queued = desk.ok("POST", desk.items, {"fieldData": {"name": "Queued", "slug": "queued"}, "isDraft": False})["id"]
    publish = f"/sites/{desk.sim.site_id}/publish"
    answer = desk.ok("POST", publish, {"publishToWebflowSubdomain": True})
    assert answer == {"customDomains": [], "publishToWebflowSubdomain": True, "publishScope": "site"}
    assert (desk.live(draft), state(desk.live(queued))) == (None, (False, False, True))
    assert desk.staged(queued)["lastPublished"] == desk.live(queued)["lastPublished"]
    desk.clock.advance(59.5)
    again = desk.call("POST", publish, {"publishToWebflowSubdomain": True})
    assert (again.status_code, again.json()["code"], again.headers["retry-after"]) == (429, "too_many_requests", "1")
    desk.clock.advance(1)
    desk.ok("POST", publish, {"publishToWebflowSubdomain": True})


def test_publishing_an_item_makes_it_live_as_it_is_staged(desk):
    """It is no draft any more; unknown ids are errors in a 202."""
    item = desk.create(excerpt="Short")
    answer = desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item, NOBODY]})
    assert answer == {"publishedItemIds": [item], "errors": [f"Staging item ID {NOBODY} not found."]}
    assert state(desk.staged(item)) == (False, False, True)
    assert desk.live(item) == desk.staged(item)


def test_a_draft_of_a_published_item_leaves_the_live_one_alone(desk):
    """The change waits, as a draft, until somebody publishes it."""
    item = desk.create(live=True)
    desk.ok("PATCH", f"{desk.items}/{item}", {"isDraft": True, "fieldData": {"name": "New"}})
    assert state(desk.staged(item)) == (True, False, True)
    assert desk.live(item)["fieldData"]["name"] == "Post"
    desk.sim.designer.publish_site()
    assert desk.live(item)["fieldData"]["name"] == "Post"
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert desk.live(item)["fieldData"]["name"] == "New"


def test_a_staged_change_that_is_no_draft_is_queued(desk):
    """It is newer than what was published, and goes out with the site."""
    item = desk.create(live=True)
    changed = desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"name": "New"}})
    assert state(changed) == (False, False, True)
    assert changed["lastUpdated"] > changed["lastPublished"]
    desk.sim.designer.publish_site()
    assert desk.live(item)["fieldData"]["name"] == "New"


def test_an_archived_item_leaves_with_the_next_publish_of_the_site(desk):
    """Not before."""
    item = desk.create(live=True)
    desk.ok("PATCH", f"{desk.items}/{item}", {"isArchived": True})
    assert desk.live(item) is not None
    answer = desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert answer == {"publishedItemIds": [], "errors": [f"Staging item ID {item} is archived."]}
    desk.sim.designer.publish_site()
    assert (desk.live(item), state(desk.staged(item))) == (None, (False, True, False))


def test_an_unpublished_item_stays_as_a_draft(desk):
    """One by its path, or many in the body of a DELETE; an item that is not live is not found."""
    one, two, three = desk.create("one", live=True), desk.create("two", live=True), desk.create("three")
    assert desk.call("DELETE", f"{desk.items}/{one}/live").status_code == 204
    assert state(desk.staged(one)) == (True, False, False)
    assert desk.refused("DELETE", f"{desk.items}/{one}/live")[:2] == (404, "resource_not_found")
    both = {"items": [{"id": two}, {"id": three}]}
    assert desk.refused("DELETE", f"{desk.items}/live", both)[:2] == (404, "resource_not_found")
    assert desk.live(two) is not None
    assert desk.call("DELETE", f"{desk.items}/live", {"items": [{"id": two}]}).content == b""
    assert desk.sim.live(desk.blog.posts) == []


def test_a_live_change_needs_a_live_item(desk):
    """409 for one that was never published, 404 for one that is not there."""
    item = desk.create()
    body = {"fieldData": {"name": "New"}}
    assert desk.refused("PATCH", f"{desk.items}/{item}/live", body)[:2] == (409, "conflict")
    assert desk.refused("PATCH", f"{desk.items}/{NOBODY}/live", body)[:2] == (404, "resource_not_found")
    desk.ok("POST", f"{desk.items}/publish", {"items": [{"id": item}]})
    desk.ok("PATCH", f"{desk.items}/live", {"items": [{"id": item, **body}]})
    assert desk.live(item)["fieldData"]["name"] == desk.staged(item)["fieldData"]["name"] == "New"


def test_a_live_change_does_not_release_what_waits(desk):
    """A staged change still goes out with the site."""
    item = desk.create(live=True)
    desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"excerpt": "Waits"}})
    desk.ok("PATCH", f"{desk.items}/{item}/live", {"fieldData": {"name": "New"}})
    assert desk.live(item)["fieldData"] == {"name": "New", "slug": "post"}
    desk.sim.designer.publish_site()
    assert desk.live(item)["fieldData"] == {"name": "New", "slug": "post", "excerpt": "Waits"}


def test_times_tell_what_happened_last(desk):
    """However quickly one write follows another."""
    item = desk.create()
    made = desk.staged(item)
    assert made["createdOn"] == made["lastUpdated"]
    changed = desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"name": "New"}})
    assert changed["lastUpdated"] > changed["createdOn"] == made["createdOn"]
    desk.clock.advance(5)
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert desk.staged(item)["lastPublished"] == desk.staged(item)["lastUpdated"] > changed["lastUpdated"]


def test_two_changes_of_one_item_in_one_request_both_hold(desk):
    """The later one wins where they disagree."""
    item = desk.create()
    changes = [{"name": "First", "excerpt": "Kept"}, {"name": "Second"}]
    desk.ok("PATCH", desk.items, {"items": [{"id": item, "fieldData": fields} for fields in changes]})
    assert desk.staged(item)["fieldData"] == {"name": "Second", "slug": "post", "excerpt": "Kept"}


# Languages


@pytest.fixture
def bilingual(make_desk):
    desk = make_desk()
    site = desk.sim.add_site("Two languages", locales=("en", "de"))
    desk.blog = desk.sim.add_blog(site)
    desk.items = f"/collections/{desk.blog.posts}/items"
    desk.english, desk.german = desk.sim.locales(site).values()
    return desk


def test_one_item_has_a_variant_in_each_language(bilingual):
    """With one id; changes, publishes and deletions are of the first language unless they name another."""
    desk = bilingual
    body = {"fieldData": {"name": "One", "slug": "one"}, "cmsLocaleIds": [desk.english, desk.german]}
    first, second = desk.ok("POST", f"{desk.items}/bulk", body)["items"]
    item = first["id"]
    assert (second["id"], first["cmsLocaleId"], second["cmsLocaleId"]) == (item, desk.english, desk.german)
    desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"name": "Eins"}, "cmsLocaleId": desk.german})
    assert desk.ok("GET", f"{desk.items}/{item}")["fieldData"]["name"] == "One"
    assert desk.ok("GET", f"{desk.items}/{item}", params={"cmsLocaleId": desk.german})["fieldData"]["name"] == "Eins"
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert [row["cmsLocaleId"] for row in desk.sim.live(desk.blog.posts)] == [desk.english]
    listed = desk.ok("GET", desk.items, params={"cmsLocaleId": f"{desk.english},{desk.german}"})
    assert (listed["pagination"]["total"], desk.ok("GET", desk.items)["pagination"]["total"]) == (2, 1)
    desk.ok("DELETE", desk.items, {"items": [{"id": item, "cmsLocaleIds": [desk.german]}]})
    assert [row["cmsLocaleId"] for row in desk.sim.items(desk.blog.posts)] == [desk.english]


def test_insert_adds_a_language_to_an_item(bilingual):
    """Once; the same language a second time is a conflict."""
    desk = bilingual
    item = desk.create("one")
    entry = {"id": item, "cmsLocaleId": desk.german, "fieldData": {"name": "Eins", "slug": "eins"}}
    [made] = desk.ok("POST", f"{desk.items}/insert", {"items": [entry]})["items"]
    assert (made["id"], made["cmsLocaleId"]) == (item, desk.german)
    assert desk.refused("POST", f"{desk.items}/insert", {"items": [entry]})[0] == 409
    stranger = entry | {"id": NOBODY}
    assert desk.refused("POST", f"{desk.items}/insert", {"items": [stranger]})[0] == 404


def test_language_variants_count_towards_the_hundred(bilingual):
    """51 items in two languages are too many, 50 are not; an unknown language is refused."""
    desk = bilingual
    fields = [{"name": str(number), "slug": str(number)} for number in range(51)]
    body = {"fieldData": fields, "cmsLocaleIds": [desk.english, desk.german]}
    assert desk.refused("POST", f"{desk.items}/bulk", body)[:2] == (400, "validation_error")
    assert len(desk.ok("POST", f"{desk.items}/bulk", body | {"fieldData": fields[:50]})["items"]) == 100
    unknown = {"fieldData": {"name": "x", "slug": "x"}, "cmsLocaleId": NOBODY}
    assert desk.refused("POST", desk.items, unknown)[2] == [
        {"param": "cmsLocaleId", "description": f"Locale not found: '{NOBODY}'"}
    ]


# What is refused


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("POST", "", {"items": "x"}),
        ("POST", "", {"items": []}),
        ("POST", "", {"items": [{"fieldData": {"name": str(n), "slug": str(n)}} for n in range(101)]}),
        ("POST", "", {"fields": {"name": "of version 1", "slug": "of-version-1"}}),
        ("POST", "", {}),
        ("POST", "", {"fieldData": {"name": "No slug"}}),
        ("POST", "", {"fieldData": {"slug": "no-name"}}),
        ("POST", "", {"fieldData": {"name": "", "slug": "no-name"}}),
        ("POST", "", {"fieldData": {"name": None, "slug": "no-name"}}),
        ("POST", "", {"fieldData": {"name": "x", "slug": "ä/ö"}}),
        ("POST", "", {"fieldData": {"name": "x" * 257, "slug": "x"}}),
        ("POST", "", {"fieldData": {"name": "x", "slug": "x"}, "isDraft": "no"}),
        ("POST", "/live", {}),
        ("POST", "/bulk", {"fieldData": [{"name": str(n), "slug": str(n)} for n in range(101)]}),
        ("POST", "/bulk", {"cmsLocaleIds": "x", "fieldData": {"name": "x", "slug": "x"}}),
        ("POST", "/insert", {"fieldData": {"name": "x", "slug": "x"}}),
        ("POST", "/publish", {}),
        ("POST", "/publish", {"itemIds": ["no id"]}),
        ("POST", "/publish", {"itemIds": [NOBODY] * 101}),
        ("PATCH", "", {"items": [{"fieldData": {"name": "without an id"}}]}),
        ("PATCH", "/live", {"items": []}),
        ("PATCH", "/NO-ID", {"fieldData": {"name": "x"}}),
        ("DELETE", "", {"items": [{"id": NOBODY}] * 101}),
        ("DELETE", "/live", {"ids": [NOBODY]}),
    ],
)
def test_a_malformed_write_changes_nothing(desk, method, tail, body):
    """400, whatever is wrong with it."""
    before = desk.create(), desk.sim.items(desk.blog.posts)
    status, code, details = desk.refused(method, desk.items + tail, body)
    assert (status, code) == (400, "validation_error")
    assert details
    assert desk.sim.items(desk.blog.posts) == before[1]


@pytest.mark.parametrize("tail", ["", "/live"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_item_that_is_not_there_is_not_found(desk, method, tail):
    """By its path."""
    body = {"fieldData": {"name": "x"}} if method == "PATCH" else None
    assert desk.refused(method, f"{desk.items}/{NOBODY}{tail}", body)[:2] == (404, "resource_not_found")


@pytest.mark.parametrize(
    ("method", "tail"),
    [("PUT", f"/{NOBODY}"), ("PATCH", "/bulk"), ("DELETE", "/bulk"), ("POST", f"/{NOBODY}"), ("GET", "/publish/x")],
)
def test_widely_copied_routes_do_not_exist(desk, method, tail):
    """The API has no PUT, and no bulk update or deletion."""
    assert desk.refused(method, desk.items + tail, {"items": []})[:2] == (404, "resource_not_found")


@pytest.mark.parametrize(
    "options",
    [
        {"content": b"name=x", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b'{"half of a pair": "\\ud800"}', "headers": {"Content-Type": "application/json"}},
        {"content": b"[]", "headers": {"Content-Type": "application/json"}},
        {},
    ],
)
def test_only_json_objects_are_taken(desk, options):
    """400 ``bad_request`` for everything else."""
    assert desk.refused("POST", desk.items, **options)[:2] == (400, "bad_request")


def test_a_slug_is_made_lower_case_without_spaces(desk):
    """As Webflow documents it."""
    item = desk.create("My First Post")
    assert desk.staged(item)["fieldData"]["slug"] == "my-first-post"


def test_a_slug_is_free_again_once_its_item_has_another(desk):
    """Staged and live."""
    item = desk.create("old", live=True)
    desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"slug": "new"}})
    body = {"fieldData": {"name": "Other", "slug": "old"}}
    assert desk.refused("POST", desk.items, body)[0] == 400
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    desk.ok("POST", desk.items, body)
    assert sorted(desk.slugs()) == ["new", "old"]


def test_two_items_of_one_request_cannot_share_a_slug(desk):
    """Nor can an update take the slug of another item."""
    entries = [{"fieldData": {"name": "x", "slug": "x"}}] * 2
    assert desk.refused("POST", desk.items, {"items": entries})[2][0]["param"] == "slug"
    desk.create("one")
    two = desk.create("two")
    assert desk.refused("PATCH", f"{desk.items}/{two}", {"fieldData": {"slug": "one"}})[0] == 400
    assert desk.slugs() == ["one", "two"]


# The person in the Designer


def test_a_person_at_work_is_seen_through_the_api(desk):
    """What they add, edit, archive and delete."""
    designer, posts = desk.sim.designer, desk.blog.posts
    foreign = designer.add_item(posts, "Foreign", "foreign", live=True, **{"post-body": "<p>By hand</p>"})
    before = desk.ok("GET", f"{desk.items}/{foreign}")
    designer.edit_item(posts, foreign, {"name": "Edited"})
    after = desk.ok("GET", f"{desk.items}/{foreign}")
    assert (after["fieldData"]["name"], after["isDraft"]) == ("Edited", True)
    assert after["lastUpdated"] > before["lastUpdated"]
    designer.publish_item(posts, foreign)
    assert desk.ok("GET", f"{desk.items}/{foreign}/live")["fieldData"]["name"] == "Edited"
    designer.unpublish_item(posts, foreign)
    assert desk.call("GET", f"{desk.items}/{foreign}/live").status_code == 404
    designer.archive_item(posts, foreign)
    assert desk.ok("GET", f"{desk.items}/{foreign}")["isArchived"] is True
    designer.delete_item(posts, foreign)
    assert desk.call("GET", f"{desk.items}/{foreign}").status_code == 404


def test_saving_an_item_by_hand_costs_it_its_tables_and_code(desk):
    """Embeds keep theirs."""
    kept = '<div data-rt-embed-type="true"><table><tbody><tr><td>1</td></tr></tbody></table><pre>x</pre></div>'
    item = desk.create(
        post_body=f"<p>A</p><table><tbody><tr><td>1</td><td>2</td></tr></tbody></table><pre>x</pre>{kept}"
    )
    desk.sim.designer.save_item(desk.blog.posts, item)
    assert desk.staged(item)["fieldData"]["post-body"] == f"<p>A</p>1 2<pre></pre>{kept}"


def test_a_changed_schema_changes_what_is_taken(desk):
    """A new field, one under another name, one that is required now, one that is gone."""
    designer, posts = desk.sim.designer, desk.blog.posts
    item = desk.create(excerpt="Short", live=True)
    assert designer.add_field(posts, Field("Subtitle")) == "subtitle"
    designer.change_field(posts, "subtitle", display_name="Second title", required=True)
    designer.remove_field(posts, "excerpt")
    fields = {field["slug"]: field for field in desk.ok("GET", f"/collections/{posts}")["fields"]}
    assert fields["subtitle"]["displayName"] == "Second title"
    assert "excerpt" not in fields
    assert "excerpt" not in desk.staged(item)["fieldData"] | desk.live(item)["fieldData"]
    assert desk.refused("POST", desk.items, {"fieldData": {"name": "x", "slug": "x"}})[2] == [
        {"param": "subtitle", "description": "Field is required"}
    ]
