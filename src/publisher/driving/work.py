"""What a run works with: its ledger, its clock, the articles it is about, and their leases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import anyio

from publisher.backends.base import Backend, Known, OnConflict
from publisher.driving.clock import Clock
from publisher.driving.flows import lease_names
from publisher.driving.turns import Call, Turns
from publisher.errors import PublisherError
from publisher.ledger import Ledger
from publisher.models import Action, Event, EventKind, Job, Subject

P = ParamSpec("P")
R = TypeVar("R")

#: Is called with a name wherever a process might die, so that a test can let it.
Checkpoint = Callable[[str], None]


def no_checkpoint(point: str) -> None:
    """The checkpoint of a process that is not being tested: nothing happens there."""


class Work:
    """The part of a :class:`publisher.driving.run.Run` that sends nothing and settles nothing.

    ``failed`` holds the needs that could not be placed. ``turns`` are those at the ledger, shared by the runs of one
    publisher.
    """

    def __init__(
        self,
        backend: Backend,
        ledger: Ledger,
        clock: Clock,
        *,
        on_conflict: OnConflict = "fail",
        on_event: Callable[[Event], None] | None = None,
        checkpoint: Checkpoint = no_checkpoint,
        turns: Turns | None = None,
    ) -> None:
        self.backend = backend
        self.target = backend.target.identity
        self.ledger = ledger.for_run()
        self.clock = clock
        self.on_conflict: OnConflict = on_conflict
        self.failed: dict[Subject, PublisherError] = {}
        self._jobs: dict[Subject, Job] = {}
        self._claims: dict[str, str] | None = None
        self._on_event = on_event
        self._checkpoint = checkpoint
        self._turns = turns or Turns(ledger)
        self._unheard: dict[int, list[Call[Any]]] = {}

    def emit(self, kind: EventKind, key: str = "", detail: str = "") -> None:
        """Tell whoever watches the run of a step."""
        if self._on_event is not None:
            self._on_event(Event(kind, self.target, key, detail))

    async def in_ledger(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a writing method of the ledger in a worker thread: it may have to wait for other processes."""
        self._checkpoint(f"ledger.{getattr(method, '__name__', '')}")
        return await self.from_ledger(method, *args, **kwargs)

    def in_ledger_later(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Call[R]:
        """Call a writing method in one transaction with the next one.

        If it fails, the next call of the same task raises that, or else :meth:`hear`: not one about another article or
        of another run, nor a sign of life, which may fail without harm.
        """
        self._checkpoint(f"ledger.{getattr(method, '__name__', '')}")
        call = self._turns.later(method, *args, **kwargs)
        self._unheard.setdefault(anyio.get_current_task().id, []).append(call)
        return call

    async def from_ledger(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a reading method. Dying before it is the same as dying after the last write, so it is no checkpoint."""
        try:
            came = await self._turns.call(method, *args, **kwargs)
        except PublisherError as error:  # of one transaction that failed as a whole it is told once
            for calls in self._unheard.values():
                calls[:] = [call for call in calls if call.failed_with() is not error]
            raise
        self.hear(anyio.get_current_task().id)
        return came

    def hear(self, task: int | None = None) -> None:
        """Raise what failed of the calls that a task, or any, had made later and that are over.

        Each is heard once, and of several that failed the first is raised: what is raised for another one would fail a
        call that has nothing to do with it.
        """
        over: list[Call[Any]] = []
        for one in [task] if task is not None else list(self._unheard):
            calls = self._unheard.pop(one, [])
            over += (call for call in calls if call.came.done())
            left = [call for call in calls if not call.came.done()]
            if left:
                self._unheard[one] = left
        for call in over:
            call.result()

    async def known(self, jobs: Sequence[Job], needs: Iterable[Subject] = ()) -> Known:
        """The snapshot that a flow about these jobs gets."""
        if self._claims is None and not self.backend.capabilities.reads:
            self._claims = {}  # nothing that stands there is ever recognised
        if self._claims is None:
            self._claims = await self.from_ledger(self.ledger.claims, self.target)
        keys = {job.key for job in jobs}
        claimed = frozenset(remote_id for remote_id, key in self._claims.items() if key not in keys)
        known = await self.from_ledger(self.ledger.known, self.target, jobs, list(needs), self.clock.now())
        return replace(known, failed=dict(self.failed), claimed=claimed, on_conflict=self.on_conflict)

    def works_on(self, subject: Subject) -> bool:
        """Whether an article of this run is meant."""
        return subject in self._jobs

    def work_on(self, jobs: Iterable[Job]) -> None:
        """From now on attempts about these articles belong to these jobs."""
        self._jobs |= {job.subject: job for job in jobs}

    def needs(self, jobs: Iterable[Job]) -> list[Subject]:
        """The assets and terms that jobs need, each once. What takes an article off needs none."""
        writes = [job for job in jobs if job.action in (Action.CREATE, Action.UPDATE)]
        return list(dict.fromkeys(need for job in writes for need in self.backend.needs(job)))

    # Leases

    def names(self, subjects: Collection[Subject]) -> frozenset[str]:
        """What is leased for them: what each is called, and the slugs of articles."""
        slugs = {subject: self._jobs[subject].slug for subject in subjects if subject in self._jobs}
        return frozenset[str]().union(*(lease_names(subject, slugs) for subject in subjects))

    @asynccontextmanager
    async def leased(self, subjects: Sequence[Subject]) -> AsyncIterator[list[Subject]]:
        """Hold those of ``subjects`` that are free, each whole or not at all."""
        groups = [self.names([subject]) for subject in subjects]
        taken = await self.in_ledger(self.ledger.acquire, self.target, groups, self.clock.now())
        mine = [subject for subject, got in zip(subjects, taken, strict=True) if got]
        held = frozenset[str]().union(*(group for group, got in zip(groups, taken, strict=True) if got))
        try:
            yield mine
        finally:
            if held:
                with anyio.CancelScope(shield=True):
                    await self.in_ledger(self.ledger.release, self.target, held)

    @asynccontextmanager
    async def leased_for(self, jobs: Sequence[Job]) -> AsyncIterator[list[Job]]:
        """Hold key and slug of those jobs for which both are free."""
        self.work_on(jobs)
        async with self.leased([job.subject for job in jobs]) as subjects:
            mine = set(subjects)
            yield [job for job in jobs if job.subject in mine]
