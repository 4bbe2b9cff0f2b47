"""What ``plan`` with differences shows of a Webflow collection: words for people, and reads alone."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from PIL import Image as Picture
from webflow_desk import WebflowDesk
from webflow_rig import WebflowRig

from publisher import Article, Asset
from publisher.models import Action, Image, Plan
from publisher.testing.webflow import Field


@pytest.fixture
def desk(tmp_path):
    return WebflowDesk(tmp_path, WebflowRig())


def planned(desk: WebflowDesk, *articles: Article, **options) -> Plan:
    """A plan with differences; it sends nothing but reads."""
    before = len(desk.rig.sim.requests)
    with desk.publisher(**options) as publisher:
        plan = publisher.plan(list(articles), diff=True)
    assert {one.method for one in desk.rig.sim.requests[before:]} <= {"GET"}
    return plan


def shown(plan: Plan, number: int = 0) -> dict[str, tuple[str, str]]:
    return {one.field: (one.there, one.wanted) for one in plan.actions[number].differences or ()}


def picture(name: str, shade: int) -> Asset:
    data = io.BytesIO()
    Picture.new("RGB", (8, 8), (shade, 60, 40)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), name)


def loaf(**fields) -> Article:
    values = {
        "key": "posts/first-loaf",
        "title": "The first loaf",
        "slug": "first-loaf",
        "body": "The starter was a gift.\n\n![A loaf](loaf.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nIt rose.\n",
        "date": dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC),
        "author": "Ada Example",
        "tags": ("Sourdough", "Baking"),
        "image": Image(src="cover.png", alt="A round loaf"),
        "meta": {"kind": "Tutorial", "reading-minutes": 4},
        "assets": {"loaf.png": picture("loaf.png", 1), "cover.png": picture("cover.png", 2)},
    }
    return Article.model_validate(values | fields)


def test_a_new_article_is_shown_in_the_authors_words(desk):
    """Names, labels and file names, though nothing of it stands there yet."""
    (action,) = planned(desk, loaf())
    assert action.action is Action.CREATE
    told = {one.field: one.wanted for one in action.differences}
    assert told.pop("post-body").splitlines()[0] == "<p>The starter was a gift.</p>"
    assert told.pop("source-id")
    assert told == {
        "name": "The first loaf",
        "slug": "first-loaf",
        "date": "2026-03-01T08:30:00.000Z",
        "author": "Ada Example",
        "tags": "Baking, Sourdough",
        "main-image": "cover.png (A round loaf)",
        "kind": "Tutorial",
        "reading-minutes": "4",
        "status": "published",
    }


def test_only_what_changes_is_shown(desk):
    """Of the text the line, of references the names, also of those that go and those that are not there yet."""
    desk.publish(loaf())
    changed = loaf(
        body="The starter was a gift.\n\n![A loaf](loaf.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nIt rose twice.\n",
        tags=("Sourdough", "Rye"),
        author="",
        meta={"kind": "News", "reading-minutes": 4},
    )
    (action,) = planned(desk, changed)
    assert shown(Plan((action,))) | {"post-body": ()} == {
        "post-body": (),
        "tags": ("Baking, Sourdough", "Rye, Sourdough"),
        "author": ("Ada Example", ""),
        "kind": ("Tutorial", "News"),
    }
    said = str(action)
    assert "-<p>It rose.</p>" in said
    assert "+<p>It rose twice.</p>" in said
    assert "gift" not in said
    assert "+</table>" not in said


def test_another_picture_under_the_same_name_is_a_difference(desk):
    """In the text and in a field: what stands there is told by the name that Webflow has for it."""
    desk.publish(loaf())
    (action,) = planned(desk, loaf(assets={"loaf.png": picture("loaf.png", 7), "cover.png": picture("cover.png", 8)}))
    there, wanted = shown(Plan((action,)))["main-image"]
    assert re.fullmatch(r"cover-[0-9a-f]{16}\.png \(A round loaf\)", there)
    assert wanted == "cover.png (A round loaf)"
    there, wanted = shown(Plan((action,)))["post-body"]
    assert 'src="loaf.png"' in wanted
    assert 'src="loaf.png"' not in there


def test_a_lost_ledger_shows_nothing_where_all_stands(desk):
    """Images and tags are known again by their names, though their ids are not known any more."""
    desk.publish(loaf())
    desk.lose_ledger()
    assert shown(planned(desk, loaf())) == {}


def test_what_somebody_edited_in_webflow_is_shown_and_a_conflict(desk):
    """The attributes that the Designer adds to the text are no edit, and are not shown."""
    receipt = desk.publish(loaf())
    sim, posts = desk.rig.sim, desk.rig.blog.posts
    text = desk.rig.item("first-loaf")["fieldData"]["post-body"].replace("<p>", '<p id="">').replace("rose", "sank")
    sim.designer.edit_item(posts, receipt.remote_id, {"post-body": text, "name": "Edited there"})
    plan = planned(desk, loaf(title="The second loaf"))
    assert (plan.actions[0].action, plan.actions[0].error.field) == (Action.CONFLICT, None)
    assert shown(plan)["name"] == ("Edited there", "The second loaf")
    said = "\n".join(map(str, plan.actions[0].differences))
    assert '-<p id="">It sank.</p>' in said
    assert "gift" not in said
    overwriting = planned(desk, loaf(title="The second loaf"), on_conflict="overwrite")
    assert overwriting.actions[0].action is Action.UPDATE
    assert "overwrites: it was edited" in overwriting.actions[0].reason


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "draft"}, ("published", "draft")),
        (
            {"date": dt.datetime(2061, 7, 28, 18, tzinfo=dt.UTC)},
            ("published", "draft; a run at or after 2061-07-28T18:00:00Z publishes it"),
        ),
    ],
)
def test_what_readers_will_see_is_shown(desk, fields, status):
    """Whether it is published, stored, or waits for a later run."""
    desk.publish(loaf())
    assert shown(planned(desk, loaf(**fields)))["status"] == status


def test_what_the_collection_cannot_hold_is_the_error_of_one_article(desk):
    """The others are compared."""
    wrong = loaf(key="other", slug="other", meta={"kind": "Poem"})
    plan = planned(desk, wrong, loaf())
    assert plan.actions[0].action is Action.BLOCKED
    assert "has no option 'Poem'" in str(plan.actions[0].error)
    assert "name" in shown(plan, 1)


def test_many_articles_are_looked_at_a_hundred_in_a_request(desk):
    """And so are the items that they refer to, where that changes."""
    articles = [desk.rig.article(number, assets={}) for number in range(1, 106)]
    desk.publish_many(articles)
    since = len(desk.rig.sim.requests)
    plan = planned(desk, *(article.model_copy(update={"title": "New"}) for article in articles))
    assert {one.field for action in plan for one in action.differences} == {"name"}
    assert len(desk.rig.sim.requests) - since == 2
    since = len(desk.rig.sim.requests)
    plan = planned(desk, *(article.model_copy(update={"tags": ()}) for article in articles))
    assert "Shared tag" in shown(plan)["tags"][0]
    assert len(desk.rig.sim.requests) - since == 4


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (dt.datetime(2061, 7, 28, 18, tzinfo=dt.UTC), "2061-07-28T18:00:00Z"),
        (dt.datetime(2061, 7, 28, 18), "2061-07-28T18:00:00 (the site's time)"),  # noqa: DTZ001
    ],
)
def test_plan_and_status_say_when_a_later_run_publishes_what_is_due_later(desk, date, said):
    """In plain words: Webflow's API cannot schedule."""
    with desk.publisher() as publisher:
        (action,) = publisher.plan(loaf(date=date))
        receipt = publisher.publish(loaf(date=date))
        (state,) = publisher.status()
    assert action.reason == f"not in the ledger; it is stored as a draft, and a run at or after {said} publishes it"
    told = "2061-07-28T18:00:00Z" if date.tzinfo else "2061-07-28T16:00:00Z"
    assert f"; a run at or after {told} publishes it" in str(state)
    assert state.record()["due"] == told
    assert "cannot schedule" in str(receipt)


