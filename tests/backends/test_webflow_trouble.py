"""Webflow when something is wrong: what is refused before anything is sent, and what its answers mean."""

from __future__ import annotations

import httpx
import pytest

from publisher import Article, Webflow
from publisher.errors import (
    AuthenticationError,
    ConfigurationError,
    ContentError,
    RefusedError,
)
from publisher.models import Action
from publisher.testing.webflow import SCOPES, Field, Quirks


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


@pytest.mark.parametrize("stands", [False, True])
@pytest.mark.parametrize("answer", ["validation", "413"])
def test_text_that_webflow_refuses_is_told_with_the_beginning_of_the_body(webflow, stands, answer):
    """Of a new article and of an update; how long a text may be is known to Webflow alone."""
    file = write(webflow.folder, "---\ntitle: T\n---\n\nText.\n")
    if stands:
        webflow.publish(file)
    write(webflow.folder, f"---\ntitle: T\n---\n\n{'word ' * 100}\n")
    deliver = webflow.rig.network.handle_async_request
    value = {"message": "Validation Error", "code": "validation_error"}
    value |= {"details": [{"param": "post-body", "description": "Must be at most 200 characters long"}]}

    async def strict(request):
        if request.method == "GET" or len(await request.aread()) < 500:
            return await deliver(request)
        return httpx.Response(413 if answer == "413" else 400, json={} if answer == "413" else value, request=request)

    webflow.rig.network.handle_async_request = strict
    with pytest.raises(RefusedError) as caught:
        webflow.publish(file)
    assert (caught.value.path, caught.value.line, caught.value.field) == (str(file), 5, "body")


def test_field_that_webflow_refuses_is_told_with_its_line(webflow):
    """Under the name that it has in the front matter."""
    file = write(webflow.folder, "---\ntitle: T\ntags: [A]\nsummary: Short.\n---\n\nText.\n")
    value = {"message": "Validation Error", "details": [{"param": "excerpt", "description": "No"}]}
    deliver = webflow.rig.network.handle_async_request

    async def strict(request):
        if request.method == "POST" and webflow.rig.blog.posts in str(request.url):
            return httpx.Response(400, json=value, request=request)
        return await deliver(request)

    webflow.rig.network.handle_async_request = strict
    with pytest.raises(RefusedError) as caught:
        webflow.publish(file)
    assert (caught.value.path, caught.value.line, caught.value.field) == (str(file), 4, "excerpt")
