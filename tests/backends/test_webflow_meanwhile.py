"""What somebody else does in Webflow between our look and our write, and what an earlier publisher left behind."""

from __future__ import annotations

import hashlib

import anyio
import httpx
import pytest

from publisher import Article
from publisher.backends.base import Known
from publisher.backends.webflow.assets import file_name
from publisher.driving.flows import drive
from publisher.errors import AuthenticationError, ConflictError
from publisher.models import Publication, Status
from publisher.testing import Fault
from publisher.testing.webflow import Quirks


def before(webflow, method, end, deed):
    """Let ``deed`` happen once, when the first request with this method and end of the path is about to arrive."""
    done = []

    def happen(request):
        if request.method == method and request.url.path.endswith(end) and not done:
            done.append(deed())
        return False

    webflow.rig.network.faults.append(Fault("refused", happen))


def test_item_that_is_unpublished_meanwhile_is_what_was_wanted(webflow):
    """Three articles become drafts, and somebody takes one of them down a moment before."""
    articles = [Article(title=f"Post {number}") for number in range(3)]
    webflow.publish_many(articles)
    item = webflow.rig.item("post-1")["id"]
    before(
        webflow, "DELETE", "/items/live", lambda: webflow.rig.sim.designer.unpublish_item(webflow.rig.blog.posts, item)
    )
    drafts = [Article(title=article.title, status=Status.DRAFT) for article in articles]
    assert all(outcome.ok for outcome in webflow.publish_many(drafts))
    assert [copy.shown for copy in webflow.rig.articles()] == [False] * 3


def test_item_that_is_deleted_between_look_and_update_is_a_conflict(webflow):
    """And the others of the same request are written."""
    articles = [Article(title=f"Post {number}", body="One.") for number in range(3)]
    webflow.publish_many(articles)
    item = webflow.rig.item("post-1")["id"]
    before(webflow, "PATCH", "/items", lambda: webflow.rig.sim.designer.delete_item(webflow.rig.blog.posts, item))
    outcomes = webflow.publish_many([article.model_copy(update={"body": "Two."}) for article in articles])
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, ConflictError)


@pytest.mark.parametrize("mode", ["refused", "suffixed"])
@pytest.mark.parametrize("stage_first", [False, True])
def test_tag_that_is_made_meanwhile_is_used(make_webflow, mode, stage_first):
    """The create is refused, or makes a second one: the other one's tag is what the article gets, and there is one."""
    webflow = make_webflow(Quirks(duplicate_slug=mode), stage_first=stage_first)
    tags = webflow.rig.blog.tags
    end = f"/{tags}/items" if stage_first else "/items/live"
    before(webflow, "POST", end, lambda: webflow.rig.sim.designer.add_item(tags, "News", "news", live=True))
    webflow.publish(Article(title="T", tags=("News", "Other")))
    assert sorted(webflow.rig.terms()) == ["News", "Other"]
    assert len(webflow.rig.item("t")["fieldData"]["tags"]) == 2


def test_tag_whose_slug_is_taken_meanwhile_fails_only_its_article(webflow):
    """By another name, so that it is not the same tag."""
    tags = webflow.rig.blog.tags
    before(webflow, "POST", "/items/live", lambda: webflow.rig.sim.designer.add_item(tags, "Nuts", "news"))
    outcomes = webflow.publish_many([Article(title="A", tags=("News",)), Article(title="B", tags=("Other",))])
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert "could not be made in 'Tags'" in str(outcomes[0].error)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_token_that_is_withdrawn_meanwhile_leaves_nothing_in_doubt(webflow, method):
    """Whatever was about to be written: with a new token the next run does it, once."""
    article = Article(title="T", body="One.")
    if method != "POST":
        webflow.publish(article)
    sim = webflow.rig.sim
    before(webflow, method, "", lambda: sim.revoke_token(sim.token))
    if method == "PATCH":
        article = Article(title="T", body="Two.")
    deed = "delete" if method == "DELETE" else "publish"
    with webflow.publisher() as publisher, pytest.raises(AuthenticationError):
        getattr(publisher, deed)(article)
    sim.add_token(sim.token, requests_per_minute=None)
    webflow.rig.network.faults.clear()
    with webflow.publisher() as publisher:
        getattr(publisher, deed)(article)
    assert [copy.text for copy in webflow.rig.articles()] == ([] if method == "DELETE" else [article.body])


def test_image_that_another_ledger_registered_and_never_uploaded_is_mended(webflow):
    """Its registration is removed, and there is one whole file then."""
    article = webflow.rig.article(1)
    asset = article.fitted(webflow.rig.backend().images).assets["own.png"]
    made = asset.rendition()
    body = {"fileName": file_name(asset, made), "fileHash": hashlib.md5(made.data).hexdigest()}

    async def register():
        headers = {"Authorization": f"Bearer {webflow.rig.sim.token}"}
        async with httpx.AsyncClient(transport=webflow.rig.sim.transport(), headers=headers) as client:
            path = f"{webflow.rig.sim.base_url}/sites/{webflow.rig.sim.site_id}/assets"
            (await client.post(path, json=body)).raise_for_status()

    anyio.run(register)
    assert webflow.rig.halves()
    webflow.publish(article)
    assert webflow.rig.halves() == []
    assert len(webflow.rig.assets()) == 2


def test_read_tells_what_stands_and_what_is_gone(webflow):
    """By key; a deleted item is None."""
    receipts = [webflow.publish(Article(title=title)) for title in ("One", "Two")]
    webflow.rig.remove(receipts[1].remote_id)
    publications = [
        Publication(key=one.key, remote_id=one.remote_id, version=one.version, baseline={"name": ""})
        for one in receipts
    ]

    class Asking:
        async def send(self, step):
            async with httpx.AsyncClient(transport=webflow.rig.sim.transport()) as client:
                return await client.send(step.build(0.0))

        async def settle(self, step):
            """What is learned is of no interest here."""

    read = anyio.run(drive, webflow.rig.backend().read(publications, Known()), Asking())
    assert read["one"].baseline == {"name": "One", "slug": "one", "status": "published"}
    assert read["two"] is None
