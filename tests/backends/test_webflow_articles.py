"""Articles in Webflow: what their items hold, which state they are in, and what the receipt says."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from PIL import Image as Picture

from publisher import Article, Asset
from publisher.models import Action, Image, Seo, Status
from publisher.rendering.text import words
from publisher.testing.webflow import Field, Quirks

NINE = dt.datetime(2026, 9, 21, 9, 0, tzinfo=dt.UTC)


def picture(name="cover.png", size=(8, 8), colour=(200, 60, 40)):
    data = io.BytesIO()
    Picture.new("RGB", size, colour).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), name)


def full_article(**fields):
    values = {
        "key": "posts/first-loaf",
        "title": "The first loaf",
        "slug": "first-loaf",
        "body": "The starter was a gift.\n\n![A loaf](loaf.png)\n",
        "excerpt": "A gift.",
        "date": dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC),
        "author": "Ada Example",
        "tags": ("Baking", "Sourdough"),
        "categories": (("Kitchen", "Bread"),),
        "image": Image(src="cover.png", alt="A round loaf"),
        "seo": Seo(title="Bread", description="How it began", canonical="https://example.org/first-loaf/"),
        "sticky": True,
        "meta": {"kind": "Tutorial", "reading-minutes": 4},
        "assets": {"loaf.png": picture("loaf.png", colour=(1, 2, 3)), "cover.png": picture()},
    }
    return Article.model_validate(values | fields)


def everything_mapped(webflow):
    webflow.rig.settings["fields"] = {"seo_image": None, "canonical": "canonical-url"}
    return webflow


# What an item holds


def test_every_part_of_an_article_lands_in_a_field_of_its_type(webflow):
    """Text, date, number, flag, option, images, and items of other collections, which are made when missing."""
    receipt = everything_mapped(webflow).publish(full_article())
    fields = webflow.rig.item("first-loaf")["fieldData"]
    names = {
        name: {row["id"]: row["fieldData"]["name"] for row in webflow.rig.sim.items(getattr(webflow.rig.blog, name))}
        for name in ("authors", "categories", "tags")
    }
    assert names["authors"][fields["author"]] == "Ada Example"
    assert names["categories"][fields["category"]] == "Bread"
    assert [names["tags"][tag] for tag in fields["tags"]] == ["Baking", "Sourdough"]
    assert (fields["date"], fields["excerpt"], fields["featured"]) == ("2026-03-01T08:30:00.000Z", "A gift.", True)
    assert (fields["seo-title"], fields["seo-description"]) == ("Bread", "How it began")
    assert fields["kind"] == webflow.rig.sim.options(webflow.rig.blog.posts, "kind")["Tutorial"]
    assert fields["reading-minutes"] == 4
    assert fields["main-image"]["alt"] == "A round loaf"
    assert words(fields["post-body"]) == "The starter was a gift."
    assert [str(change) for change in receipt.changes] == [
        "categories: sent 'Kitchen/Bread', the target stored 'Bread'"
    ]


def test_what_the_collection_has_no_field_for_is_told(webflow):
    """Nothing is dropped without a word."""
    receipt = webflow.publish(full_article(template="wide", meta={"mood": "calm"}, sticky=True, categories=()))
    assert {change.field: change.sent for change in receipt.changes} == {
        "template": "wide",
        "sticky": "True",
        "meta.mood": "calm",
    }


def test_image_is_uploaded_once_for_all_its_uses(webflow):
    """Cover and body of two articles share one file; its name holds the asset's id and is short enough."""
    asset = picture("a-very-long-name-" * 10 + ".png")
    for number in (1, 2):
        article = Article(
            title=f"Post {number}",
            body="![x](a.png)",
            image=Image(src="a.png", alt="x"),
            assets={"a.png": asset},
        )
        webflow.publish(article)
    [row] = webflow.rig.sim.assets()
    assert len(row["originalFileName"]) < 100
    assert webflow.rig.count("POST", "/assets") == 1
    assert row["hostedUrl"] in webflow.rig.item("post-1")["fieldData"]["post-body"]
    assert webflow.rig.item("post-2")["fieldData"]["main-image"]["fileId"] == row["id"]


