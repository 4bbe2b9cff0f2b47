"""Ledger: the publishers' shared memory. Every method is one transaction, called from a worker thread."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from publisher.backends.base import Known
from publisher.backends.steps import Evidence, Fact, Found, Parcel, Placed, Removed, Stored, Written
from publisher.errors import PublisherError
from publisher.ledger import deliveries, journal, leases, moving, rates, records
from publisher.ledger.deliveries import Kept, Tried
from publisher.ledger.journal import NextTry, Unfinished
from publisher.ledger.looking import to_look_at
from publisher.ledger.rates import Heard, Limit, Permit
from publisher.ledger.records import SourceFile
from publisher.ledger.schema import owners
from publisher.ledger.store import Store
from publisher.models import Delivery, Effect, Intent, Job, Publication, Receipt, Subject, Target
from publisher.planning import Standing


class Ledger:
    """One ledger file, opened by one publisher, its *owner*. Times are Unix seconds and are given by the caller."""

    def __init__(self, place: Path | Store, _living: set[str] | None = None) -> None:
        self._store = place if isinstance(place, Store) else Store(place)
        self.owner = uuid.uuid4().hex
        #: This owner and those of its runs that have not ended: one sign of life is for all of them.
        self._living = {self.owner} if _living is None else _living

    @classmethod
    def to_look_at(cls, path: Path) -> Ledger:
        """The ledger at ``path`` for somebody who only looks: see :func:`publisher.ledger.looking.to_look_at`."""
        return cls(to_look_at(path))

    def for_run(self) -> Ledger:
        """The same ledger for one run: an owner of its own, so that two runs of one publisher share no lease."""
        run = Ledger(self._store, self._living)
        self._living.add(run.owner)
        return run

    @property
    def path(self) -> Path:
        """The file."""
        return self._store.path

    def close(self) -> None:
        """Give all leases back, those of all runs too, and close the file."""
        self._leave(set(self._living))
        self.abandon()

    def leave(self) -> None:
        """Give the leases of this owner back: its run has ended."""
        self._leave({self.owner})

    def _leave(self, owners: set[str]) -> None:
        with self._store.writing() as connection:
            for owner in owners:
                leases.leave(connection, owner)
        self._living.difference_update(owners)

    def abandon(self) -> None:
        """Close the file and leave everything as it is, as a process that dies does."""
        self._store.close()

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        """Call methods of this ledger, or of those for its runs, in one transaction; what they returned.

        Raises what the first one raises that fails, and then nothing was done.
        """
        with self._store.together():
            return [call() for call in calls]

    # Leases

    def beat(self, now: float) -> None:
        """A sign of life. Publishers that have been dead for a day are forgotten."""
        with self._store.writing() as connection:
            for owner in list(self._living):
                leases.beat(connection, owner, now)
            connection.execute(delete(owners).where(owners.c.expires_at < now - 86_400))

    def acquire(self, target: str, groups: Sequence[frozenset[str]], now: float) -> list[bool]:
        """Take each group of names whole or not at all; which were taken."""
        with self._store.writing() as connection:
            return leases.acquire(connection, self.owner, target, groups, now)

    def release(self, target: str, names: Iterable[str]) -> None:
        """Give those of these names back that are still ours."""
        with self._store.writing() as connection:
            leases.release(connection, self.owner, target, names)

    # Rates

    worth_learning = staticmethod(rates.worth_learning)

    def take_permit(self, limit: Limit, now: float) -> Permit:
        """A permit for one request under ``limit``, or how long to wait for one."""
        with self._store.writing() as connection:
            return rates.take(connection, limit, now)

    def learn_rate(self, limit: Limit, permit: Permit, heard: Heard, now: float) -> None:
        """Take in what the answer to the request with ``permit`` told about the limit."""
        with self._store.writing() as connection:
            rates.learn(connection, limit, permit, heard, now)

    # Jobs and attempts

    def begin(self, begun: Sequence[Job], again: Collection[str] = ()) -> list[Job]:
        """Write jobs down as pending; they are returned with the revisions under which they were.

        ``again`` are the ids of those that were begun before.
        """
        with self._store.writing() as connection:
            return journal.begin(connection, begun, again)

    def supersede(self, job: Job) -> None:
        """Somebody else has done it."""
        with self._store.writing() as connection:
            journal.supersede(connection, job)

    def fail(self, job: Job, error: PublisherError, next_try: NextTry | None = None) -> None:
        """A job came to nothing without any request of its own being in doubt."""
        with self._store.writing() as connection:
            journal.finish(connection, job, error, next_try)

    def last_revisions(self, target: str, keys: Sequence[str]) -> dict[str, int]:
        """The highest revision that was ever begun about these articles, by key."""
        with self._store.reading() as connection:
            return journal.last_revisions(connection, target, keys)

    def journal(
        self,
        target: str,
        about: Mapping[Subject, Evidence],
        effect: Effect,
        job_ids: Mapping[Subject, str],
        held: Iterable[str],
        now: float,
    ) -> list[int]:
        """Write down what is about to leave, if the leases ``held`` are still ours.

        Returns the ids of the attempts. Raises :class:`publisher.errors.LeaseLostError`, and then nothing may be sent.
        """
        with self._store.writing() as connection:
            token = leases.prove(connection, self.owner, target, held)
            leases.beat(connection, self.owner, now)
            return journal.record(connection, target, about, effect, job_ids, now, self.owner, token)

    def journal_again(
        self, target: str, ids: Sequence[int], held: Iterable[str], now: float, *, lost: bool
    ) -> list[int]:
        """The same request is about to leave once more, under the same conditions; the ids of its attempts now."""
        with self._store.writing() as connection:
            leases.prove(connection, self.owner, target, held)
            leases.beat(connection, self.owner, now)
            return journal.sent_again(connection, ids, now, lost=lost)

    def withdraw(self, ids: Sequence[int]) -> None:
        """The request provably took no effect."""
        with self._store.writing() as connection:
            journal.close(connection, ids, "withdrawn")

    def settle_article(
        self,
        target: str,
        job: Job,
        result: Written | Removed | Stored | Found,
        held: Iterable[str],
        now: float,
        answered: Sequence[int] | None = None,
    ) -> Receipt:
        """Commit what came of a job. What was only found or stored has no wish: it has yet to be written once more."""
        with self._store.writing() as connection:
            leases.prove(connection, self.owner, target, held)
            journal.close_known(connection, target, job.subject, answered)
            if isinstance(result, Stored):
                return records.write(connection, target, job, result.result, now, wish="")
            if isinstance(result, Found):
                assert isinstance(result.result, Written)
                return records.write(connection, target, job, result.result, now, wish="")
            journal.finish(connection, job)
            if isinstance(result, Removed):
                return records.remove(connection, target, job, now)
            return records.write(connection, target, job, result, now, wish=job.wish)

    def settle_placed(self, target: str, subject: Subject, what: Placed, held: Iterable[str] = ()) -> None:
        """Commit that an asset or a term stands there. Raises as :meth:`journal` does."""
        with self._store.writing() as connection:
            leases.prove(connection, self.owner, target, held)
            journal.close_known(connection, target, subject, None)
            records.place(connection, target, subject, what)

    def settle_failed(
        self,
        target: str,
        subject: Subject,
        job: Job | None,
        error: PublisherError,
        held: Iterable[str] = (),
        answered: Sequence[int] | None = None,
        next_try: NextTry | None = None,
    ) -> None:
        """Commit that it failed. ``answered`` are the attempts that an answer settled."""
        with self._store.writing() as connection:
            leases.prove(connection, self.owner, target, held)
            journal.close_failed(connection, target, subject, answered)
            if job is not None:
                journal.finish(connection, job, error, next_try)

    def settle_absent(self, target: str, subject: Subject, sent_before: float) -> bool:
        """Believe that nothing arrived, if the last create about ``subject`` left before ``sent_before``."""
        with self._store.writing() as connection:
            return journal.close_absent(connection, target, subject, sent_before)

    def unfinished(self, targets: Sequence[str], keys: Sequence[str] | None = None) -> list[Unfinished]:
        """The last jobs about articles (of ``keys`` alone, where they are given and not too many) that are pending or
        failed, by target and key."""
        with self._store.reading() as connection:
            return journal.unfinished(connection, targets, keys)

    def targets(self) -> list[str]:
        """The identities of all targets that any job was about, sorted."""
        with self._store.reading() as connection:
            return journal.targets(connection)

    def move(self, old: str, new: Target, now: float) -> int:
        """Give all that is known of the target ``old`` (an identity) to ``new``; how many articles stand there.

        For a site that has another address now. Facts about it are forgotten. Raises :class:`ConfigurationError` where
        nothing is known of ``old``, or something of ``new``, and :class:`LedgerError` while somebody is at work there.
        """
        with self._store.writing() as connection:
            return moving.move(connection, self.path, old, new, now)

    def check_move(self, old: str, new: Target) -> None:
        """Raise what :meth:`move` would: the :class:`ConfigurationError` alone, and nothing is changed."""
        with self._store.reading() as connection:
            moving.check(connection, self.path, old, new)

    def open_creates(self, target: str, subjects: Iterable[Subject] | None = None) -> list[Intent]:
        """The creates whose effect is not known, oldest first; about ``subjects`` only, if given."""
        with self._store.reading() as connection:
            return journal.open_creates(connection, target, subjects)

    def still_arriving(self, target: str, keys: Iterable[str], since: float) -> list[Intent]:
        """What was sent after ``since`` about these articles and was never answered, oldest first."""
        with self._store.reading() as connection:
            return journal.still_arriving(connection, target, keys, since)

    # Deliveries

    def log(self, target: str, subject: Subject, parcel: Parcel, now: float) -> int:
        """Write down that a parcel is about to leave; the number of the attempt for :meth:`log_result`."""
        with self._store.writing() as connection:
            return deliveries.begin(connection, target, subject, parcel, now)

    def log_result(self, row: int, tried: Tried) -> None:
        """What came of an attempt."""
        with self._store.writing() as connection:
            deliveries.finish(connection, row, tried)

    def deliveries(
        self,
        targets: Sequence[str] | None,
        *,
        failed: bool = False,
        since: float | None = None,
        ids: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[Delivery]:
        """The attempts at ``targets`` (None: at all), newest first; see :func:`publisher.ledger.deliveries.told`."""
        with self._store.reading() as connection:
            return deliveries.told(connection, targets, failed=failed, since=since, ids=ids, limit=limit)

    def replayable(
        self,
        targets: Sequence[str],
        *,
        failed: bool = False,
        since: float | None = None,
        ids: Sequence[str] | None = None,
        every: bool = False,
    ) -> list[Kept]:
        """The events whose bytes are kept; see :func:`publisher.ledger.deliveries.replayable`."""
        with self._store.reading() as connection:
            return deliveries.replayable(connection, targets, failed=failed, since=since, ids=ids, every=every)

    def body_of(self, target: str, id: str) -> bytes | None:
        """The bytes that were sent under an id; None where they are not kept any more."""
        with self._store.reading() as connection:
            return deliveries.body_of(connection, target, id)

    def prune_deliveries(self, target: str, before: float) -> None:
        """Forget the attempts, and the bytes, of all that left before (Unix seconds)."""
        with self._store.writing() as connection:
            deliveries.prune(connection, target, before)

    # What stands where

    def known(
        self,
        target: str,
        jobs: Sequence[Job],
        needs: Iterable[Subject],
        now: float,
    ) -> Known:
        """What the ledger has to tell a flow about these jobs, in one consistent view."""
        keys = [job.key for job in jobs]
        with self._store.reading() as connection:
            unanswered: dict[str, list[Intent]] = {}
            for intent in journal.unanswered_replaces(connection, target, [job.subject for job in jobs]):
                unanswered.setdefault(intent.subject.name, []).append(intent)
            return Known(
                facts=records.facts_of(connection, target, now),
                placed=records.placed_of(connection, target, needs),
                publications=records.publications_of(connection, target, keys),
                unanswered=unanswered,
            )

    def claims(self, target: str) -> dict[str, str]:
        """The key of the article that each remote id at the target belongs to."""
        with self._store.reading() as connection:
            return records.claims(connection, target)

    def standing(self, targets: Sequence[str], keys: Sequence[str] | None = None) -> dict[tuple[str, str], Standing]:
        """What stands at ``targets``, everything or only of these ``keys``, by target and key."""
        with self._store.reading() as connection:
            return records.standing(connection, targets, keys)

    def publications(self, target: str, keys: Sequence[str]) -> dict[str, Publication]:
        """What stands at a target of these articles, by key, with the baselines."""
        with self._store.reading() as connection:
            return records.publications_of(connection, target, keys)

    def unsettle(self, target: str, versions: Mapping[str, str]) -> None:
        """What stands there of these articles is not what was written as these versions: the next run writes them."""
        with self._store.writing() as connection:
            records.unsettle(connection, target, versions)

    def in_doubt(self, targets: Sequence[str]) -> dict[tuple[str, str], Intent]:
        """The articles about which a create is open, by target and key."""
        with self._store.reading() as connection:
            return {
                (target, intent.subject.name): intent
                for target in targets
                for intent in journal.open_creates(connection, target)
                if intent.subject.kind == "article"
            }

    def learn(self, target: str, name: str, fact: Fact, now: float) -> None:
        """Keep a fact about the target for as long as it says that it holds."""
        with self._store.writing() as connection:
            records.learn(connection, target, name, fact, now)

    def forget_fact(self, target: str, name: str, now: float) -> bool:
        """Forget one fact; whether it was known."""
        with self._store.writing() as connection:
            known = name in records.facts_of(connection, target, now)
            records.learn(connection, target, name, Fact({}, ttl=0.0), now)
            return known

    def facts(self, target: str, now: float) -> dict[str, Mapping[str, Any]]:
        """What is known about a target and still holds, by name."""
        with self._store.reading() as connection:
            return records.facts_of(connection, target, now)

    def forget_facts(self, target: str) -> None:
        """Forget all facts about the target: one of them turned out to be wrong."""
        with self._store.writing() as connection:
            records.forget_facts(connection, target)

    def forget_placed(self, target: str, subjects: Iterable[Subject]) -> None:
        """These assets and terms turned out to stand there no more."""
        with self._store.writing() as connection:
            records.forget_placed(connection, target, subjects)

    def sources(self) -> dict[str, SourceFile]:
        """The files that were read before, by path."""
        with self._store.reading() as connection:
            return records.sources_of(connection)

    def remember_sources(self, files: Sequence[SourceFile]) -> None:
        """Remember files as they were read now."""
        with self._store.writing() as connection:
            records.remember_sources(connection, files)
