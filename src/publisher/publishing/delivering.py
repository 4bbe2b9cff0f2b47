"""The log of deliveries: reading it, replaying what is in it, and taking a target up again that wanted no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from publisher.backends.base import Backend, Known
from publisher.errors import ConfigurationError
from publisher.ledger import Kept
from publisher.publishing.books import Book

SECONDS_A_DAY = 86_400


def seconds(since: dt.datetime | None) -> float | None:
    """Unix seconds; a time without a zone is the machine's own."""
    return None if since is None else since.timestamp()


async def chosen(
    book: Book,
    backends: Sequence[Backend],
    ids: Sequence[str],
    since: dt.datetime | None,
    *,
    failed: bool,
    every: bool,
) -> dict[str, list[Kept]]:
    """The deliveries to replay, by the identity of their target. Raises :class:`ConfigurationError` where none is
    meant, and for an id that is not kept."""
    if not (ids or failed or since is not None):
        raise ConfigurationError(
            "it is not said which deliveries are meant", hint="Give ids, or since= a time, or failed=True."
        )
    found: dict[str, list[Kept]] = {}
    targets = [backend.target.identity for backend in backends]
    for one in await book.call(
        book.ledger.replayable,
        targets,
        failed=failed,
        since=seconds(since),
        ids=ids or None,
        every=every or bool(ids),
    ):
        found.setdefault(one.target, []).append(one)
    if ids:
        logged = await book.call(book.ledger.deliveries, targets, ids=ids)
        kept = {one.id for one in logged if one.kept}
        for id_ in ids:
            if id_ not in kept:
                known = any(one.id == id_ for one in logged)
                what = "is not kept any more" if known else "is not in the log of these targets"
                raise ConfigurationError(
                    f"the delivery {id_!r} {what}",
                    hint="Publish the article again instead." if known else "See publisher deliveries.",
                )
    return found


async def forget_the_old(book: Book, backend: Backend, now: float) -> None:
    """Prune the log of a target that has one."""
    if backend.connection.schedule:
        before = now - backend.connection.log_days * SECONDS_A_DAY
        await book.call(book.ledger.prune_deliveries, backend.target.identity, before)


def must_be_a_receiver(backend: Backend) -> None:
    """Raise :class:`ConfigurationError` for a target that never asks for an end."""
    if not backend.stop_fact:
        raise ConfigurationError(
            f"a target of the kind {backend.kind!r} never asks for an end",
            target=backend.target.identity,
            hint="Publish to it: what is wrong is told then.",
        )


async def stopped(book: Book, backend: Backend, now: float) -> Known:
    """What a checkup has to know: whether the target wanted nothing more."""
    facts = await book.call(book.ledger.facts, backend.target.identity, now)
    return Known(facts={name: data for name, data in facts.items() if name == backend.stop_fact})
