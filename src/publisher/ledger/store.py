"""The database behind the ledger: opening it, and transactions that mean what they say.

SQLite runs in WAL mode with ``synchronous=FULL``: what a committed transaction says survives a power cut, which is
what "journaled before the first byte leaves" needs.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from publisher.errors import LedgerError
from publisher.ledger.migrations import migrate

#: Seconds that a transaction waits for another process before it gives up.
BUSY_SECONDS = 30.0


class Store:
    """One SQLite database, created and migrated when it is opened.

    ``memory`` is a database in memory that stands for the file, which is then left alone; it is for one thread at a
    time.
    """

    def __init__(self, path: Path, memory: sqlite3.Connection | None = None) -> None:
        self.path = path
        self._shared = threading.local()
        self._engine = self._open(self._engine_of_file() if memory is None else _engine_of_memory(memory))

    def _engine_of_file(self) -> Engine:
        try:
            _make_private_folder(self.path.parent)
        except OSError as error:
            raise LedgerError(
                f"the folder of the ledger cannot be made ({error.strerror})",
                path=self.path,
                hint="Name another ledger: --ledger, ledger= or PUBLISHER_LEDGER.",
            ) from None
        return create_engine(
            URL.create("sqlite+pysqlite", database=str(self.path)),
            connect_args={"timeout": BUSY_SECONDS},
        )

    def _open(self, engine: Engine) -> Engine:
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        # The change into WAL mode does not wait for other processes as transactions do.
        patiently = Retrying(
            retry=retry_if_exception_type(OperationalError),
            stop=stop_after_delay(5),
            wait=wait_random(0.01, 0.1),
            reraise=True,
        )
        try:
            patiently(self._migrate, engine)
        except DatabaseError as error:
            engine.dispose()
            raise self._error(error) from None
        except LedgerError as error:
            engine.dispose()
            raise LedgerError(error.what, path=self.path, hint=error.hint) from None
        return engine

    @staticmethod
    def _migrate(engine: Engine) -> None:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            migrate(connection)

    def close(self) -> None:
        """Close the file; nothing is given back or forgotten."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the ledger."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer can slip into: it takes the write lock at its beginning."""
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Inside, all transactions of this thread are parts of one. What one of them raises ends them all."""
        with self._transaction(writes=True) as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = None

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        shared = getattr(self._shared, "connection", None)
        if shared is not None:
            yield shared
            return
        try:
            with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            raise self._error(error) from None

    def _error(self, error: SQLAlchemyError) -> LedgerError:
        cause = getattr(error, "orig", None) or error
        return LedgerError(
            f"the ledger cannot be used: {cause}",
            path=self.path,
            hint="Check that the file is a publisher ledger, that the disk has room and that you may write there.",
        )


def put(connection: Connection, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or update the one with these keys, which are its primary key. ``values`` are all that it needs."""
    connection.execute(_putting(table, tuple(keys), tuple(values)), {**keys, **values})


@cache
def _putting(table: Table, keys: tuple[str, ...], values: tuple[str, ...]) -> Insert:
    """Made once for each table: to put a statement together takes longer than to execute it."""
    new = insert(table)
    return new.on_conflict_do_update(index_elements=keys, set_={name: new.excluded[name] for name in values})


def _engine_of_memory(memory: sqlite3.Connection) -> Engine:
    return create_engine("sqlite+pysqlite://", creator=lambda: memory, poolclass=StaticPool)


def _make_private_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.name == ".publisher":
        (folder / ".gitignore").write_text(
            "# The ledger is this machine's memory; it does not belong in the repository.\n*\n"
        )


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    # The driver's own transaction handling begins transactions late and without a write lock; _on_begin does it.
    connection.isolation_level = None
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()  # the pool never gets to know of it
        raise


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
