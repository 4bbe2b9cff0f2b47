"""What did not arrive, as far as it is known here, and is wanted again: by publish, or by what takes an article off."""

from __future__ import annotations

import pytest
from webhook_desk import article, illustrated, picture

from publisher.errors import UnreachableError
from publisher.testing import Fault

#: The receiver does its work, and a proxy before it answers 502.
DONE_AND_DENIED = Fault("bad gateway", times=99)


def fail(desk, what):
    with desk.process(DONE_AND_DENIED) as publisher, pytest.raises(UnreachableError):
        publisher.publish(what)


def sent(desk):
    """Ids and bytes of what left, without repeats, in their order."""
    return list(dict.fromkeys((one.headers["webhook-id"], one.content) for one in desk.receiver.requests))


def revisions(desk):
    return list(dict.fromkeys(event["data"]["_publisher"]["revision"] for event in desk.receiver.events))


def test_publishing_the_same_again_is_the_same_event(desk):
    """A receiver that did its work, and whose answer said otherwise, takes it for a repeat."""
    fail(desk, article())
    desk.clock.advance(3600)
    desk.publish(article())
    assert len(desk.receiver.requests) == 4
    assert len(sent(desk)) == 1
    with desk.process() as publisher:
        assert [one.number for one in publisher.deliveries()] == [4, 3, 2, 1]
        assert publisher.status().counts == {"settled": 1}
        assert publisher.retry(now=True) == []


def test_the_count_of_its_attempts_goes_on(desk):
    """The pause after the second run that failed is the second one of the schedule: five minutes."""
    fail(desk, article())
    fail(desk, article())
    with desk.process() as publisher:
        last = publisher.deliveries()[0]
        assert 240 <= last.next_at.timestamp() - desk.clock.now() <= 360
        (early,) = publisher.retry()
    assert "next attempt due at" in str(early.error)
    assert len(sent(desk)) == 1


def test_images_that_go_ahead_are_the_same_events_too(desk):
    """Those that were taken are not sent again."""
    failing = Fault("bad gateway", when=lambda request: b"asset.upload" not in request.content, times=99)
    with desk.process(failing, inline=0) as publisher, pytest.raises(UnreachableError):
        publisher.publish(illustrated(picture(1)))
    with desk.process(inline=0) as publisher:
        publisher.publish(illustrated(picture(1)))
    assert [event["type"] for event in desk.receiver.events] == ["asset.upload", *["article.published"] * 4]
    assert len(sent(desk)) == 2


def test_what_comes_back_after_something_else_is_a_new_event(desk):
    """Text A, then B, then A again: of each it is not known whether it arrived, and the last one has to count."""
    for body in ("A.", "B.", "A."):
        fail(desk, article(body))
        desk.clock.advance(3600)
    assert len(sent(desk)) == 3
    assert len(revisions(desk)) == 3
    assert revisions(desk) == sorted(revisions(desk))
    assert "A." in desk.receiver.articles["posts/a"]["html"]
    desk.publish(article("A."))
    assert len(sent(desk)) == 3


def test_what_comes_back_after_it_was_taken_off_is_a_new_event(desk):
    """Else the receiver would take it for a repeat, and show nothing."""
    fail(desk, article())
    with desk.process() as publisher:
        publisher.unpublish(article())
        assert not desk.receiver.articles["posts/a"]["shown"]
        publisher.publish(article())
    assert desk.receiver.articles["posts/a"]["shown"]
    assert len(sent(desk)) == 3


@pytest.mark.parametrize("take_off", ["unpublish", "delete"])
def test_taking_it_off_again_is_the_same_event(desk, take_off):
    """As with publish."""
    desk.publish(article())
    with desk.process(DONE_AND_DENIED) as publisher, pytest.raises(UnreachableError):
        getattr(publisher, take_off)("posts/a")
    desk.clock.advance(3600)
    with desk.process() as publisher:
        getattr(publisher, take_off)("posts/a")
    assert len(desk.receiver.requests) == 5
    assert len(sent(desk)) == 2


def test_other_settings_make_another_event(desk):
    """They are part of what is wanted."""
    fail(desk, article())
    desk.publish(article(), timezone="Europe/Berlin")
    assert len(sent(desk)) == 2
