"""What is left to do of earlier runs, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from publisher.backends.base import Backend
from publisher.errors import ContentError
from publisher.ledger import Unfinished
from publisher.models import Action, Article, Job, Outcome
from publisher.publishing.books import Book
from publisher.publishing.laying import Planned


@dataclass(frozen=True, slots=True)
class Again:
    """What is left at one target: ``found`` are the articles to write, of the ``jobs`` in the same order; ``take_offs``
    are the jobs that unpublish or delete; ``cannot`` the outcomes of those whose file is gone, or whose time has not
    come yet."""

    found: Sequence[Article | Path]
    jobs: Sequence[Job]
    take_offs: Sequence[Job]
    cannot: Sequence[Outcome]

    def same_keys(self, plan: Sequence[Planned]) -> tuple[list[Planned], list[Outcome]]:
        """Of a plan for ``found`` what is about the articles of the jobs; the outcomes of all that cannot be done."""
        kept, outcomes = [], list(self.cannot)
        for planned, job in zip(plan, self.jobs, strict=True):
            if planned.action.error is not None or planned.action.key == job.key:
                kept.append(planned)
                continue
            other = ContentError(
                f"the file holds the article {planned.action.key!r} now",
                path=planned.entry.wanted.where,
                target=job.target,
                article=job.key,
                hint=f"Publish that by itself. What stands there of {job.key!r} can be deleted by that key.",
            )
            outcomes.append(Outcome(job.key, job.target, Action.BLOCKED, error=other))
        return kept, outcomes

    async def forget_unwanted(self, book: Book, outcomes: Sequence[Outcome]) -> None:
        """Where what stands there is what is wanted, nothing is left of a job that failed."""
        unchanged = {outcome.key for outcome in outcomes if outcome.ok and outcome.action is Action.NO_OP}
        for job in self.jobs:
            if job.key in unchanged:
                await book.call(book.ledger.supersede, job)


async def undelivered(book: Book, backend: Backend, keys: Sequence[str]) -> dict[str, Job]:
    """The last jobs about these articles that came to nothing at a receiver of events, by key, without the articles.

    Where the same is still wanted it is the same event, whoever wants it. What was wanted before the last job never is:
    the receiver may hold what came after it, and would take an event that it knows for a repeat.
    """
    if not backend.connection.schedule:
        return {}
    unfinished = await book.call(book.ledger.unfinished, [backend.target.identity], keys)
    return {one.job.key: one.job.model_copy(update={"article": None}) for one in unfinished}


async def anything_left(book: Book, targets: Sequence[str]) -> bool:
    """Whether any job at these targets failed or was never finished, or anything is in doubt there."""
    if await book.call(book.ledger.unfinished, targets):
        return True
    doubts = [await book.call(book.ledger.open_creates, target) for target in targets]
    return any(doubts)


async def what_is_left(book: Book, target: str, now: float | None) -> Again:
    """The last jobs at a target that failed or were never finished.

    Those that are due after ``now`` (None: whenever), or were given up, are left alone and keep their errors.
    """
    unfinished = await book.call(book.ledger.unfinished, [target])
    left = [one.job for one in unfinished if now is None or not _waits(one, now)]
    waiting = [one for one in unfinished if now is not None and _waits(one, now)]
    writes = [job for job in left if job.article is not None and job.action in (Action.CREATE, Action.UPDATE)]
    found: list[Article | Path] = []
    jobs = []
    cannot = [Outcome(one.job.key, target, one.job.action, error=one.told) for one in waiting]
    for job in writes:
        assert job.article is not None
        path = job.article.source.path if job.article.source is not None else None
        if path is None:
            found.append(job.article)
        elif await anyio.to_thread.run_sync(path.is_file):
            found.append(path)
        else:
            gone = ContentError(
                "the file is gone",
                path=path,
                target=target,
                article=job.key,
                hint="Put it back, or delete the article.",
            )
            cannot.append(Outcome(job.key, target, Action.BLOCKED, error=gone))
            continue
        jobs.append(job)
    take_offs = [job for job in left if job.action in (Action.UNPUBLISH, Action.DELETE)]
    return Again(found, jobs, take_offs, cannot)


def _waits(one: Unfinished, now: float) -> bool:
    return one.given_up or (one.due is not None and one.due > now)