def test_cover_with_an_address_is_fetched_by_webflow_once(webflow):
    """An update that leaves the address alone does not have the picture fetched again; a new address does."""
    article = Article(title="Far", image=Image(src="https://example.org/a.png", alt="A"))
    webflow.publish(article)
    first = webflow.rig.item("far")["fieldData"]["main-image"]["fileId"]
    webflow.publish(article.model_copy(update={"excerpt": "New"}))
    assert webflow.rig.item("far")["fieldData"]["main-image"]["fileId"] == first
    webflow.publish(article.model_copy(update={"image": Image(src="https://example.org/b.png", alt="A")}))
    assert webflow.rig.item("far")["fieldData"]["main-image"]["fileId"] != first


def test_large_picture_is_made_to_fit(webflow):
    """A PNG of five megabytes is written anew below four, in a format that Webflow takes."""
    noise = Picture.effect_noise((1300, 1300), 90).convert("RGB")
    data = io.BytesIO()
    noise.save(data, "PNG", compress_level=0)
    assert len(data.getvalue()) > 5_000_000
    webflow.publish(
        Article(title="Big", body="![n](n.png)", assets={"n.png": Asset.from_bytes(data.getvalue(), "n.png")})
    )
    [row] = webflow.rig.sim.assets()
    assert 0 < row["size"] <= 4_000_000


def test_embeds_and_lost_headings_are_named(webflow):
    """What rich text does not hold goes into embeds, and the receipt says what, and where the first of it stands."""
    body = "## Setup {#setup}\n\n[Up](#setup)\n\n|A|\n|-|\n|1|\n\n```py\nx\n```\n\n```\ny\n```\n"
    receipt = webflow.publish(Article(title="Moved", body=body))
    assert [(change.sent, change.stored) for change in receipt.changes] == [
        ("1 table, line 5", "an embed"),
        ("2 code blocks, line 9", "an embed"),
        ("1 link to headings, which keep no ids in rich text, line 3", "left as it is"),
    ]


def test_player_amid_text_is_named(webflow):
    """It cannot become an embed without tearing the text apart."""
    receipt = webflow.publish(Article(title="Amid", body='See <iframe src="https://example.org"></iframe> here.'))
    assert [(change.sent, change.stored) for change in receipt.changes] == [
        ("1 <iframe> amid text, which the Designer drops, line 1", "left as it is")
    ]


def test_rich_text_that_is_not_read_as_it_was_written_is_no_edit(make_webflow):
    """Where Webflow tells no tables and no code when an item is read, an update goes through all the same."""
    webflow = make_webflow(Quirks(rich_text="lossy"))
    article = Article(title="Lossy", body="Words.\n\n|A|\n|-|\n|1|\n\n- one\n- two\n")
    webflow.publish(article)
    item = webflow.rig.item("lossy")
    webflow.rig.sim.designer.save_item(webflow.rig.blog.posts, item["id"])
    assert webflow.publish(article.model_copy(update={"excerpt": "E"})).action is Action.UPDATE


def test_normalised_values_are_not_written_again(webflow):
    """A canonical address that loses its slash is what was wanted: the update sends the excerpt alone."""
    everything_mapped(webflow).publish(full_article())
    sent = []
    webflow.rig.network.faults.clear()
    original = webflow.rig.network.handle_async_request

    async def spy(request):
        await request.aread()
        sent.append(request)
        return await original(request)

    webflow.rig.network.handle_async_request = spy
    receipt = webflow.publish(full_article(excerpt="Another."))
    [patch] = [request for request in sent if request.method == "PATCH"]
    assert json.loads(patch.content)["items"][0]["fieldData"] == {"excerpt": "Another."}
    assert receipt.changes == webflow.publish(full_article(excerpt="Another.")).changes


def test_own_slug_is_never_sent_again(make_webflow):
    """It was once refused as its own duplicate."""
    webflow = make_webflow(Quirks(own_slug="refused"))
    webflow.publish(Article(title="Hello", body="One."))
    assert webflow.publish(Article(title="Hello", body="Two.")).action is Action.UPDATE


