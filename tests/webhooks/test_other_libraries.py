"""Signatures agree with other people's libraries, in both directions, for good deliveries and for bad ones."""

from __future__ import annotations

import json
import time

import pytest

from publisher.errors import SignatureError
from publisher.webhooks import new_secret, sign, sign_github, verify, verify_github

LIBRARIES = ["python standardwebhooks", "python svix", "node standardwebhooks", "node svix"]


def event(text: str) -> bytes:
    said = {"type": "article.published", "timestamp": "2026-01-02T03:04:05Z", "data": {"title": text}}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


BODIES = {
    "short": event("Hello"),
    "unicode": event("Crème brûlée, 日本語, 🦊, e\u0301 is not é, \u2028, \x7f"),
    "1 MB": event("Häuser " * 150_000),
    "breaks": event("a\r\nb\n") + b"\n",
}

all_libraries = pytest.mark.parametrize("library", LIBRARIES, indirect=True)
all_bodies = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())


@all_libraries
@all_bodies
def test_they_accept_what_we_sign(library, body):
    """Their verifier takes our headers, and none of it with another secret or another body."""
    secret = new_secret()
    headers = sign(secret, "msg_1", int(time.time()), body)
    assert library.accepts(secret, headers, body)
    assert not library.accepts(new_secret(), headers, body)
    assert not library.accepts(secret, headers, body.replace(b"article", b"Article"))
    assert not library.accepts(secret, {**headers, "webhook-id": "msg_2"}, body)


@all_libraries
@pytest.mark.parametrize(("age", "fresh"), [(0, True), (240, True), (-240, True), (600, False), (-600, False)])
def test_they_see_the_age_that_we_see(library, age, fresh):
    """Five minutes both ways: an old delivery is refused by them and by us."""
    secret, body, now = new_secret(), BODIES["short"], int(time.time())
    headers = sign(secret, "msg_1", now - age, body)
    assert library.accepts(secret, headers, body) is fresh
    if fresh:
        assert verify(secret, headers, body, now=now).id == "msg_1"
    else:
        with pytest.raises(SignatureError, match="600 s"):
            verify(secret, headers, body, now=now)


@all_libraries
def test_they_accept_either_secret_while_it_is_changed(library):
    """Signed with both, a delivery is taken by receivers that know only the new one, or only the old one."""
    new, old, body = new_secret(), new_secret(), BODIES["unicode"]
    headers = sign([new, old], "msg_1", int(time.time()), body)
    assert library.accepts(new, headers, body)
    assert library.accepts(old, headers, body)
    assert not library.accepts(new_secret(), headers, body)


@all_libraries
@all_bodies
def test_we_accept_what_they_sign(library, body):
    """Our verifier takes their signatures, which are ours to the letter, and refuses them for a changed body."""
    secret, now = new_secret(), int(time.time())
    theirs = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(now),
        "Webhook-Signature": library.signs(secret, "msg_1", now, body),
    }
    assert theirs["Webhook-Signature"] == sign(secret, "msg_1", now, body)["webhook-signature"]
    assert verify([new_secret(), secret], theirs, body).type == "article.published"
    with pytest.raises(SignatureError, match="no signature fits"):
        verify(secret, theirs, body + b" ")


@pytest.mark.parametrize("library", ["node octokit"], indirect=True)
@all_bodies
def test_github_signatures_agree_with_octokit(library, body):
    """Both directions, for a secret that is just text."""
    secret = "It's a séçret"
    headers = sign_github(secret, "d-1", body)
    assert library.accepts(secret, headers, body)
    assert not library.accepts("another", headers, body)
    assert not library.accepts(secret, headers, body + b" ")
    theirs = {"X-GitHub-Delivery": "d-1", "X-Hub-Signature-256": library.signs(secret, "", 0, body)}
    assert verify_github(["another", secret], theirs, body).id == "d-1"
    with pytest.raises(SignatureError):
        verify_github("another", theirs, body)
