"""Webflow when something is wrong: what is refused before anything is sent, and what is never overwritten."""

from __future__ import annotations

import anyio
import httpx
import pytest
from webflow_rig import WebflowRig

from publisher import Article, Webflow
from publisher.backends.base import Known
from publisher.driving.flows import drive
from publisher.errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ContentError,
    InDoubtError,
    PublisherError,
    RefusedError,
)
from publisher.models import Action
from publisher.testing import Fault
from publisher.testing.webflow import SCOPES, Field, Quirks

COMPONENT = '<wf-component component-id="64f0c0ffee" name="Newsletter"></wf-component>'


def write(folder, text, name="post.md"):
    file = folder / name
    file.write_text(text)
    return file


def nothing_was_written(webflow):
    return all(one.method == "GET" for one in webflow.rig.sim.requests)


# Before the first write


@pytest.mark.parametrize(
    ("head", "line", "said"),
    [
        ("meta: {kind: Essay}", 3, "no option 'Essay'. Its options are 'Article', 'News', 'Tutorial'"),
        ("meta: {reading-minutes: soon}", 3, "takes a number, and not 'soon'"),
        ("meta: {reading-minutes: 2.5}", 3, "takes a whole number"),
        ("tags: [A]\nsummary: " + "x" * 501, 4, "501 characters, and the field 'excerpt' holds 500"),
        ("seo: {title: " + "y" * 121 + "}", 3, "121 characters"),
        ("meta:\n  kind: Article\n  reading-minutes: -1", 5, "at least 0"),
    ],
)
def test_value_that_its_field_cannot_hold_is_refused_with_its_line(webflow, head, line, said):
    """File, line and field, and no request that changes anything: no tag is made for an article that cannot stand."""
    file = write(webflow.folder, f"---\ntitle: T\n{head}\n---\n\nText.\n")
    with pytest.raises(ContentError) as caught:
        webflow.publish(file)
    assert said in str(caught.value)
    assert (caught.value.path, caught.value.line) == (str(file), line)
    assert nothing_was_written(webflow)


def test_all_faults_of_an_article_are_told_at_once(webflow):
    """Each with its own line."""
    file = write(webflow.folder, "---\ntitle: T\nmeta:\n  kind: Essay\n  reading-minutes: soon\n---\n")
    with pytest.raises(ContentError) as caught:
        webflow.publish(file)
    assert [(fault.field, fault.line) for fault in caught.value.all] == [("meta.kind", 4), ("meta.reading-minutes", 5)]


def test_missing_required_field_is_refused(webflow):
    """Named by the article's own word for it, where it has one."""
    webflow.rig.sim.designer.change_field(webflow.rig.blog.posts, "main-image", required=True)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, Field("Colour", required=True))
    with pytest.raises(ContentError) as caught:
        webflow.publish(Article(title="T"))
    assert {fault.field for fault in caught.value.all} == {"image", "colour"}
    assert "requires its field main-image (Image)" in str(caught.value)
    assert nothing_was_written(webflow)


def test_unfit_article_stops_no_other_and_makes_no_tags(webflow):
    """The good one is published; the tag of the bad one is not made."""
    good, bad = Article(title="Good", tags=("A",)), Article(title="Bad", tags=("B",), meta={"kind": "Essay"})
    outcomes = webflow.publish_many([bad, good])
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert webflow.rig.terms() == ["A"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body": "text"}, "there is no field 'text' for 'body': the collection 'Blog Posts' has post-body (RichText)"),
        ({"bodi": "post-body"}, "articles have no part 'bodi'"),
        ({"body": "main-image"}, "main-image (Image) cannot hold 'body', which needs one of RichText"),
        ({"excerpt": "seo-title", "seo_title": "seo-title"}, "given for both"),
        ({"slug": "excerpt"}, "always goes to the field 'slug'"),
    ],
)
def test_wrong_field_map_is_refused(webflow, fields, said):
    """And says what there is."""
    with pytest.raises(ConfigurationError) as caught:
        webflow.publish(Article(title="T"), settings={"fields": fields})
    assert said in str(caught.value)
    assert nothing_was_written(webflow)


def test_collection_without_rich_text_takes_no_bodies(webflow):
    """Unless that is what is wanted."""
    webflow.rig.sim.designer.remove_field(webflow.rig.blog.posts, "post-body")
    with pytest.raises(ConfigurationError, match="no RichText field"):
        webflow.publish(Article(title="T", body="Words."))
    assert (
        webflow.publish(Article(title="T", body="Words."), settings={"fields": {"body": None}}).action is Action.CREATE
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"token": " "}, "needs a token"),
        ({"token": "wf …"}, "characters that no token"),
        ({"collection_id": "posts"}, "no id of Webflow's"),
        ({"site_id": "my-site"}, "no id of Webflow's"),
        ({"url": "https://example.com/blog/"}, "where the slug stands"),
        ({"base_url": "api.webflow.com"}, "not the address of a site"),
    ],
)
def test_arguments_that_cannot_be_right_are_refused(settings, said):
    """At once, without a request."""
    with pytest.raises(ConfigurationError, match=said):
        Webflow(**{"token": "secret", "collection_id": "0" * 24} | settings)


def test_tag_that_cannot_be_made_by_its_name_fails_only_its_article(webflow):
    """The collection of tags requires something that an article does not say."""
    webflow.rig.sim.designer.add_field(webflow.rig.blog.tags, Field("Colour", "Color", required=True))
    outcomes = webflow.publish_many([Article(title="A", tags=("New",)), Article(title="B")])
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert "requires colour as well" in str(outcomes[0].error)


