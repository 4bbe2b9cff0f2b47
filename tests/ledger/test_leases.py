"""Leases: who works on what, and how a publisher that was held up too long is kept from writing."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from pathlib import Path

import pytest

from publisher.backends.steps import Removed, Written
from publisher.errors import LeaseLostError
from publisher.ledger import ALIVE_SECONDS, Ledger
from publisher.models import Subject

TARGET = "memory:memory.invalid"
A = Subject("article", "a")
NAMES = frozenset({"article:a", "slug:a"})


def group(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("held", "wanted", "taken"),
    [
        ([], [group("x", "y"), group("z")], [True, True]),
        ([group("x")], [group("x", "y"), group("z")], [False, True]),
        ([group("y")], [group("x", "y"), group("x")], [False, True]),
        ([], [group("x", "y"), group("y", "z"), group("z")], [True, False, True]),
        ([group("x")], [group()], [True]),
        ([], [], []),
    ],
)
def test_a_group_is_taken_whole_or_not_at_all(open_ledger, held, wanted, taken):
    """A group with one name that is not free takes none of its others from anybody."""
    first, second = open_ledger(), open_ledger()
    first.acquire(TARGET, held, 0.0)
    assert second.acquire(TARGET, wanted, 1.0) == taken


def test_what_was_not_taken_whole_stays_free(open_ledger):
    """The free half of a group that could not be had is there for the next one."""
    first, second, third = open_ledger(), open_ledger(), open_ledger()
    first.acquire(TARGET, [group("y")], 0.0)
    second.acquire(TARGET, [group("x", "y")], 0.0)
    assert third.acquire(TARGET, [group("x")], 0.0) == [True]


def test_targets_do_not_share_names(open_ledger):
    """The same article at another target is another lease."""
    first, second = open_ledger(), open_ledger()
    first.acquire(TARGET, [NAMES], 0.0)
    assert second.acquire("memory:other.invalid", [NAMES], 0.0) == [True]


@pytest.mark.parametrize(("after", "taken"), [(ALIVE_SECONDS - 0.1, False), (ALIVE_SECONDS, True)])
def test_a_dead_owner_holds_for_so_long(open_ledger, after, taken):
    """Without a sign of life a lease is free again after ALIVE_SECONDS, and not before."""
    dead, other = open_ledger(), open_ledger()
    dead.acquire(TARGET, [NAMES], 100.0)
    dead.abandon()
    assert other.acquire(TARGET, [NAMES], 100.0 + after) == [taken]


def test_a_sign_of_life_keeps_all_leases(open_ledger):
    """One row is pushed forward for everything that a publisher holds."""
    alive, other = open_ledger(), open_ledger()
    alive.acquire(TARGET, [group("x"), group("y")], 0.0)
    alive.beat(14.0)
    assert other.acquire(TARGET, [group("x"), group("y")], 28.0) == [False, False]


def test_one_that_woke_up_in_time_still_holds_what_nobody_took(open_ledger):
    """A lease that expired and was not taken over is its owner's again with the next sign of life."""
    slept, other = open_ledger(), open_ledger()
    slept.acquire(TARGET, [NAMES], 0.0)
    slept.beat(100.0)
    assert other.acquire(TARGET, [NAMES], 101.0) == [False]
    slept.journal(TARGET, {A: {}}, "create", {}, NAMES, 101.0)


@pytest.mark.parametrize("give_back", ["release", "close"])
def test_what_is_given_back_is_free_at_once(open_ledger, give_back):
    """Nobody waits for the expiry of a lease that was given back, nor of those of a closed ledger."""
    first, second = open_ledger(), open_ledger()
    first.acquire(TARGET, [NAMES], 0.0)
    if give_back == "release":
        first.release(TARGET, NAMES)
    else:
        first.close()
    assert second.acquire(TARGET, [NAMES], 0.0) == [True]


def test_release_gives_back_only_one_s_own(open_ledger):
    """A publisher that lost a lease cannot give away what another one holds now."""
    slept, other, third = open_ledger(), open_ledger(), open_ledger()
    slept.acquire(TARGET, [NAMES], 0.0)
    other.acquire(TARGET, [NAMES], 20.0)
    slept.release(TARGET, NAMES)
    assert third.acquire(TARGET, [NAMES], 21.0) == [False]


def test_two_runs_of_one_owner_do_not_share_a_lease(open_ledger):
    """What a publisher holds is not free for its own other runs either."""
    ledger = open_ledger()
    assert ledger.acquire(TARGET, [NAMES], 0.0) == [True]
    assert ledger.acquire(TARGET, [NAMES], 1.0) == [False]


