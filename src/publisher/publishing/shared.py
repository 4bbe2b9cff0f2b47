"""What all calls of one publisher share: its targets, its ledger, its connections, and how a run begins and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from publisher.backends.base import Backend, OnConflict
from publisher.driving.clock import Clock, SystemClock
from publisher.driving.looking import Looking
from publisher.driving.redaction import keeping_secret
from publisher.driving.run import Run
from publisher.driving.work import Checkpoint
from publisher.errors import ConfigurationError
from publisher.models import Article, Event
from publisher.publishing.books import Book, Books
from publisher.publishing.clients import Clients
from publisher.publishing.places import ledger_path
from publisher.publishing.targets import Targeting, Targets, listed


class Shared:
    """The part of a publisher that is no verb. Its arguments are those of :class:`publisher.AsyncPublisher`."""

    def __init__(
        self,
        targets: Targets = (),
        *,
        ledger: str | Path | None = None,
        on_event: Callable[[Event], None] | None = None,
        deadline: float = 180.0,
        on_conflict: OnConflict = "fail",
        rerender: bool = False,
        refresh: bool = False,
        clock: Clock | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        if on_conflict not in ("fail", "skip", "overwrite"):
            raise ConfigurationError(
                f"there is no way {on_conflict!r} to treat a conflict",
                field="on_conflict",
                hint="Use 'fail', 'skip' or 'overwrite'.",
            )
        self._targeting = Targeting(targets)
        self._ledger = ledger
        self._on_event = on_event
        self._deadline = deadline
        self._on_conflict: OnConflict = on_conflict
        self._rerender = rerender
        self._refresh = refresh
        self._clock = clock or SystemClock()
        self._checkpoint = checkpoint
        self._books = Books(self._clock, checkpoint)
        self._clients = Clients(self._targeting.own)
        self._open: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._open = anyio.create_task_group()
        await self._open.__aenter__()
        self._open.start_soon(self._books.stay_alive)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._open is not None
        group, self._open = self._open, None
        try:
            # A sign of life that came after the end would open the ledger again.
            group.cancel_scope.cancel()
            # What the caller's block raised is the caller's; the group would wrap it.
            await group.__aexit__(None, None, None)
        finally:
            with anyio.CancelScope(shield=True):
                await self._clients.close()
                await self._books.close()

    @asynccontextmanager
    async def _looking(self, book: Book, backend: Backend) -> AsyncIterator[Looking]:
        """A run at one target that changes nothing there."""
        async with self._running(book, backend, Looking) as run:
            assert isinstance(run, Looking)
            yield run

    @asynccontextmanager
    async def _running(self, book: Book, backend: Backend, kind: type[Run] = Run) -> AsyncIterator[Run]:
        """A run at one target."""
        more = {} if self._checkpoint is None else {"checkpoint": self._checkpoint}
        async with AsyncExitStack() as stack:
            stack.enter_context(keeping_secret(backend.secrets()))
            client = await stack.enter_async_context(self._clients.of(backend))
            run = kind(
                backend,
                client,
                book.ledger,
                self._clock,
                deadline=self._deadline,
                on_conflict=self._on_conflict,
                on_event=self._on_event,
                turns=book.turns,
                queues=book.queues,
                **more,
            )
            stack.push_async_callback(run.end)
            yield run

    def _must_be_open(self) -> None:
        if self._open is None:
            raise ConfigurationError(
                "this publisher is not open", hint="Use it in 'with Publisher(…) as publisher:', or 'async with'."
            )

    async def _book(self, found: Sequence[Article | Path]) -> Book:
        self._must_be_open()
        return await self._books.open(ledger_path(self._ledger, found))

    @asynccontextmanager
    async def _book_to_look_at(self, found: Sequence[Article | Path]) -> AsyncIterator[Book]:
        """The ledger for a call that only looks: where there is none, none is made."""
        self._must_be_open()
        async with self._books.to_look_at(ledger_path(self._ledger, found)) as book:
            yield book

    def _tell(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)

    async def _chosen(
        self, targets: Targets | None, articles: Sequence[Article | Path], *, secrets: bool = True
    ) -> list[Backend]:
        meant = self._targeting.default if targets is None else listed(targets)
        choose = partial(self._targeting.chosen, meant, articles, secrets=secrets)
        return await anyio.to_thread.run_sync(choose) if any(isinstance(one, str) for one in meant) else choose()

    async def _one(
        self, target: Backend | str | None, articles: Sequence[Article | Path], *, secrets: bool = True
    ) -> Backend:
        chosen = await self._chosen(target, articles, secrets=secrets)
        if len(chosen) != 1:
            raise ConfigurationError("this publisher has several targets", hint="Say which one is meant.")
        return chosen[0]
