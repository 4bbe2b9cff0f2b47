"""Several publishers, and several runs of one publisher, at one article."""

from __future__ import annotations

import sqlite3
from contextlib import AsyncExitStack, closing, suppress
from threading import Event

import anyio
import httpx
import pytest

from publisher import AsyncPublisher
from publisher.backends.steps import Failed, Written, done, send
from publisher.driving.carrying import carry_out
from publisher.driving.run import Run
from publisher.errors import InDoubtError, LeaseLostError, RefusedError, UnreachableError
from publisher.ledger import ALIVE_SECONDS, Ledger
from publisher.models import Action, Job, Subject
from publisher.testing import FakeClock

TARGET = "memory:memory.invalid"
A = Subject("article", "a")


@pytest.fixture
def make_run(place):
    """A run of a publisher: of a new one, or of one whose ledger is given."""
    ledgers = []

    def make(ledger: Ledger | None = None, **options) -> Run:
        backend, _ = place.backend()
        ledgers.append(ledger or Ledger(place.ledger))
        client = httpx.AsyncClient(transport=backend.connection.transport)
        return Run(backend, client, ledgers[-1], place.clock, deadline=30.0, **options)

    yield make
    for ledger in ledgers:
        ledger.abandon()


def job_for(article, revision: int, action: Action = Action.CREATE) -> Job:
    return Job(
        id=Job.identify(TARGET, article.key, revision),
        target=TARGET,
        key=article.key,
        slug=article.slug,
        revision=revision,
        action=action,
        wish=f"wish of {article.body}",
        renderer="html-1",
        created=0.0,
        article=article,
    )


def rows(place, statement: str):
    with closing(sqlite3.connect(place.ledger)) as database:
        return database.execute(statement).fetchall()


def test_an_older_job_does_not_overwrite_a_newer_one(place, make_run, make_article):
    """Whoever planned first and came second leaves alone what was written in between."""
    older, newer = job_for(make_article(body="Old."), 1), job_for(make_article(body="New."), 2)

    async def work():
        await carry_out(make_run(), [newer])
        await carry_out(make_run(), [older])

    anyio.run(work)
    assert place.bodies == ["New."]
    assert rows(place, "SELECT revision FROM publications") == [(2,)]


def test_the_same_wish_is_written_once(place, make_run, make_article):
    """Whoever comes second gets the receipt of the first."""
    first, second = job_for(make_article(), 1), job_for(make_article(), 2)

    async def work():
        await carry_out(make_run(), [first])
        return await carry_out(make_run(), [second])

    outcome = anyio.run(work)["a"]
    assert outcome.receipt is not None
    assert outcome.receipt.action is Action.NO_OP
    assert len(place.site.writes) == 1


class StoppedClock(FakeClock):
    """Always the same moment, though those who wait do wait a little."""

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(0.01)


@pytest.mark.parametrize("count", [2, 10])
def test_tasks_that_publish_the_same_article_at_the_same_moment_make_one_copy(place, make_article, count):
    """Each of them gets a receipt, though the clock gives all of them the same revision."""

    async def work():
        backend, _ = place.backend()
        receipts = []
        # Those that wait must not move the clock of the one that works.
        async with AsyncPublisher(backend, ledger=place.ledger, clock=StoppedClock()) as publisher:
            await publisher.plan(make_article())
            async with anyio.create_task_group() as group:
                for _ in range(count):
                    group.start_soon(one, publisher, receipts)
        return receipts

    async def one(publisher, receipts):
        receipts.append((await publisher.publish(make_article())).remote_id)

    assert anyio.run(work) == list(place.site.articles) * count
    assert len(place.site.articles) == 1


def test_tasks_that_begin_at_once_open_one_ledger(place, make_article):
    """When all is over nobody counts as alive any more."""

    async def work():
        backend, _ = place.backend()
        async with AsyncPublisher(backend, ledger=place.ledger) as publisher, anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(publisher.publish, make_article(f"a{number}"))

    anyio.run(work)
    assert len(place.site.articles) == 5
    assert rows(place, "SELECT * FROM owners") == []


