"""Sends events again that were sent before: the same bytes under new ids, because a person wants it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from publisher.backends.steps import Parcel
from publisher.driving.flows import side_by_side
from publisher.driving.run import Run
from publisher.errors import PublisherError, UnreachableError
from publisher.ledger import Kept


async def replay(run: Run, chosen: Sequence[Kept]) -> list[str]:
    """The ids under which they were sent. Those about one article go one after the other, in their old order.

    Nothing is settled by it. Raises :class:`PublisherError` where the target wants nothing, or stopped answering.
    """
    by_key: dict[str, list[Kept]] = {}
    for one in chosen:
        by_key.setdefault(one.key, []).append(one)
    ids: list[str] = []

    async def about_one(events: Sequence[Kept]) -> None:
        for one in events:
            if run.circuit.error is None:
                await _send(run, one, ids)

    tasks = [partial(about_one, events) for events in by_key.values()]
    await side_by_side(tasks, run.backend.capabilities.parallel)
    dead = run.circuit.error
    if dead is not None:
        raise UnreachableError(
            f"{dead.what}; {len(ids)} of {len(chosen)} deliveries were tried",
            target=run.target,
            hint="Replay again when it answers.",
        )
    return ids


async def _send(run: Run, one: Kept, ids: list[str]) -> None:
    body = await run.from_ledger(run.ledger.body_of, run.target, one.id)
    if body is None:  # it grew too old while others were sent
        return
    parcel = Parcel(f"msg_{secrets.token_hex(16)}", one.event, one.key, body, replay_of=one.id)
    ids.append(parcel.id)
    try:
        await run.drive(run.backend.replay(one.subject, parcel, await run.known([])))
    except PublisherError as error:
        raise error.located(target=run.target, article=one.key) from None
