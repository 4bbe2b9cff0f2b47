"""Webflow: what is not ours, what somebody edited, and what is gone or was lost on the way."""

from __future__ import annotations

import httpx
import pytest

from publisher import Article
from publisher.errors import (
    ConflictError,
    InDoubtError,
    PublisherError,
    RefusedError,
)
from publisher.testing import Fault
from publisher.testing.webflow import Quirks

COMPONENT = '<wf-component component-id="64f0c0ffee" name="Newsletter"></wf-component>'


# What is not ours


@pytest.mark.parametrize("mode", ["refused", "suffixed"])
@pytest.mark.parametrize("stage_first", [False, True])
def test_slug_that_is_taken_meanwhile_is_a_conflict(make_webflow, mode, stage_first):
    """Somebody takes it between our look and our create: whether Webflow refuses or renames, nothing of ours stays."""
    webflow = make_webflow(Quirks(duplicate_slug=mode), stage_first=stage_first)
    foreign = []

    def occupy(request):
        if request.method == "POST" and "/items" in request.url.path and not foreign:
            foreign.append(webflow.rig.occupy("hello"))
        return False

    webflow.rig.network.faults.append(Fault("refused", occupy))
    with pytest.raises(ConflictError, match="'hello' is taken there by"):
        webflow.publish(Article(title="Hello"))
    assert [copy.remote_id for copy in webflow.rig.articles()] == foreign


@pytest.mark.parametrize("mode", ["refused", "suffixed"])
@pytest.mark.parametrize("bad_entry", ["all refused", "good ones done"])
def test_one_slug_that_is_taken_fails_one_of_many(make_webflow, mode, bad_entry):
    """In one bulk create: thirty articles stand, the one in between is a conflict, no copy bears another slug."""
    webflow = make_webflow(Quirks(duplicate_slug=mode, bad_entry=bad_entry))
    foreign = []

    def occupy(request):
        if request.method == "POST" and "/items" in request.url.path and not foreign:
            foreign.append(webflow.rig.occupy("post-7"))
        return False

    webflow.rig.network.faults.append(Fault("refused", occupy))
    outcomes = webflow.publish_many([Article(title=f"Post {number}") for number in range(31)])
    assert [number for number, outcome in enumerate(outcomes) if not outcome.ok] == [7]
    assert isinstance(outcomes[7].error, ConflictError)
    assert sorted(copy.slug for copy in webflow.rig.articles()) == sorted(f"post-{number}" for number in range(31))


def test_item_of_the_same_title_and_slug_without_our_mark_is_not_ours(make_webflow):
    """Made by hand a moment before our create, whose answer is lost on top: it is told as a conflict."""
    webflow = make_webflow()
    foreign = []

    def occupy(request):
        if request.method == "POST" and "/items" in request.url.path and not foreign:
            foreign.append(webflow.rig.sim.designer.add_item(webflow.rig.blog.posts, "Hello", "hello"))
        return False

    webflow.rig.network.faults.append(Fault("refused", occupy))
    webflow.rig.network.faults.append(Fault("bad gateway", lambda request: request.url.path.endswith("/items/live")))
    with pytest.raises(ConflictError, match="taken"):
        webflow.publish(Article(title="Hello", body="Ours."))
    assert [(copy.remote_id, copy.text) for copy in webflow.rig.articles()] == [(foreign[0], "")]


def test_item_with_our_slug_that_is_not_ours_is_never_adopted(webflow):
    """Not even with on_conflict='overwrite'."""
    webflow.rig.occupy("hello")
    with pytest.raises(ConflictError, match="taken"):
        webflow.publish(Article(title="Somebody's", slug="hello"), on_conflict="overwrite")
    assert [copy.title for copy in webflow.rig.articles()] == ["Somebody's"]


def test_without_a_source_key_a_lost_ledger_is_a_conflict_and_no_second_copy(webflow):
    """What cannot be proved is not guessed."""
    settings = {"fields": {"key": None, "sticky": None}}
    webflow.publish(Article(title="Hello", body="One."), settings=settings)
    webflow.lose_ledger()
    with pytest.raises(ConflictError, match="taken"):
        webflow.publish(Article(title="Hello", body="Two."), settings=settings)
    assert [copy.text for copy in webflow.rig.articles()] == ["One."]


def test_lost_ledger_adopts_under_another_slug_too(webflow):
    """The source key says whose it is, whatever became of its slug."""
    first = webflow.publish(Article(key="k", title="Hello"))
    webflow.rig.sim.designer.edit_item(webflow.rig.blog.posts, first.remote_id, {"slug": "renamed"})
    webflow.lose_ledger()
    assert webflow.publish(Article(key="k", title="Hello")).remote_id == first.remote_id
    assert [copy.slug for copy in webflow.rig.articles()] == ["hello"]


