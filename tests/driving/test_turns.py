"""Many tasks, one ledger: calls share transactions, and nothing of that is to be seen."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

import anyio
import pytest

from publisher.backends.steps import Fact, Parcel
from publisher.driving.turns import Turns
from publisher.errors import LeaseLostError, LedgerError
from publisher.ledger import Ledger
from publisher.models import Subject


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


def test_what_is_done_later_is_done_with_the_next_call_and_its_failure_is_raised_there(ledger):
    """Nobody waits for it, and nobody misses it."""

    async def main():
        turns = Turns(ledger)
        turns.later(ledger.learn, "t", "early", Fact({}), 0.0)
        assert facts(ledger) == []
        await turns.call(ledger.learn, "t", "late", Fact({}), 0.0)
        assert facts(ledger) == ["early", "late"]
        turns.later(ledger.journal, "t", {}, "create", {}, ["article:a"], 0.0)
        with pytest.raises(LeaseLostError):
            await turns.call(ledger.targets)

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
