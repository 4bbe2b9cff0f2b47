"""What the endpoint answers: to what is genuine, to what is not, and to what comes again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import anyio
import httpx
import pytest
from receiver_desk import article, image, png, removal, upload
from starlette.applications import Starlette
from starlette.routing import Mount

from publisher.errors import ConfigurationError
from publisher.receiver import HOOK, Receiver, SiteStore
from publisher.webhooks import new_secret, sign, sign_github
from publisher.webhooks.payload import events

PING = {"type": "ping", "timestamp": "2026-01-02T03:04:05Z", "data": {"sender": "publisher"}}


def test_stored_article_is_acknowledged_with_its_id_and_its_address(desk):
    """And it stands there."""
    answer = desk.deliver(article(title="Bread", key="bread"))
    assert (answer.status_code, answer.json()) == (200, {"id": "1", "url": "https://site.example.com/articles/bread"})
    assert "Bread" in desk.page("/articles/bread")


@pytest.mark.parametrize("key", ["Größe & Maß", "100% wahr?", "a/b#c", "日本語"])
def test_address_that_is_told_leads_to_the_article_whatever_its_slug(desk, key):
    """Percent-encoded."""
    url = desk.deliver(article(key=key, own={"slug": key})).json()["url"]
    assert f"Title of {key}".replace("&", "&amp;") in desk.page(url)


def test_site_tells_the_address_that_readers_know(make_desk):
    """Where it is not the one that senders use."""
    desk = make_desk(url="https://www.example.org/blog/")
    assert desk.publish(key="a")["url"] == "https://www.example.org/blog/articles/a"


def test_ping_is_answered(desk):
    """And leaves nothing."""
    assert desk.deliver(PING).status_code == 200
    assert "Nothing is published here yet" in desk.page()


def test_known_id_is_answered_as_it_was_and_does_nothing(desk):
    """Even if meanwhile something else stands there."""
    first = desk.deliver(article(), "msg_a")
    desk.deliver(removal("article.deleted"), "msg_b")
    again = desk.deliver(article(revision=9), "msg_a")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    desk.page("/articles/posts-a", 404)


def test_upload_that_comes_again_is_answered_as_it_was(desk):
    """201 with its address, under its old id and under a new one."""
    answers = [desk.deliver(upload(png()), message) for message in ("msg_1", "msg_1", "msg_2")]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["url"] for answer in answers}) == 1


def test_id_is_known_for_thirty_days_and_then_forgotten(desk):
    """The revision still keeps an old event from taking effect."""
    desk.deliver(article(title="Old"), "msg_a")
    desk.deliver(article(title="New", revision=2), "msg_b")
    for days, known in ((29, 2), (2, 1)):
        desk.clock.advance(days * 86_400)
        assert desk.deliver(article(title="Old"), "msg_a").status_code == 200
        with closing(sqlite3.connect(desk.into / "site.db")) as database:
            assert database.execute("SELECT count(*) FROM answers").fetchone() == (known,)
    assert "New" in desk.page()


# Order


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([article(title="1"), article("article.updated", title="2", revision=2)], "2"),
        ([article("article.updated", title="2", revision=2), article(title="1")], "2"),
        ([article(title="1"), removal("article.unpublished")], None),
        ([removal("article.unpublished"), article(title="1")], None),
        ([removal("article.unpublished"), article(title="3", revision=3)], "3"),
        ([article(title="1"), removal("article.deleted")], None),
        ([removal("article.deleted"), article(title="1")], None),
        ([removal("article.deleted"), article(title="1"), article(title="3", revision=3)], "3"),
        ([article(title="1"), removal("article.deleted"), removal("article.deleted", revision=5)], None),
        ([removal("article.deleted", revision=3), removal("article.unpublished"), article(title="1")], None),
        ([article("article.unpublished", title="1", status="draft")], None),
        ([article("article.unpublished", title="1", status="private")], None),
        ([article("article.unpublished", title="1", status="draft"), article(title="2", revision=2)], "2"),
    ],
)
def test_newest_revision_stands_there_in_whatever_order_events_come(desk, events, shown):
    """And every one of them is acknowledged."""
    assert {desk.deliver(event).status_code for event in events} == {200}
    if shown is None:
        desk.page("/articles/posts-a", 404)
    else:
        assert f"<h1>{shown}</h1>" in desk.page("/articles/posts-a")


def test_deleted_article_keeps_its_id_when_it_comes_back(desk):
    """So that nobody else gets it."""
    first = desk.publish(key="a")
    desk.deliver(removal("article.deleted", "a"))
    other = desk.publish(key="b")
    assert desk.publish(key="a", revision=3)["id"] == first["id"] != other["id"]


def test_slug_of_another_article_is_a_conflict(desk):
    """409, neither is harmed, and when the slug is free the same delivery is taken."""
    desk.publish(key="one", own={"slug": "same"}, title="One")
    refused = desk.deliver(article(key="two", own={"slug": "same"}, title="Two"), "msg_two")
    assert (refused.status_code, "'one'" in refused.json()["error"]) == (409, True)
    assert "One" in desk.page("/articles/same")
    desk.deliver(removal("article.deleted", "one"))
    assert desk.deliver(article(key="two", own={"slug": "same"}, title="Two"), "msg_two").status_code == 200
    assert "Two" in desk.page("/articles/same")


# What is not genuine, or no event


def test_wrong_signature_is_refused_and_stores_nothing(desk):
    """401 in JSON, without the secret."""
    answer = desk.deliver(article(), secret=new_secret())
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert desk.secret.removeprefix("whsec_") not in answer.text
    assert "Nothing is published here yet" in desk.page()
    assert "None yet" in desk.page("/deliveries")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_old_and_future_deliveries_are_refused(desk, seconds):
    """Signed rightly, at another time."""
    body = json.dumps(article()).encode()
    headers = sign(desk.secret, "msg_1", int(desk.clock.now()) + seconds, body)
    assert desk.ask("POST", HOOK, content=body, headers=headers).status_code == 401


def test_both_secrets_are_taken_while_they_are_changed(make_desk):
    """And no third one."""
    new, old = new_secret(), new_secret()
    desk = make_desk(secrets=[new, old])
    statuses = [desk.deliver(PING, secret=secret).status_code for secret in (new, old, new_secret())]
    assert statuses == [200, 200, 401]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(desk, method):
    """405, which says what is allowed."""
    answer = desk.ask(method, HOOK)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("told", [True, False])
def test_too_large_a_body_is_refused(make_desk, told):
    """413, whether its length was told beforehand or not; one that is just as large as allowed is read."""
    desk = make_desk(largest=1000)

    async def chunks():
        for _ in range(3):
            yield b"x" * 500

    sent = desk.ask("POST", HOOK, content=b"x" * 1500 if told else chunks())
    assert (sent.status_code, list(sent.json())) == (413, ["error"])
    assert desk.ask("POST", HOOK, content=b"x" * 1000).status_code == 401


PICTURE = png()
BROKEN = {
    "no data": ({"type": "article.published", "timestamp": "2026-01-02T03:04:05Z", "data": {}}, "schema"),
    "a huge revision": (article(revision=2**70), "revision"),
    "a negative revision": (article(revision=-1), "revision"),
    "no status": (article(own={"status": None}), "status"),
    "half a character": (b'{"type":"ping","timestamp":"2026-01-02T03:04:05Z","data":{"sender":"\\ud800"}}', "schema"),
    "data that is not base64": (upload(PICTURE, data="%%%"), "base64"),
    "another image": (upload(PICTURE, sha256="0" * 64), "sha256"),
    "a page as an image": (upload(b"<html><script>alert(1)</script>"), "a web page"),
    "a drawing with scripts": (
        upload(b'<svg xmlns="http://www.w3.org/2000/svg"/>', mime_type="image/svg+xml"),
        "an SVG",
    ),
    "a bad image inside": (article(own={"images": [image(b"GIF89a", url="assets/a.gif", src="a.gif")]}), "broken"),
}


@pytest.mark.parametrize(("event", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_signed_event_that_breaks_the_rules_is_refused_with_the_reason(desk, event, said):
    """422, nothing is stored, and the sender's next try is looked at anew."""
    for _ in range(2):
        answer = desk.deliver(event, "msg_1")
        assert (answer.status_code, said in answer.json()["error"]) == (422, True), answer.text
    assert "Nothing is published here yet" in desk.page()
    assert [path for path in desk.into.rglob("*") if path.is_file() and "site.db" not in path.name] == []
    assert desk.deliver(PING, "msg_1").status_code == 200


