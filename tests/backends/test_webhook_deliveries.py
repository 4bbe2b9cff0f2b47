"""What leaves for a receiver: repeats, versions, images, and over a real connection."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import httpx
import pytest
import standardwebhooks
import svix
from PIL import Image
from webhook_desk import article, illustrated, picture
from webhook_rig import URL, Receiver

from publisher import Article, Asset, Publisher, Webhook
from publisher.backends.base import Known
from publisher.errors import (
    ContentError,
    RefusedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from publisher.models import Action, ImageLimits, Job, Status
from publisher.testing import Fault
from publisher.webhooks import new_secret

# Repeats and versions


def test_repeat_has_the_same_id_and_body_and_a_fresh_signature(desk):
    """A receiver can drop what it knows, and sees nothing that is too old."""
    busy = [httpx.Response(503, headers={"Retry-After": "7"})] * 3
    desk.receiver.refuses = lambda request: busy.pop() if busy and len(desk.receiver.requests) > 1 else None
    receipt = desk.publish(article(), Fault("answer lost"))
    first, *others = desk.receiver.requests
    assert len(others) == 4
    assert {(other.headers["webhook-id"], other.content) for other in others} == {
        (first.headers["webhook-id"], first.content)
    }
    stamps = [int(request.headers["webhook-timestamp"]) for request in desk.receiver.requests]
    assert stamps == sorted(stamps)
    assert stamps[-1] - stamps[0] >= 21
    assert len({request.headers["webhook-signature"] for request in desk.receiver.requests}) == len(set(stamps))
    assert (receipt.remote_id, len(desk.receiver.articles)) == ("1", 1)


def test_job_that_is_taken_up_again_sends_the_same_again():
    """In another process, or after its lease was lost: the same id and the same bytes, at another time."""
    told = {"id": Job.identify("t", "posts/a", 5), "target": "t", "key": "posts/a", "slug": "a", "revision": 5}
    job = Job(**told, action=Action.CREATE, wish="", renderer="", created=1.5, article=article())
    secret = new_secret()
    one, other = (next(Webhook(URL, secret=secret).publish([job], Known())) for _ in range(2))
    first, second = one.build(1_790_000_000.0), other.build(1_790_000_900.0)
    assert (first.headers["webhook-id"], first.content) == (second.headers["webhook-id"], second.content)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert job.id in first.headers["webhook-id"]


def test_going_back_to_an_old_text_is_news(desk):
    """A, B and A again are three events, each newer than the one before, and nothing is taken for a repeat."""
    for body in ("A", "A", "B", "A"):
        desk.publish(article(body))
    bodies = [event["data"]["_publisher"]["content_markdown"] for event in desk.receiver.events]
    revisions = [event["data"]["_publisher"]["revision"] for event in desk.receiver.events]
    assert bodies == ["A", "B", "A"]
    assert revisions == sorted(set(revisions))
    assert len({request.headers["webhook-id"] for request in desk.receiver.requests}) == 3
    assert desk.receiver.articles["posts/a"]["html"] == "<p>A</p>\n"


def test_life_of_an_article_is_told_in_events(desk):
    """Draft, published, changed, taken off, published again, deleted."""
    desk.publish(article(status=Status.DRAFT))
    desk.publish(article())
    desk.publish(article("Two."))
    with desk.process() as publisher:
        publisher.unpublish("posts/a")
    desk.publish(article("Two."))
    with desk.process() as publisher:
        assert publisher.delete("posts/a").action is Action.DELETE
    assert [event["type"].removeprefix("article.") for event in desk.receiver.events] == [
        "unpublished",
        "published",
        "updated",
        "unpublished",
        "published",
        "deleted",
    ]
    assert [event["data"].get("url") for event in desk.receiver.events] == [
        None,
        *["https://receiver.example.com/title-of-posts-a"] * 5,
    ]


def test_delivery_that_is_late_changes_nothing(desk):
    """An old text that arrives after a new one is dropped by its revision."""
    late: list[httpx.Request] = []
    desk.receiver.refuses = lambda request: late.append(request) or httpx.Response(500)
    with pytest.raises(UnreachableError):
        desk.publish(article("Old."))
    desk.receiver.refuses = lambda request: None
    desk.publish(article("New."))
    assert desk.receiver.answer(late[0]).status_code in (200, 401)
    desk.receiver.now = lambda: float(late[0].headers["webhook-timestamp"])
    assert desk.receiver.answer(late[0]).status_code == 200
    assert desk.receiver.articles["posts/a"]["html"] == "<p>New.</p>\n"


# Images


def test_small_images_travel_along_and_large_ones_go_ahead(desk):
    """By the bytes of all images of the article together."""
    small, large = picture(1), picture(2, size=900)
    limit = small.size + large.size - 1
    desk.publish(illustrated(small, key="posts/small"), inline=limit)
    desk.publish(illustrated(small, large, key="posts/large"), inline=limit)
    types = [event["type"] for event in desk.receiver.events]
    assert types == ["article.published", "asset.upload", "asset.upload", "article.published"]
    inline, ahead = desk.receiver.events[0], desk.receiver.events[-1]
    assert ["data" in image for image in inline["data"]["_publisher"]["images"]] == [True]
    assert ["data" in image for image in ahead["data"]["_publisher"]["images"]] == [False, False]
    for key in ("posts/small", "posts/large"):
        assert "https://receiver.example.com/images/" in desk.receiver.articles[key]["html"]
        assert "assets/" not in desk.receiver.articles[key]["html"]


def test_image_goes_ahead_once(desk):
    """For all articles that use it, and for all their later versions."""
    shared = picture(1)
    for key in ("posts/a", "posts/b"):
        desk.publish(illustrated(shared, key=key), inline=0)
    desk.publish(illustrated(shared, picture(2)), inline=0)
    assert [event["type"] for event in desk.receiver.events].count("asset.upload") == 2


def test_image_without_an_address_fails_its_article_only(desk):
    """The error names the image and what the receiver should have answered."""
    desk.receiver.refuses = lambda request: (
        httpx.Response(204) if json.loads(request.content)["type"] == "asset.upload" else None
    )
    with desk.process(inline=0) as publisher:
        broken, whole = publisher.publish_many([illustrated(picture(1)), article(key="posts/b")])
    assert isinstance(broken.error, UnexpectedAnswerError)
    assert "'picture-1.png'" in str(broken.error)
    assert '{"url"' in broken.error.hint
    assert whole.ok


def test_image_that_is_refused_is_named(desk):
    """Too large for the server before the receiver, as it may be."""
    desk.receiver.refuses = lambda request: httpx.Response(413)
    with pytest.raises(RefusedError, match=r"'picture-1\.png' was not taken: .*413"):
        desk.publish(illustrated(picture(1)), inline=0)


def test_images_are_fitted_to_the_limits(desk):
    """What the event says of an image is true of the bytes."""
    desk.publish(illustrated(picture(1, size=300)), images=ImageLimits(max_width=64))
    [image] = desk.receiver.events[0]["data"]["_publisher"]["images"]
    assert (image["width"], image["height"]) == (64, 64)


def test_event_that_is_too_large_is_not_sent(desk):
    """Nor cut."""
    with pytest.raises(ContentError, match="1000 are allowed"):
        desk.publish(article("word " * 500), largest=1000)
    assert desk.receiver.requests == []


def noisy(*, body: str) -> Article:
    """An article with an image of which little can be saved."""
    data = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(data, "PNG")
    return article(f"{body}\n\n![](n.png)", assets={"n.png": Asset.from_bytes(data.getvalue(), "n.png")})


INLINE = r"pass an inline= below [\d]+, so that its images go ahead of it"


@pytest.mark.parametrize(
    ("one", "large", "helps"),
    [
        (article("word " * 500), "text", "Make several articles of it, or pass"),
        (article("One.", meta={"notes": "n" * 3_000}), "rest", "Write less into other fields, such as meta, or pass"),
        (noisy(body="One."), "images", f"P{INLINE[1:]}, or pass"),
        (noisy(body="word " * 500), "text", f"P{INLINE[1:]} and make several articles of it, or pass"),
    ],
    ids=["text", "fields", "images", "images and text"],
)
def test_event_that_is_too_large_says_what_is_large_and_what_helps(desk, one, large, helps):
    """The text counts three times; that images can go ahead is said where there are some."""
    with pytest.raises(ContentError) as caught:
        desk.publish(one, largest=3_000)
    size, most, *parts = map(int, re.findall(r"\d+", caught.value.what))
    assert (most, sum(parts)) == (3_000, size)
    assert re.search(rf"\b{max(parts)} of (its|the) {large}\b", caught.value.what)
    assert re.fullmatch(rf"{helps} a larger largest= where the receiver takes that\.", caught.value.hint)


def test_event_of_a_few_names_that_is_too_large_has_one_remedy(desk):
    """Nothing of an article that is taken off can be made shorter."""
    desk.publish(article())
    with desk.process(largest=10) as publisher, pytest.raises(ContentError) as caught:
        publisher.delete("posts/a")
    assert caught.value.hint == "Pass a larger largest= where the receiver takes that."


# Over a real connection


@pytest.fixture
def listen(serve) -> Callable[[Receiver], str]:
    """A receiver behind a real HTTP server; its address."""
    return lambda receiver: f"{serve(lambda handler: receiver.answer(handler.asked))}/hook"


def test_delivery_over_the_network_is_verified_by_others(tmp_path, listen):
    """What arrives at a real server is genuine to the libraries of Standard Webhooks and Svix."""
    receiver = Receiver()
    target = Webhook(listen(receiver), secret=receiver.secret, allow_http=True, allow_private=True)
    with Publisher(target, ledger=tmp_path / "ledger.db") as publisher:
        receipt = publisher.publish(article("Zażółć 🦊", title="Über"))
    [request] = receiver.requests
    assert receipt.url == "https://receiver.example.com/uber"
    for library in (standardwebhooks, svix):
        library.Webhook(receiver.secret).verify(request.content, dict(request.headers))
        with pytest.raises(library.WebhookVerificationError):
            library.Webhook(receiver.secret).verify(request.content + b" ", dict(request.headers))


def test_receiver_on_this_machine_is_refused_unless_that_is_asked_for(tmp_path, listen):
    """Once, and not again: the address does not get better. Nothing arrives."""
    receiver, events = Receiver(), []
    target = Webhook(listen(receiver), secret=receiver.secret, allow_http=True)
    with Publisher(target, ledger=tmp_path / "ledger.db", on_event=events.append) as publisher:
        [outcome] = publisher.publish_many([article()])
    assert isinstance(outcome.error, UnreachableError)
    assert "127.0.0.1, which is this machine; nothing was sent" in str(outcome.error)
    assert receiver.requests == []
    assert [event.kind for event in events].count("retrying") == 0
