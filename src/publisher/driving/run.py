"""One run at one target: how the steps of its flows are carried out, and what comes of its articles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
import httpx

from publisher.backends.base import Backend, OnConflict
from publisher.backends.steps import (
    Absent,
    Address,
    Done,
    Fact,
    Failed,
    Flow,
    Found,
    Half,
    Lost,
    Placed,
    Removed,
    Resolve,
    Send,
    Stored,
    Unsure,
    Written,
)
from publisher.driving.budget import budget_of
from publisher.driving.circuit import Circuit
from publisher.driving.clock import Clock
from publisher.driving.flows import drive
from publisher.driving.guard import resolved
from publisher.driving.redaction import redact
from publisher.driving.schedule import next_try
from publisher.driving.sending import TRIES, Sender
from publisher.driving.tries import Tries
from publisher.driving.turns import Turns
from publisher.driving.work import Checkpoint, Work, no_checkpoint
from publisher.errors import (
    AuthenticationError,
    ConflictError,
    InDoubtError,
    LeaseLostError,
    PublisherError,
    TargetError,
    UnexpectedAnswerError,
    error_from_record,
)
from publisher.ledger import Ledger, NextTry
from publisher.models import Action, Asset, Event, Job, Outcome, Receipt, Rendition, Subject

R = TypeVar("R")

#: The answer of a target that wants nothing more: it is not asked again by itself, but when a person resumes it.
GONE = 410


class Run(Work):
    """One run at one target.

    ``outcomes`` fills up by article key; ``circuit`` knows whether the target stopped answering, so that the other
    articles are not tried any more; ``looking`` is set while a lost answer is looked for, and ``once`` if each request
    of that look is tried but once; ``looks`` says what the last look saw, and ``reasons`` why the last create about
    something was lost.

    ``deadline`` is how many seconds a request with all its retries, a look for a lost answer, or a wait for another
    publisher may take. ``queues`` are those for the budgets of credentials, shared by the runs of one publisher. The
    other arguments are those of :class:`publisher.driving.work.Work`.
    """

    def __init__(
        self,
        backend: Backend,
        client: httpx.AsyncClient,
        ledger: Ledger,
        clock: Clock,
        *,
        deadline: float,
        on_conflict: OnConflict = "fail",
        on_event: Callable[[Event], None] | None = None,
        checkpoint: Checkpoint = no_checkpoint,
        turns: Turns | None = None,
        queues: dict[str, anyio.Lock] | None = None,
    ) -> None:
        super().__init__(
            backend, ledger, clock, on_conflict=on_conflict, on_event=on_event, checkpoint=checkpoint, turns=turns
        )
        self.deadline = deadline
        self.outcomes: dict[str, Outcome] = {}
        self.circuit = Circuit()
        self.looking = self.once = False
        self.learn_again = 0
        self.reasons: dict[Subject, str] = {}
        self.looks: dict[Subject, Half | Absent | Unsure] = {}
        self._lost: set[Subject] = set()
        self._answered: dict[Subject, list[int]] = {}
        self._not_before: dict[str, float] = {}
        self._fitting = anyio.CapacityLimiter(min(4, os.cpu_count() or 1))
        waiting = partial(self.emit, "waiting", "")
        limits = backend.connection
        self._sender = Sender(
            backend,
            client,
            clock,
            deadline if limits.deadline is None else min(deadline, limits.deadline),
            checkpoint,
            partial(self.emit, "retrying", ""),
            tries=limits.tries or TRIES,
            budget=budget_of(backend, clock, self.ledger, self.in_ledger, {} if queues is None else queues, waiting),
            circuit=self.circuit,
        )

    def out_of_doubt(self, subjects: Iterable[Subject]) -> None:
        """It is known what became of the creates about these."""
        self._lost.difference_update(subjects)

    # Flows

    async def drive(self, flow: Flow[R]) -> R:
        """Run a flow to its end; see :func:`publisher.driving.flows.drive`."""
        try:
            return await drive(flow, self)
        except TargetError as error:
            if isinstance(error, AuthenticationError | UnexpectedAnswerError) or error.status == 404:
                # What was learned about the site may be what is wrong: another address, another user.
                await self.in_ledger(self.ledger.forget_facts, self.target)
                self.learn_again = self.learn_again or 1
            raise

    async def fit(self, asset: Asset) -> Rendition | Failed:
        """Make the bytes of an asset in a worker thread; no more at a time than there are cores for."""
        try:
            return await anyio.to_thread.run_sync(asset.rendition, limiter=self._fitting)
        except PublisherError as error:
            return Failed(error)

    async def resolve(self, step: Resolve) -> tuple[Address, ...] | Lost:
        """Look a host up; nothing is sent to it."""
        return await resolved(self.backend.connection, step)

    async def send(self, step: Send) -> httpx.Response | Lost:
        """Journal an attempt and send it; a read leaves no trace."""
        if step.effect == "read":
            return await self._sender.send(step, anyway=self.looking, once=self.once)
        assert step.about, "a request that changes something must say what it is about"
        replayed = step.parcel is not None and step.parcel.replay_of is not None
        names = self.names(step.about.keys())
        job_ids = {subject: self._jobs[subject].id for subject in step.about if subject in self._jobs}
        ids: list[int] = []
        tries = None
        if step.parcel is not None:
            tries = Tries(self.target, next(iter(step.about)), step.parcel, self.ledger, self.in_ledger_later)

        async def journal(before: Lost | None) -> None:
            nonlocal ids
            now = self.clock.now()
            with anyio.CancelScope(shield=True):  # what was journaled can be withdrawn only if its ids are known
                if tries is not None:
                    tries.begin(now)
                if replayed:  # what stands there stays what it is: a receiver goes by the revision
                    await self.in_ledger(self.ledger.beat, now)
                elif before is None:
                    about = (self.target, step.about, step.effect, job_ids, names, now)
                    ids = await self.in_ledger(self.ledger.journal, *about)
                else:
                    again = (self.target, ids, names, now)
                    ids = await self.in_ledger(self.ledger.journal_again, *again, lost=before.sent)
                if tries is not None:
                    tries.begun()
            for subject in step.about:
                self.emit("sent", subject.name if subject.kind == "article" else "", str(subject))

        async def withdraw() -> None:
            if ids:
                await self.in_ledger(self.ledger.withdraw, ids)

        try:
            answer = await self._sender.send(step, journal, withdraw, anyway=self.looking, once=self.once, watch=tries)
        except LeaseLostError:
            if step.effect == "create":  # every try before this one provably took no effect
                await withdraw()
            raise
        if tries is not None:
            tries.end()
        if replayed:
            return answer
        if isinstance(answer, Lost) and answer.later and step.parcel is not None and step.parcel.job is not None:
            self._not_before[step.parcel.job] = self.clock.now() + answer.later
        if isinstance(answer, Lost) and answer.sent:
            self.reasons |= dict.fromkeys(step.about, answer.why)
            if step.effect == "create":
                self._lost |= step.about.keys()
        elif isinstance(answer, Lost) or self.backend.classify(answer, step.effect) == "permanent":
            await withdraw()
        else:
            for subject, attempt in zip(step.about, ids, strict=True):
                self._answered.setdefault(subject, []).append(attempt)
        return answer

    async def settle(self, step: Done) -> None:
        """Commit what a flow settled."""
        subject, result = step.subject, step.result
        now = self.clock.now()
        self._checkpoint("before commit")
        if isinstance(result, Fact):
            await self.in_ledger(self.ledger.learn, self.target, subject.name, result, now)
        elif isinstance(result, Half | Absent | Unsure):
            self.looks[subject] = result
        elif isinstance(result, Failed):
            await self._settle_failed(subject, result.error)
        elif isinstance(result, Removed) and subject.kind != "article":
            await self.in_ledger(self.ledger.forget_placed, self.target, [subject])
        elif isinstance(result, Placed):
            await self._settle_placed(subject, result)
        elif isinstance(result, Found) and isinstance(result.result, Placed):
            await self._settle_placed(subject, result.result)
        else:
            await self._settle_article(subject, result, now)

    async def _settle_placed(self, subject: Subject, what: Placed) -> None:
        await self.in_ledger(self.ledger.settle_placed, self.target, subject, what, self.names([subject]))

    async def _settle_article(self, subject: Subject, result: Written | Removed | Stored | Found, now: float) -> None:
        job = self._jobs[subject]
        about = (self.target, job, result, self.names([subject]), now, self._answered.pop(subject, ()))
        receipt = await self.in_ledger(self.ledger.settle_article, *about)
        if self._claims is not None and receipt.remote_id and self.backend.capabilities.reads:
            self._claims[receipt.remote_id] = job.key
        if isinstance(result, Found):
            self.emit("waiting", job.key, "found at the target; it is written once more")
        elif isinstance(result, Stored):
            self.emit("waiting", job.key, "stored at the target, and not whole yet")
        else:
            self._conclude(job, receipt)

    async def _settle_failed(self, subject: Subject, error: PublisherError) -> None:
        if isinstance(error, LeaseLostError):
            return  # whoever took it over settles it; this run looks again
        if subject in self._lost:
            return  # it may have happened after all: a look at the target decides
        job = self._jobs.get(subject)
        located = self._told(error, job)
        about = (self.target, subject, job, located, self.names([subject]), self._answered.pop(subject, ()))
        try:
            await self.in_ledger(self.ledger.settle_failed, *about, self._next_try(job, error))
        except LeaseLostError:
            return  # likewise
        if job is None:
            self.failed[subject] = located
        elif isinstance(error, ConflictError) and self.on_conflict == "skip":
            await self._skip(job, located)
        else:
            self._conclude(job, located)

    async def _skip(self, job: Job, error: PublisherError) -> None:
        found = await self.from_ledger(self.ledger.standing, [self.target], [job.key])
        standing = found.get((self.target, job.key))
        if standing is None:  # somebody else's article in our place cannot be skipped over as if it were ours
            self._conclude(job, error)
        else:
            self._conclude(job, standing.receipt.model_copy(update={"action": Action.CONFLICT}))

    def _told(self, error: PublisherError, job: Job | None) -> PublisherError:
        """The error as it may be shown and kept: with its place, and without what must stay secret."""
        record = error.located(target=self.target, article=job.key if job else None).record()
        shown = {name: redact(value) if isinstance(value, str) else value for name, value in record.items()}
        return error_from_record(shown)

    async def conclude(self, job: Job, result: Receipt | PublisherError) -> None:
        """The outcome of a job is known, without anything to settle. What is in doubt stays pending in the ledger."""
        if isinstance(result, Receipt):
            await self.in_ledger(self.ledger.supersede, job)
        elif not isinstance(result, InDoubtError):
            await self.in_ledger(self.ledger.fail, job, self._told(result, job), self._next_try(job, result))
        self._conclude(job, result)

    def _next_try(self, job: Job | None, error: PublisherError) -> NextTry | None:
        """When what failed is tried again, where the target has a schedule and the failure is the target's."""
        schedule = self.backend.connection.schedule
        stopped = self.backend.stop_fact and error.status == GONE
        if job is None or not schedule or stopped or not isinstance(error, TargetError):
            return None
        return partial(next_try, schedule, self.clock.now(), self._not_before.get(job.id, 0.0))

    def may_learn_again(self, error: PublisherError) -> bool:
        """Whether what failed may have failed because of stale facts, and is worth another turn. Once in a run."""
        if self.learn_again != 1 or isinstance(error, AuthenticationError):
            return False
        self.learn_again = 2
        return True

    async def end(self) -> None:
        """Nothing is held any more."""
        await self.in_ledger(self.ledger.leave)
        self.hear()

    def _conclude(self, job: Job, result: Receipt | PublisherError) -> None:
        if isinstance(result, Receipt):
            self.outcomes[job.key] = Outcome(job.key, self.target, result.action, receipt=result)
            self.emit("settled", job.key, result.action)
        else:
            error = self._told(result, job)
            self.outcomes[job.key] = Outcome(job.key, self.target, job.action, error=error)
            self.emit("failed", job.key, str(error))
