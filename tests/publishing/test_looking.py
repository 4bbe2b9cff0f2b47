"""A plan shows what would change at the target, and a refresh sees what others changed there; both only read."""

from __future__ import annotations

import httpx
import pytest

from publisher import Asset, Memory, Publisher, Webhook
from publisher.backends.base import Preview
from publisher.backends.steps import send, together
from publisher.errors import ConflictError, PublisherError, UnreachableError
from publisher.models import Action, Difference
from publisher.webhooks import new_secret


class Unwritable(httpx.AsyncBaseTransport):
    """Lets reads through, and fails the test at the first write."""

    def __init__(self, inner):
        self.inner, self.reads = inner, 0

    async def handle_async_request(self, request):
        assert request.method in ("GET", "HEAD"), f"a write was sent: {request.method} {request.url}"
        self.reads += 1
        return await self.inner.handle_async_request(request)


@pytest.fixture
def guarded(site):
    """The same target, where every write is refused."""
    from dataclasses import replace

    backend = Memory(site=site)
    backend.connection = replace(backend.connection, transport=Unwritable(backend.connection.transport))
    return backend


def publish(ledger, blog, *articles):
    with Publisher(blog, ledger=ledger) as publisher:
        return [outcome.unwrap() for outcome in publisher.publish_many(articles)]


def show(ledger, target, *articles, **options):
    with Publisher(target, ledger=ledger, **options) as publisher:
        return list(publisher.plan(articles, diff=True))


def test_an_update_shows_the_fields_that_change(ledger, blog, guarded, make_article):
    """And those alone; of a long text the lines."""
    publish(ledger, blog, make_article(body="One.\n\nTwo.", tags=("A",)))
    [planned] = show(
        ledger, guarded, make_article(body="One.\n\nThree.", tags=("A", "B"), title="New", slug="article-a")
    )
    assert planned.action is Action.UPDATE
    assert {one.field: one.lines() for one in planned.differences} == {
        "title": ["title: 'Article a' -> 'New'"],
        "terms": ["terms: 'A' -> 'A, B'"],
        "body": [
            "--- body at the target",
            "+++ body of the article",
            "@@ -1,2 +1,2 @@",
            " <p>One.</p>",
            "-<p>Two.</p>",
            "+<p>Three.</p>",
        ],
    }
    assert "title: 'Article a' -> 'New'" in str(planned)


def test_a_new_article_shows_all_that_it_will_be(ledger, guarded, site, make_article, make_picture):
    """With stand-ins for images that are not there yet; and nothing is written, not even those."""
    article = make_article(body="![](p.png)", assets={"p.png": Asset.from_bytes(make_picture(), "p.png")}, tags=("T",))
    [planned] = show(ledger, guarded, article)
    assert planned.action is Action.CREATE
    told = {one.field: one.wanted for one in planned.differences}
    assert told["title"] == "Article a"
    assert told["terms"] == "T"
    assert 'src="p.png"' in told["body"]
    assert (site.articles, site.assets, site.terms, site.writes) == ({}, {}, {}, [])


def test_unchanged_articles_are_not_looked_at(ledger, blog, guarded, make_article):
    """As nothing would be sent about them."""
    publish(ledger, blog, make_article())
    [planned] = show(ledger, guarded, make_article())
    assert (planned.action, planned.differences) == (Action.NO_OP, None)
    assert guarded.connection.transport.reads == 0


@pytest.mark.parametrize(
    ("on_conflict", "action"),
    [("fail", Action.CONFLICT), ("skip", Action.CONFLICT), ("overwrite", Action.UPDATE)],
)
def test_an_edit_made_there_is_a_conflict_in_the_plan(ledger, blog, guarded, site, make_article, on_conflict, action):
    """With what would be overwritten."""
    [receipt] = publish(ledger, blog, make_article())
    site.edit(receipt.remote_id, title="Edited there")
    [planned] = show(ledger, guarded, make_article(body="New."), on_conflict=on_conflict)
    assert planned.action is action
    assert "was edited at the target" in planned.reason
    assert Difference("title", "Edited there", "Article a") in planned.differences


def test_a_slug_that_is_taken_is_a_conflict_in_the_plan(ledger, guarded, site, make_article):
    """The ledger alone could not know."""
    site.articles["9"] = {"id": "9", "mark": "", "slug": "article-a", "title": "Theirs", "version": "1"}
    [planned] = show(ledger, guarded, make_article())
    assert planned.action is Action.CONFLICT
    assert isinstance(planned.error, ConflictError)


def test_a_target_that_cannot_show_it_leaves_the_plan_as_it_is(ledger, blog, make_article, monkeypatch):
    """That is what a backend without a preview does."""
    from publisher.backends.base import Backend

    monkeypatch.setattr(Memory, "preview", Backend.preview)
    [planned] = show(ledger, blog, make_article())
    assert (planned.action, planned.differences, planned.error) == (Action.CREATE, None, None)
    assert "this target shows no differences" in planned.reason


