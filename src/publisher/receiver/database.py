"""The database of a receiver: one SQLite file, and transactions that are whole or did not happen.

A connection lasts for one transaction, so that any thread may ask. WAL with ``synchronous=FULL``: what was
acknowledged survives a power cut.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from publisher.errors import StoreError

__all__ = ["Database"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE answers (                  -- what was answered to each webhook-id
    id TEXT PRIMARY KEY, at REAL NOT NULL, status INTEGER NOT NULL, remote_id TEXT, path TEXT
) WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);
CREATE TABLE deliveries (               -- what came in, for people to look at
    number INTEGER PRIMARY KEY, at REAL NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, status INTEGER NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE articles (                 -- a deleted one keeps its key and its revision, so that it stays deleted
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
    slug TEXT UNIQUE, status TEXT, type TEXT, sticky INTEGER NOT NULL DEFAULT 0, shown_from REAL,
    received REAL NOT NULL, item TEXT
);
CREATE INDEX articles_shown ON articles (sticky DESC, shown_from DESC);
CREATE TABLE labels (
    article INTEGER NOT NULL REFERENCES articles (number), kind TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (kind, name, article)
) WITHOUT ROWID;
CREATE INDEX labels_article ON labels (article);
CREATE TABLE images (
    sha256 TEXT PRIMARY KEY, media_type TEXT NOT NULL, name TEXT NOT NULL, width INTEGER, height INTEGER
) WITHOUT ROWID;
"""


class Database:
    """The file ``path``, made if it is not there. ``patience`` is how many seconds a transaction waits for another."""

    def __init__(self, path: Path, patience: float = 5.0) -> None:
        self._path = path
        self._patience = patience
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"its folder cannot be made: {error.strerror}", path=path) from None
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            [version] = connection.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise StoreError(
                    "it was written by a newer publisher", path=path, hint="Update publisher, or take another folder."
                )
            if version < _VERSION:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view. Raises :class:`StoreError` if it cannot be had."""
        with self._open() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is alone and is committed at the end. Raises :class:`StoreError` if it cannot be."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=self._patience, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.DatabaseError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            raise StoreError(
                "it is busy" if busy else f"SQLite says: {error}",
                path=self._path,
                hint="Try again in a moment." if busy else "See whether the disk is full, and whose file it is.",
            ) from None