def test_the_token_grows_with_every_change_of_hands(open_ledger, rows):
    """Given back, taken over or taken again: an attempt under a later lease has a higher token."""
    first, second = open_ledger(), open_ledger()
    for ledger, now, gives_back in [
        (first, 0.0, True),
        (second, 1.0, False),
        (first, 20.0, True),
        (first, 21.0, False),
    ]:
        assert ledger.acquire(TARGET, [NAMES], now) == [True]
        ledger.journal(TARGET, {A: {}}, "create", {}, NAMES, now)
        if gives_back:
            ledger.release(TARGET, NAMES)
    assert rows("SELECT token FROM attempts ORDER BY id") == [(1,), (2,), (3,), (4,)]


def test_many_names_are_taken_at_once(open_ledger):
    """More names than one SQL statement can hold are no trouble."""
    first, second = open_ledger(), open_ledger()
    groups = [group(f"article:{number}", f"slug:{number}") for number in range(2000)]
    assert all(first.acquire(TARGET, groups, 0.0))
    assert not any(second.acquire(TARGET, groups, 0.0))
    first.release(TARGET, frozenset().union(*groups))
    assert all(second.acquire(TARGET, groups, 0.0))


# A publisher that slept past its lease


def take_over(open_ledger):
    """One publisher that slept, and the one that took over what it held."""
    slept, other = open_ledger(), open_ledger()
    assert slept.acquire(TARGET, [NAMES], 0.0) == [True]
    ids = slept.journal(TARGET, {A: {}}, "create", {}, NAMES, 1.0)
    assert other.acquire(TARGET, [NAMES], 100.0) == [True]
    return slept, other, ids


def test_after_a_takeover_nothing_is_journaled(open_ledger, rows):
    """Whoever lost a lease may not send: neither for the first time nor once more."""
    slept, _, ids = take_over(open_ledger)
    before = rows("SELECT * FROM attempts")
    with pytest.raises(LeaseLostError):
        slept.journal(TARGET, {A: {}}, "create", {}, NAMES, 101.0)
    with pytest.raises(LeaseLostError):
        slept.journal_again(TARGET, ids, NAMES, 101.0, lost=False)
    assert rows("SELECT * FROM attempts") == before


@pytest.mark.parametrize("result", [Written("1", None, "v", "a", "published"), Removed()])
def test_after_a_takeover_nothing_is_settled(open_ledger, make_job, rows, result):
    """Whoever lost a lease cannot say any more what stands at the target."""
    slept, other, _ = take_over(open_ledger)
    job = make_job()
    other.begin([job])
    with pytest.raises(LeaseLostError):
        slept.settle_article(TARGET, job, result, NAMES, 101.0)
    assert rows("SELECT state FROM attempts") == [("open",)]
    assert other.standing([TARGET]) == {}


def test_the_error_says_what_was_taken_over(open_ledger):
    """And what to do next."""
    slept, _, _ = take_over(open_ledger)
    with pytest.raises(LeaseLostError, match=r"took over 'article:a'.*Run again") as caught:
        slept.journal(TARGET, {A: {}}, "create", {}, NAMES, 101.0)
    assert caught.value.target == TARGET


def test_a_beat_does_not_bring_a_lost_lease_back(open_ledger):
    """Signs of life after a takeover prove nothing."""
    slept, _, _ = take_over(open_ledger)
    slept.beat(101.0)
    with pytest.raises(LeaseLostError):
        slept.journal(TARGET, {A: {}}, "create", {}, NAMES, 102.0)


# Several processes


def take_turns(file: Path, shared: Path, turns: int) -> None:
    """Take one lease ``turns`` times, and write down when it was held. It never expires: time stands still."""
    ledger = Ledger(file)
    seen = []
    while len(seen) < turns:
        if ledger.acquire(TARGET, [NAMES], 0.0) == [True]:
            began = time.monotonic_ns()
            ledger.journal(TARGET, {A: {}}, "replace", {}, NAMES, 0.0)
            seen.append((began, time.monotonic_ns()))
            ledger.release(TARGET, NAMES)
    ledger.close()
    shared.write_text("\n".join(f"{began} {ended}" for began, ended in seen))


def test_several_processes_hold_a_name_one_at_a_time(file, tmp_path, rows):
    """Four processes that fight for one article: no two hold it at once, and no token is given out twice."""
    spawn = multiprocessing.get_context("spawn")
    files = [tmp_path / f"{number}.txt" for number in range(4)]
    workers = [spawn.Process(target=take_turns, args=(file, shared, 5)) for shared in files]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    held = sorted(tuple(map(int, line.split())) for shared in files for line in shared.read_text().splitlines())
    assert len(held) == 20
    assert [now for before, now in itertools.pairwise(held) if now[0] < before[1]] == []
    assert len(set(rows("SELECT token FROM attempts"))) == 20
