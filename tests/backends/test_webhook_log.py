"""The log of deliveries, the schedule of what failed, and replays."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
from contextlib import closing

import anyio
import httpx
import pytest
from webhook_desk import article, illustrated, picture
from webhook_rig import URL

from publisher import AsyncPublisher, Publisher, Webhook
from publisher.backends.webhook import SCHEDULE
from publisher.errors import ConfigurationError, LedgerError, PublisherError, RefusedError, UnreachableError
from publisher.ledger import Ledger
from publisher.testing import Crash, Fault, make_faulty

DAY = 86_400


def fail(desk, *faults, **settings):
    """Publish an article that does not arrive."""
    with pytest.raises(PublisherError) as caught:
        desk.publish(article(), *faults, **settings)
    return caught.value


def log(desk, **asked):
    """The log, the oldest attempt first."""
    with Publisher(ledger=desk.ledger, clock=desk.clock) as publisher:
        return publisher.deliveries(**asked)[::-1]


def retry(desk, *faults, now=False):
    with desk.process(*faults) as publisher:
        return publisher.retry(now=now)


# The log


def test_delivery_is_logged_with_what_the_receiver_said(desk):
    """Once, and without an attempt to come."""
    desk.receiver.says = lambda row: httpx.Response(201, json={"id": row["id"], "note": "thank you"})
    desk.publish(article())
    (one,) = log(desk)
    assert (one.state, one.status, one.why, one.ok) == ("delivered", 201, "", True)
    assert (one.key, one.event, one.number, one.trigger) == ("posts/a", "article.published", 1, "automatic")
    assert one.id == desk.receiver.requests[0].headers["webhook-id"]
    assert "thank you" in one.answer
    assert (one.next_at, one.replay_of, one.kept) == (None, None, True)
    assert one.at.timestamp() == pytest.approx(desk.clock.now(), abs=1)


def test_every_try_is_logged_with_why_it_came_to_nothing(desk):
    """Two lost answers and one that arrived; each failed one tells when it was followed by the next."""
    desk.publish(article(), Fault("answer lost", times=1), Fault("bad gateway", times=1))
    first, second, third = log(desk)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert [one.state for one in (first, second, third)] == ["failed", "failed", "delivered"]
    assert (first.status, second.status) == (None, 502)
    assert first.why
    assert first.next_at == second.at
    assert {first.id, second.id} == {third.id}


def test_answer_is_logged_without_secrets_and_no_longer_than_64_kib(desk):
    """A receiver may echo what it was sent, and say more than anybody wants to read."""
    secret = desk.receiver.secret
    desk.receiver.refuses = lambda request: httpx.Response(422, text=f"you said {secret} \0" + "x" * 100_000)
    fail(desk)
    (one,) = log(desk)
    assert one.answer.startswith("you said [secret]")
    assert len(one.answer) == 65_536
    assert secret.encode() not in desk.ledger.read_bytes()
    assert secret.removeprefix("whsec_").encode() not in desk.ledger.read_bytes()


def test_image_that_goes_ahead_is_logged_under_its_article(desk):
    """With an id of its own."""
    with desk.process(inline=0) as publisher:
        publisher.publish(illustrated(picture(1)))
    events = [(one.event, one.key) for one in log(desk)]
    assert events == [("asset.upload", "posts/a"), ("article.published", "posts/a")]


def test_attempt_of_a_process_that_died_is_open(desk):
    """It was written down before it left."""

    def die(point):
        if point == "after send":
            raise Crash

    async def publish():
        backend = Webhook(URL, secret=desk.receiver.secret, transport=desk.receiver)
        async with AsyncPublisher(backend, ledger=desk.ledger, clock=desk.clock, checkpoint=die) as publisher:
            await publisher.publish(article())

    with pytest.raises(Crash):
        anyio.run(publish)
    desk.clock.advance(3600)
    (one,) = log(desk)
    assert (one.state, one.status, one.kept) == ("open", None, True)
    assert retry(desk)[0].ok
    assert [(two.id, two.number, two.state) for two in log(desk)] == [(one.id, 1, "open"), (one.id, 2, "delivered")]


def test_log_is_kept_for_as_many_days_as_it_should_be(desk):
    """It is pruned when a run begins; the bytes too."""
    desk.publish(article())
    desk.clock.advance(29 * DAY)
    desk.publish(article("Two."))
    assert len(log(desk)) == 2
    desk.clock.advance(2 * DAY)
    desk.publish(article("Three."))
    assert len(log(desk)) == 2
    desk.publish(article("Four."), log_days=1.0)
    assert len(log(desk)) == 2
    with closing(sqlite3.connect(desk.ledger)) as database:
        assert database.execute("SELECT count(*) FROM parcels").fetchone() == (2,)


# The schedule


def test_run_tries_three_times_and_then_leaves_it_to_the_schedule(desk):
    """Within 30 seconds; the next attempt is due five seconds later, give or take a fifth."""
    began = desk.clock.now()
    fail(desk, Fault("bad gateway", times=99))
    ended = desk.clock.now()
    assert len(desk.receiver.requests) == 3
    assert ended - began <= 30
    *_, last = log(desk)
    assert 4 <= last.next_at.timestamp() - ended <= 6


def test_whole_schedule_takes_three_days_and_ends_as_a_dead_letter(desk):
    """Ten rounds, each due after its pause and not before; the same id and bytes in all of them."""
    fail(desk, Fault("bad gateway", times=99))
    pauses = []
    for _ in SCHEDULE[1:]:
        before = desk.clock.now()
        last = log(desk)[-1]
        sent = len(desk.receiver.requests)
        desk.clock.advance(last.next_at.timestamp() - before - 0.5)
        (early,) = retry(desk)
        assert "next attempt due at" in str(early.error)
        assert len(desk.receiver.requests) == sent
        desk.clock.advance(1)
        (late,) = retry(desk, Fault("bad gateway", times=99))
        assert len(desk.receiver.requests) == sent + 3
        assert isinstance(late.error, UnreachableError)
        pauses.append(last.next_at.timestamp() - before)
    assert all(0.8 * wanted <= pause <= 1.2 * wanted for pause, wanted in zip(pauses, SCHEDULE[1:], strict=True))
    assert len({(request.headers["webhook-id"], request.content) for request in desk.receiver.requests}) == 1
    (dead,) = log(desk, failed=True)
    assert (dead.state, dead.next_at, dead.number) == ("given up", None, 30)
    (left,) = retry(desk)
    assert "given up after 10 attempts" in str(left.error)
    assert len(desk.receiver.requests) == 30
    with desk.process() as publisher:
        (state,) = publisher.status()
        assert "given up" in str(state.error)
    (again,) = retry(desk, now=True)
    assert again.ok
    assert log(desk, failed=True) == []


def test_retry_is_the_same_event_also_for_what_takes_an_article_off(desk):
    """The id tells a receiver that it knows it already."""
    desk.publish(article())
    with desk.process(Fault("bad gateway", times=99)) as publisher, pytest.raises(UnreachableError):
        publisher.delete("posts/a")
    (outcome,) = retry(desk, now=True)
    assert outcome.ok
    deletes = [request for request in desk.receiver.requests if b"article.deleted" in request.content]
    assert len(deletes) == 4
    assert len({(request.headers["webhook-id"], request.content) for request in deletes}) == 1


def test_article_that_changed_meanwhile_is_another_event(desk, tmp_path):
    """Its file is read again; the schedule of what is sent begins anew."""
    file = tmp_path / "a.md"
    file.write_text("# A\n\nOne.\n")
    with desk.process(Fault("bad gateway", times=99)) as publisher, pytest.raises(UnreachableError):
        publisher.publish(file)
    file.write_text("# A\n\nTwo.\n")
    (outcome,) = retry(desk, now=True)
    assert outcome.ok
    ids = [request.headers["webhook-id"] for request in desk.receiver.requests]
    assert len(set(ids[:3])) == 1
    assert ids[3] not in ids[:3]
    assert log(desk, failed=True) == []


@pytest.mark.parametrize("status", [429, 503])
def test_next_attempt_is_not_due_before_the_receiver_wants_it(desk, status):
    """Retry-After beyond what a run waits for counts for the schedule."""
    desk.receiver.refuses = lambda request: httpx.Response(status, headers={"Retry-After": "3600"})
    fail(desk)
    (one,) = log(desk)
    assert one.next_at.timestamp() == pytest.approx(desk.clock.now() + 3600, abs=1)


def test_what_is_wrong_with_the_article_has_no_schedule(desk):
    """Nothing was sent, so nobody is spared by waiting."""
    assert "bytes" in str(fail(desk, largest=10))
    assert retry(desk)[0].ok


# 410


def test_receiver_that_said_gone_is_resumed_by_a_person(desk):
    """It is not in the schedule; the checkup shows it, and resuming twice is once."""
    desk.receiver.refuses = lambda request: httpx.Response(410)
    assert isinstance(fail(desk), RefusedError)
    desk.receiver.refuses = lambda request: None
    assert [outcome.error.status for outcome in retry(desk, now=True)] == [410]
    assert len(desk.receiver.requests) == 1
    with desk.process() as publisher:
        found = [finding for finding in publisher.doctor() if finding.subject == "subscription"]
        assert [finding.verdict for finding in found] == ["problem"]
        assert publisher.resume() is True
        assert publisher.resume() is False
        assert "subscription" not in {finding.subject for finding in publisher.doctor()}
        assert [outcome.ok for outcome in publisher.retry()] == [True]


def test_checkup_makes_no_ledger(desk):
    """There is nothing to read in one that is not there."""
    with desk.process() as publisher:
        publisher.doctor()
    assert not desk.ledger.exists()


# Replays


def test_replay_sends_the_same_bytes_under_another_id(desk):
    """To a receiver that lost its data; what stands in the ledger stays as it is."""
    desk.publish(article())
    desk.publish(article("Two."))
    desk.receiver.articles.clear()
    desk.receiver.revisions.clear()
    first, second = log(desk)
    with desk.process() as publisher:
        before = publisher.status()
        (one,) = publisher.replay(first.id)
        (two,) = publisher.replay(since=first.at)
        assert publisher.status() == before
        assert publisher.plan([article("Two.")]).counts == {"no-op": 1}
    *_, again, newest = desk.receiver.requests
    assert again.content == desk.receiver.requests[0].content
    assert newest.content == desk.receiver.requests[1].content
    assert len({request.headers["webhook-id"] for request in desk.receiver.requests}) == 4
    assert (one.trigger, one.replay_of, one.ok, two.replay_of) == ("manual", first.id, True, second.id)
    assert "Two." in desk.receiver.articles["posts/a"]["html"]


def test_old_revision_does_not_come_over_a_newer_one(desk):
    """The receiver goes by the revision."""
    desk.publish(article())
    desk.publish(article("Two."))
    with desk.process() as publisher:
        assert [one.ok for one in publisher.replay(log(desk)[0].id)] == [True]
    assert "Two." in desk.receiver.articles["posts/a"]["html"]


def test_replay_of_every_delivery_keeps_their_order(desk):
    """Images before their articles, older revisions before newer ones."""
    began = dt.datetime.fromtimestamp(desk.clock.now(), dt.UTC)
    with desk.process(inline=0) as publisher:
        publisher.publish(illustrated(picture(1)))
        publisher.publish(illustrated(picture(1), picture(2)))
    sent = [request.content for request in desk.receiver.requests]
    assert len(sent) == 4
    with desk.process() as publisher:
        publisher.replay(since=began, every=True)
        assert [request.content for request in desk.receiver.requests[4:]] == sent
        publisher.replay(since=began)
    newest = [request.content for request in desk.receiver.requests[8:]]
    assert newest == [sent[0], *sent[2:]]


def test_failed_deliveries_can_be_replayed_and_are_then_failed_no_more(desk):
    """The ledger's own doubt is still settled by a retry, for the receiver a repeat that it drops."""
    fail(desk, Fault("request lost", times=99))
    with desk.process() as publisher:
        assert [one.ok for one in publisher.replay(failed=True)] == [True]
        assert publisher.deliveries(failed=True) == []
        assert list(publisher.replay(failed=True)) == []
        assert [outcome.ok for outcome in publisher.retry(now=True)] == [True]
    assert len(desk.receiver.articles) == 1


