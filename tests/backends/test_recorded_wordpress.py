"""The WordPress target on recorded exchanges with a real WordPress: in milliseconds, and without a network."""

from __future__ import annotations

import re

import pytest
from recorded_exchanges import ADDRESS, ARTICLE, SCENARIOS, TAPES, carry_out

from publisher import Publisher, WordPress
from publisher.errors import AuthenticationError, ConflictError
from publisher.testing.cassettes import NotOnTapeError, cassette


@pytest.fixture
def blog() -> WordPress:
    """The recorded site, with credentials that are nobody's."""
    return WordPress(ADDRESS, username="admin", app_password="made up")


def played(name, blog, folder):
    """What came of a scenario, with nothing of its tape left."""
    outcomes, tape = carry_out(name, blog, folder)
    assert tape.left == []
    return outcomes


def test_a_post_with_an_image_and_a_tag_is_created_and_then_left_alone(blog, tmp_path):
    """The second time nothing is sent."""
    first, second = played("create", blog, tmp_path)
    assert (first.action, first.unwrap().url) == ("create", f"{ADDRESS}/first-loaf/")
    assert first.unwrap().changes == ()
    assert second.action == "no-op"


def test_a_changed_text_updates_the_same_post(blog, tmp_path):
    """And no other."""
    first, second = played("update", blog, tmp_path)
    assert second.action == "update"
    assert second.unwrap().remote_id == first.unwrap().remote_id


def test_an_edit_in_wp_admin_is_a_conflict(blog, tmp_path):
    """With what was and what is."""
    _, second = played("conflict", blog, tmp_path)
    assert isinstance(second.error, ConflictError)
    assert "Somebody else's words." in second.error.what


def test_a_wrong_password_is_told_as_such(blog, tmp_path):
    """After the discovery."""
    (only,) = played("wrong_password", blog, tmp_path)
    assert isinstance(only.error, AuthenticationError)


def test_another_article_is_not_on_the_tape(blog, tmp_path):
    """Nothing is sent, and what differs is told."""
    (tmp_path / "first-loaf.md").write_text(ARTICLE.replace("a gift", "stolen"))
    with (
        pytest.raises(NotOnTapeError, match=r"POST .*/wp/v2/posts\?.* is not on the tape .*other values of content"),
        cassette(TAPES / "update.yaml", blog),
        Publisher(blog, ledger=tmp_path / "ledger.db") as publisher,
    ):
        publisher.publish(tmp_path / "first-loaf.md")


@pytest.mark.parametrize("name", SCENARIOS)
def test_tapes_are_small_and_hold_nobody(name):
    """Nothing of the machine that recorded them, no e-mail address, no credentials."""
    text = (TAPES / f"{name}.yaml").read_text()
    assert len(text) < 40_000
    assert "127.0.0.1" not in text
    assert re.findall(r"(?i)authorization:|cookie|basic |bearer ", text) == []
    assert {*re.findall(r"[\w.+-]+@[\w-]+\.\w+", text)} <= {"somebody@example.com"}