def test_new_slug_that_webflow_alters_is_taken_back(webflow):
    """An update that gets another slug than it asked for keeps its old one, and is a conflict."""
    webflow.publish(Article(key="k", title="Hello", slug="hello"))
    deliver = webflow.rig.network.handle_async_request

    async def renaming(request):
        body = await request.aread()
        if request.method == "PATCH" and b'"good-day"' in body:
            renamed = body.replace(b'"good-day"', b'"good-day-e9f6b"')
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            request = httpx.Request(request.method, request.url, content=renamed, headers=headers)
        return await deliver(request)

    webflow.rig.network.handle_async_request = renaming
    with pytest.raises(ConflictError, match="'good-day' is taken"):
        webflow.publish(Article(key="k", title="Hello", slug="good-day"))
    assert [copy.slug for copy in webflow.rig.articles()] == ["hello"]


@pytest.mark.parametrize("mode", ["refused", "suffixed"])
def test_new_slug_that_is_taken_is_a_conflict(make_webflow, mode):
    """The item keeps its old slug, and all the rest."""
    webflow = make_webflow(Quirks(duplicate_slug=mode))
    webflow.publish(Article(key="k", title="Hello", slug="hello", body="One."))
    foreign = webflow.rig.occupy("good-day")
    with pytest.raises(ConflictError, match=f"'good-day' is taken there by {foreign}"):
        webflow.publish(Article(key="k", title="Hello", slug="good-day", body="Two."))
    assert {copy.slug: copy.text for copy in webflow.rig.articles()} == {"hello": "One.", "good-day": ""}


def test_article_that_only_waits_becomes_a_draft_when_it_is_unpublished(webflow):
    """It would go live with the next publish of the site otherwise."""
    webflow.publish(Article(title="Queued"), settings={"live": False})
    with webflow.publisher() as publisher:
        publisher.unpublish("queued")
    assert webflow.rig.item("queued")["isDraft"] is True


# Edits in Webflow


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"name": "Theirs"}, "name was 'Mine' and is 'Theirs'"),
        ({"post-body": "<p>Theirs</p>"}, "post-body was '<p>One.</p>' and is '<p>Theirs</p>'"),
        ({"excerpt": "Theirs"}, "excerpt was 'E' and is 'Theirs'"),
        ({"seo-title": "Not ours at all"}, None),
    ],
)
def test_edit_of_a_field_of_ours_is_a_conflict(webflow, edit, said):
    """A field that no article fills may be edited by anybody."""
    receipt = webflow.publish(Article(title="Mine", body="One.", excerpt="E"))
    webflow.rig.sim.designer.edit_item(webflow.rig.blog.posts, receipt.remote_id, edit)
    new = Article(title="Mine", body="Two.", excerpt="E")
    if said is None:
        webflow.publish(new)
        assert webflow.rig.item("mine")["fieldData"]["seo-title"] == "Not ours at all"
    else:
        with pytest.raises(ConflictError) as caught:
            webflow.publish(new)
        assert said in str(caught.value)
        webflow.publish(new, on_conflict="overwrite")
        assert webflow.rig.articles()[0].text == "Two."


@pytest.mark.parametrize("deed", ["unpublish_item", "archive_item"])
def test_item_that_somebody_took_off_is_a_conflict(webflow, deed):
    """An update must not bring it back by the way."""
    receipt = webflow.publish(Article(title="Mine"))
    getattr(webflow.rig.sim.designer, deed)(webflow.rig.blog.posts, receipt.remote_id)
    with pytest.raises(ConflictError, match="status was 'published'"):
        webflow.publish(Article(title="Mine", body="Two."))
    assert webflow.publish(Article(title="Mine", body="Two."), on_conflict="overwrite").status == "published"


def test_component_in_a_text_is_never_lost(webflow):
    """Placed by hand on the site: an update of other fields leaves it; a new text is refused, whatever is asked for."""
    receipt = webflow.publish(Article(title="Mine", body="One."))
    text = f"<p>One.</p>{COMPONENT}"
    webflow.rig.sim.designer.edit_item(webflow.rig.blog.posts, receipt.remote_id, {"post-body": text})
    webflow.publish(Article(title="Mine", body="One.", excerpt="New"))
    assert COMPONENT in webflow.rig.item("mine")["fieldData"]["post-body"]
    for on_conflict in ("fail", "overwrite"):
        with pytest.raises(ConflictError, match="1 component that would be lost"):
            webflow.publish(Article(title="Mine", body="Two.", excerpt="New"), on_conflict=on_conflict)
    assert COMPONENT in webflow.rig.item("mine")["fieldData"]["post-body"]


# Gone, or not to be seen


