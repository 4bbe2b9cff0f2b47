"""What a lost answer leaves behind, and how later runs find out."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest

from publisher import Publisher
from publisher.backends.memory import Memory
from publisher.backends.steps import Failed, done
from publisher.errors import ConflictError, InDoubtError, PublisherError, RefusedError, UnreachableError
from publisher.models import Action
from publisher.testing import Fault, make_faulty

TARGET = "memory:memory.invalid"


def on(method: str, path: str = "/articles"):
    return lambda request: (request.method, request.url.path) == (method, path)


def lost(method: str, times: int = 99) -> Fault:
    return Fault("answer lost", on(method), times)


def leave_in_doubt(place, article) -> None:
    """The article arrives, but neither its answer nor any look at it."""
    writes = len(place.site.writes)
    silent = Fault("request lost", lambda request: len(place.site.writes) > writes, 99)
    with pytest.raises(InDoubtError):
        place.publish(article, lost("POST", 1), silent, deadline=20)


# Creates


def test_nothing_that_arrived_is_sent_again(place, make_article):
    """The article is found, adopted and written once more under its id."""
    receipt = place.publish(make_article(), lost("POST", 1))
    assert [request.method for request in place.site.writes] == ["POST", "PUT"]
    assert list(place.site.articles) == [receipt.remote_id]


class Hasty(Memory):
    """A backend that calls a create failed whatever came of it."""

    def _write(self, method, effect, jobs, bodies):
        yield from super()._write(method, effect, jobs, bodies)
        if method == "POST":
            for job in jobs:
                yield from done(job.subject, Failed(UnreachableError("it gave up")))


def test_a_backend_that_gives_up_on_a_lost_create_is_not_believed(place, make_article):
    """Nobody can say that it failed before the target was asked: it is found, and written once more."""
    backend = Hasty(site=place.site)
    make_faulty(backend, place.clock).faults.append(lost("POST", 1))
    with Publisher(backend, ledger=place.ledger, clock=place.clock) as publisher:
        receipt = publisher.publish(make_article())
    assert list(place.site.articles) == [receipt.remote_id]


def test_absent_is_believed_only_after_the_settle_time(place, make_article):
    """A create that never arrived is sent again, but not before the target had its time."""
    began = place.clock.now()
    place.publish(make_article(), Fault("request lost", on("POST")), settle=33)
    assert place.clock.now() - began >= 33
    assert place.bodies == ["One."]


@pytest.mark.parametrize("late", [1.0, 30.0, 59.0])
def test_what_arrives_within_the_settle_time_is_found(place, make_article, late):
    """However late: there is one copy, now and an hour later."""
    place.publish(make_article(), Fault("late", on("POST"), late=late))
    place.arrive()
    assert place.bodies == ["One."]


def test_what_is_not_known_in_time_is_in_doubt_and_the_next_run_finds_out(place, make_article):
    """The error says so, the plan says so, and there is one copy in the end."""
    fault = Fault("late", on("POST"), late=40)
    with pytest.raises(InDoubtError, match="Run again") as caught:
        place.publish(make_article(), fault, deadline=20)
    assert (caught.value.article, caught.value.target) == ("a", TARGET)
    with place.process() as publisher:
        assert [planned.action for planned in publisher.plan(make_article())] == [Action.IN_DOUBT]
        publisher.publish(make_article())
    assert (place.bodies, place.doubts) == (["One."], [])


@pytest.mark.parametrize("deed", ["delete", "unpublish"])
@pytest.mark.parametrize("by", ["key", "article"])
def test_what_is_in_doubt_can_be_taken_off(place, make_article, deed, by):
    """What came of it is found out first; then it goes."""
    leave_in_doubt(place, make_article())
    with place.process() as publisher:
        getattr(publisher, deed)("a" if by == "key" else make_article())
    shown = [row for row in place.site.articles.values() if row["status"] == "published"]
    assert (shown, place.doubts) == ([], [])
    assert len(place.site.articles) == (0 if deed == "delete" else 1)


@pytest.mark.parametrize("deed", ["delete", "unpublish"])
def test_what_a_run_about_others_adopted_can_be_taken_off(place, make_article, deed):
    """Adopted, and not yet written once more: it is still there, so it still has to go."""
    place.publish(make_article("b"))
    leave_in_doubt(place, make_article())
    place.clock.advance(100)
    place.publish(make_article("b", "Two."))
    with place.process() as publisher:
        assert publisher.plan(make_article()).counts == {Action.UPDATE: 1}
        receipt = getattr(publisher, deed)("a")
    assert receipt.action is Action(deed)
    shown = [row["title"] for row in place.site.articles.values() if row["status"] == "published"]
    assert shown == ["Article b"]


def test_a_run_looks_at_what_earlier_runs_left_about_other_articles(place, make_article):
    """Doubts do not wait until somebody publishes the same article again."""
    with pytest.raises(InDoubtError):
        place.publish(make_article(), Fault("request lost", on("POST")), deadline=20)
    place.clock.advance(100)
    place.publish(make_article("b"))
    assert place.doubts == []


def test_a_run_with_nothing_to_send_looks_at_them_too(place, make_article):
    """The next run finds out, also if everything that it was asked for is unchanged."""
    place.publish(make_article("b"))
    leave_in_doubt(place, make_article())
    place.clock.advance(100)
    assert place.publish(make_article("b")).action is Action.NO_OP
    assert place.doubts == []


def test_new_words_wait_for_the_create_of_the_old_ones_that_was_found(place, make_article):
    """What was found may be the first half of it: the same words go at once, others when the target had its time."""
    began = place.clock.now()
    place.publish(make_article(), lost("POST", 1), settle=33)
    assert place.clock.now() - began < 5
    place.publish(make_article(body="Two."), settle=33)
    assert 33 <= place.clock.now() - began < 40
    assert any("still be at work" in event for event in place.events)


def test_new_words_do_not_wait_for_a_create_that_was_answered(place, make_article):
    """It is over then."""
    began = place.clock.now()
    place.publish(make_article())
    place.publish(make_article(body="Two."))
    assert place.clock.now() - began < 5


@pytest.mark.parametrize("status", [302, 303])
def test_a_create_that_is_answered_with_a_redirect_may_have_taken_effect(place, make_article, status):
    """That is how many servers answer a form that worked."""
    answer = place.site.answer

    def redirect(request):
        there = answer(request)
        return there if request.method != "POST" else httpx.Response(status, headers={"location": "/articles/1"})

    place.site.answer = redirect
    place.publish(make_article())
    assert place.bodies == ["One."]


def test_every_create_of_a_batch_is_resolved_for_itself(place, make_article):
    """One lost answer about five articles: all five are found."""
    articles = [make_article(key, key) for key in "abcde"]
    with place.process(lost("POST", 1)) as publisher:
        assert [outcome.ok for outcome in publisher.publish_many(articles)] == [True] * 5
    assert sorted(place.bodies) == list("abcde")


def test_a_create_whose_effect_never_shows_ends(place, make_article):
    """It is sent a few times, each after a look, and then given up; nothing is left in doubt."""
    with pytest.raises(UnreachableError, match="3 times"):
        place.publish(make_article(), Fault("request lost", on("POST"), 99), deadline=600)
    assert (place.bodies, place.doubts) == ([], [])


def test_a_target_that_cannot_be_asked_leaves_it_in_doubt(place, make_article):
    """Not being able to look is not the same as absent."""
    silent = Fault("request lost", lambda request: place.site.writes != [], 99)
    with pytest.raises(InDoubtError, match="does not answer any more"):
        place.publish(make_article(), lost("POST", 1), silent)
    assert len(place.doubts) == 1
    place.publish(make_article())
    assert (place.bodies, place.doubts) == (["One."], [])


# Replaces


def test_a_lost_update_is_no_edit_of_somebody_else(place, make_article):
    """What stands there is recognised as what was sent."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), lost("PUT"))
    place.publish(make_article(body="Three."))
    assert place.bodies == ["Three."]