def test_renamed_slug_moves_the_item(webflow):
    """Another slug of the same article is another address of the same item."""
    first = webflow.publish(Article(key="k", title="Hello", slug="hello"))
    second = webflow.publish(Article(key="k", title="Hello", slug="good-day"))
    assert (second.remote_id, second.slug) == (first.remote_id, "good-day")


@pytest.mark.parametrize(("written", "stored"), [("Größe", "grosse"), ("a b", "a-b"), ("жизнь", "zhizn")])
def test_slug_that_webflow_cannot_have_is_spelled_otherwise_and_told(webflow, written, stored):
    """Lower case letters, digits, dashes and underscores."""
    receipt = webflow.publish(Article(title="T", slug=written))
    assert receipt.slug == stored
    assert ("slug", written, stored) in [(one.field, one.sent, one.stored) for one in receipt.changes]


def test_what_an_article_has_no_longer_is_emptied(webflow):
    """Excerpt, cover, tags and date go; what was never ours stays."""
    article = full_article(key="k", sticky=False)
    webflow.publish(article)
    webflow.rig.sim.designer.edit_item(
        webflow.rig.blog.posts, webflow.rig.item("first-loaf")["id"], {"video": "https://youtu.be/aaaaaaaaaaa"}
    )
    webflow.publish(Article(key="k", title="The first loaf", slug="first-loaf", body="Text."))
    fields = webflow.rig.item("first-loaf")["fieldData"]
    for name in ("excerpt", "main-image", "tags", "date", "author", "category"):
        assert not fields.get(name)
    assert fields["video"]


def test_deleted_image_is_uploaded_again(webflow):
    """The ledger says it stands, and Webflow refuses it: somebody deleted the file from the site's assets."""
    cover = {"image": Image(src="c.png"), "assets": {"c.png": picture()}}
    webflow.publish(Article(key="a", title="A", **cover))
    [asset] = webflow.rig.sim.assets()
    del webflow.rig.sim._store.assets[asset["id"]]
    webflow.publish(Article(key="b", title="B", **cover))
    [new] = webflow.rig.sim.assets()
    assert webflow.rig.item("b")["fieldData"]["main-image"]["fileId"] == new["id"]


# States


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PRIVATE])
def test_what_shall_not_be_seen_is_a_draft(webflow, status):
    """A private article is one that nobody sees yet; the receipt says that this is not the same."""
    receipt = webflow.publish(Article(title="Hidden", status=status))
    assert (receipt.status, receipt.url, webflow.rig.item("hidden")["isDraft"]) == ("draft", None, True)
    assert webflow.rig.live("hidden") is None
    assert [change.field for change in receipt.changes] == (["status"] if status is Status.PRIVATE else [])


def test_published_article_that_becomes_a_draft_leaves_the_site(webflow):
    """A draft flag alone would leave the live copy where it is."""
    webflow.publish(Article(title="Seen"))
    assert webflow.rig.live("seen")
    receipt = webflow.publish(Article(title="Seen", status=Status.DRAFT))
    assert (receipt.status, webflow.rig.live("seen")) == ("draft", None)
    assert webflow.publish(Article(title="Seen", body="Back.")).status == "published"
    assert webflow.rig.live("seen")


def test_update_reaches_both_copies(make_webflow):
    """An editor's next publish of the site must not bring the old text back."""
    webflow = make_webflow(Quirks(live_patch="live only"))
    webflow.publish(Article(title="Two copies", body="One."))
    webflow.publish(Article(title="Two copies", body="Two."))
    staged, live = webflow.rig.item("two-copies"), webflow.rig.live("two-copies")
    assert words(staged["fieldData"]["post-body"]) == words(live["fieldData"]["post-body"]) == "Two."


def test_deleted_article_is_not_left_live(make_webflow):
    """Where a delete leaves the live copy until the site is published, it is taken down first."""
    webflow = make_webflow(Quirks(delete_published="live until site publish"))
    webflow.publish(Article(title="Gone"))
    with webflow.publisher() as publisher:
        publisher.delete(Article(title="Gone"))
    assert webflow.rig.articles() == []