def test_a_plan_says_that_a_webhook_cannot_be_read(ledger, make_article):
    """So nothing is asked of it, and no differences look like none."""
    from dataclasses import replace

    def nobody(request):
        raise AssertionError(f"{request.method} {request.url} was sent")

    hook = Webhook("https://hooks.example.com/articles", secret=new_secret())
    hook.connection = replace(hook.connection, transport=httpx.MockTransport(nobody))
    [planned] = show(ledger, hook, make_article())
    assert planned.differences is None
    assert planned.reason == (
        "not in the ledger; what would change there is not known, since this target cannot be read"
    )


def test_a_target_that_does_not_answer_is_told_with_the_plan(ledger, site, make_article):
    """The other targets are shown all the same."""
    from dataclasses import replace

    def nobody(request):
        raise httpx.LocalProtocolError("no")

    dead = Memory("dead")
    dead.connection = replace(dead.connection, transport=httpx.MockTransport(nobody))
    alive, silent = show(ledger, [Memory(site=site), dead], make_article())
    assert alive.differences
    assert isinstance(silent.error, UnreachableError)


@pytest.mark.parametrize("hidden", [False, True], ids=["openly", "in a group"])
def test_a_backend_that_writes_while_it_shows_is_refused(ledger, site, make_article, hidden):
    """Nothing leaves, and a flow that takes the refusal for a result does not hide it."""

    class Careless(Memory):
        def preview(self, jobs, known):
            yield from together([self._create(jobs[0])], 1) if hidden else self._create(jobs[0])
            return {jobs[0].key: Preview({}, {})}

        def _create(self, job):
            body = {"articles": [{"slug": "oops"}]}
            yield from send(lambda now: self._request("POST", "/articles", json=body), "create", {job.subject: {}})

    [planned] = show(ledger, Careless(site=site), make_article())
    assert isinstance(planned.error, PublisherError)
    assert "wanted to send a create where only reads may be sent" in str(planned.error)
    assert site.requests == []


def refresh(ledger, target, *articles, **options):
    with Publisher(target, ledger=ledger, refresh=True, **options) as publisher:
        return publisher.publish_many(articles)


def test_refresh_finds_what_was_edited_and_what_is_gone(ledger, blog, guarded, site, make_article):
    """In a plan by reads alone, and without a trace in the ledger."""
    articles = [make_article(key) for key in "abc"]
    edited, gone, _ = publish(ledger, blog, *articles)
    site.edit(edited.remote_id, title="Edited there")
    del site.articles[gone.remote_id]
    with Publisher(guarded, ledger=ledger, refresh=True) as publisher:
        plan = publisher.plan(articles)
        assert [planned.action for planned in plan] == ["conflict", "conflict", "no-op"]
        assert [planned.reason for planned in plan][:2] == [
            "it was edited there: title",
            f"it was published as {gone.remote_id}, and somebody deleted it there",
        ]
        assert publisher.status().counts == {"settled": 3}


@pytest.mark.parametrize("field", [{"title": "Edited there"}, None])
def test_refresh_does_about_a_conflict_what_it_is_told(ledger, blog, site, make_article, field):
    """Fails by default, and goes on failing; overwrites on request."""
    [receipt] = publish(ledger, blog, make_article())
    assert refresh(ledger, blog, make_article())[0].action is Action.NO_OP
    if field is None:
        del site.articles[receipt.remote_id]
    else:
        site.edit(receipt.remote_id, **field)
    assert isinstance(refresh(ledger, blog, make_article())[0].error, ConflictError)
    with Publisher(blog, ledger=ledger) as publisher:
        assert isinstance(publisher.publish_many(make_article())[0].error, ConflictError)
    assert refresh(ledger, blog, make_article(), on_conflict="overwrite")[0].ok
    assert [row["title"] for row in site.articles.values()] == ["Article a"]
    assert refresh(ledger, blog, make_article())[0].action is Action.NO_OP


def test_refresh_takes_a_new_save_without_a_change_for_none(ledger, blog, site, make_article):
    """The version differs, and the fields do not."""
    [receipt] = publish(ledger, blog, make_article())
    site.edit(receipt.remote_id)
    writes = len(site.writes)
    assert refresh(ledger, blog, make_article())[0].action is Action.NO_OP
    assert len(site.writes) == writes


def test_refresh_of_a_target_that_does_not_answer_fails_its_articles_alone(ledger, blog, make_article):
    """What is at other targets is looked at."""
    from dataclasses import replace

    publish(ledger, blog, make_article())

    def nobody(request):
        raise httpx.LocalProtocolError("no")

    blog.connection = replace(blog.connection, transport=httpx.MockTransport(nobody))
    other = Memory("other")
    dead, alive = refresh(ledger, [blog, other], make_article())
    assert isinstance(dead.error, UnreachableError)
    assert alive.ok