# The token, the site and the rate


def test_token_that_ended_says_so(webflow):
    """Without anything half-published, and without the token in the message."""
    webflow.rig.sim.revoke_token(webflow.rig.sim.token)
    with pytest.raises(AuthenticationError, match="a site token does after a year without a request") as caught:
        webflow.publish(Article(title="T"))
    assert webflow.rig.sim.token not in str(caught.value)


@pytest.mark.parametrize("scope", ["cms:write", "assets:write", "sites:read"])
def test_missing_scope_is_named(webflow, scope):
    """With where to make a token that has it."""
    webflow.rig.sim.add_token(
        webflow.rig.sim.token, scopes=[one for one in SCOPES if one != scope], requests_per_minute=None
    )
    with pytest.raises(RefusedError, match=scope) as caught:
        webflow.publish(webflow.rig.article())
    assert (caught.value.status, "site settings" in caught.value.hint) == (403, True)
    assert webflow.rig.articles() == []


@pytest.mark.parametrize("stage_first", [False, True])
def test_collection_that_changed_since_the_last_publish_is_explained(make_webflow, stage_first):
    """The site is not published from here; once somebody did, the next run goes on, and nothing is doubled."""
    webflow = make_webflow(Quirks(needs_published_schema=True), stage_first=stage_first)
    webflow.rig.clock.advance(60)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, Field("Colour"))
    with pytest.raises(RefusedError, match="Publish the site once"):
        webflow.publish(Article(title="T"))
    assert webflow.rig.count("POST", f"/sites/{webflow.rig.sim.site_id}/publish") == 0
    assert webflow.rig.live("t") is None
    webflow.rig.sim.designer.publish_site(webflow.rig.sim.site_id)
    webflow.publish(Article(title="T"))
    assert webflow.rig.live("t")
    assert len(webflow.rig.articles()) == 1


@pytest.mark.parametrize("form", ["seconds", "date", "absent"])
def test_budget_that_runs_out_only_delays(make_webflow, form):
    """A 429 waits, and then everything is done."""
    webflow = make_webflow(Quirks(retry_after=form))
    webflow.rig.sim.add_token(webflow.rig.sim.token, requests_per_minute=4)
    outcomes = webflow.publish_many([webflow.rig.article(number) for number in (1, 2)])
    assert [outcome.error for outcome in outcomes] == [None, None]


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


# What is seen of a target


def findings(webflow, **settings):
    webflow.rig.settings |= settings
    backend = webflow.rig.backend()

    class Asking:
        async def send(self, step):
            async with httpx.AsyncClient(transport=webflow.rig.sim.transport()) as client:
                assert step.effect == "read"
                return await client.send(step.build(0.0))

    return anyio.run(drive, backend.check(Known()), Asking())


def test_check_of_a_good_collection_says_how_fields_are_guessed(webflow):
    """And how many items and requests there are."""
    webflow.rig.sim.designer.publish_site(webflow.rig.sim.site_id)
    found = {finding.subject: finding for finding in findings(webflow, url="https://example.com/blog/{slug}")}
    assert {finding.verdict for finding in found.values()} == {"good"}
    assert "body -> post-body (RichText) (a guess)" in found["fields"].what
    assert "0 items in 'Blog Posts'" in found["limits"].what


def test_check_names_everything_that_will_go_wrong(make_webflow):
    """Required fields, no source key, no address, a site that was never published."""
    webflow = make_webflow()
    site = webflow.rig.sim.add_site("New", published=False)
    blog = webflow.rig.sim.add_blog(site)
    webflow.rig.sim.designer.add_field(blog.posts, Field("Colour", required=True))
    webflow.rig.sim.designer.remove_field(blog.posts, "source-id")
    found = findings(webflow, site_id=site, collection_id=blog.posts)
    assert {(one.verdict, one.subject) for one in found} >= {
        ("problem", "site"),
        ("warning", "source key"),
        ("warning", "fields"),
        ("warning", "addresses"),
    }
    assert any("colour" in one.what for one in found)


def test_check_tells_of_a_collection_that_changed_since_the_site_was_published(webflow):
    """Webflow may refuse to put items live then."""
    webflow.rig.clock.advance(60)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, Field("Colour"))
    assert any(one.verdict == "warning" and "Publish the site once" in one.remedy for one in findings(webflow))


@pytest.mark.parametrize("scope", ["cms:read", "assets:read", "sites:read"])
def test_check_names_the_scope_that_is_missing(webflow, scope):
    """A token of another kind is looked at as far as it reads."""
    webflow.rig.sim.add_token(
        webflow.rig.sim.token, scopes=[one for one in SCOPES if one != scope], requests_per_minute=60
    )
    assert any(one.verdict == "problem" and scope in one.what for one in findings(webflow))


def test_check_raises_nothing_where_everything_is_wrong(webflow):
    """That is what it is asked for."""
    webflow.rig.sim.revoke_token(webflow.rig.sim.token)
    assert any(one.verdict == "problem" and "token" in one.what for one in findings(webflow))


def test_token_is_shown_nowhere():
    """Not by repr, not in the settings that become part of digests."""
    backend = WebflowRig().backend()
    secret = backend.secrets()[0]
    assert secret not in repr(backend) + repr(backend.settings()) + repr(vars(backend)) + backend.target.identity