def test_event_of_an_unknown_type_is_acknowledged_and_dropped(desk):
    """A newer sender may say more than this receiver understands."""
    answer = desk.deliver({"type": "comment.made", "timestamp": "2026-01-02T03:04:05Z", "data": {}})
    assert (answer.status_code, answer.json()) == (200, {})
    assert "comment.made" in desk.page("/deliveries")


def test_unknown_fields_are_ignored(desk):
    """New ones may come."""
    assert desk.deliver(article(key="a", own={"new": 1}, newer=2)).status_code == 200


# A store that cannot


def test_busy_store_is_said_and_the_next_try_succeeds(desk, tmp_path):
    """503 with Retry-After; nothing was stored, so the same id is taken later."""
    store = SiteStore(tmp_path / "busy", patience=0.01)
    desk.site = Receiver(store, secrets=desk.secret, now=desk.clock.now)
    with closing(sqlite3.connect(tmp_path / "busy" / "site.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = desk.deliver(article(), "msg_1")
        other.rollback()
    assert (busy.status_code, busy.headers["retry-after"], "busy" in busy.text) == (503, "5", True)
    assert desk.deliver(article(), "msg_1").json()["id"] == "1"


def test_disk_that_takes_no_image_is_said_and_nothing_is_stored(desk):
    """503: the article does not appear without its image."""
    (desk.into / "assets").write_text("in the way")
    data = png()
    inside = image(data, url="assets/" + "0" * 64 + ".png", src="a.png")
    assert desk.deliver(article(own={"images": [inside]}), "msg_1").status_code == 503
    desk.page("/articles/posts-a", 404)
    (desk.into / "assets").unlink()
    assert desk.deliver(article(own={"images": [inside]}), "msg_1").status_code == 200


# Other schemes, other applications


def test_github_scheme_takes_what_github_signs(make_desk):
    """By its own header, and nothing else."""
    desk = make_desk(scheme="github", secrets=["any text"])
    body = json.dumps(article(key="a")).encode()
    taken, forged = (
        desk.ask("POST", HOOK, content=body, headers=sign_github(secret, "d-1", body))
        for secret in ("any text", "other")
    )
    assert (taken.status_code, forged.status_code, desk.deliver(article()).status_code) == (200, 401, 401)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer a-long-token", 200),
        ("bearer a-long-token", 200),
        ("Bearer other", 401),
        ("Basic a-long-token", 401),
        (None, 401),
    ],
)
def test_bearer_scheme_takes_the_token(make_desk, header, status):
    """And no signature, and no other kind of authorization."""
    desk = make_desk(scheme="bearer", secrets=["a-long-token"])
    headers = {"webhook-id": "msg_1"} | ({"Authorization": header} if header else {})
    assert desk.ask("POST", HOOK, content=json.dumps(PING), headers=headers).status_code == status


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"secrets": []}, "no secret"),
        ({"secrets": "short"}, "whsec_"),
        ({"secrets": [new_secret(), ""]}, "whsec_"),
        ({"secrets": [" "], "scheme": "bearer"}, "no secret"),
        ({"secrets": "x", "scheme": "none"}, "no scheme"),
    ],
)
def test_receiver_without_a_secret_is_not_made(tmp_path, settings, said):
    """An open one would publish whatever strangers send."""
    with pytest.raises(ConfigurationError, match=said):
        Receiver(SiteStore(tmp_path), **settings)


