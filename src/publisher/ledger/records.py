"""What stands where: publications, placed assets and terms, receipts, site facts and the files they came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from publisher.backends.steps import Fact, Placed, Written
from publisher.ledger.schema import MANY, placed, publications, receipts, site_facts, sources
from publisher.ledger.store import put
from publisher.models import Action, Change, Job, Publication, Receipt, Subject
from publisher.planning import Standing

_FACTS = select(site_facts.c.name, site_facts.c.data).where(
    site_facts.c.target == bindparam("b_target"), site_facts.c.expires_at > bindparam("now")
)
_THESE_PUBLICATIONS = select(publications).where(
    publications.c.target == bindparam("b_target"), publications.c.key.in_(bindparam("keys", expanding=True))
)


class SourceFile(NamedTuple):
    """What a file was when it was read: enough to know it again without reading it.

    ``context`` is what else its key and digest follow from (the content root, this library's version); ``slugs`` are
    those that single targets get, by a name of the target; ``assets`` lists path, size and mtime of each image.
    """

    path: str
    context: str
    size: int
    mtime_ns: int
    key: str
    slug: str
    slugs: Mapping[str, str]
    digest: str
    assets: Sequence[Sequence[Any]]


def write(connection: Connection, target: str, job: Job, written: Written, now: float, *, wish: str) -> Receipt:
    """Remember what was written, with its receipt."""
    receipt = Receipt(
        target=target,
        key=job.key,
        action=job.action,
        revision=job.revision,
        remote_id=written.remote_id,
        url=written.url,
        version=written.version,
        slug=written.slug,
        status=written.status,
        changes=written.changes,
        baseline=written.baseline,
        at=_moment(now),
    )
    values = {
        "remote_id": written.remote_id,
        "url": written.url,
        "version": written.version,
        "slug": written.slug,
        "status": written.status,
        "baseline": dict(written.baseline),
        "wish": wish,
        "renderer": job.renderer,
        "revision": job.revision,
        "changes": [change.model_dump() for change in written.changes],
        "at": now,
        "due": written.due,
    }
    put(connection, publications, {"target": target, "key": job.key}, values)
    _keep(connection, target, job, receipt)
    return receipt


def remove(connection: Connection, target: str, job: Job, now: float) -> Receipt:
    """An article stands at the target no more; the receipt says what it was. Its earlier receipts stay."""
    last = publications_of(connection, target, [job.key]).get(job.key)
    receipt = Receipt(
        target=target,
        key=job.key,
        action=job.action,
        revision=job.revision,
        remote_id=last.remote_id if last else "",
        slug=last.slug if last else job.slug,
        status="deleted",
        at=_moment(now),
    )
    connection.execute(delete(publications).where(publications.c.target == target, publications.c.key == job.key))
    _keep(connection, target, job, receipt)
    return receipt


def publications_of(connection: Connection, target: str, keys: Sequence[str]) -> dict[str, Publication]:
    """What stands at the target, by key, with the baselines."""
    few = len(keys) <= MANY
    query = _THESE_PUBLICATIONS if few else select(publications).where(publications.c.target == bindparam("b_target"))
    wanted = set(keys)
    found = {}
    for row in connection.execute(query, {"b_target": target, "keys": keys} if few else {"b_target": target}):
        if row.key in wanted:
            fields = {name: getattr(row, name) for name in Publication.model_fields}
            found[row.key] = Publication(**fields)
    return found


def unsettle(connection: Connection, target: str, versions: Mapping[str, str]) -> None:
    """What stands there is not what we wrote, unless it was written again since these versions, by key."""
    for key, version in versions.items():
        there = (publications.c.target == target) & (publications.c.key == key) & (publications.c.version == version)
        connection.execute(update(publications).where(there).values(wish=""))


def standing(
    connection: Connection, targets: Sequence[str], keys: Sequence[str] | None
) -> dict[tuple[str, str], Standing]:
    """What stands at ``targets``, by target and key, in one SELECT and without the baselines."""
    columns = [column for column in publications.c if column.name != "baseline"]
    query = select(*columns).where(publications.c.target.in_(targets))
    if keys is not None and len(keys) <= MANY:
        query = query.where(publications.c.key.in_(keys))
    found = {}
    for row in connection.execute(query):
        receipt = Receipt(
            target=row.target,
            key=row.key,
            action=Action.NO_OP,
            revision=row.revision,
            remote_id=row.remote_id,
            url=row.url,
            version=row.version,
            slug=row.slug,
            status=row.status,
            changes=tuple(Change(**change) for change in row.changes),
            at=_moment(row.at),
        )
        found[row.target, row.key] = Standing(row.wish, row.renderer, row.revision, receipt, row.due)
    return found


def claims(connection: Connection, target: str) -> dict[str, str]:
    """The key of the article that each remote id belongs to."""
    query = select(publications.c.remote_id, publications.c.key).where(publications.c.target == target)
    return {row.remote_id: row.key for row in connection.execute(query)}


def place(connection: Connection, target: str, subject: Subject, what: Placed) -> None:
    """An asset or a term stands at the target."""
    put(
        connection,
        placed,
        {"target": target, "kind": subject.kind, "name": subject.name},
        {"remote_id": what.remote_id, "url": what.url},
    )


def placed_of(connection: Connection, target: str, subjects: Iterable[Subject]) -> dict[Subject, Placed]:
    """The assets and terms among ``subjects`` that stand at the target."""
    wanted = set(subjects)
    if not wanted:
        return {}
    query = select(placed).where(placed.c.target == target)
    if len(wanted) <= MANY:
        query = query.where(placed.c.name.in_([subject.name for subject in wanted]))
    found = {}
    for row in connection.execute(query):
        subject = Subject(row.kind, row.name)
        if subject in wanted:
            found[subject] = Placed(row.remote_id, row.url)
    return found


def forget_placed(connection: Connection, target: str, subjects: Iterable[Subject]) -> None:
    """Assets or terms turned out to stand at the target no more."""
    for subject in subjects:
        row = (placed.c.target == target) & (placed.c.kind == subject.kind) & (placed.c.name == subject.name)
        connection.execute(delete(placed).where(row))


def learn(connection: Connection, target: str, name: str, fact: Fact, now: float) -> None:
    """Keep what was learned about the target for as long as it holds."""
    values = {"data": dict(fact.data), "expires_at": now + fact.ttl}
    put(connection, site_facts, {"target": target, "name": name}, values)


def facts_of(connection: Connection, target: str, now: float) -> dict[str, Mapping[str, Any]]:
    """What is known about the target and still holds, by name."""
    return {row.name: row.data for row in connection.execute(_FACTS, {"b_target": target, "now": now})}


def forget_facts(connection: Connection, target: str) -> None:
    """Nothing that was learned about the target holds any more."""
    connection.execute(delete(site_facts).where(site_facts.c.target == target))


def sources_of(connection: Connection) -> dict[str, SourceFile]:
    """Every file that was read before, by path."""
    return {row.path: SourceFile(*row) for row in connection.execute(select(sources))}


def remember_sources(connection: Connection, files: Sequence[SourceFile]) -> None:
    """Files as they were read now, in place of what was known of the same paths."""
    for start in range(0, len(files), MANY):
        some = files[start : start + MANY]
        connection.execute(delete(sources).where(sources.c.path.in_([file.path for file in some])))
        connection.execute(insert(sources), [file._asdict() for file in some])


def _keep(connection: Connection, target: str, job: Job, receipt: Receipt) -> None:
    record = receipt.record()
    put(connection, receipts, {"job": job.id}, {"target": target, "key": job.key, "receipt": record})


def _moment(now: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(now, dt.UTC)
