"""Rate budgets in the ledger: what leaves when, by all who share a credential, and what answers teach."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.ledger import Heard, Ledger, Limit, Permit

START = 1_790_000_000.0
MINUTE = Limit("token", 60, 60.0, rises=True)
OWN = Limit("token", 60, 60.0, rises=False)
OK = Heard()


class Users:
    """Those who share one ledger; each request is answered after ``takes`` seconds."""

    def __init__(self, *ledgers: Ledger, limit: Limit = MINUTE) -> None:
        self.ledgers = itertools.cycle(ledgers)
        self.limit = limit
        self.now = START

    def ask(self) -> Permit:
        return next(self.ledgers).take_permit(self.limit, self.now)

    def send(self, heard: Heard = OK, takes: float = 0.1) -> Permit:
        """Ask until there is a permit, and learn from the answer."""
        while (permit := self.ask()).id is None:
            self.now += permit.wait
        left_at = self.now
        self.now += takes
        self.learn(permit, heard)
        self.now = left_at
        return permit

    def learn(self, permit: Permit, heard: Heard) -> None:
        ledger = next(self.ledgers)
        if ledger.worth_learning(self.limit, permit, heard, self.now):
            ledger.learn_rate(self.limit, permit, heard, self.now)


@pytest.fixture
def users(open_ledger):
    return Users(open_ledger(), open_ledger())


def test_a_whole_window_may_leave_at_once(users):
    """And the next one when the first is out of every window in which the target may count it."""
    for _ in range(60):
        users.send()
    assert users.now == START
    refused = users.ask()
    assert refused.id is None
    assert 60 < refused.wait <= 61
    users.now += refused.wait
    assert users.ask().id is not None


def test_the_first_one_is_answered_before_the_others_leave(users):
    """Nobody knows what is left of the budget before that; if no answer comes, they do not wait for ever."""
    users.ask()
    second = users.ask()
    assert (second.id, second.wait < 1) == (None, True)
    users.now += 10
    assert users.ask().id is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1.5), st.floats(0, 3), st.floats(0, 1)), min_size=5, max_size=40))
def test_no_window_of_the_target_ever_holds_more_than_the_limit(steps):
    """However long answers take, and whenever on the way the target counts a request."""
    limit = Limit("token", 4, 5.0, rises=True)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db")
        now, arrived, answers = START, [], []
        for pause, takes, part in steps:
            now += pause
            while True:
                for when, permit in [answer for answer in answers if answer[0] <= now]:
                    ledger.learn_rate(limit, permit, OK, when)
                answers = [answer for answer in answers if answer[0] > now]
                permit = ledger.take_permit(limit, now)
                if permit.id is not None:
                    break
                now = min([now + permit.wait, *(when for when, _ in answers)])
            arrived.append(now + takes * part)
            answers.append((now + takes, permit))
        ledger.abandon()
    for moment in arrived:
        assert sum(moment <= other < moment + 5.0 for other in arrived) <= 4


def test_what_the_target_says_is_left_counts(users):
    """Somebody else uses the same key; those who ask wait until all is free again."""
    users.send(Heard(remaining=2))
    users.send(Heard(remaining=1))
    users.send(Heard(remaining=0))
    assert users.ask().wait == pytest.approx(61, abs=0.5)


def test_a_reset_tells_when_the_others_are_forgotten(users):
    """Then everything but our own requests is free again."""
    users.send(Heard(remaining=0, reset_at=START + 20))
    assert users.ask().wait == pytest.approx(20, abs=0.5)
    users.now += 20
    assert users.ask().left == 58


def test_more_than_we_know_of_is_not_believed(users):
    """An answer that was under way while others left tells what was before them."""
    for _ in range(60):
        users.send(Heard(remaining=59))
    assert users.ask().id is None


@pytest.mark.parametrize(
    ("limit", "told", "requests"), [(MINUTE, 120, 120), (MINUTE, 30, 30), (OWN, 120, 60), (OWN, 30, 30)]
)
def test_the_target_tells_its_limit(open_ledger, limit, told, requests):
    """It counts from then on, in later runs too; the user's own limit is only ever lowered."""
    users = Users(open_ledger(), limit=limit)
    users.send(Heard(requests=told))
    users.now += 1000
    assert Users(open_ledger(), limit=limit).ask().requests == requests


def test_a_refusal_is_for_everybody(users):
    """Until the target takes requests again; then one goes out to see, and after its answer all the others."""
    users.send()
    first, second = users.send(), users.ask()
    users.learn(first, Heard(refused_until=START + 30))
    users.learn(second, OK)  # it was answered before the other one was refused
    for _ in range(2):
        assert users.ask().wait == 30
    users.now += 30
    probe = users.ask()
    assert (probe.probing, users.ask().id) == (True, None)
    users.learn(probe, OK)
    assert {users.ask().id is not None for _ in range(20)} == {True}


def test_a_refused_probe_waits_again(users):
    """One request in a while is all that a target gets that refuses everything; since when is kept."""
    sent = 0
    for _ in range(5):
        users.send(Heard(refused_until=users.now + 60), takes=0)
        sent += 1
        assert users.ask().id is None
        assert users.ask().refused_since == START
        users.now += 60
    assert (sent, users.now) == (5, START + 300)


def test_the_longest_wait_counts(users):
    """Of several refusals at a time."""
    users.send()
    first, second = users.ask(), users.ask()
    users.learn(first, Heard(refused_until=START + 50))
    users.learn(second, Heard(refused_until=START + 5))
    assert users.ask().wait == 50


def test_a_clock_that_is_set_back_makes_no_wait_longer(users):
    """Neither the log nor a refusal holds anybody for the hour that is lived twice."""
    for _ in range(60):
        users.send()
    users.now -= 3600
    assert users.ask().wait <= 61
    users.now += 3600 + 61
    users.send(Heard(refused_until=users.now + 60))
    users.now -= 3600
    assert users.ask().wait <= 61


def test_another_credential_is_another_budget(open_ledger):
    """And another span over the same one sees all of its requests."""
    ledger = open_ledger()
    a_minute, a_second, other = (
        Users(ledger, limit=Limit(name, 1, per, rises=True)) for name, per in (("a", 60.0), ("a", 1.0), ("b", 60.0))
    )
    a_minute.send()
    assert a_second.ask().id is None
    assert other.ask().id is not None
    a_second.now += 30
    a_second.send()
    a_minute.now += 30
    assert a_minute.ask().wait == pytest.approx(61)


def test_the_credential_itself_is_not_in_the_file(file, tmp_path, open_ledger, rows):
    """Nor a digest of it that another ledger has as well."""
    limit = Limit("a-very-secret-token", 60, 60.0, rises=True)
    other = open_ledger(tmp_path / "other.db")
    for ledger in (open_ledger(), other):
        Users(ledger, limit=limit).send(Heard(requests=120))
    (name,) = rows("SELECT credential FROM budgets")[0]
    assert isinstance(name, str)
    for path in tmp_path.iterdir():
        assert b"a-very-secret-token" not in path.read_bytes()
    assert name.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("other.db*"))


def test_old_permits_are_forgotten(users, rows):
    """After an hour."""
    for _ in range(10):
        users.send()
    users.now += 4000
    users.send()
    assert rows("SELECT count(*) FROM permits") == [(1,)]
