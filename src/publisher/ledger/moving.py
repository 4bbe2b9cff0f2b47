"""Everything that is known of one target, under the identity of another."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, delete, func, select, update

from publisher.errors import ConfigurationError, LedgerError
from publisher.ledger.schema import jobs, leases, metadata, owners, placed, publications, site_facts
from publisher.models import Job, Target


def check(connection: Connection, path: Path, old: str, new: Target) -> None:
    """Raise :class:`ConfigurationError` where ``old`` cannot become ``new`` in the ledger at ``path``."""
    there = select(func.count()).select_from(jobs).where(jobs.c.target == new.identity)
    if connection.scalar(there):
        raise ConfigurationError(
            f"the ledger knows of {new.identity} already",
            path=path,
            hint="Two targets cannot be made one: give one of them an id.",
        )
    if not connection.scalar(select(func.count()).select_from(jobs).where(jobs.c.target == old)):
        known = ", ".join(connection.scalars(select(jobs.c.target).distinct().order_by(jobs.c.target)))
        raise ConfigurationError(
            f"the ledger knows of no target {old!r}",
            path=path,
            hint=f"It knows {known}." if known else "Nothing was published by it yet.",
        )


def move(connection: Connection, path: Path, old: str, new: Target, now: float) -> int:
    """Give all that is known of ``old`` to ``new``; how many articles stand there. See :meth:`Ledger.move`."""
    check(connection, path, old, new)
    held = select(leases.c.name).join(owners, owners.c.id == leases.c.owner)
    if connection.scalars(held.where(leases.c.target == old, owners.c.expires_at > now).limit(1)).first() is not None:
        raise LedgerError(f"a publisher is at work at {old}", hint="Wait until it has finished, and run again.")
    for passing in (leases, site_facts):
        connection.execute(delete(passing).where(passing.c.target == old))
    for row in connection.execute(select(jobs.c.id, jobs.c.job).where(jobs.c.target == old)).all():
        job = Job.model_validate_json(row.job).model_copy(update={"target": new.identity})
        connection.execute(update(jobs).where(jobs.c.id == row.id).values(job=job.model_dump_json()))
    _move_addresses(connection, old, new)
    for table in metadata.tables.values():
        if "target" in table.c:
            connection.execute(update(table).where(table.c.target == old).values(target=new.identity))
    count = select(func.count()).select_from(publications).where(publications.c.target == new.identity)
    return int(connection.scalar(count) or 0)


def _move_addresses(connection: Connection, old: str, new: Target) -> None:
    """The addresses of articles and images, where they began with the old one."""
    place = old.partition(":")[2].partition("#")[0]
    for before in (f"http://{place}", f"https://{place}"):
        for table in (publications, placed):
            inside = (table.c.target == old) & func.substr(table.c.url, 1, len(before) + 1).in_((before, f"{before}/"))
            moved = new.url + func.substr(table.c.url, len(before) + 1)
            connection.execute(update(table).where(inside).values(url=moved))
