"""Lays what is wanted beside what the ledger knows: a plan for each target."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from publisher.backends.base import Backend
from publisher.errors import PublisherError
from publisher.models import Action, Article, Outcome, PlannedAction
from publisher.planning import Standing, plan_target
from publisher.publishing.books import Book
from publisher.publishing.sources import Entry, entries


@dataclass(frozen=True, slots=True)
class Planned:
    """An article that is wanted, and what is to be done about it at one target."""

    entry: Entry
    action: PlannedAction


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What is wanted and what the ledger knows; a plan for each target, in the order of the articles."""

    book: Book
    backends: Sequence[Backend]
    wanted: Sequence[Entry]
    standing: Mapping[tuple[str, str], Standing]
    plans: Sequence[Sequence[Planned]]


async def lay_out(
    book: Book, found: Sequence[Article | Path], backends: Sequence[Backend], *, rerender: bool, now: float
) -> LaidOut:
    """Read what has to be read of the articles, and plan for ``now`` (Unix seconds)."""
    files = any(isinstance(one, Path) for one in found)
    remembered = await book.call(book.ledger.sources) if files else {}
    wanted = await anyio.to_thread.run_sync(entries, found, remembered, time.time_ns())
    names = [backend.target.identity for backend in backends]
    standing = await book.call(book.ledger.standing, names, [entry.wanted.key for entry in wanted])
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
            rerender=rerender,
            now=now,
        )
        plans.append([Planned(entry, action) for entry, action in zip(wanted, actions, strict=True)])
    return LaidOut(book, backends, wanted, standing, plans)


def failed(planned: PlannedAction, error: PublisherError) -> Outcome:
    """The outcome of what was planned and cannot be begun."""
    located = error.located(target=planned.target, article=planned.key)
    return Outcome(planned.key, planned.target, Action.BLOCKED, error=located)
