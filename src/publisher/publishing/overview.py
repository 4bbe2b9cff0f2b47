"""What a ledger knows of articles at targets, beside their files as they are now."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio.to_thread

from publisher.backends.base import Backend
from publisher.ledger import SourceFile
from publisher.models import Action, ArticleState, Job, Overview, Subject
from publisher.models.overview import File, State
from publisher.planning import UNPUBLISHED, Standing, Wanted, wish
from publisher.publishing.books import Book
from publisher.publishing.sources import entries


async def overview(book: Book, targets: Sequence[str] | None, backends: Sequence[Backend]) -> Overview:
    """What the ledger knows of ``targets`` (None: of all). Nothing is sent.

    ``backends`` are those whose settings are known: of their articles it can be told whether the file changed.
    """
    names = list(targets) if targets is not None else await book.call(book.ledger.targets)
    standing = await book.call(book.ledger.standing, names)
    left = {(one.job.target, one.job.key): one for one in await book.call(book.ledger.unfinished, names)}
    doubtful: set[tuple[str, str]] = set()
    others: dict[tuple[str, Subject], None] = {}
    for name in names:
        for intent in await book.call(book.ledger.open_creates, name):
            if intent.subject.kind == "article":
                doubtful.add((name, intent.subject.name))
            else:
                others[name, intent.subject] = None
    remembered = await book.call(book.ledger.sources)
    files = await anyio.to_thread.run_sync(_files, {key for _, key in standing}, remembered)
    fingerprints = {backend.target.identity: backend.fingerprint() for backend in backends}
    states = []
    for target, key in sorted({*standing, *left, *doubtful}):
        there = standing.get((target, key))
        unfinished = left.get((target, key))
        path, wanted = files.get(key, (None, None))
        file = _file(there, path, wanted, fingerprints.get(target))
        state: State = "settled" if there is not None and there.wish else "unfinished"
        error = None
        if (target, key) in doubtful:
            state = "in doubt"
        elif unfinished is not None and not (file == "same" and _writes(unfinished.job)):
            # Of a write that failed and is not wanted any more nothing is left to do.
            state, error = ("unfinished" if unfinished.error is None else "failed"), unfinished.told
        receipt = None if there is None else there.receipt
        shown = path or _source(None if unfinished is None else unfinished.job)
        due = None if there is None or there.due is None else dt.datetime.fromtimestamp(there.due, dt.UTC)
        states.append(
            ArticleState(
                key=key, target=target, state=state, receipt=receipt, error=error, path=shown, file=file, due=due
            )
        )
    return Overview(tuple(states), tuple(others))


def _files(keys: set[str], remembered: Mapping[str, SourceFile]) -> dict[str, tuple[str, Wanted | None]]:
    """The file of each article and what it holds now; None for one that is gone."""
    paths: dict[str, str] = {}
    for source in remembered.values():
        if source.key in keys and (source.key not in paths or Path(source.path).is_file()):
            paths[source.key] = source.path
    there = {key: Path(path) for key, path in paths.items() if Path(path).is_file()}
    read = entries(list(there.values()), remembered, time.time_ns())
    wanted = {key: entry.wanted for key, entry in zip(there, read, strict=True)}
    return {key: (path, wanted.get(key)) for key, path in paths.items()}


def _file(there: Standing | None, path: str | None, wanted: Wanted | None, fingerprint: str | None) -> File:
    if path is None:
        return "unknown"
    if wanted is None:
        return "gone"
    if there is None or fingerprint is None or there.wish in ("", UNPUBLISHED):
        return "unknown"
    return "same" if there.wish == wish(wanted.digest, fingerprint) else "changed"


def _writes(job: Job) -> bool:
    return job.action in (Action.CREATE, Action.UPDATE)


def _source(job: Job | None) -> str | None:
    article = None if job is None else job.article
    return str(article.source.path) if article is not None and article.source is not None else None
