"""What becomes of a receiver's answers: receipts, errors, waiting, and an end for good."""

from __future__ import annotations

import httpx
import pytest
from webhook_desk import article

from publisher import Webhook
from publisher.errors import (
    AuthenticationError,
    ConflictError,
    RefusedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from publisher.models import Action
from publisher.testing import Fault
from publisher.webhooks import sign

# What receivers answer

PAGE = "https://receiver.example.com/a"
JSON = {"Content-Type": "application/json"}
ACKNOWLEDGED = {
    "id and url": (httpx.Response(200, json={"id": "x-1", "url": PAGE}), "x-1", PAGE),
    "a number and a path": (httpx.Response(201, json={"id": 7, "url": "/a"}), "7", PAGE),
    "id only": (httpx.Response(200, json={"id": "x-1"}), "x-1", None),
    "url only": (httpx.Response(200, json={"url": PAGE}), "posts/a", PAGE),
    "Location": (httpx.Response(201, headers={"Location": "/a"}), PAGE, PAGE),
    "Location beside other JSON": (httpx.Response(201, json={"ok": True}, headers={"Location": PAGE}), PAGE, PAGE),
    "nothing": (httpx.Response(204), "posts/a", None),
    "text": (httpx.Response(200, text='{"id": "x-1"}'), "posts/a", None),
    "broken JSON": (
        httpx.Response(200, content=b'{"id', headers={"Content-Type": "application/json"}),
        "posts/a",
        None,
    ),
    "deep JSON": (
        httpx.Response(200, content=b"[" * 50_000, headers={"Content-Type": "application/json"}),
        "posts/a",
        None,
    ),
    "a list": (httpx.Response(200, json=["x-1"]), "posts/a", None),
    "odd values": (httpx.Response(200, json={"id": True, "url": 5}), "posts/a", None),
    "breaks": (httpx.Response(200, json={"id": "x\n1", "url": "http://[/"}), "posts/a", None),
    "script": (httpx.Response(200, json={"id": "x-1", "url": "javascript:alert(1)"}), "x-1", None),
    "credentials": (httpx.Response(200, json={"url": "https://u:p@example.com/"}), "posts/a", None),
    "too long": (httpx.Response(200, json={"id": "x" * 513, "url": PAGE + "a" * 2048}), "posts/a", None),
}


@pytest.mark.parametrize(("answer", "remote_id", "url"), ACKNOWLEDGED.values(), ids=ACKNOWLEDGED.keys())
def test_receipt_says_what_the_receiver_said(desk, answer, remote_id, url):
    """Where it says nothing usable the URL is unknown, and the key stands for its id."""
    desk.receiver.says = lambda row: answer
    receipt = desk.publish(article())
    assert (receipt.remote_id, receipt.url, receipt.status) == (remote_id, url, "published")
    assert len(desk.receiver.requests) == 1  # an address is stored and never asked


def test_one_id_for_all_articles_keeps_them_apart(desk):
    """Some receivers answer with the id of something else; each article is still known by its key."""
    desk.receiver.says = lambda row: httpx.Response(200, json={"id": 1})
    for body in ("One.", "Two."):
        with desk.process() as publisher:
            outcomes = publisher.publish_many([article(body, key=f"posts/{number}") for number in range(3)])
        assert [outcome.receipt.remote_id for outcome in outcomes] == ["1", "1", "1"]
    with desk.process() as publisher:
        publisher.delete("posts/1")
    assert sorted(desk.receiver.articles) == ["posts/0", "posts/2"]


def test_accepted_is_told_from_published(desk):
    """202 says that nobody knows yet."""
    desk.receiver.says = lambda row: httpx.Response(202)
    assert desk.publish(article()).status == "accepted"
    desk.publish(article("Two."))
    assert [event["type"] for event in desk.receiver.events] == ["article.published", "article.updated"]


ELSEWHERE = "https://elsewhere.example.com/status/1"


def accepting(desk, told, **said):
    """Have the receiver accept articles for later, and answer what is asked then, in turn."""
    desk.receiver.says = lambda row: httpx.Response(202, **said)
    desk.receiver.refuses = lambda request: told.pop(0) if request.method == "GET" else None


@pytest.mark.parametrize(
    "said", [{"json": {"status_url": "/status/1"}}, {"headers": {"location": "https://receiver.example.com/status/1"}}]
)
def test_what_became_of_an_accepted_article_is_asked_on_request(desk, said):
    """By signed requests, again while it is not done; the receipt is that of the end."""
    later = httpx.Response(202, headers={"retry-after": "5"})
    accepting(desk, [later, later, httpx.Response(200, json={"id": "7", "url": "/notes/7"})], **said)
    receipt = desk.publish(article(), poll=True)
    assert (receipt.status, receipt.remote_id) == ("published", "7")
    assert receipt.url == "https://receiver.example.com/notes/7"
    asked = [request for request in desk.receiver.requests if request.method == "GET"]
    assert [str(request.url) for request in asked] == ["https://receiver.example.com/status/1"] * 3
    for request in asked:
        id_, seconds = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
        assert (
            request.headers["webhook-signature"] == sign(desk.receiver.secret, id_, seconds, b"")["webhook-signature"]
        )


@pytest.mark.parametrize(
    ("poll", "said", "asked"),
    [
        (False, {"json": {"status_url": "/status/1"}}, 0),
        (True, {}, 0),
        (True, {"json": {"status_url": ELSEWHERE}}, 0),
        (True, {"headers": {"location": ELSEWHERE}}, 0),
        (True, {"json": {"status_url": "/status/1"}}, 3),
    ],
)
def test_an_accepted_article_of_which_nothing_more_is_known_stays_accepted(desk, poll, said, asked):
    """Unasked, without an address, with one of somebody else's, and where it takes too long."""
    accepting(desk, [httpx.Response(202)] * 20, **said)
    receipt = desk.publish(article(), poll=poll)
    assert (receipt.status, receipt.remote_id, receipt.url) == ("accepted", "posts/a", None)
    assert sum(request.method == "GET" for request in desk.receiver.requests) == asked


def test_receivers_that_take_their_time_are_no_dead_ones(desk):
    """Many articles that stay accepted do not end the run."""
    accepting(desk, [httpx.Response(202)] * 99, json={"status_url": "/status/1"})
    with desk.process(poll=True) as publisher:
        outcomes = publisher.publish_many([article(key=f"posts/{number}") for number in range(9)])
    assert {outcome.unwrap().status for outcome in outcomes} == {"accepted"}


def test_what_was_said_once_is_kept_when_later_answers_say_nothing(desk):
    """The id and the address of the first answer."""
    first = desk.publish(article())
    desk.receiver.says = lambda row: httpx.Response(204)
    second = desk.publish(article("Two."))
    assert (second.remote_id, second.url) == (first.remote_id, first.url) == ("1", f"{first.url}")
    assert desk.receiver.events[-1]["data"]["_publisher"]["remote_id"] == "1"


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (httpx.Response(301, headers={"Location": "https://example.com/x"}), UnexpectedAnswerError, "example.com/x"),
        (httpx.Response(307, headers={"Location": "http://169.254.169.254/"}), UnexpectedAnswerError, "not followed"),
        (httpx.Response(400, text="no"), RefusedError, "400: no"),
        (httpx.Response(401), AuthenticationError, "same secret"),
        (httpx.Response(403), AuthenticationError, "same secret"),
        (httpx.Response(404), RefusedError, "nothing listens"),
        (httpx.Response(409, json={"error": "taken"}), ConflictError, "taken"),
        (httpx.Response(413), RefusedError, "too much"),
        (httpx.Response(415), RefusedError, "JSON"),
        (httpx.Response(422, text="title\x1b[31m\n missing " + "x" * 5000), RefusedError, "title"),
    ],
)
def test_refusal_is_final_and_says_what_to_do(desk, answer, error, said):
    """Sent once; the same bytes would be refused again."""
    desk.receiver.refuses = lambda request: answer
    with pytest.raises(error, match=said) as caught:
        desk.publish(article())
    assert len(desk.receiver.requests) == 1
    assert caught.value.hint
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("status", [429, 503])
def test_receiver_that_asks_for_time_gets_it(desk, status):
    """Retry-After, in seconds; more than a run waits for is left to the schedule."""
    answers = [httpx.Response(status, headers={"Retry-After": "20"})]
    desk.receiver.refuses = lambda request: answers.pop() if answers else None
    began = desk.clock.now()
    assert desk.publish(article()).action is Action.CREATE
    assert desk.clock.now() - began >= 20