def test_replay_that_fails_is_told_and_logged(desk):
    """Each is tried three times; a receiver that is dead is left out."""
    desk.publish(article())
    (one,) = log(desk)
    desk.receiver.refuses = lambda request: httpx.Response(500)
    with desk.process() as publisher:
        (told, *_) = replayed = publisher.replay(one.id)
        assert (told.state, told.status, told.number, told.next_at) == ("failed", 500, 3, None)
        assert (replayed.ok, replayed.left_out) == (False, ())
    with desk.process(Fault("refused", times=99)) as publisher:
        replayed = publisher.replay(one.id)
    assert isinstance(replayed.left_out[0], UnreachableError)
    assert "1 of 1 deliveries were tried" in str(replayed)
    assert log(desk, failed=True)[0].replay_of == one.id


def test_replay_that_arrives_at_last_is_one_that_arrived(desk):
    """Its first try did not."""
    desk.publish(article())
    with desk.process(Fault("bad gateway", times=1)) as publisher:
        replayed = publisher.replay(log(desk)[0].id)
    assert ([one.ok for one in replayed], replayed.ok) == ([True, False], True)


@pytest.mark.parametrize(
    ("status", "kind", "why"),
    [(410, RefusedError, "the receiver answered 410"), (None, UnreachableError, "the target does not answer")],
    ids=["wants no more", "does not answer"],
)
def test_replay_goes_on_with_the_other_targets(desk, status, kind, why):
    """One that is of no use is left out, with the reason and with what was tried; all else is sent and told."""
    settings = {"secret": desk.receiver.secret, "transport": desk.receiver}
    one, other = (Webhook(f"https://{name}.example.com/hook", **settings) for name in ("one", "other"))
    one.capabilities = dataclasses.replace(one.capabilities, parallel=1)
    began = dt.datetime.fromtimestamp(desk.clock.now(), dt.UTC)
    with Publisher([one, other], ledger=desk.ledger, clock=desk.clock) as publisher:
        publisher.publish_many([article(), article(key="posts/b")])
    if status is None:
        make_faulty(one, desk.clock).faults.append(Fault("refused", times=99))
    desk.receiver.refuses = lambda request: httpx.Response(status) if request.url.host == "one.example.com" else None
    with Publisher([one, other], ledger=desk.ledger, clock=desk.clock) as publisher:
        replayed = publisher.replay(since=began)
    (left_out,) = replayed.left_out
    assert (type(left_out), left_out.target) == (kind, one.target.identity)
    assert why in left_out.what
    assert left_out.what.endswith("; 1 of 2 deliveries were tried")
    assert sorted(sent.key for sent in replayed if sent.ok) == ["posts/a", "posts/b"]
    assert {sent.target for sent in replayed if sent.ok} == {other.target.identity}
    assert not replayed.ok


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "which deliveries"),
        ({"ids": "msg_unknown"}, "not in the log"),
    ],
)
def test_replay_says_what_it_cannot_do(desk, asked, said):
    """Before anything is sent."""
    with desk.process() as publisher, pytest.raises(ConfigurationError, match=said):
        publisher.replay(**asked)