class Shelf:
    """Somebody's own store."""

    def __init__(self):
        self.taken = []

    def take(self, id, event, now):
        from publisher.receiver import Answer

        self.taken.append((id, event.type, now))
        return Answer(202, "mine", "somewhere/else")

    def note(self, id, type, now, status, said):
        raise AssertionError(said)


def test_receiver_mounts_in_another_application_with_another_store(desk):
    """Below any path, with that application's own address."""
    shelf = Shelf()
    desk.site = Starlette(routes=[Mount("/api/hook", Receiver(shelf, secrets=desk.secret, now=desk.clock.now))])
    body = json.dumps(PING).encode()
    headers = sign(desk.secret, "msg_1", int(desk.clock.now()), body)

    async def send():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(desk.site), base_url="https://example.org"
        ) as client:
            return await client.post("/api/hook/", content=body, headers=headers)

    answer = anyio.run(send)
    assert (answer.status_code, answer.json()) == (202, {"id": "mine", "url": "https://example.org/somewhere/else"})
    assert shelf.taken == [("msg_1", "ping", desk.clock.now())]


def test_events_of_the_tests_are_those_of_the_schema():
    """What is delivered here is what the Webhook target sends."""
    for event in (article(), removal("article.deleted"), upload(PICTURE), PING):
        assert events.validate_python(event).type == event["type"]
