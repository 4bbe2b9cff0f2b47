"""Which values the fields of the simulated Webflow take, and what becomes of them."""

from __future__ import annotations

import pytest

from publisher.testing.webflow import Field

NOBODY = "0" * 24

FIELDS = (
    Field("Line", validations={"singleLine": True, "minLength": 2, "maxLength": 5}),
    Field("Text", "RichText"),
    Field("Count", "Number", validations={"format": "integer", "allowNegative": False, "maxValue": 9}),
    Field("Price", "Number", validations={"precision": 2, "minValue": -1, "allowZero": False}),
    Field("On", "Switch"),
    Field("When", "DateTime"),
    Field("Mail", "Email"),
    Field("Phone", "Phone"),
    Field("Link", "Link"),
    Field("Film", "VideoLink"),
    Field("Shade", "Color"),
    Field("Kind", "Option", options=("News", "Tutorial")),
)


@pytest.fixture
def make_items(make_desk):
    """A desk at a collection with a field of every type that needs no other item."""

    def make(**quirks):
        desk = make_desk(**quirks)
        collection = desk.sim.add_collection("Everything", fields=FIELDS)
        desk.items = f"/collections/{collection}/items"
        desk.kinds = desk.sim.options(collection, "kind")
        return desk

    return make


def write(desk, slug, value):
    return {"fieldData": {"name": "x", "slug": "x", slug: value}}


@pytest.mark.parametrize(
    ("slug", "value", "kept"),
    [
        ("line", "short", "short"),
        ("text", "<p>Any <b>HTML</b></p>\n<x-y>", "<p>Any <b>HTML</b></p>\n<x-y>"),
        ("count", 3, 3),
        ("count", 0, 0),
        ("count", 3.0, 3.0),
        ("price", 1.005, 1.0),
        ("price", -0.5, -0.5),
        ("on", False, False),
        ("when", "1979-10-12", "1979-10-12T00:00:00.000Z"),
        ("when", "1979-10-12T02:00:00+02:00", "1979-10-12T00:00:00.000Z"),
        ("when", "1979-10-12T00:00:00.000Z", "1979-10-12T00:00:00.000Z"),
        ("mail", "Ana@Example.com", "ana@example.com"),
        ("phone", "+49 (30) 123-456", "+49 (30) 123-456"),
        ("link", "https://example.com/a/", "https://example.com/a"),
        ("link", "mailto:ana@example.com", "mailto:ana@example.com"),
        ("film", "https://www.youtube.com/watch?v=x", "https://www.youtube.com/watch?v=x"),
        ("shade", "#FfF", "#FfF"),
        ("shade", "#11223344", "#11223344"),
        ("shade", "rgba(1, 2, 3, 0.5)", "rgba(1, 2, 3, 0.5)"),
        ("shade", "hsl(120deg 50% 50%)", "hsl(120deg 50% 50%)"),
        ("shade", "rebeccapurple", "rebeccapurple"),
        ("shade", "transparent", "transparent"),
    ],
)
def test_a_good_value_is_kept(make_items, slug, value, kept):
    """Addresses and dates are normalised."""
    desk = make_items()
    made = desk.ok("POST", desk.items, write(desk, slug, value))
    assert made["fieldData"][slug] == kept
    assert desk.ok("GET", f"{desk.items}/{made['id']}") == made


