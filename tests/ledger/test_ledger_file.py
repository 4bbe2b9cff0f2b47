"""The ledger's file: how it is made, opened by many at once, and refused where it is none of ours."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine

from publisher.errors import LedgerError
from publisher.ledger import Ledger, SourceFile
from publisher.ledger.migrations import MIGRATIONS
from publisher.ledger.schema import metadata
from publisher.ledger.store import Store

TARGET = "memory:memory.invalid"


def shape(tables: MetaData) -> dict[str, list[tuple[object, ...]]]:
    """What can be compared of tables: names, types, nullability and keys of their columns."""
    return {
        table.name: [
            (column.name, str(column.type), bool(column.nullable), bool(column.primary_key)) for column in table.columns
        ]
        for table in tables.sorted_tables
    }


def test_the_migrations_make_what_the_schema_describes(file, open_ledger):
    """Columns, types, nullability and keys are those that the code reads and writes."""
    open_ledger()
    engine = create_engine(f"sqlite:///{file}")
    found = MetaData()
    found.reflect(engine)
    engine.dispose()
    made, described = shape(found), shape(metadata)
    assert sorted(made) == sorted(described)
    assert {name: columns for name, columns in made.items() if columns != described[name]} == {}


def test_every_index_of_the_schema_is_made(file, open_ledger, rows):
    """What the schema calls an index exists in the file."""
    open_ledger()
    made = {name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {index.name for table in metadata.sorted_tables for index in table.indexes} <= made


def test_opening_again_changes_nothing(file, open_ledger, rows):
    """A ledger that is up to date is left as it is."""
    open_ledger()
    before = rows("SELECT * FROM sqlite_master")
    open_ledger()
    assert rows("SELECT * FROM sqlite_master") == before
    assert rows("SELECT version FROM ledger_version") == [(len(MIGRATIONS),)]


def test_a_ledger_of_a_newer_publisher_is_refused(file, open_ledger, rows):
    """It is named, and left as it is."""
    open_ledger().close()
    rows("UPDATE ledger_version SET version = 99")
    with pytest.raises(LedgerError, match=r"version 99.*Upgrade publisher") as caught:
        Ledger(file)
    assert caught.value.path == str(file)
    assert rows("SELECT version FROM ledger_version") == [(99,)]


def test_a_file_that_is_no_ledger_is_refused(file):
    """Its name is in the message, and its content is left alone."""
    file.write_text("Dear diary, this is not a database at all. " * 100)
    with pytest.raises(LedgerError, match="not a database") as caught:
        Ledger(file)
    assert caught.value.path == str(file)
    assert file.read_text().startswith("Dear diary")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    """The ledger cannot lie below a file; the message names it and says what to do."""
    (tmp_path / "a file").write_text("")
    with pytest.raises(LedgerError, match="ledger=") as caught:
        Ledger(tmp_path / "a file" / "ledger.db")
    assert caught.value.path == str(tmp_path / "a file" / "ledger.db")


def test_trouble_in_the_middle_is_an_error_of_ours(file, open_ledger, rows):
    """A ledger that is damaged while it is open gives a LedgerError that names it."""
    ledger = open_ledger()
    rows("DROP TABLE owners")
    with pytest.raises(LedgerError, match="cannot be used") as caught:
        ledger.beat(0.0)
    assert caught.value.path == str(file)


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "ünï", "a;b", "a'b", "a?mode=ro"])
def test_any_folder_can_hold_a_ledger(tmp_path, name):
    """Whatever its name: the file lies where it was wanted."""
    file = tmp_path / name / "ledger.db"
    Ledger(file).close()
    assert file.is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("folder", "ignored"), [(".publisher", True), ("state", False)])
def test_a_ledger_beside_the_articles_is_kept_out_of_git(tmp_path, folder, ignored):
    """A new .publisher folder ignores itself; another folder is not ours to put files into."""
    Ledger(tmp_path / folder / "ledger.db").close()
    file = tmp_path / folder / ".gitignore"
    assert file.is_file() is ignored
    assert not ignored or "*" in file.read_text().splitlines()


def test_the_folder_is_private_and_an_existing_one_is_left_alone(tmp_path):
    """What publishes where is nobody else's business."""
    Ledger(tmp_path / "new" / "ledger.db").close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    (tmp_path / ".publisher").mkdir(mode=0o755)
    Ledger(tmp_path / ".publisher" / "ledger.db").close()
    assert [path.name for path in (tmp_path / ".publisher").iterdir()] == ["ledger.db"]


def test_a_commit_survives_a_power_cut(file):
    """Every connection is in WAL mode with synchronous=FULL (2)."""
    store = Store(file)
    with store.writing() as one, store.reading() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    store.close()


def test_a_writer_has_the_lock_from_its_beginning(file):
    """What a writing transaction read is still so when it writes: nobody gets in between."""
    store = Store(file)
    with store.writing(), closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM jobs").fetchone() == (0,)
    store.close()


def test_an_error_inside_a_transaction_undoes_it(file, rows):
    """All or nothing, also for errors that are none of the database's."""
    store = Store(file)
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        1 / len(connection.exec_driver_sql("INSERT INTO owners VALUES ('x', 0) RETURNING id").fetchall()[1:])
    store.close()
    assert rows("SELECT * FROM owners") == []


def open_and_work(path: Path, ready: object, number: int) -> None:
    """Open the ledger at the same moment as all others, and use it."""
    ready.wait()
    ledger = Ledger(path)
    assert ledger.acquire(TARGET, [frozenset({f"article:{number}"})], 0.0) == [True]
    ledger.close()


def test_several_processes_open_a_new_ledger_at_once(tmp_path, rows, file):
    """Folder, file and tables are made once, and nobody fails."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(4)
    workers = [spawn.Process(target=open_and_work, args=(file, ready, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len(rows("SELECT name FROM leases")) == 4


def test_several_publishers_make_a_new_folder_at_once(tmp_path):
    """Whoever comes second takes the folder that the first one made."""
    errors: list[Exception] = []

    def work(path: Path, ready: threading.Barrier) -> None:
        ready.wait()
        try:
            Ledger(path).close()
        except LedgerError as error:
            errors.append(error)

    for number in range(10):
        ready = threading.Barrier(4)
        path = tmp_path / f"project {number}" / ".publisher" / "ledger.db"
        threads = [threading.Thread(target=work, args=(path, ready)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


def remembered(path: str, size: int = 1) -> SourceFile:
    return SourceFile(path, "context", size, 2, "key", "slug", {"blog": "other"}, "digest", [["image.png", 3, 4]])


def test_files_are_remembered_as_they_were_last(open_ledger):
    """A file that is remembered again replaces what was remembered of it."""
    ledger = open_ledger()
    ledger.remember_sources([remembered("/a.md"), remembered("/b.md")])
    ledger.remember_sources([remembered("/a.md", size=9)])
    ledger.remember_sources([])
    assert {path: file.size for path, file in ledger.sources().items()} == {"/a.md": 9, "/b.md": 1}
    assert ledger.sources()["/b.md"] == remembered("/b.md")


def test_a_folder_of_forty_thousand_files_can_be_remembered(open_ledger):
    """More files than one SQL statement can name are no trouble."""
    ledger = open_ledger()
    ledger.remember_sources([remembered(f"/{number}.md") for number in range(40_000)])
    assert len(ledger.sources()) == 40_000