def test_replay_of_what_is_not_kept_any_more_is_refused(desk):
    """The attempts of a replay may be younger than the bytes."""
    desk.publish(article())
    desk.clock.advance(29 * DAY)
    with desk.process() as publisher:
        (one,) = publisher.replay(log(desk)[0].id)
    desk.clock.advance(2 * DAY)
    desk.publish(article("Two."))
    with desk.process() as publisher, pytest.raises(ConfigurationError, match="not kept any more"):
        publisher.replay(one.id)


def test_what_came_of_an_event_and_cannot_be_written_down_fails_that_article(desk, monkeypatch):
    """Though nobody waits for it, and the event arrived: the log of deliveries has a gap there."""
    log_result = Ledger.log_result

    def full(ledger, row, tried):
        if row % 2:
            raise LedgerError("the disk is full")
        log_result(ledger, row, tried)

    articles = [article(key=f"posts/{number}") for number in range(8)]
    monkeypatch.setattr(Ledger, "log_result", full)
    with desk.process() as publisher:
        outcomes = publisher.publish_many(articles)
    monkeypatch.undo()
    told = {outcome.key: outcome.ok for outcome in outcomes}
    assert told == {attempt.key: attempt.ok for attempt in log(desk)}
    assert {type(outcome.error) for outcome in outcomes if not outcome.ok} == {LedgerError}
    with desk.process() as publisher:
        assert all(outcome.ok for outcome in publisher.publish_many(articles))