@pytest.mark.parametrize(
    ("slug", "value", "why"),
    [
        ("line", "x", "at least 2"),
        ("line", "too long", "at most 5"),
        ("line", "a\nb", "single line"),
        ("line", 12, "string"),
        ("text", ["<p>x</p>"], "string"),
        ("count", "3", "number"),
        ("count", True, "number"),
        ("count", 1.5, "integer"),
        ("count", -1, "negative"),
        ("count", 10, "at most 9"),
        ("price", -2, "at least -1"),
        ("price", 0, "zero"),
        ("on", "true", "boolean"),
        ("on", 1, "boolean"),
        ("when", "12.10.1979", "ISO 8601"),
        ("when", 308534400, "string"),
        ("mail", "ana", "e-mail"),
        ("phone", "call me", "phone"),
        ("link", "/relative", "URL"),
        ("link", "javascript:alert(1)", "URL"),
        ("film", "mailto:ana@example.com", "URL"),
        ("shade", "#12345", "colour"),
        ("shade", "blurple", "colour"),
        ("kind", "News", "Option not found"),
        ("kind", ["News"], "string"),
        ("unknown", "x", "Field not described in schema: undefined"),
    ],
)
def test_a_bad_value_is_refused(make_items, slug, value, why):
    """With the field's slug, in a create and in an update."""
    desk = make_items()
    [detail] = desk.refused("POST", desk.items, write(desk, slug, value))[2]
    assert detail["param"] == slug
    assert why in detail["description"]
    item = desk.ok("POST", desk.items, {"fieldData": {"name": "x", "slug": "x"}})["id"]
    change = {"fieldData": {slug: value}}
    assert desk.refused("PATCH", f"{desk.items}/{item}", change)[2] == [detail]


def test_everything_that_is_wrong_is_told_at_once(make_items):
    """One entry of ``details`` for each field."""
    desk = make_items()
    fields = {"slug": "x", "count": "3", "mail": "ana", "unknown": 1}
    details = desk.refused("POST", desk.items, {"fieldData": fields})[2]
    assert sorted(detail["param"] for detail in details) == ["count", "mail", "name", "unknown"]


def test_an_option_is_chosen_by_its_id(make_items):
    """Its name is not taken."""
    desk = make_items()
    made = desk.ok("POST", desk.items, write(desk, "kind", desk.kinds["Tutorial"]))
    assert made["fieldData"]["kind"] == desk.kinds["Tutorial"]


def test_null_clears_a_field_and_other_fields_stay(make_items):
    """A required field cannot be cleared."""
    desk = make_items()
    fields = {"name": "x", "slug": "x", "line": "kept", "mail": "ana@example.com"}
    item = desk.ok("POST", desk.items, {"fieldData": fields})["id"]
    changed = desk.ok("PATCH", f"{desk.items}/{item}", {"fieldData": {"mail": None}})
    assert changed["fieldData"] == {"name": "x", "slug": "x", "line": "kept"}
    assert desk.refused("PATCH", f"{desk.items}/{item}", {"fieldData": {"name": None}})[2] == [
        {"param": "name", "description": "Field is required"}
    ]


def test_values_can_be_kept_as_they_are(make_items):
    """A Webflow that normalises nothing."""
    desk = make_items(normalises=False)
    values = {"mail": "Ana@Example.com", "link": "https://example.com/", "when": "1979-10-12"}
    made = desk.ok("POST", desk.items, {"fieldData": {"name": "x", "slug": "x", **values}})
    assert {slug: made["fieldData"][slug] for slug in values} == values


# References


def test_references_are_ids_of_items_in_the_right_collection(desk):
    """Others are refused, alone and in a list."""
    author = desk.sim.designer.add_item(desk.blog.authors, "Author", "author")
    tags = [desk.sim.designer.add_item(desk.blog.tags, f"Tag {n}", f"tag-{n}") for n in range(2)]
    item = desk.create(author=author, tags=tags)
    assert desk.staged(item)["fieldData"]["tags"] == tags
    for slug, value in [("author", tags[0]), ("tags", [tags[0], author]), ("tags", tags[0]), ("author", NOBODY)]:
        body = {"fieldData": {"name": "x", "slug": "x", slug: value}}
        assert desk.refused("POST", desk.items, body)[2][0]["param"] == slug