@pytest.mark.parametrize("count", [1, 5])
def test_deleted_item_is_told_apart_from_lost_access(webflow, count):
    """A deleted item is a conflict; a collection that is not to be seen any more is none, and nothing is made anew."""
    articles = [Article(title=f"Post {number}") for number in range(count)]
    webflow.publish_many(articles)
    gone = webflow.rig.item("post-0")["id"]
    webflow.rig.sim.designer.delete_item(webflow.rig.blog.posts, gone)
    changed = [article.model_copy(update={"body": "Two."}) for article in articles]
    outcomes = webflow.publish_many(changed)
    assert [isinstance(outcome.error, ConflictError) for outcome in outcomes] == [True] + [False] * (count - 1)
    assert "somebody deleted it there" in str(outcomes[0].error)
    other_site = webflow.rig.sim.add_site("Another")
    webflow.rig.sim.add_token(webflow.rig.sim.token, site_ids=[other_site], requests_per_minute=None)
    changed = [article.model_copy(update={"body": "Three."}) for article in articles]
    outcomes = webflow.publish_many(changed, on_conflict="overwrite")
    assert all(isinstance(outcome.error, RefusedError) for outcome in outcomes)
    assert "collection" in str(outcomes[0].error) or "site" in str(outcomes[0].error)


def test_refused_item_of_a_publish_is_named_and_goes_on_later(make_webflow):
    """The 202 of a publish may say that one of the items was not put live: it is stored, and no second one is made."""
    webflow = make_webflow(Quirks(unpublished_reference="refused"), stage_first=True)
    draft = webflow.rig.sim.designer.add_item(webflow.rig.blog.tags, "Drafty", "drafty")
    outcomes = webflow.publish_many([Article(title="A", tags=("Drafty",)), Article(title="B")])
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert "was not put live" in str(outcomes[0].error)
    webflow.rig.sim.designer.publish_item(webflow.rig.blog.tags, draft)
    webflow.publish(Article(title="A", tags=("Drafty",)))
    assert [copy.shown for copy in webflow.rig.articles()] == [True, True]


def test_lost_publish_of_a_staged_item_goes_on_with_it(make_webflow):
    """All answers to the second step are lost: the next run publishes what is stored."""
    webflow = make_webflow(stage_first=True)
    lost = Fault("request lost", lambda request: request.url.path.endswith("/publish"), times=99)
    webflow.rig.network.faults.append(lost)
    with pytest.raises(PublisherError):
        webflow.publish(Article(title="T"))
    webflow.rig.network.faults.clear()
    webflow.publish(Article(title="T"))
    assert [(copy.slug, copy.shown) for copy in webflow.rig.articles()] == [("t", True)]


@pytest.mark.parametrize("key", ["source-id", None])
@pytest.mark.parametrize("trouble", ["commit then 502", "commit then drop", "commit then 504"])
@pytest.mark.parametrize("mode", ["refused", "suffixed"])
def test_create_whose_answer_was_lost_is_found_and_not_sent_again(make_webflow, mode, trouble, key):
    """In both modes of duplicate slugs, with and without a source key."""
    webflow = make_webflow(Quirks(duplicate_slug=mode), fields={"key": key})
    webflow.rig.sim.faults.add(trouble, path="*/items/live")
    webflow.publish(Article(title="Hello", body="Words."))
    assert [(copy.slug, copy.text) for copy in webflow.rig.articles()] == [("hello", "Words.")]
    assert webflow.rig.count("POST", "/items/live") == 1


def test_copy_under_another_slug_whose_answer_was_lost_is_removed(make_webflow):
    """Webflow renamed it and the answer was lost: it is found by its mark, removed, and told as a conflict."""
    webflow = make_webflow(Quirks(duplicate_slug="suffixed"))

    def occupy(request):
        if request.method == "POST" and not webflow.rig.sim.items(webflow.rig.blog.posts):
            webflow.rig.occupy("hello")
        return False

    webflow.rig.network.faults.append(Fault("refused", occupy))
    webflow.rig.sim.faults.add("commit then 502", path="*/items/live")
    with pytest.raises((ConflictError, InDoubtError)):
        webflow.publish(Article(title="Hello"))
    assert [copy.title for copy in webflow.rig.articles()] == ["Somebody's"]


def test_request_that_is_too_large_goes_in_smaller_ones(webflow):
    """Webflow tells no limit; where a server has one, the others are published all the same."""
    deliver = webflow.rig.network.handle_async_request

    async def limited(request):
        if len(await request.aread()) > 20_000:
            return httpx.Response(413, html="<h1>413 Request Entity Too Large</h1>", request=request)
        return await deliver(request)

    webflow.rig.network.handle_async_request = limited
    many = [Article(title=f"Post {number}", body="word " * 700) for number in range(12)]
    huge = Article(title="Huge", body="word " * 5_000)
    outcomes = webflow.publish_many([*many, huge])
    assert [outcome.ok for outcome in outcomes] == [True] * 12 + [False]
    assert "Make the text shorter" in str(outcomes[-1].error)
    edited = [article.model_copy(update={"body": "other " * 600}) for article in many]
    assert all(outcome.ok for outcome in webflow.publish_many(edited))
