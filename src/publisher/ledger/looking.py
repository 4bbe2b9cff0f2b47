"""The ledger of those who only look: nothing is made or changed where it lies."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from publisher.errors import LedgerError
from publisher.ledger.migrations import MIGRATIONS
from publisher.ledger.store import Store

__all__ = ["to_look_at"]


def to_look_at(path: Path) -> Store:
    """The ledger at ``path``, for reading.

    The file itself where it is of the newest version and may be written: what is learned at a target on the way, such
    as its rate limit, is for all. Otherwise one in memory: an empty one where there is none, and a copy of one of an
    older version, or of one that may not be written. Raises :class:`LedgerError` for one that cannot be read.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return Store(path, _in_memory())
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from None
    memory = _in_memory()
    writable = _may_write(path) and _may_write(path.parent)
    try:
        with closing(sqlite3.connect(_address(path, writable=writable), uri=True)) as file:
            newest = _version(file) == len(MIGRATIONS)
            if not (newest and writable):
                file.backup(memory)
    except sqlite3.Error as error:
        memory.close()
        raise _unreadable(path, str(error)) from None
    if newest and writable:
        memory.close()
        return Store(path)
    return Store(path, memory)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def _address(path: Path, *, writable: bool) -> str:
    if writable:
        return f"{path.absolute().as_uri()}?mode=rw"
    # A connection that may not write still makes a file for its index of the log, and leaves it behind. Without a log
    # there is nobody who writes.
    log = path.with_name(f"{path.name}-wal")
    return f"{path.absolute().as_uri()}?{'mode=ro' if log.is_file() and log.stat().st_size else 'immutable=1'}"


def _version(file: sqlite3.Connection) -> int:
    try:
        (version,) = file.execute("SELECT version FROM ledger_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return 0
        raise
    return int(version)


def _unreadable(path: Path, why: str) -> LedgerError:
    return LedgerError(
        f"the ledger cannot be used: {why}",
        path=path,
        hint="Check that it is a publisher ledger and that you may read it, or name another with --ledger or ledger=.",
    )
