"""The ledgers that a publisher has open, and its signs of life in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from publisher.driving.clock import Clock
from publisher.driving.turns import Turns
from publisher.driving.work import Checkpoint
from publisher.errors import LedgerError
from publisher.ledger import ALIVE_SECONDS, Ledger

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Book:
    """An open ledger, and the turns in which it is used.

    ``queues`` are those of the runs that wait for the budget of one credential.
    """

    ledger: Ledger
    turns: Turns
    queues: dict[str, anyio.Lock] = field(default_factory=dict, repr=False)

    async def call(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method of the ledger in a worker thread."""
        return await self.turns.call(method, *args, **kwargs)


class Books:
    """Opens each ledger when it is first needed."""

    def __init__(self, clock: Clock, checkpoint: Checkpoint | None) -> None:
        self._clock = clock
        self._checkpoint = checkpoint
        self._books: dict[Path, Book] = {}
        self._opening = anyio.Lock()

    async def open(self, path: Path) -> Book:
        """The ledger at ``path``. Raises :class:`LedgerError` if it cannot be used."""
        async with self._opening:
            if path not in self._books:
                ledger = await anyio.to_thread.run_sync(Ledger, path)
                self._books[path] = Book(ledger, Turns(ledger))
            return self._books[path]

    @asynccontextmanager
    async def to_look_at(self, path: Path) -> AsyncIterator[Book]:
        """The ledger at ``path`` for a call that only looks, and makes none. Raises :class:`LedgerError` likewise."""
        if path in self._books:
            yield self._books[path]
            return
        ledger = await anyio.to_thread.run_sync(Ledger.to_look_at, path)
        book = Book(ledger, Turns(ledger))
        try:
            yield book
        finally:
            with anyio.CancelScope(shield=True):
                await book.turns.last(ledger.abandon)

    async def stay_alive(self) -> None:
        """Show signs of life until cancelled."""
        while True:
            # In real time, whatever clock the runs go by: it is other processes that wait for this one's death.
            await anyio.sleep(ALIVE_SECONDS / 3)
            for book in list(self._books.values()):
                # A ledger that cannot be written fails the run itself, which says so where it matters.
                with suppress(LedgerError):
                    await book.call(book.ledger.beat, self._clock.now())

    async def close(self) -> None:
        """Give all leases back and close all ledgers."""
        for book in self._books.values():
            try:
                if self._checkpoint is not None:
                    self._checkpoint("ledger.close")
                await book.turns.last(book.ledger.close)
            finally:
                await book.turns.last(book.ledger.abandon)
        self._books.clear()
