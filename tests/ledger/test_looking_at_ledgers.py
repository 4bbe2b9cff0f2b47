"""Whoever only looks at a ledger makes none, changes none, and needs no right to write."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from publisher.errors import LedgerError
from publisher.ledger import Ledger
from publisher.ledger.migrations import MIGRATIONS
from publisher.models import Job

TARGET = "memory:memory.invalid"


@contextmanager
def read_only(file: Path, mode: int = 0o444, folder: int = 0o555) -> Iterator[None]:
    """Inside, files in the folder of ``file`` are not to be written, nor others made unless ``folder`` lets one; for
    root too, who is somebody else meanwhile."""
    user = os.geteuid()
    for one in file.parent.iterdir():
        one.chmod(0o444)
    file.chmod(mode)
    file.parent.chmod(folder)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        file.parent.chmod(0o755)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for the ledger alone, which others may look into."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def filled(place: Path, make_job) -> Path:
    """A ledger with one job that was begun."""
    ledger = Ledger(place / "ledger.db")
    ledger.begin([make_job()])
    ledger.close()
    return ledger.path


def left(file: Path) -> list[Job]:
    """What somebody who looks finds unfinished."""
    ledger = Ledger.to_look_at(file)
    found = [one.job for one in ledger.unfinished([TARGET])]
    ledger.abandon()
    return found


def test_where_there_is_none_none_is_made(tmp_path):
    """Nor its folder. It is like an empty one."""
    assert left(tmp_path / ".publisher" / "ledger.db") == []
    assert list(tmp_path.iterdir()) == []


def test_below_a_file_there_is_none(tmp_path):
    """A look need not say that there can be none either."""
    (tmp_path / "file").write_text("")
    assert left(tmp_path / "file" / "ledger.db") == []


def test_one_that_is_there_is_used_itself(filled):
    """What is learned on the way is for all: rate limits, for example."""
    ledger = Ledger.to_look_at(filled)
    ledger.beat(7.0)
    with closing(sqlite3.connect(filled)) as file:
        assert file.execute("SELECT count(*) FROM owners").fetchone() == (1,)
    ledger.close()


def test_one_of_an_older_version_is_read_and_left_as_it_is(place):
    """It is brought to the newest version in memory; the file waits for somebody who writes."""
    file = place / "ledger.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as old:
        old.execute("PRAGMA journal_mode=WAL")
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ledger_version (version INTEGER NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO ledger_version (version) VALUES (1)"))
        MIGRATIONS[0](connection)
    engine.dispose()
    before = contents(place)
    assert left(file) == []
    assert contents(place) == before
    Ledger(file).close()
    assert contents(place) != before


def test_one_of_a_newer_version_is_refused(filled):
    """It may mean what is not known here."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as file:
        file.execute("UPDATE ledger_version SET version = 99")
    with pytest.raises(LedgerError, match=r"version 99.*Upgrade publisher") as caught:
        left(filled)
    assert caught.value.path == str(filled)


@pytest.mark.parametrize(("mode", "folder"), [(0o444, 0o555), (0o666, 0o555), (0o444, 0o777)])
def test_one_that_may_not_be_written_is_read(filled, make_job, mode, folder):
    """As in a checkout of somebody else, and nothing appears beside it. SQLite would need a file there."""
    with read_only(filled, mode, folder):
        assert left(filled) == [make_job()]
        assert [file.name for file in filled.parent.iterdir()] == ["ledger.db"]


def test_one_that_may_not_be_written_is_read_with_its_log(filled, place):
    """A process that died left what it had committed in the log beside the file."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as dies:
        dies.execute("UPDATE jobs SET state = 'succeeded'")
        files = contents(place)
    for name, content in files.items():
        (place / name).write_bytes(content)
    with read_only(filled):
        assert left(filled) == []


def test_one_that_may_not_be_read_is_an_error_that_names_it(filled):
    """It may well hold something."""
    with read_only(filled, 0), pytest.raises(LedgerError, match="cannot be used") as caught:
        left(filled)
    assert caught.value.path == str(filled)


def test_a_file_that_is_no_ledger_is_refused(place):
    """And left as it is."""
    (place / "ledger.db").write_text("Dear diary, this is not a database at all. " * 100)
    before = contents(place)
    with pytest.raises(LedgerError, match="not a database"):
        left(place / "ledger.db")
    assert contents(place) == before


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "ünï", "a;b", "a?mode=ro"])
def test_any_folder_can_hold_what_is_looked_at(tmp_path, name, make_job):
    """Whatever its name."""
    ledger = Ledger(tmp_path / name / "ledger.db")
    ledger.begin([make_job()])
    ledger.close()
    assert left(tmp_path / name / "ledger.db") == [make_job()]