def test_what_a_dead_publisher_held_is_taken_over(place, make_run, make_article):
    """After its time, and not before."""
    dead = Ledger(place.ledger)
    dead.acquire(TARGET, [frozenset({"article:a", "slug:article-a"})], place.clock.now())
    dead.abandon()
    began = place.clock.now()
    place.publish(make_article())
    assert place.clock.now() - began >= ALIVE_SECONDS
    assert place.bodies == ["One."]


@pytest.mark.parametrize("name", ["article:a", "slug:article-a"])
def test_waiting_for_another_publisher_ends_with_an_outcome(place, make_article, name):
    """Whoever cannot have the article, or its slug, in time says so; the other articles are published."""
    other = Ledger(place.ledger)
    other.acquire(TARGET, [frozenset({name})], place.clock.now() + 10_000)
    began = place.clock.now()
    with place.process(deadline=60) as publisher:
        taken, free = publisher.publish_many([make_article(), make_article("b")])
    other.abandon()
    assert isinstance(taken.error, InDoubtError)
    assert "another publisher" in str(taken.error)
    assert free.ok
    assert place.clock.now() - began < 120


def test_waiting_for_another_publisher_s_image_ends_with_an_outcome(place, make_article):
    """A tag that somebody else is making fails only the articles that use it."""
    other = Ledger(place.ledger)
    other.acquire(TARGET, [frozenset({"term:x"})], place.clock.now() + 10_000)
    with place.process(deadline=60) as publisher:
        tagged, plain = publisher.publish_many([make_article(tags=("x",)), make_article("b")])
    other.abandon()
    assert isinstance(tagged.error, InDoubtError)
    assert plain.ok


# Whoever slept past a lease writes nothing


def creates(subject: Subject):
    nothing: dict = {"articles": []}
    return send(
        lambda now: httpx.Request("POST", "https://memory.invalid/articles", json=nothing), "create", {subject: {}}
    )


def settles(subject: Subject, result):
    yield from done(subject, result)


def sleep_past_the_lease(place, run: Run) -> Ledger:
    """Another publisher takes the article over and has a create of its own open."""
    place.clock.advance(60)
    other = Ledger(place.ledger)
    names = run.names([A])
    assert other.acquire(TARGET, [names], place.clock.now()) == [True]
    other.journal(TARGET, {A: {"whose": "the other's"}}, "create", {}, names, place.clock.now())
    return other


@pytest.mark.parametrize(
    "result",
    [Failed(RefusedError("refused")), Failed(UnreachableError("gone")), Written("1", None, "1", "a", "published")],
    ids=["refused", "unreachable", "written"],
)
def test_one_that_slept_does_not_settle_what_another_has_in_doubt(place, make_run, make_article, result):
    """What it learned late says nothing about the request of the one that took over."""
    run = make_run()

    async def work():
        async with run.leased_for([job_for(make_article(), 1)]):
            other = sleep_past_the_lease(place, run)
            with suppress(LeaseLostError):
                await run.drive(settles(A, result))
            return other

    other = anyio.run(work)
    assert [intent.evidence for intent in other.open_creates(TARGET)] == [{"whose": "the other's"}]
    other.abandon()


def test_one_that_slept_does_not_send(place, make_run, make_article):
    """The journal refuses, and the request stays here."""
    run = make_run()

    async def work():
        async with run.leased_for([job_for(make_article(), 1)]):
            other = sleep_past_the_lease(place, run)
            with pytest.raises(LeaseLostError):
                await run.drive(creates(A))
            other.abandon()

    anyio.run(work)
    assert place.site.writes == []