def test_receiver_that_cannot_be_reached_is_not_tried_for_every_article(desk):
    """Nobody is there: the first article finds that out for all."""
    sent: list[str] = []
    with desk.process(Fault("refused", times=999), on_event=lambda event: sent.append(event.kind)) as publisher:
        outcomes = publisher.publish_many([article(key=f"posts/{number}") for number in range(30)])
    assert {type(outcome.error) for outcome in outcomes} == {UnreachableError}
    assert sent.count("sent") <= 8 * 3  # eight are under way at a time, and each is tried three times


# 410


def test_receiver_that_answers_gone_is_left_alone(desk):
    """Nothing more is sent, in this run and in later ones, until somebody resumes; what follows is as it was."""
    desk.receiver.refuses = lambda request: httpx.Response(410)
    with desk.process() as publisher:
        outcomes = publisher.publish_many([article(key=f"posts/{number}") for number in range(20)])
    assert [outcome.ok for outcome in outcomes] == [False] * 20
    assert {outcome.error.status for outcome in outcomes} == {410}
    assert len(desk.receiver.requests) <= Webhook.capabilities.parallel
    desk.receiver.refuses = lambda request: None
    desk.receiver.requests.clear()
    desk.clock.advance(30 * 86_400)
    with pytest.raises(RefusedError, match="resume=True"):
        desk.publish(article())
    assert desk.receiver.requests == []
    assert desk.publish(article(), resume=True).remote_id
    assert desk.publish(article("Two.")).remote_id
    assert len(desk.receiver.requests) == 2
