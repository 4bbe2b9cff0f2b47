"""Sends events again that were sent before: the same bytes under new ids, because a person wants it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from publisher.backends.steps import Parcel
from publisher.driving.flows import side_by_side
from publisher.driving.run import Run
from publisher.errors import LedgerError, PublisherError, UnreachableError, error_from_record
from publisher.ledger import Kept


async def replay(run: Run, chosen: Sequence[Kept]) -> tuple[list[str], PublisherError | None]:
    """The ids under which they were sent, and why the rest was not, if it was not.

    Those about one article go one after the other, in their old order. Nothing is settled by it. Where the target wants
    nothing more, or stopped answering, what is under way is waited for, and nothing else leaves.
    """
    by_key: dict[str, list[Kept]] = {}
    for one in chosen:
        by_key.setdefault(one.key, []).append(one)
    ids: list[str] = []
    refused: list[PublisherError] = []

    async def about_one(events: Sequence[Kept]) -> None:
        for one in events:
            if run.circuit.error is None and not refused:
                try:
                    await _send(run, one, ids)
                except LedgerError:
                    raise  # it is that of the other targets too
                except PublisherError as error:
                    refused.append(error)

    tasks = [partial(about_one, events) for events in by_key.values()]
    await side_by_side(tasks, run.backend.capabilities.parallel)
    why = refused[0] if refused else run.circuit.error
    if why is None:
        return ids, None
    told = why.record()
    told["what"] += f"; {len(ids)} of {len(chosen)} deliveries were tried"
    if isinstance(why, UnreachableError):
        told["hint"] = "Replay again when it answers."
    return ids, error_from_record(told).located(target=run.target)


async def _send(run: Run, one: Kept, ids: list[str]) -> None:
    body = await run.from_ledger(run.ledger.body_of, run.target, one.id)
    if body is None:  # it grew too old while others were sent
        return
    parcel = Parcel(f"msg_{secrets.token_hex(16)}", one.event, one.key, body, replay_of=one.id)
    await run.drive(run.backend.replay(one.subject, parcel, await run.known([])))
    ids.append(parcel.id)