def test_one_that_slept_does_not_send_under_the_lease_of_its_publisher_s_next_run(place, make_run, make_article):
    """The same publisher may hold the article again, but for another run: the old run's lease is over."""
    first = make_run()
    second = make_run(first.ledger)
    job = job_for(make_article(), 1)

    async def work():
        async with first.leased_for([job]):
            sleep_past_the_lease(place, first).close()
            async with second.leased_for([job]) as mine:
                assert mine == [job]
                with pytest.raises(LeaseLostError):
                    await first.drive(creates(A))

    anyio.run(work)
    assert place.site.writes == []


def test_one_that_slept_does_not_release_the_lease_of_its_publisher_s_next_run(place, make_run, make_article):
    """Giving back what was lost takes nothing away from whoever holds it now."""
    first = make_run()
    second = make_run(first.ledger)
    job = job_for(make_article(), 1)

    async def work():
        async with AsyncExitStack() as second_holds:
            async with first.leased_for([job]):
                sleep_past_the_lease(place, first).close()
                await second_holds.enter_async_context(second.leased_for([job]))
            other = Ledger(place.ledger)
            assert other.acquire(TARGET, [second.names([A])], place.clock.now()) == [False]
            other.abandon()

    anyio.run(work)


def test_a_lease_lost_in_the_middle_still_gives_an_outcome(place, make_article):
    """A publisher that sleeps between its look and its write finds that the other one was quicker."""
    slept = []

    def checkpoint(point: str) -> None:
        if point == "ledger.journal" and not slept:
            slept.append(point)
            place.clock.advance(60)
            place.publish(make_article())

    receipt = place.publish(make_article(), checkpoint=checkpoint)
    assert slept
    assert (receipt.action, receipt.remote_id) == (Action.NO_OP, "1")
    assert place.bodies == ["One."]


@pytest.mark.parametrize("point", ["ledger.journal", "after send", "after answer", "before commit"])
def test_sleeping_anywhere_in_a_create_makes_no_second_copy(place, make_article, point):
    """Another publisher takes over meanwhile, and finds what arrived."""
    slept = []

    def checkpoint(passed: str) -> None:
        if passed == point and place.site.requests and not slept:
            slept.append(passed)
            place.clock.advance(3600)
            place.publish(make_article())

    place.publish(make_article(), checkpoint=checkpoint)
    assert slept
    place.publish(make_article("b", "Other."))
    assert sorted(place.bodies) == ["One.", "Other."]


def test_every_owner_is_forgotten_when_it_is_done(place, make_article):
    """The ledger does not grow with every call."""
    for number in range(3):
        place.publish(make_article(body=str(number)))
    assert rows(place, "SELECT * FROM owners") == []
    assert rows(place, "SELECT DISTINCT owner FROM leases") == [("",)]
    assert rows(place, "SELECT count(*) FROM attempts WHERE state = 'open'") == [(0,)]


def test_a_publisher_that_lives_long_shows_no_life_of_its_old_runs(place, make_article, monkeypatch):
    """Its next sign of life is not that of every call that it ever had."""
    shown, plain = Event(), Ledger.beat

    def beat(ledger: Ledger, now: float) -> None:
        plain(ledger, now)
        shown.set()

    monkeypatch.setattr("publisher.publishing.books.ALIVE_SECONDS", 0.03)
    monkeypatch.setattr(Ledger, "beat", beat)
    with place.process() as publisher:
        for number in range(10):
            publisher.publish(make_article(body=str(number)))
        for _ in range(2):  # the first may have begun before
            shown.clear()
            assert shown.wait(60)
        assert len(rows(place, "SELECT id FROM owners")) <= 2


def test_runs_with_many_articles_keep_their_order(place, make_article):
    """More articles than one chunk, more batches than may run at once: each outcome is its own article's."""
    articles = [make_article(f"a{number}", str(number)) for number in range(23)]
    with place.process() as publisher:
        outcomes = publisher.publish_many(articles)
    assert [outcome.key for outcome in outcomes] == [article.key for article in articles]
    assert all(outcome.ok for outcome in outcomes)
    assert sorted(place.bodies, key=int) == [str(number) for number in range(23)]
