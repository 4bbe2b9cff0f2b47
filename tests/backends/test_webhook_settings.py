"""Schemes, secrets, headers and addresses: what is sent of them, and what is seen."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

import httpx
import pytest
from webhook_desk import article
from webhook_rig import URL

from publisher import Webhook
from publisher.errors import (
    AuthenticationError,
    ConfigurationError,
    PublisherError,
)
from publisher.webhooks import new_secret, verify, verify_github


def test_both_secrets_sign_while_they_are_changed(desk):
    """A receiver that knows either takes it."""
    old, new = desk.receiver.secret, new_secret()
    assert desk.publish(article(), secret=[new, old]).remote_id
    desk.receiver.secret = new
    assert desk.publish(article("Two."), secret=[new, old]).remote_id
    with pytest.raises(AuthenticationError):
        desk.publish(article("Three."), secret=old)


def test_github_scheme_signs_the_body_and_more_if_it_can(desk):
    """Any text will do as a secret; one of Standard Webhooks makes both kinds of headers."""
    desk.receiver.refuses = lambda request: httpx.Response(204)
    desk.publish(article(), scheme="github", secret="just some text", signature_header="X-Blog-Signature")
    [request] = desk.receiver.requests
    event = verify_github("just some text", request.headers, request.content, header="X-Blog-Signature")
    assert event.id == request.headers["webhook-id"]
    assert "webhook-signature" not in request.headers
    desk.publish(article("Two."), scheme="github", secret=desk.receiver.secret)
    both = desk.receiver.requests[-1]
    assert verify_github(desk.receiver.secret, both.headers, both.content).type == "article.updated"
    assert verify(desk.receiver.secret, both.headers, both.content, now=desk.clock.now()).type == "article.updated"


def test_bearer_scheme_and_headers_are_sent_along(desk):
    """The id is there too, so that repeats can be dropped."""
    desk.receiver.refuses = lambda request: httpx.Response(204)
    desk.publish(article(), scheme="bearer", secret="token-of-mine", headers={"X-Tenant": "seven"})
    headers = desk.receiver.requests[0].headers
    assert (headers["authorization"], headers["x-tenant"]) == ("Bearer token-of-mine", "seven")
    assert headers["webhook-id"].startswith("msg_")
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("scheme", ["none", "standard"])
def test_address_that_is_a_secret_is_seen_nowhere(desk, scheme, caplog):
    """Neither its path, where nothing else is secret, nor its query: not in logs, errors, the ledger or a repr."""
    caplog.set_level(logging.DEBUG)
    secret = {"secret": desk.receiver.secret} if scheme == "standard" else {"secret": None}
    path = "/catch/K4tZ9xQ7" if scheme == "none" else "/hooks"
    settings = {"url": f"https://hooks.example.com{path}?token=Pq8sVn3w", "scheme": scheme, **secret}
    desk.receiver.refuses = lambda request: httpx.Response(204)
    receipt = desk.publish(article(), **settings)
    desk.receiver.refuses = lambda request: httpx.Response(500, text=f"nothing at {request.url}")
    with pytest.raises(PublisherError) as caught:
        desk.publish(article("Two."), **settings)
    assert str(desk.receiver.requests[0].url) == settings["url"]
    with closing(sqlite3.connect(desk.ledger)) as database:
        dump = "".join(database.iterdump())
    seen = [caplog.text, str(caught.value), repr(caught.value.record()), repr(receipt), dump, repr(Webhook(**settings))]
    assert [text for text in seen if "K4tZ9xQ7" in text or "Pq8sVn3w" in text] == []
    assert receipt.target.startswith("webhook:hooks.example.com")


def test_addresses_on_one_host_are_targets_of_their_own():
    """Even where their paths are not shown; and a scheme that signs shows the path."""
    one, other = (Webhook(f"https://h.example.com/{name}", scheme="none").target.identity for name in ("aaaa", "bbbb"))
    assert one != other
    signed = Webhook("https://h.example.com/aaaa", secret=new_secret()).target.identity
    assert signed == "webhook:h.example.com/aaaa"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"secret": None}, "no secret"),
        ({"secret": "short"}, "does not begin"),
        ({"secret": []}, "no secret"),
        ({"scheme": "stripe"}, "no scheme 'stripe'"),
        ({"scheme": "none"}, "has no secret"),
        ({"scheme": "github", "secret": None}, "needs one secret"),
        ({"scheme": "github", "secret": "tiny"}, "fewer than 8"),
        ({"scheme": "bearer", "secret": [new_secret(), new_secret()]}, "has 2"),
        ({"scheme": "bearer", "secret": "with a\nbreak"}, "a header cannot carry"),
        ({"scheme": "bearer", "secret": "t\u00f6ken-of-mine"}, "a header cannot carry"),
        ({"signature_header": "X Y"}, "name of a header"),
        ({"url": "http://example.com/hook"}, "https only"),
        ({"url": "example.com/hook"}, "https only"),
        ({"url": "https://user:word@example.com/hook"}, "user name"),
        ({"url": "https://"}, "no usable host"),
        ({"url": "https://exa mple.com/hook"}, "no usable host"),
        ({"url": "https://[::1/hook"}, "address is none"),
        ({"headers": {"Webhook-Id": "1"}}, "set by publisher"),
        ({"headers": {"content-TYPE": "text/plain"}}, "set by publisher"),
        ({"headers": {"Host": "localhost"}}, "set by publisher"),
        ({"headers": {"Authorization": "x"}, "scheme": "bearer"}, "set by publisher"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "not plain ASCII"),
        ({"headers": {"X:A": "a"}}, "name of a header"),
        ({"timezone": "Berlin"}, "no time zone"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_when_the_target_is_made(values, said):
    """And no secret is in what is said."""
    settings = {"url": URL, "secret": new_secret(), **values}
    with pytest.raises(ConfigurationError, match=said) as caught:
        Webhook(**settings)
    given = settings["secret"]
    assert not [one for one in ([given] if isinstance(given, str) else given or []) if one in str(caught.value)]


def test_dates_without_a_zone_are_in_the_targets(desk):
    """And another zone makes it another article."""
    dated = article(date="2026-07-01T12:00:00")
    desk.publish(dated)
    desk.publish(dated, timezone="Europe/Berlin")
    assert [event["data"]["date_published"] for event in desk.receiver.events] == [
        "2026-07-01T12:00:00Z",
        "2026-07-01T10:00:00Z",
    ]
