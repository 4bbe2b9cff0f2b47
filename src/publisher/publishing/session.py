"""AsyncPublisher: plans and publishes, with one ledger and one connection pool per target for as long as it is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from publisher.backends.base import Backend
from publisher.driving.examining import examine
from publisher.driving.flows import side_by_side
from publisher.driving.redaction import keeping_secret
from publisher.driving.replaying import replay
from publisher.errors import PublisherError
from publisher.models import Action, Article, Checkup, Delivery, Event, Outcome, Overview, Plan, Receipt, Replayed
from publisher.planning import Standing
from publisher.publishing.adopting import adopt
from publisher.publishing.again import anything_left, undelivered, what_is_left
from publisher.publishing.books import Book
from publisher.publishing.delivering import chosen, forget_the_old, must_be_a_receiver, seconds, stopped
from publisher.publishing.jobs import job_to_write
from publisher.publishing.later import with_times
from publisher.publishing.laying import LaidOut, Planned, failed, lay_out
from publisher.publishing.looking import refreshed, with_differences
from publisher.publishing.overview import overview
from publisher.publishing.shared import Shared
from publisher.publishing.sources import Articles, one_article, places
from publisher.publishing.takingoff import TakingOff, article_or_key
from publisher.publishing.targets import Targets
from publisher.publishing.writing import write_all

#: How many targets are worked on at a time. With 200 of them, each answering in 0.1 s, more makes nothing faster: the
#: ledger writes one after the other. It bounds open connections, of which a target has some, and articles in memory.
AT_ONCE = 64


class AsyncPublisher(Shared):
    """Plans and publishes. Use it as ``async with``; it may be used by several tasks at once.

    ``targets`` are the ones that calls without a target mean: backends, or names of targets in the publisher.toml of
    the articles, else of the working folder. ``ledger`` is a path (default: see
    :func:`publisher.publishing.places.ledger_path`). ``on_event`` is called in the event loop for every step of a run.
    ``deadline`` is how many seconds (default 180) one request with its retries, or the look for one lost answer, may
    take. ``on_conflict`` says what to do about an article that was edited at the target: ``"fail"`` (default),
    ``"skip"`` or ``"overwrite"``. ``rerender`` also updates what an older renderer wrote. ``refresh`` looks at
    unchanged articles at the target too: one that was edited or deleted there is a conflict. ``clock`` is for tests.
    """

    async def publish(self, article: Article | str | Path, target: Backend | str | None = None) -> Receipt:
        """Make ``target`` match ``article``, exactly once; the receipt says what the target made of it.

        Raises :class:`publisher.PublisherError`: what is wrong with the article, the target or the way to it; an
        :class:`publisher.errors.InDoubtError` means that the next run finds out.
        """
        place = one_article(article)
        outcomes = await self.publish_many([place], await self._one(target, [place]))
        return outcomes[0].unwrap()

    async def publish_many(self, articles: Articles, targets: Targets | None = None) -> list[Outcome]:
        """Make all targets match all articles. Outcomes come in the order of the articles, then of the targets.

        Up to 64 targets are worked on at a time. One that does not answer is tried a few times, for some minutes at
        most; its other articles then get an :class:`publisher.errors.UnreachableError` at once. Raises what is wrong
        with the call itself, before anything is sent; see :func:`publisher.publish_many`.
        """
        found, backends = await self._wanted(articles, targets)
        laid = await self._lay_out(await self._book(found), found, backends)
        done: dict[int, Mapping[int, Outcome]] = {}

        async def at_target(number: int, backend: Backend) -> None:
            plan = laid.plans[number]
            if self._refresh:
                plan = await self._refreshed(laid, number, for_good=True)
            done[number] = await self._carry_out(laid.book, backend, plan, laid.standing)

        tasks = [partial(at_target, number, backend) for number, backend in enumerate(laid.backends)]
        await side_by_side(tasks, AT_ONCE)
        await self._remember(laid)
        return [done[target][place] for place in range(len(laid.wanted)) for target in range(len(laid.backends))]

    async def plan(self, articles: Articles, targets: Targets | None = None, *, diff: bool = False) -> Plan:
        """What ``publish_many`` would do. Nothing but reads is ever sent.

        By the ledger alone, without asking the targets and without their secrets; unless ``diff`` asks what would
        change there, field by field, or the publisher is to ``refresh``.
        """
        found, backends = await self._wanted(articles, targets, secrets=diff or self._refresh)
        async with self._book_to_look_at(found) as book:
            return await self._plan(await self._lay_out(book, found, backends), diff=diff)

    async def status(self, targets: Targets | None = None) -> Overview:
        """What the ledger knows: what stands where, what is in doubt, what failed, and which files changed since.

        Of ``targets``, or else of all that the ledger knows. Nothing is sent, and no secret is needed. Whether a file
        changed is told for these targets, or else for the publisher's own.
        """
        known = targets is not None or self._targeting.default
        backends = await self._chosen(targets, [], secrets=False) if known else []
        names = None if targets is None else [backend.target.identity for backend in backends]
        async with self._book_to_look_at([]) as book:
            return await overview(book, names, backends)

    async def retry(self, targets: Targets | None = None, *, now: bool = False) -> list[Outcome]:
        """Find out what is in doubt, and do again what failed or was interrupted, as the ledger has it.

        Articles that came from files are read again; those of a program are as they were then. Outcomes come by target,
        then by key; none where nothing was left to do. Receivers of events have a schedule: what is not due yet, or was
        given up after its last attempt, is left alone and its outcome is its last error, unless ``now`` wants all of it
        at once. An event that is sent again is the same one, with the same id.
        """
        backends = await self._chosen(targets, [])
        async with self._book_to_look_at([]) as book:
            if not await anything_left(book, [backend.target.identity for backend in backends]):
                return []
        book = await self._book([])
        done: dict[int, list[Outcome]] = {}

        async def at_target(number: int, backend: Backend) -> None:
            done[number] = await self._again(book, backend, None if now else self._clock.now())

        tasks = [partial(at_target, number, backend) for number, backend in enumerate(backends)]
        await side_by_side(tasks, AT_ONCE)
        return [outcome for number in range(len(backends)) for outcome in done[number]]

    async def unpublish(self, article: Article | str | Path, target: Backend | str | None = None) -> Receipt:
        """Take an article off the site but keep it there; ``article`` may also be a key. Twice is once.

        Raises :class:`publisher.errors.RefusedError` where the target cannot unpublish, or nothing ever stood there.
        """
        return await self._take_off(Action.UNPUBLISH, article, target)

    async def delete(
        self, article: Article | str | Path, target: Backend | str | None = None, *, force: bool = False
    ) -> Receipt:
        """Delete what was published of an article; ``article`` may also be a key. Twice is once.

        It goes to the trash where the target has one, and with ``force`` for good.

        Raises :class:`publisher.errors.RefusedError` if it was never published.
        """
        return await self._take_off(Action.DELETE, article, target, force=force)

    async def adopt(
        self, article: Article | str | Path, remote_id: str, target: Backend | str | None = None
    ) -> Receipt:
        """Bind what stands at a target under ``remote_id`` to an article, without writing anything there.

        The next run makes it match the article, whatever stands there; ``plan`` with ``diff`` shows what that changes.
        Raises :class:`publisher.errors.ConflictError` where either is bound to something else already, and
        :class:`publisher.errors.RefusedError` where nothing with that id stands there.
        """
        place = one_article(article)
        what = place if isinstance(place, Article) else await anyio.to_thread.run_sync(Article.from_file, place)
        backend = await self._one(target, [place])
        book = await self._book([place])
        last = (await book.call(book.ledger.last_revisions, backend.target.identity, [what.key])).get(what.key, 0)
        job = job_to_write(backend, what, None, last, self._clock.now())
        async with self._running(book, backend) as run:
            try:
                return await adopt(run, job.model_copy(update={"action": Action.UPDATE}), remote_id)
            except PublisherError as error:
                raise error.located(target=job.target, article=job.key) from None

    async def move_target(self, old: str, target: Backend | str | None = None) -> int:
        """Give all that the ledger knows of the target with the identity ``old`` to ``target``: a site that has another
        address now. Nothing is sent. Returns how many articles stand there.

        Raises :class:`ConfigurationError` where the ledger knows nothing of ``old``, or something of ``target``.
        """
        backend = await self._one(target, [], secrets=False)
        async with self._book_to_look_at([]) as there:  # what cannot be done makes no ledger
            await there.call(there.ledger.check_move, old, backend.target)
        book = await self._book([])
        return await book.call(book.ledger.move, old, backend.target, self._clock.now())

    async def deliveries(
        self,
        targets: Targets | None = None,
        *,
        failed: bool = False,
        since: dt.datetime | None = None,
        limit: int | None = None,
    ) -> list[Delivery]:
        """The log of what was sent to receivers of events, newest first, at most ``limit``; nothing is sent.

        Of ``targets``, or else of all that the ledger knows. ``since`` is the time of the first (without a zone:
        the machine's own). ``failed`` leaves in the last attempts only of what never arrived, unless something newer
        about the same article did. The log is kept for 30 days; see ``log_days`` of :class:`publisher.Webhook`.
        """
        backends = None if targets is None else await self._chosen(targets, [], secrets=False)
        names = None if backends is None else [backend.target.identity for backend in backends]
        begin = seconds(since)
        async with self._book_to_look_at([]) as book:
            return await book.call(book.ledger.deliveries, names, failed=failed, since=begin, limit=limit)

    async def replay(
        self,
        ids: str | Sequence[str] = (),
        targets: Targets | None = None,
        *,
        since: dt.datetime | None = None,
        failed: bool = False,
        every: bool = False,
    ) -> Replayed:
        """Send again what was sent before, as it is in the log: the same bytes under a new ``webhook-id``.

        For a receiver that lost its data. Either ``ids`` (those of :class:`publisher.models.Delivery`), or all that was
        sent ``since`` a time, or that ``failed``; of these the newest of each article, unless it is to be ``every``
        one. A receiver that holds a newer revision of an article drops an older one: a replay undoes nothing. It
        settles nothing either: what failed is still there for :meth:`retry`. A target that does not answer, or wants
        nothing more, stops no other: it is in ``left_out`` of what is returned.

        Raises :class:`ConfigurationError` for an id that is not known or not kept any more.
        """
        backends = await self._chosen(targets, [])
        single = [ids] if isinstance(ids, str) else list(ids)
        async with self._book_to_look_at([]) as there:
            found = await chosen(there, backends, single, since, failed=failed, every=every)
        if not found:
            return Replayed()
        book = await self._book([])
        sent: list[str] = []
        left_out: list[PublisherError] = []
        for backend in backends:
            events = found.get(backend.target.identity)
            if events:
                async with self._running(book, backend) as run:
                    tried, why = await replay(run, events)
                sent += tried
                left_out += [] if why is None else [why]
        attempts = await book.call(book.ledger.deliveries, list(found), ids=sent)
        return Replayed(tuple(attempts), tuple(left_out))

    async def resume(self, target: Backend | str | None = None) -> bool:
        """Send to a receiver again that answered 410 and got nothing since; False where it had not. Nothing is sent.

        What it missed is left for :meth:`retry`. Raises :class:`ConfigurationError` for a target that is no receiver.
        """
        backend = await self._one(target, [], secrets=False)
        must_be_a_receiver(backend)
        async with self._book_to_look_at([]) as there:
            if not (await stopped(there, backend, self._clock.now())).facts:
                return False
        book = await self._book([])
        return await book.call(book.ledger.forget_fact, backend.target.identity, backend.stop_fact, self._clock.now())

    async def doctor(self, target: Backend | str | None = None) -> Checkup:
        """How a target stands: what works and what will go wrong, each with its remedy.

        Only reads are sent, in at most a minute. The ledger is not written to; it is read where it may tell that a
        receiver wanted nothing more. What is wrong, even a site that does not answer, is a finding and no error.
        """
        backend = await self._one(target, [])
        self._must_be_open()
        known = None
        if backend.stop_fact:
            async with self._book_to_look_at([]) as book:
                known = await stopped(book, backend, self._clock.now())
        with keeping_secret(backend.secrets()):
            async with self._clients.of(backend) as client:
                return await examine(
                    backend,
                    client,
                    self._clock,
                    lambda said: self._tell(Event("retrying", backend.target.identity, "", said)),
                    known,
                )

    # How it is done

    async def _plan(self, laid: LaidOut, *, diff: bool) -> Plan:
        """See :meth:`plan`."""
        plans: dict[int, Sequence[Planned]] = dict(enumerate(laid.plans))

        async def at_target(number: int, backend: Backend) -> None:
            if self._refresh:
                plans[number] = await self._refreshed(laid, number)
            if diff:
                standing = {key: there for (at, key), there in laid.standing.items() if at == backend.target.identity}
                async with self._looking(laid.book, backend) as run:
                    plans[number] = await with_differences(run, plans[number], standing, self._on_conflict)
            plans[number] = await with_times(backend, plans[number], self._clock.now())

        tasks = [partial(at_target, number, backend) for number, backend in enumerate(laid.backends)]
        await side_by_side(tasks, AT_ONCE)
        return Plan(tuple(plans[at][place].action for place in range(len(laid.wanted)) for at in plans))

    async def _take_off(
        self,
        action: Action,
        article: Article | str | Path,
        target_or_name: Backend | str | None,
        *,
        force: bool = False,
        book: Book | None = None,
    ) -> Receipt:
        what = await anyio.to_thread.run_sync(article_or_key, article)
        about = [what] if isinstance(what, Article) else []
        backend = await self._one(target_or_name, about)
        if isinstance(what, Article):
            what = what.at(backend.target)
        if book is None:
            async with self._book_to_look_at(about) as there:  # what cannot be done makes no ledger
                await TakingOff(there, backend, action, what, force=force).done_already()
            book = await self._book(about)
        taking_off = TakingOff(book, backend, action, what, force=force)
        receipt = await taking_off.done_already()
        if receipt is None:
            async with self._running(book, backend) as run:
                receipt = await taking_off.carry_out(run)
        return receipt

    async def _wanted(
        self, articles: Articles, targets: Targets | None, *, secrets: bool = True
    ) -> tuple[Sequence[Article | Path], list[Backend]]:
        """The single articles, and the targets that are to match them."""
        found = await anyio.to_thread.run_sync(places, articles)
        return found, await self._chosen(targets, found, secrets=secrets)

    async def _lay_out(self, book: Book, found: Sequence[Article | Path], backends: Sequence[Backend]) -> LaidOut:
        """What is wanted, beside what the ledger knows."""
        return await lay_out(book, found, backends, rerender=self._rerender, now=self._clock.now())

    async def _remember(self, laid: LaidOut) -> None:
        fresh = {entry.source.path: entry.source for entry in laid.wanted if entry.source is not None}
        await laid.book.call(laid.book.ledger.remember_sources, list(fresh.values()))

    async def _refreshed(self, laid: LaidOut, number: int, *, for_good: bool = False) -> Sequence[Planned]:
        """One plan after a look at the target."""
        backend, plan = laid.backends[number], laid.plans[number]
        async with self._looking(laid.book, backend) as run:
            return await refreshed(run, plan, self._on_conflict, for_good=for_good)

    async def _again(self, book: Book, backend: Backend, now: float | None) -> list[Outcome]:
        target = backend.target.identity
        left = await what_is_left(book, target, now)
        laid = await self._lay_out(book, left.found, [backend])
        plan, outcomes = left.same_keys(laid.plans[0])
        outcomes += (await self._carry_out(book, backend, plan, laid.standing)).values()
        await left.forget_unwanted(book, outcomes)
        await self._remember(laid)
        for job in left.take_offs:
            try:
                what = job.article or job.key
                receipt = await self._take_off(job.action, what, backend, force=job.force, book=book)
                outcomes.append(Outcome(job.key, target, job.action, receipt=receipt))
            except PublisherError as error:
                told = error.located(target=target, article=job.key)
                outcomes.append(Outcome(job.key, target, job.action, error=told))
        return sorted(outcomes, key=lambda outcome: outcome.key)

    async def _carry_out(
        self,
        book: Book,
        backend: Backend,
        plan: Sequence[Planned],
        standing: Mapping[tuple[str, str], Standing],
    ) -> Mapping[int, Outcome]:
        target = backend.target.identity
        outcomes: dict[int, Outcome] = {}
        todo: dict[int, Planned] = {}
        for place, planned in enumerate(plan):
            self._tell(
                Event("planned", target, planned.action.key, f"{planned.action.action}: {planned.action.reason}")
            )
            if planned.action.error is not None:
                outcomes[place] = failed(planned.action, planned.action.error)
            elif planned.action.action is Action.NO_OP:
                there = standing[target, planned.action.key]
                outcomes[place] = Outcome(planned.action.key, target, Action.NO_OP, receipt=there.receipt)
            else:
                todo[place] = planned
        if not todo and not await book.call(book.ledger.open_creates, target):
            return outcomes
        await forget_the_old(book, backend, self._clock.now())
        keys = [planned.action.key for planned in todo.values()]
        revisions = await book.call(book.ledger.last_revisions, target, keys)
        earlier = await undelivered(book, backend, keys)
        async with self._running(book, backend) as run:
            return outcomes | await write_all(run, todo, standing, revisions, earlier)
