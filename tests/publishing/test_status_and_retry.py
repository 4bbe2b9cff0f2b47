"""The ledger says what stands where and what is left to do, and retry does that."""

from __future__ import annotations

import json

import anyio
import httpx
import pytest

from publisher import AsyncPublisher, Memory, Publisher
from publisher.errors import ConflictError, ContentError, InDoubtError, RefusedError
from publisher.testing import Crash, FakeClock


@pytest.fixture(autouse=True)
def project(write):
    """Keys are paths, so that a file may change its slug."""
    write("publisher.toml")


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def desk(ledger, clock):
    """A new publisher on the same ledger, as another process would have."""
    return lambda *targets, **options: Publisher(targets, ledger=ledger, clock=clock, deadline=5, **options)


def states(overview):
    return {article.key: (article.state, article.file) for article in overview}


def test_what_was_published_is_settled_and_its_file_the_same(desk, blog, write):
    """With the receipt of the last write."""
    article = write("a.md", "# A\n\nWords.")
    with desk(blog) as publisher:
        receipt = publisher.publish(article)
        [state] = publisher.status()
    assert (state.key, state.state, state.file, state.path) == ("a", "settled", "same", str(article))
    assert state.receipt.remote_id == receipt.remote_id
    assert state.receipt.url in str(state)


def test_a_file_that_changed_or_went_away_is_told(desk, blog, write):
    """Also one that was only touched: it is the same."""
    paths = [write(f"{name}.md", f"# {name}\n\nWords.") for name in ("changed", "gone", "touched")]
    with desk(blog) as publisher:
        publisher.publish_many(paths)
        write("changed.md", "# New\n\nWords.", mtime_ns=1)
        paths[1].unlink()
        write("touched.md", "# touched\n\nWords.", mtime_ns=2)
        assert states(publisher.status()) == {
            "changed": ("settled", "changed"),
            "gone": ("settled", "gone"),
            "touched": ("settled", "same"),
        }


def test_without_the_targets_settings_nothing_is_said_about_files(desk, blog, write):
    """The ledger alone cannot know whether a file is as it was written."""
    with desk() as publisher:
        publisher.publish(write("a.md", "# A\n\nWords."), blog)
        assert states(publisher.status()) == {"a": ("settled", "unknown")}
        assert states(publisher.status(Memory("other"))) == {}


def test_what_failed_is_told_with_its_error_and_retried_from_its_file(desk, blog, site, write):
    """The file is read again."""
    article = write("a.md", "---\ntitle: A\nslug: bad\n---\nWords.")
    site.refuses = lambda slug: slug == "bad"
    with desk(blog) as publisher:
        publisher.publish_many(article)
        [state] = publisher.status()
        assert (state.state, type(state.error), state.path) == ("failed", RefusedError, str(article))
        write("a.md", "---\ntitle: A\nslug: good\n---\nWords.")
        [outcome] = publisher.retry()
        assert (outcome.ok, outcome.receipt.slug) == (True, "good")
        assert publisher.status().counts == {"settled": 1}
        assert publisher.retry() == []


def test_an_article_of_a_program_is_retried_as_it_was(desk, blog, site, make_article, make_picture):
    """With its images: the ledger kept it."""
    from publisher import Asset

    image = Asset.from_bytes(make_picture(), "p.png")
    site.refuses = lambda slug: True
    with desk(blog) as publisher:
        publisher.publish_many(make_article(slug="a", body="![](p.png)", assets={"p.png": image}))
    site.refuses = lambda slug: False
    with desk(blog) as publisher:
        [outcome] = publisher.retry()
    assert outcome.ok
    assert [row["name"] for row in site.assets.values()] == ["p.png"]


def test_what_is_in_doubt_is_told_and_settled_by_retry(desk, blog, site, clock, make_article):
    """Without a second post."""
    site.now = clock.now
    site.loses, site.late = (lambda request: request.method == "POST"), 30.0
    with desk(blog) as publisher:
        outcome = publisher.publish_many(make_article())[0]
        assert outcome.in_doubt
        assert states(publisher.status()) == {"a": ("in doubt", "unknown")}
        site.loses = lambda request: False
        clock.advance(100)
        [outcome] = publisher.retry()
        assert outcome.ok
        assert states(publisher.status()) == {"a": ("settled", "unknown")}
    assert len(site.articles) == 1


def test_what_a_dead_process_left_is_unfinished_and_retried(ledger, clock, blog, site, make_article):
    """It had begun, and nothing had left yet."""

    def die(point):
        if point == "before send":
            raise Crash

    async def dies():
        async with AsyncPublisher(blog, ledger=ledger, clock=clock, checkpoint=die) as publisher:
            await publisher.publish(make_article())

    with pytest.raises(Crash):
        anyio.run(dies)
    clock.advance(100)
    with Publisher(blog, ledger=ledger, clock=clock) as publisher:
        assert states(publisher.status()) == {"a": ("unfinished", "unknown")}
        assert [outcome.ok for outcome in publisher.retry()] == [True]
    assert len(site.articles) == 1