def test_references_to_items_that_are_not_live_may_be_refused(make_desk):
    """A create that goes live at once is refused; in a publish it is one of the errors."""
    desk = make_desk(unpublished_reference="refused")
    tag = desk.sim.designer.add_item(desk.blog.tags, "Tag", "tag")
    body = {"fieldData": {"name": "x", "slug": "x", "tags": [tag]}}
    assert desk.refused("POST", f"{desk.items}/live", body)[2][0]["param"] == "tags"
    item = desk.create(tags=[tag])
    answer = desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})
    assert answer["publishedItemIds"] == []
    assert item in answer["errors"][0]
    desk.sim.designer.publish_item(desk.blog.tags, tag)
    assert desk.ok("POST", f"{desk.items}/publish", {"itemIds": [item]})["publishedItemIds"] == [item]


# Files


def test_an_image_is_an_uploaded_asset(desk):
    """Whatever URL is sent with the id; ``alt`` is kept."""
    asset = desk.asset()
    item = desk.create(main_image={"fileId": asset["id"], "url": "anything", "alt": "A picture"})
    assert desk.staged(item)["fieldData"]["main-image"] == {
        "fileId": asset["id"],
        "url": asset["hostedUrl"],
        "alt": "A picture",
    }


@pytest.mark.parametrize(
    ("slug", "value"),
    [
        ("main-image", {"fileId": NOBODY}),
        ("main-image", {"fileId": [NOBODY]}),
        ("main-image", {"url": "https://[broken/a.png"}),
        ("main-image", {"url": "https://example.com/a.png", "alt": 1}),
        ("main-image", "https://example.com/a.png"),
        ("main-image", {"url": "ftp://example.com/a.png"}),
        ("main-image", {"url": "https://example.com/a.exe"}),
        ("main-image", {"url": "https://cdn.webflow.test/cdn/made/up.png"}),
        ("main-image", {"fileId": "registered"}),
        ("main-image", {"fileId": "document"}),
        ("gallery", [{"fileId": NOBODY}]),
    ],
)
def test_a_file_that_cannot_be_used_is_dropped_unless_asked_not_to(desk, slug, value):
    """Silently: under ``skipInvalidFiles=false`` the whole request is refused."""
    ids = {"registered": desk.register()["id"], "document": desk.asset(b"words", "words.txt")["id"]}
    if value in ({"fileId": "registered"}, {"fileId": "document"}):
        value = {"fileId": ids[value["fileId"]]}
    body = {"fieldData": {"name": "x", "slug": "x", slug: value}}
    assert desk.refused("POST", desk.items, body, params={"skipInvalidFiles": "false"})[2][0]["param"] == slug
    assert desk.slugs() == []
    made = desk.ok("POST", desk.items, body)
    assert made["fieldData"].get(slug, []) == []


def test_a_document_is_no_image_but_a_file(desk):
    """A File field takes both."""
    item = desk.create(attachment={"fileId": desk.asset(b"words", "words.txt")["id"]})
    assert desk.staged(item)["fieldData"]["attachment"]["url"].endswith("_words.txt")


@pytest.mark.parametrize("skip", ["true", "false"])
@pytest.mark.parametrize("how", ["imported", "refused", "dropped"])
def test_an_image_from_a_url_is_imported_refused_or_dropped(make_desk, how, skip):
    """An imported one has an id and a URL of its own, and can be sent again under its id."""
    desk = make_desk(image_by_url=how)
    body = {"fieldData": {"name": "x", "slug": "x", "main-image": {"url": "https://example.com/a.png", "alt": "A"}}}
    if how == "refused":
        assert desk.refused("POST", desk.items, body, params={"skipInvalidFiles": skip})[2] == [
            {"param": "main-image", "description": "Remote file failed to import"}
        ]
        return
    made = desk.ok("POST", desk.items, body, params={"skipInvalidFiles": skip})
    if how == "dropped":
        assert "main-image" not in made["fieldData"]
        return
    image = made["fieldData"]["main-image"]
    assert image["alt"] == "A"
    assert image["url"] != "https://example.com/a.png"
    again = desk.ok("PATCH", f"{desk.items}/{made['id']}", {"fieldData": {"main-image": image}})
    assert again["fieldData"]["main-image"] == image