@pytest.mark.parametrize(
    "faults",
    [
        [lost("PUT", 1), Fault("refused", on("PUT"), 99)],
        [Fault("bad gateway", on("PUT"), 99)],
        [Fault("bad gateway", on("PUT"), 1), Fault("refused", on("PUT"), 99)],
        [Fault("refused", on("PUT"), 2), lost("PUT", 1), Fault("refused", on("PUT"), 99)],
    ],
    ids=["lost, then refused", "502", "502, then refused", "refused, lost, refused"],
)
def test_an_update_that_took_effect_without_an_answer_is_ours(place, make_article, faults):
    """Whatever happened to its other tries, the next run does not take it for somebody's edit."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), *faults)
    assert place.bodies == ["Two."]
    place.publish(make_article(body="Three."))
    assert place.bodies == ["Three."]


def test_somebody_s_edit_after_a_lost_update_is_still_a_conflict(place, make_article):
    """Only what we wanted ourselves is ours."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), lost("PUT"))
    place.site.edit("1", title="Theirs")
    with pytest.raises(ConflictError, match="Theirs"):
        place.publish(make_article(body="Three."))


@pytest.mark.parametrize("trouble", ["answer lost", "bad gateway", "late"])
def test_taking_back_an_update_that_was_lost_puts_the_old_words_there(place, make_article, trouble):
    """An article that is as it was before the lost update is not unchanged at the target."""
    place.publish(make_article(body="One."))
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), Fault(trouble, on("PUT"), 99))
    place.publish(make_article(body="One."))
    place.arrive()
    assert place.bodies == ["One."]


