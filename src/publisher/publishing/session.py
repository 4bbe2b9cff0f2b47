"""AsyncPublisher: plans and publishes, with one ledger and one connection pool per target for as long as it is open."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from publisher.backends.base import Backend, OnConflict
from publisher.content.locating import with_lines
from publisher.driving.carrying import carry_out
from publisher.driving.clock import Clock, SystemClock
from publisher.driving.examining import examine
from publisher.driving.flows import side_by_side
from publisher.driving.redaction import keeping_secret
from publisher.driving.run import Checkpoint, Run
from publisher.errors import ConfigurationError, PublisherError, RefusedError
from publisher.models import Action, Article, Checkup, Event, Job, Outcome, Plan, PlannedAction, Receipt
from publisher.planning import DELETED, UNPUBLISHED, Standing, plan_target, wish
from publisher.publishing.books import Book, Books
from publisher.publishing.clients import Clients
from publisher.publishing.places import ledger_path
from publisher.publishing.sources import Articles, Entry, entries, is_file, one_article, places

Targets = Backend | Iterable[Backend]

#: How many targets are worked on at a time. With 200 of them, each answering in 0.1 s, more makes nothing faster: the
#: ledger writes one after the other. It bounds open connections, of which a target has some, and articles in memory.
AT_ONCE = 64

#: How many jobs are carried out before the next are loaded, so that a large folder does not fill the memory.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Planned:
    entry: Entry
    action: PlannedAction


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """What is wanted and what the ledger knows; a plan for each target, in the order of the articles."""

    book: Book
    wanted: Sequence[Entry]
    standing: Mapping[tuple[str, str], Standing]
    plans: Sequence[Sequence[_Planned]]


class AsyncPublisher:
    """Plans and publishes. Use it as ``async with``; it may be used by several tasks at once.

    ``targets`` are the ones that calls without a target mean. ``ledger`` is a path (default: see
    :func:`publisher.publishing.places.ledger_path`). ``on_event`` is called in the event loop for every step of a run.
    ``deadline`` is how many seconds (default 180) one request with its retries, or the look for one lost answer, may
    take. ``on_conflict`` says what to do about an article that was edited at the target: ``"fail"`` (default),
    ``"skip"`` or ``"overwrite"``. ``rerender`` also updates what an older renderer wrote. ``clock`` is for tests.
    """

    def __init__(
        self,
        targets: Targets = (),
        *,
        ledger: str | Path | None = None,
        on_event: Callable[[Event], None] | None = None,
        deadline: float = 180.0,
        on_conflict: OnConflict = "fail",
        rerender: bool = False,
        clock: Clock | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        if on_conflict not in ("fail", "skip", "overwrite"):
            raise ConfigurationError(
                f"there is no way {on_conflict!r} to treat a conflict",
                field="on_conflict",
                hint="Use 'fail', 'skip' or 'overwrite'.",
            )
        self._targets = listed(targets)
        self._ledger = ledger
        self._on_event = on_event
        self._deadline = deadline
        self._on_conflict: OnConflict = on_conflict
        self._rerender = rerender
        self._clock = clock or SystemClock()
        self._checkpoint = checkpoint
        self._books = Books(self._clock, checkpoint)
        self._clients = Clients(self._targets)
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
            with anyio.CancelScope(shield=True):
                await self._clients.close()
                await self._books.close()
        finally:
            group.cancel_scope.cancel()
            # What the caller's block raised is the caller's; the group would wrap it.
            await group.__aexit__(None, None, None)

    async def publish(self, article: Article | str | Path, target: Backend | None = None) -> Receipt:
        """Make ``target`` match ``article``, exactly once; the receipt says what the target made of it.

        Raises :class:`publisher.PublisherError`: what is wrong with the article, the target or the way to it; an
        :class:`publisher.errors.InDoubtError` means that the next run finds out.
        """
        outcomes = await self.publish_many([one_article(article)], self._one(target))
        return outcomes[0].unwrap()

    async def publish_many(self, articles: Articles, targets: Targets | None = None) -> list[Outcome]:
        """Make all targets match all articles. Outcomes come in the order of the articles, then of the targets.

        Up to 64 targets are worked on at a time. One that does not answer is tried a few times, for some minutes at
        most; its other articles then get an :class:`publisher.errors.UnreachableError` at once.
        """
        backends = self._chosen(targets)
        laid = await self._lay_out(articles, backends)
        done: dict[int, Mapping[int, Outcome]] = {}

        async def at_target(number: int, backend: Backend) -> None:
            done[number] = await self._carry_out(laid.book, backend, laid.plans[number], laid.standing)

        tasks = [partial(at_target, number, backend) for number, backend in enumerate(backends)]
        await side_by_side(tasks, AT_ONCE)
        fresh = {entry.source.path: entry.source for entry in laid.wanted if entry.source is not None}
        await laid.book.call(laid.book.ledger.remember_sources, list(fresh.values()))
        return [done[target][place] for place in range(len(laid.wanted)) for target in range(len(backends))]

    async def plan(self, articles: Articles, targets: Targets | None = None) -> Plan:
        """What ``publish_many`` would do, by the ledger alone: nothing is sent."""
        laid = await self._lay_out(articles, self._chosen(targets))
        return Plan(tuple(plan[place].action for place in range(len(laid.wanted)) for plan in laid.plans))

    async def unpublish(self, article: Article | str | Path, target: Backend | None = None) -> Receipt:
        """Take an article off the site but keep it there; ``article`` may also be a key. Twice is once."""
        return await self._take_off(Action.UNPUBLISH, article, self._one(target))

    async def delete(
        self, article: Article | str | Path, target: Backend | None = None, *, force: bool = False
    ) -> Receipt:
        """Delete what was published of an article; ``article`` may also be a key. Twice is once.

        It goes to the trash where the target has one, and with ``force`` for good.

        Raises :class:`publisher.errors.RefusedError` if it was never published.
        """
        return await self._take_off(Action.DELETE, article, self._one(target), force=force)

    async def doctor(self, target: Backend | None = None) -> Checkup:
        """How a target stands: what works and what will go wrong, each with its remedy.

        Only reads are sent, in at most a minute, and the ledger is not opened. What is wrong, even a site that does not
        answer, is a finding and no error.
        """
        backend = self._one(target)
        self._must_be_open()
        with keeping_secret(backend.secrets()):
            async with self._clients.of(backend) as client:
                return await examine(
                    backend,
                    client,
                    self._clock,
                    lambda said: self._tell(Event("retrying", backend.target.identity, "", said)),
                )

    # How it is done

    async def _take_off(
        self, action: Action, article: Article | str | Path, backend: Backend, *, force: bool = False
    ) -> Receipt:
        what = await anyio.to_thread.run_sync(_article_or_key, article)
        if isinstance(what, Article):
            what = what.at(backend.target)
        book = await self._book([what] if isinstance(what, Article) else [])
        key = what.key if isinstance(what, Article) else what
        target = backend.target.identity
        standing = (await book.call(book.ledger.standing, [target])).get((target, key))
        doubtful = (target, key) in await book.call(book.ledger.in_doubt, [target])
        if standing is None and not doubtful and not isinstance(what, Article):
            raise RefusedError(
                "the ledger knows of no such article there",
                target=target,
                article=key,
                hint="Check the key, or pass the article itself so that it can be looked up there.",
            )
        if action is Action.UNPUBLISH and not backend.capabilities.unpublish:
            raise RefusedError("this kind of target cannot unpublish", target=target, article=key, hint="Delete it.")
        if action is Action.UNPUBLISH and standing is not None and standing.wish == UNPUBLISHED:
            return standing.receipt
        slug = what.slug if isinstance(what, Article) else (standing.receipt.slug if standing else key)
        now = self._clock.now()
        last = (await book.call(book.ledger.last_revisions, target)).get(key, 0)
        revision = max(last + 1, int(now * 1000))
        job = Job(
            id=Job.identify(target, key, revision),
            target=target,
            key=key,
            slug=slug,
            revision=revision,
            action=action,
            wish=UNPUBLISHED if action is Action.UNPUBLISH else DELETED,
            renderer=backend.renderer,
            created=now,
            article=what if isinstance(what, Article) else None,
            force=force,
        )
        async with self._running(book, backend) as run:
            receipt = (await carry_out(run, [job]))[key].unwrap()
        if not receipt.remote_id and not last:
            raise RefusedError(
                "nothing of it stands there, and nothing ever did by this ledger",
                target=target,
                article=key,
                hint="Check that it is the right article and the right target.",
            )
        return receipt

    async def _lay_out(self, articles: Articles, backends: Sequence[Backend]) -> _LaidOut:
        """What is wanted, beside what the ledger knows."""
        found = await anyio.to_thread.run_sync(places, articles)
        book = await self._book(found)
        files = any(isinstance(one, Path) for one in found)
        remembered = await book.call(book.ledger.sources) if files else {}
        wanted = await anyio.to_thread.run_sync(entries, found, remembered, time.time_ns())
        names = [backend.target.identity for backend in backends]
        standing = await book.call(book.ledger.standing, names)
        in_doubt = await book.call(book.ledger.in_doubt, names)
        plans = []
        for backend in backends:
            actions = plan_target(
                [entry.wanted.at(backend.target) for entry in wanted],
                backend.target.identity,
                backend.fingerprint(),
                backend.renderer,
                standing,
                in_doubt,
                rerender=self._rerender,
                now=self._clock.now(),
            )
            plans.append([_Planned(entry, action) for entry, action in zip(wanted, actions, strict=True)])
        return _LaidOut(book, wanted, standing, plans)

    async def _carry_out(
        self,
        book: Book,
        backend: Backend,
        plan: Sequence[_Planned],
        standing: Mapping[tuple[str, str], Standing],
    ) -> Mapping[int, Outcome]:
        target = backend.target.identity
        outcomes: dict[int, Outcome] = {}
        todo: dict[int, _Planned] = {}
        for place, planned in enumerate(plan):
            self._tell(
                Event("planned", target, planned.action.key, f"{planned.action.action}: {planned.action.reason}")
            )
            if planned.action.error is not None:
                outcomes[place] = _failed(planned.action, planned.action.error)
            elif planned.action.action is Action.NO_OP:
                there = standing[target, planned.action.key]
                outcomes[place] = Outcome(planned.action.key, target, Action.NO_OP, receipt=there.receipt)
            else:
                todo[place] = planned
        if not todo and not await book.call(book.ledger.open_creates, target):
            return outcomes
        revisions = await book.call(book.ledger.last_revisions, target)
        numbers = list(todo)
        async with self._running(book, backend) as run:
            for start in range(0, max(1, len(numbers)), CHUNK):
                chunk = {place: todo[place] for place in numbers[start : start + CHUNK]}
                outcomes |= await self._carry_out_chunk(run, chunk, standing, revisions)
        return outcomes

    async def _carry_out_chunk(
        self,
        run: Run,
        chunk: Mapping[int, _Planned],
        standing: Mapping[tuple[str, str], Standing],
        revisions: Mapping[str, int],
    ) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        jobs: dict[int, Job] = {}
        for place, planned in chunk.items():
            try:
                article = await anyio.to_thread.run_sync(planned.entry.load)
                jobs[place] = self._job(run.backend, article, standing, revisions)
            except PublisherError as error:
                outcomes[place] = _failed(planned.action, error)
        done = await carry_out(run, list(jobs.values()))
        return outcomes | {place: await _with_lines(done[job.key]) for place, job in jobs.items()}

    def _job(
        self,
        backend: Backend,
        article: Article,
        standing: Mapping[tuple[str, str], Standing],
        revisions: Mapping[str, int],
    ) -> Job:
        target = backend.target.identity
        there = standing.get((target, article.key))
        theirs = article.at(backend.target).fitted(backend.images)
        now = self._clock.now()
        last = max(revisions.get(article.key, 0), there.revision if there else 0)
        revision = max(last + 1, int(now * 1000))
        return Job(
            id=Job.identify(target, article.key, revision),
            target=target,
            key=article.key,
            slug=theirs.slug,
            revision=revision,
            action=Action.CREATE if there is None else Action.UPDATE,
            wish=wish(article.digest, backend.fingerprint()),
            renderer=backend.renderer,
            created=now,
            article=theirs,
        )

    @asynccontextmanager
    async def _running(self, book: Book, backend: Backend) -> AsyncIterator[Run]:
        """A run at one target."""
        more = {} if self._checkpoint is None else {"checkpoint": self._checkpoint}
        async with AsyncExitStack() as stack:
            stack.enter_context(keeping_secret(backend.secrets()))
            client = await stack.enter_async_context(self._clients.of(backend))
            run = Run(
                backend,
                client,
                book.ledger,
                self._clock,
                deadline=self._deadline,
                on_conflict=self._on_conflict,
                on_event=self._on_event,
                one_at_a_time=book.slot,
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

    def _tell(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _chosen(self, targets: Targets | None) -> list[Backend]:
        chosen = self._targets if targets is None else listed(targets)
        if not chosen:
            raise ConfigurationError("no target is given", hint="Pass one, for example WordPress('https://…').")
        identities = [backend.target.identity for backend in chosen]
        twice = next((name for name in identities if identities.count(name) > 1), None)
        if twice is not None:
            raise ConfigurationError(
                f"the target {twice} is given twice", hint="Give two places on one site an id= of their own."
            )
        return chosen

    def _one(self, target: Backend | None) -> Backend:
        chosen = self._chosen(target)
        if len(chosen) != 1:
            raise ConfigurationError("this publisher has several targets", hint="Say which one is meant.")
        return chosen[0]


def listed(targets: Targets) -> list[Backend]:
    """The targets that are meant. Raises :class:`ConfigurationError` for what is none."""
    listed = [targets] if isinstance(targets, Backend) else list(targets)
    for one in listed:
        if not isinstance(one, Backend):
            raise ConfigurationError(f"{one!r} is not a target", hint="A target is for example WordPress('https://…').")
    return listed


def _article_or_key(article: Article | str | Path) -> Article | str:
    if isinstance(article, Article):
        return article
    if isinstance(article, Path) or is_file(article):
        return Article.from_file(article)
    return article


async def _with_lines(outcome: Outcome) -> Outcome:
    """What only the target finds fault with gets its line in the file as well."""
    if outcome.error is None:
        return outcome
    return replace(outcome, error=await anyio.to_thread.run_sync(with_lines, outcome.error))


def _failed(planned: PlannedAction, error: PublisherError) -> Outcome:
    located = error.located(target=planned.target, article=planned.key)
    return Outcome(planned.key, planned.target, Action.BLOCKED, error=located)
