"""What the ledger says of jobs and leases when a run is over, whatever it met."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress

import pytest

from publisher.errors import PublisherError
from publisher.ledger import Ledger
from publisher.testing import Fault

TARGET = "memory:memory.invalid"


def on(method: str, path: str = "/articles"):
    return lambda request: (request.method, request.url.path) == (method, path)


def lost(method: str, times: int = 99) -> Fault:
    return Fault("answer lost", on(method), times)


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        ([], "succeeded"),
        ([lost("POST", 1)], "succeeded"),
        ([Fault("refused", on("POST"), 99)], "failed"),
        ([Fault("refused", lambda request: True, 99)], "failed"),
        ([Fault("request lost", on("GET"), 99)], "failed"),
        ([Fault("request lost", on("POST"), 99)], "failed"),
    ],
    ids=["all well", "found", "create refused", "target down", "no look-up", "never arrived"],
)
def test_a_job_that_has_an_outcome_is_not_pending(place, make_article, faults, state):
    """The ledger says of every job what its outcome said."""
    with suppress(PublisherError):
        place.publish(make_article(), *faults, deadline=600)
    with closing(sqlite3.connect(place.ledger)) as database:
        assert database.execute("SELECT state FROM jobs").fetchall() == [(state,)]


def test_after_every_outcome_all_leases_are_given_back(place, make_article):
    """The next publisher need not wait for anything."""
    for fault in (lost("POST", 1), Fault("refused", lambda request: True, 99), Fault("request lost", on("POST"), 99)):
        with suppress(PublisherError):
            place.publish(make_article(), fault)
        ledger = Ledger(place.ledger)
        assert ledger.acquire(TARGET, [frozenset({"article:a", "slug:article-a", "slug:a"})], place.clock.now()) == [
            True
        ]
        ledger.close()
