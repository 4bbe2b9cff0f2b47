"""The log of deliveries, and the bytes that were sent, for as long as they are kept."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, func, insert, select, update

from publisher.backends.steps import Parcel
from publisher.ledger.schema import deliveries, parcels
from publisher.ledger.store import put
from publisher.models import Delivery, Job, Subject
from publisher.models.delivery import Trigger

#: Characters of an answer that are kept.
LONGEST_ANSWER = 65_536

#: Text shrinks to a third at once; more effort gains little, and base64 of images does not shrink further anyway.
_EFFORT = 1


_EARLIER = select(func.count()).where(
    deliveries.c.target == bindparam("b_target"), deliveries.c.message == bindparam("b_message")
)
_FINISH = update(deliveries).where(deliveries.c.id == bindparam("b_id"))


class Tried(NamedTuple):
    """What came of one attempt; see :class:`publisher.models.Delivery`. ``next_at`` is Unix seconds."""

    delivered: bool
    status: int | None
    why: str
    seconds: float
    answer: str = ""
    next_at: float | None = None


class Kept(NamedTuple):
    """An event that can be sent again: of which article, about what, and under which id it was sent."""

    target: str
    id: str
    event: str
    key: str
    subject: Subject


def begin(connection: Connection, target: str, subject: Subject, parcel: Parcel, now: float) -> int:
    """Write down that a parcel is about to leave; the number of the row."""
    trigger: Trigger = "automatic" if parcel.replay_of is None else "manual"
    earlier = connection.scalar(_EARLIER, {"b_target": target, "b_message": parcel.id}) or 0
    row = connection.execute(
        insert(deliveries),
        {
            "target": target,
            "message": parcel.id,
            "source": parcel.replay_of or parcel.id,
            "kind": subject.kind,
            "name": subject.name,
            "key": parcel.key,
            "event": parcel.event,
            "job": parcel.job,
            "number": earlier + 1,
            "trigger": trigger,
            "sent_at": now,
            "state": "open",
            "why": "",
            "answer": "",
        },
    )
    if parcel.replay_of is None:
        body = zlib.compress(parcel.body, _EFFORT)
        put(connection, parcels, {"target": target, "message": parcel.id}, {"body": body, "at": now})
    assert row.inserted_primary_key is not None
    return int(row.inserted_primary_key[0])


def finish(connection: Connection, row: int, tried: Tried) -> None:
    """What came of an attempt."""
    values = tried._asdict() | {"answer": tried.answer[:LONGEST_ANSWER]}
    state = "delivered" if values.pop("delivered") else "failed"
    connection.execute(_FINISH, {"b_id": row, "state": state, **values})


def schedule(connection: Connection, job: Job, due: float | None, *, given_up: bool) -> None:
    """A job failed: when its last attempt is followed by another, or that none follows any more."""
    last = select(func.max(deliveries.c.id)).where(deliveries.c.job == job.id).scalar_subquery()
    values: dict[str, Any] = {"next_at": due}
    if given_up:
        values["state"] = "given up"
    undone = deliveries.c.state != "delivered"
    connection.execute(update(deliveries).where(deliveries.c.id == last, undone).values(**values))


def told(
    connection: Connection,
    targets: Sequence[str] | None,
    *,
    failed: bool = False,
    since: float | None = None,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[Delivery]:
    """The attempts, newest first. ``failed`` are the last ones of events that never arrived, unless something newer
    about the same did."""
    kept = exists().where(parcels.c.target == deliveries.c.target, parcels.c.message == deliveries.c.source)
    query = select(deliveries, kept.label("kept")).order_by(deliveries.c.id.desc())
    query = query.where(*_wanted(targets, failed=failed, since=since, ids=ids))
    return [_delivery(row) for row in connection.execute(query if limit is None else query.limit(limit)).mappings()]


def replayable(
    connection: Connection,
    targets: Sequence[str],
    *,
    failed: bool = False,
    since: float | None = None,
    ids: Sequence[str] | None = None,
    every: bool = False,
) -> list[Kept]:
    """The events that were meant and whose bytes are kept, in the order in which they were first sent.

    Of each article, and of each image, the newest only, unless it is to be ``every`` one.
    """
    source = deliveries.alias()
    wanted = _wanted(targets, failed=failed, since=since, ids=ids)
    named = select(deliveries.c.target, deliveries.c.source).where(*wanted).distinct().subquery()
    same = and_(source.c.target == named.c.target, source.c.message == named.c.source)
    there = and_(parcels.c.target == named.c.target, parcels.c.message == named.c.source)
    first = func.min(source.c.id).label("first")
    columns = (source.c.target, source.c.message, source.c.event, source.c.key, source.c.kind, source.c.name)
    query = select(*columns, first).join(named, same).join(parcels, there).group_by(*columns).order_by(first)
    found = [
        Kept(row.target, row.message, row.event, row.key, Subject(row.kind, row.name))
        for row in connection.execute(query)
    ]
    if every:
        return found
    newest = {(one.target, one.subject): one for one in found}
    return [one for one in found if newest[one.target, one.subject] is one]


def body_of(connection: Connection, target: str, id: str) -> bytes | None:
    """The bytes that were sent under an id; None where they are not kept any more."""
    query = select(parcels.c.body).where(parcels.c.target == target, parcels.c.message == id)
    body = connection.scalars(query).first()
    return None if body is None else zlib.decompress(body)


def prune(connection: Connection, target: str, before: float) -> None:
    """Forget the attempts, and the bytes, of all that left before (Unix seconds). A replay keeps no bytes longer."""
    connection.execute(delete(parcels).where(parcels.c.target == target, parcels.c.at < before))
    connection.execute(delete(deliveries).where(deliveries.c.target == target, deliveries.c.sent_at < before))


def _wanted(
    targets: Sequence[str] | None, *, failed: bool, since: float | None, ids: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if targets is not None:
        wanted.append(deliveries.c.target.in_(targets))
    if since is not None:
        wanted.append(deliveries.c.sent_at >= since)
    if ids is not None:
        wanted.append(deliveries.c.message.in_(ids))
    if failed:
        later = deliveries.alias()
        again = and_(later.c.target == deliveries.c.target, later.c.source == deliveries.c.source)
        about = and_(later.c.kind == deliveries.c.kind, later.c.name == deliveries.c.name)
        newer = and_(later.c.target == deliveries.c.target, about, later.c.state == "delivered")
        wanted.append(deliveries.c.state != "delivered")
        wanted.append(~exists().where(later.c.id > deliveries.c.id, again | newer))
    return wanted


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row["message"],
        target=row["target"],
        key=row["key"],
        event=row["event"],
        number=row["number"],
        trigger=row["trigger"],
        at=_moment(row["sent_at"]),
        state=row["state"],
        status=row["status"],
        why=row["why"],
        seconds=row["seconds"],
        answer=row["answer"],
        next_at=None if row["next_at"] is None else _moment(row["next_at"]),
        replay_of=None if row["source"] == row["message"] else row["source"],
        kept=bool(row["kept"]),
    )


def _moment(now: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(now, dt.UTC)
