"""Many tasks, one ledger: calls share transactions, and nothing of that is to be seen."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

import anyio
import pytest

from publisher import Memory
from publisher.backends.steps import Fact, Parcel
from publisher.driving.run import Run
from publisher.driving.turns import Turns
from publisher.errors import LeaseLostError, LedgerError
from publisher.ledger import Ledger
from publisher.models import Subject
from publisher.testing import FakeClock


@pytest.fixture
def ledger(tmp_path):
    """An empty one."""
    ledger = Ledger(tmp_path / "ledger.db")
    yield ledger
    ledger.abandon()


def facts(ledger):
    with closing(sqlite3.connect(ledger.path)) as database:
        return sorted(name for (name,) in database.execute("SELECT name FROM site_facts"))


def test_calls_that_come_together_are_committed_together_before_any_returns(ledger, monkeypatch):
    """Twenty calls take two transactions: the first, and all that came meanwhile."""
    commits = []
    together = Ledger.together
    monkeypatch.setattr(Ledger, "together", lambda self, calls: commits.append(len(calls)) or together(self, calls))

    async def learn(turns, number):
        await turns.call(ledger.learn, "t", f"{number:02}", Fact({}), 0.0)
        assert f"{number:02}" in facts(ledger)

    async def main():
        turns = Turns(ledger)
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(learn, turns, number)

    anyio.run(main)
    assert len(facts(ledger)) == 20
    assert sum(commits) >= 19
    assert len(commits) <= 2


def test_call_that_fails_fails_alone(ledger, caplog):
    """What came with it is done; the log tells why it was not done in one."""
    caplog.set_level(logging.DEBUG, logger="publisher.ledger")
    came = []

    async def lose(turns):
        with pytest.raises(LeaseLostError):
            await turns.call(ledger.journal, "t", {}, "create", {}, ["article:a"], 0.0)
        came.append("lost")

    async def main():
        turns = Turns(ledger)
        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(turns.call, ledger.learn, "t", f"before {number}", Fact({}), 0.0)
                group.start_soon(lose, turns)
                group.start_soon(turns.call, ledger.learn, "t", f"after {number}", Fact({}), 0.0)

    anyio.run(main)
    assert (len(facts(ledger)), came) == (6, ["lost"] * 3)
    assert "each is made alone: t: another process took over 'article:a'" in caplog.text


@pytest.mark.parametrize(("took_effect", "rows"), [(True, 2), (False, 0)], ids=["took effect", "did not"])
def test_calls_whose_joint_commit_failed_are_not_carried_out_again(ledger, monkeypatch, took_effect, rows):
    """Each of them is told, as it would be by a transaction of its own: nobody knows whether it took effect."""
    dialect = ledger._store._engine.dialect
    commit = dialect.do_commit
    told = []

    def fail_once(connection):
        monkeypatch.setattr(dialect, "do_commit", commit)
        if took_effect:
            commit(connection)
        raise sqlite3.OperationalError("disk I/O error")

    async def main():
        turns = Turns(ledger)
        parcel = Parcel("msg_1", "article.published", "a", b"{}")
        early = turns.later(ledger.log, "t", Subject("article", "a"), parcel, 1.0)
        monkeypatch.setattr(dialect, "do_commit", fail_once)
        with pytest.raises(LedgerError, match="disk I/O error"):
            await turns.call(ledger.log, "t", Subject("article", "a"), parcel, 2.0)
        with pytest.raises(LedgerError, match="disk I/O error"):
            early.result()
        told.extend(await turns.call(ledger.deliveries, None))

    anyio.run(main)
    assert len(told) == rows


def test_what_is_done_later_is_done_with_the_next_call(ledger):
    """Nobody waits for it, and nobody misses it."""

    async def main():
        turns = Turns(ledger)
        turns.later(ledger.learn, "t", "early", Fact({}), 0.0)
        assert facts(ledger) == []
        await turns.call(ledger.learn, "t", "late", Fact({}), 0.0)
        assert facts(ledger) == ["early", "late"]

    anyio.run(main)


@pytest.mark.parametrize("failures", [1, 2])
def test_what_fails_later_is_raised_once_in_the_task_that_wanted_it(ledger, failures):
    """Another task or run that shares the ledger hears nothing of it, nor does whoever would not mind."""

    async def main():
        turns = Turns(ledger)
        mine, other = (Run(Memory(), None, ledger, FakeClock(), deadline=1, turns=turns) for _ in range(2))
        for _ in range(failures):
            mine.in_ledger_later(ledger.journal, "t", {}, "create", {}, ["article:a"], 0.0)
        await turns.call(ledger.beat, 0.0)
        await other.in_ledger(ledger.learn, "t", "other run", Fact({}), 0.0)
        async with anyio.create_task_group() as group:
            group.start_soon(mine.in_ledger, ledger.learn, "t", "other task", Fact({}), 0.0)
        with pytest.raises(LeaseLostError):
            await mine.in_ledger(ledger.learn, "t", "told", Fact({}), 0.0)
        await mine.in_ledger(ledger.learn, "t", "more", Fact({}), 0.0)
        await mine.end()

    anyio.run(main)
    assert facts(ledger) == ["more", "other run", "other task", "told"]


def test_transaction_that_fails_as_a_whole_is_told_once_though_a_part_of_it_was_left_for_later(ledger, monkeypatch):
    """The task that was told goes on, and the run has an end like any other."""
    dialect = ledger._store._engine.dialect
    commit = dialect.do_commit

    def fail_once(connection):
        monkeypatch.setattr(dialect, "do_commit", commit)
        raise sqlite3.OperationalError("disk I/O error")

    async def main():
        run = Run(Memory(), None, ledger, FakeClock(), deadline=1)
        run.in_ledger_later(ledger.learn, "t", "early", Fact({}), 0.0)
        monkeypatch.setattr(dialect, "do_commit", fail_once)
        with pytest.raises(LedgerError, match="disk I/O error"):
            await run.in_ledger(ledger.learn, "t", "late", Fact({}), 0.0)
        await run.in_ledger(ledger.learn, "t", "afterwards", Fact({}), 0.0)
        await run.end()

    anyio.run(main)
    assert facts(ledger) == ["afterwards"]


def test_what_fails_later_in_a_task_that_asks_for_nothing_more_is_raised_at_the_end_of_the_run(ledger):
    """A run does not look fine because nobody was left to be told."""

    async def main():
        run = Run(Memory(), None, ledger, FakeClock(), deadline=1)

        async def leave_it_undone():
            run.in_ledger_later(ledger.journal, "t", {}, "create", {}, ["article:a"], 0.0)

        async with anyio.create_task_group() as group:
            group.start_soon(leave_it_undone)
        with pytest.raises(LeaseLostError):
            await run.end()

    anyio.run(main)


def test_call_that_is_cancelled_while_it_waits_is_not_done_and_holds_nobody_up(ledger):
    """The one at whose turn it was is done to its end."""

    async def main():
        turns = Turns(ledger)
        async with anyio.create_task_group() as group:
            group.start_soon(turns.call, ledger.learn, "t", "first", Fact({}), 0.0)
            await anyio.lowlevel.checkpoint()
            with anyio.CancelScope() as scope:
                scope.cancel()
                await turns.call(ledger.learn, "t", "cancelled", Fact({}), 0.0)
            await turns.call(ledger.learn, "t", "last", Fact({}), 0.0)

    anyio.run(main)
    assert facts(ledger) == ["first", "last"]