def test_an_unpublish_that_failed_is_retried(desk, blog, site, clock, make_article):
    """And so is a delete."""
    with desk(blog) as publisher:
        publisher.publish_many([make_article("a"), make_article("b")])
        down = [httpx.Response(500) for _ in range(30)]
        for take_off in (publisher.unpublish, publisher.delete):
            site.fails = list(down)
            with pytest.raises(Exception, match="500"):
                take_off("a" if take_off == publisher.unpublish else "b")
        site.fails = []
        assert {key: state for key, (state, _) in states(publisher.status()).items()} == {"a": "failed", "b": "failed"}
        assert [outcome.receipt.action for outcome in publisher.retry()] == ["unpublish", "delete"]
        assert [row["status"] for row in site.articles.values()] == ["draft"]


def test_a_failure_that_is_not_wanted_any_more_is_forgotten(desk, blog, site, write):
    """The file was put back as it stands there."""
    article = write("a.md", "# A\n\nWords.")
    with desk(blog) as publisher:
        publisher.publish(article)
        write("a.md", "---\nslug: bad\n---\n# A\n\nWords.")
        site.refuses = lambda slug: slug == "bad"
        assert not publisher.publish_many(article)[0].ok
        write("a.md", "# A\n\nWords.")
        publisher.retry()
        assert states(publisher.status()) == {"a": ("settled", "same")}
        assert publisher.retry() == []


@pytest.mark.parametrize(
    ("now", "said"), [(None, "the file is gone"), ("---\nid: b\n---\n# B", "holds the article 'b'")]
)
def test_a_file_that_is_another_now_is_not_published_for_the_old_one(desk, blog, site, write, now, said):
    """It is told, and nothing is sent."""
    article = write("a.md", "---\nslug: bad\n---\n# A\n\nWords.")
    site.refuses = lambda slug: True
    with desk(blog) as publisher:
        publisher.publish_many(article)
        article.unlink() if now is None else write("a.md", now)
        writes = len(site.writes)
        [outcome] = publisher.retry()
        assert isinstance(outcome.error, ContentError)
        assert said in str(outcome.error)
        assert (outcome.key, len(site.writes)) == ("a", writes)


def test_retry_leaves_other_targets_alone(desk, blog, site, make_article):
    """Only those that are meant."""
    other = Memory("other")
    other.site.refuses = site.refuses = lambda slug: True
    with desk(blog, other) as publisher:
        publisher.publish_many(make_article())
        other.site.refuses = site.refuses = lambda slug: False
        assert [outcome.target for outcome in publisher.retry(other)] == ["memory:other.invalid"]
        assert {one.target: one.state for one in publisher.status()} == {
            "memory:memory.invalid": "failed",
            "memory:other.invalid": "settled",
        }
        assert len(publisher.status(other)) == 1


def test_an_asset_in_doubt_is_told_by_itself(desk, blog, site, clock, make_article, make_picture):
    """It has no article of its own."""
    from publisher import Asset

    image = Asset.from_bytes(make_picture(), "p.png")
    site.now = clock.now
    site.loses, site.late = (lambda request: request.url.path == "/assets"), 30.0
    with desk(blog) as publisher:
        outcome = publisher.publish_many(make_article(body="![](p.png)", assets={"p.png": image}))[0]
        assert isinstance(outcome.error, InDoubtError)
        overview = publisher.status()
        assert [(target, subject.kind) for target, subject in overview.in_doubt] == [("memory:memory.invalid", "asset")]
        assert "in doubt   asset" in str(overview)


def test_records_are_plain_json(desk, blog, site, make_article):
    """Of an overview, an outcome and a plan, errors too."""
    with desk(blog) as publisher:
        outcomes = publisher.publish_many([make_article("a"), make_article("b"), make_article("b")])
        site.edit("1", title="Edited")
        plan = publisher.plan(make_article("a", body="New"), diff=True)
        told = {
            "status": publisher.status().record(),
            "outcomes": [outcome.record() for outcome in outcomes],
            "plan": [planned.record() for planned in plan],
        }
    assert json.loads(json.dumps(told)) == told


def test_a_conflict_is_retried_with_another_rule(desk, blog, site, make_article):
    """What was refused as a conflict may be overwritten by the retry."""
    with desk(blog) as publisher:
        publisher.publish(make_article())
        site.edit("1", title="Edited")
        assert isinstance(publisher.publish_many(make_article(body="New"))[0].error, ConflictError)
    with desk(blog, on_conflict="overwrite") as publisher:
        assert [outcome.ok for outcome in publisher.retry()] == [True]
    assert site.articles["1"]["title"] == "Article a"