def test_what_will_not_be_kept_as_written_is_named_beforehand(desk):
    """As the receipt names it afterwards: embeds, second names, parents."""
    article = loaf(categories=(("Kitchen", "Bread"), ("Away",)))
    [action] = planned(desk, article).actions
    assert action.reason == (
        "not in the ledger; not kept as written: categories: Bread, Away (Bread); categories: Kitchen/Bread (Bread); "
        "body: 1 table, line 5 (an embed)"
    )
    assert {change.sent for change in desk.publish(article).changes} == {
        "Bread, Away",
        "Kitchen/Bread",
        "1 table, line 5",
    }


def test_what_the_collection_cannot_hold_is_told_with_its_line(desk, tmp_path):
    """The line of a field in the front matter, and where the body should be that a collection requires."""
    desk.rig.sim.designer.add_field(desk.rig.blog.posts, Field("Story", "RichText", required=True))
    file = tmp_path / "long.md"
    file.write_text(f"---\ntitle: Long\nexcerpt: {'so ' * 300}\n---\n")
    with desk.publisher(settings={"fields": {"body": "story"}}) as publisher:
        [action] = publisher.plan(file, diff=True).actions
    assert action.action is Action.BLOCKED
    assert [(one.path, one.line, one.field) for one in action.error.all] == [
        (str(file), 3, "excerpt"),
        (str(file), 5, "body"),
    ]
