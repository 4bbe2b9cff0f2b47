"""Ledgers and jobs made on demand; every ledger is closed when its test is over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from publisher.ledger import Ledger
from publisher.models import Action, Article, Job

TARGET = "memory:memory.invalid"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the ledger of the test lies."""
    return tmp_path / "ledger.db"


@pytest.fixture
def open_ledger(file: Path) -> Iterator[Callable[..., Ledger]]:
    """Open a ledger, by default the one of the test; each one is another publisher."""
    opened: list[Ledger] = []

    def open_one(path: Path = file) -> Ledger:
        opened.append(Ledger(path))
        return opened[-1]

    yield open_one
    for ledger in opened:
        ledger.abandon()


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """A job for an article, with a revision of its own."""

    def make(key: str = "a", revision: int = 1, **fields: object) -> Job:
        article = Article(key=key, title=key, body="Words.")
        values = {
            "id": Job.identify(TARGET, key, revision),
            "target": TARGET,
            "key": key,
            "slug": key,
            "revision": revision,
            "action": Action.CREATE,
            "wish": f"wish {revision}",
            "renderer": "html-1",
            "created": 0.0,
            "article": article,
        }
        return Job.model_validate(values | fields)

    return make


@pytest.fixture
def rows(file: Path) -> Callable[[str], list[tuple[object, ...]]]:
    """What a statement sees in the ledger's file, past the library."""

    def execute(statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            return database.execute(statement).fetchall()

    return execute