@pytest.mark.parametrize(("deed", "method"), [("unpublish", "PUT"), ("delete", "DELETE")])
def test_publishing_after_a_lost_removal_shows_it_again(place, make_article, deed, method):
    """An article that may have been taken off is not unchanged at the target."""
    place.publish(make_article())
    with place.process(lost(method)) as publisher, pytest.raises(PublisherError):
        getattr(publisher, deed)("a")
    place.publish(make_article(), on_conflict="overwrite")
    assert [row["status"] for row in place.site.articles.values()] == ["published"]


@pytest.mark.parametrize("trouble", ["answer lost", "late"])
def test_what_we_deleted_ourselves_was_deleted_by_nobody_else(place, make_article, trouble):
    """A delete whose answers were lost is recognised like any other write of ours."""
    place.publish(make_article())
    with place.process(Fault(trouble, on("DELETE"), 99)) as publisher, pytest.raises(UnreachableError):
        publisher.delete("a")
    place.publish(make_article(body="Two."))
    place.arrive()
    assert place.bodies == ["Two."]


def test_two_lost_writes_of_different_fields_are_both_ours(place, make_article):
    """New words, then taken off, both without an answer: what stands there is the sum of the two."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), lost("PUT"))
    place.clock.advance(100)
    with place.process(lost("PUT")) as publisher, pytest.raises(UnreachableError):
        publisher.unpublish("a")
    place.publish(make_article(body="Three."))
    assert place.bodies == ["Three."]


def test_an_older_update_cannot_arrive_after_a_newer_one(place, make_article):
    """Before new words are sent, the target gets the time to be done with the old ones."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), Fault("late", on("PUT"), 99, late=40))
    place.publish(make_article(body="Three."))
    place.arrive()
    assert place.bodies == ["Three."]
    assert any("still be at work" in event for event in place.events)


def test_an_older_update_cannot_arrive_after_a_newer_one_though_it_was_sent_again(place, make_article):
    """An answer to the same words sent again says nothing about the first sending."""
    place.publish(make_article())
    faults = Fault("refused", on("PUT"), 4), Fault("late", on("PUT"), 1, late=50)
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), *faults)
    place.publish(make_article(body="Two."))
    place.publish(make_article(body="Three."))
    place.arrive()
    assert place.bodies == ["Three."]


def test_a_late_update_answered_with_502_cannot_overwrite_a_newer_one(place, make_article):
    """A gateway that gave up says nothing about the server behind it, which works on."""
    place.publish(make_article())
    place.site.late = 40.0
    working = place.site.answer

    def gateway(request):
        try:
            return working(request)
        except httpx.ReadTimeout:
            return httpx.Response(504, html="<h1>504 Gateway Time-out</h1>")

    place.site.loses = lambda request: request.method == "PUT"
    place.site.answer = gateway
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."))
    place.site.loses = lambda request: False
    place.publish(make_article(body="Three."))
    place.arrive()
    assert place.bodies == ["Three."]


def test_an_update_that_was_clearly_refused_holds_up_nothing(place, make_article):
    """A clear answer settles it: the corrected article is sent at once."""
    place.publish(make_article())
    place.site.refuses = lambda slug: slug == "bad"
    with pytest.raises(RefusedError):
        place.publish(make_article(body="Two.", slug="bad"))
    began = place.clock.now()
    place.publish(make_article(body="Three."))
    assert place.clock.now() - began < 5
    assert place.bodies == ["Three."]


def test_other_articles_do_not_wait_for_a_lost_update(place, make_article):
    """Only the article itself has to."""
    place.publish(make_article())
    place.publish(make_article("b"))
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), Fault("late", on("PUT"), 99))
    began = place.clock.now()
    place.publish(make_article("b", "Two."))
    assert place.clock.now() - began < 5


@pytest.mark.parametrize("back", [3600.0, 86_400.0 * 365])
def test_a_clock_that_was_set_back_does_not_stop_anybody_for_long(place, make_article, back):
    """What was sent 'in the future' is waited for no longer than the settle time, or the deadline."""
    place.publish(make_article())
    with pytest.raises(UnreachableError):
        place.publish(make_article(body="Two."), lost("PUT"))
    place.clock.advance(-back)
    began = place.clock.now()
    with suppress(PublisherError):
        place.publish(make_article(body="Three."))
    assert place.clock.now() - began <= 300


def test_a_dead_target_is_not_asked_about_every_article(place, make_article):
    """When it has been silent often enough the others are not tried any more."""
    articles = [make_article(f"a{number}") for number in range(50)]
    place.publish(make_article())
    began = place.clock.now()
    backend, faulty = place.backend(Fault("refused", lambda request: True, 10_000))
    with Publisher(backend, ledger=place.ledger, clock=place.clock) as publisher:
        outcomes = publisher.publish_many(articles)
    assert not any(outcome.ok for outcome in outcomes)
    assert len(faulty.requests) <= 20
    assert place.clock.now() - began <= 180