def test_live_false_leaves_it_to_the_next_publish_of_the_site(webflow):
    """Articles and tags are stored, and nothing goes live; the receipt says when it will."""
    receipt = webflow.publish(Article(title="Later", tags=("T",)), settings={"live": False})
    assert (receipt.status, webflow.rig.live("later"), webflow.rig.item("later")["isDraft"]) == ("queued", None, False)
    assert "next publish of the site" in str(receipt.changes[0])
    webflow.rig.sim.designer.publish_site(webflow.rig.sim.site_id)
    assert webflow.rig.live("later")
    # What the publish of the site did is nobody's edit. The new text waits for the next one.
    receipt = webflow.publish(Article(title="Later", tags=("T",), body="More."))
    assert (receipt.action, [change.stored for change in receipt.changes]) == (
        Action.UPDATE,
        ["published as it was before: the next publish of the site shows what changed"],
    )
    assert "More." not in str(webflow.rig.live("later"))


@pytest.mark.parametrize("stage_first", [False, True])
def test_unpublished_article_comes_back_as_the_same_item(make_webflow, stage_first):
    """Off the site is not deleted."""
    webflow = make_webflow(stage_first=stage_first)
    first = webflow.publish(Article(title="Back"))
    with webflow.publisher() as publisher:
        publisher.unpublish("back")
    assert webflow.rig.live("back") is None
    assert webflow.publish(Article(title="Back")).remote_id == first.remote_id
    assert webflow.rig.live("back")


def test_address_follows_from_the_template_only_where_it_is_shown(webflow):
    """The API tells no address; a draft has none either."""
    settings = {"url": "https://example.com/blog/{slug}"}
    assert webflow.publish(Article(title="One"), settings=settings).url == "https://example.com/blog/one"
    assert webflow.publish(Article(title="Two", status=Status.DRAFT)).url is None


# What is due


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.PUBLISHED])
def test_article_of_the_future_waits_for_a_run_at_its_time(webflow, status):
    """Webflow cannot schedule by its API: nothing shows it before, and a run after that time does, though no byte of
    the article changed."""
    due = dt.datetime.fromtimestamp(webflow.rig.clock.now(), dt.UTC) + dt.timedelta(hours=2)
    article = Article(title="Soon", date=due, status=status)
    receipt = webflow.publish(article)
    assert (receipt.status, webflow.rig.live("soon"), webflow.rig.item("soon")["isDraft"]) == ("draft", None, True)
    assert "a run at or after" in str(receipt.changes[-1])
    with webflow.publisher() as publisher:
        [planned] = publisher.plan(article)
        assert (planned.action, "a run at or after" in planned.reason) == (Action.NO_OP, True)
        webflow.rig.sim.designer.publish_site(webflow.rig.sim.site_id)
        assert webflow.rig.live("soon") is None
        webflow.rig.clock.advance(7_200)
        [planned] = publisher.plan(article)
        assert (planned.action, planned.reason) == (Action.UPDATE, "its time has come")
        assert publisher.publish(article).status == "published"
        assert publisher.plan(article).counts == {Action.NO_OP: 1}
    assert webflow.rig.live("soon")


def test_date_without_a_zone_is_the_sites(webflow):
    """The simulated site is in Berlin."""
    webflow.publish(Article(title="Noon", date="2026-01-15T12:00:00"))
    assert webflow.rig.item("noon")["fieldData"]["date"] == "2026-01-15T11:00:00.000Z"


# Where it goes


def test_site_is_found_by_its_collection(webflow):
    """Without a site id it is the only site, or of several the one that has the collection."""
    webflow.publish(Article(title="One"), settings={"site_id": None})
    webflow.rig.sim.add_site("Another")
    webflow.lose_ledger()
    cover = {"image": Image(src="c.png"), "assets": {"c.png": picture()}}
    webflow.publish(Article(title="Two", **cover))
    assert len(webflow.rig.sim.assets(webflow.rig.sim.site_id)) == 1


def test_required_field_may_come_from_meta(webflow):
    """A custom field of the article goes to the field of that slug."""
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, Field("Colour", required=True))
    webflow.publish(Article(title="T", meta={"colour": "red"}))
    assert webflow.rig.item("t")["fieldData"]["colour"] == "red"
