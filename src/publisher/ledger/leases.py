"""Leases with fencing: who works on what.

A publisher that is alive pushes its row in ``owners`` forward; what it holds is held for as long as that row has not
expired. Every change of hands raises the lease's token, and whoever journals an attempt or settles one proves in the
same transaction that the lease is still its own, so a process that slept past its lease writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from publisher.errors import LeaseLostError
from publisher.ledger.schema import leases, owners
from publisher.ledger.store import put

#: Seconds after its last sign of life until a publisher counts as dead.
ALIVE_SECONDS = 15.0

_HOLDERS = select(leases.c.name, leases.c.owner, leases.c.token).where(
    leases.c.target == bindparam("b_target"), leases.c.name.in_(bindparam("names", expanding=True))
)


def beat(connection: Connection, owner: str, now: float) -> None:
    """A sign of life: everything that ``owner`` holds is held for another ``ALIVE_SECONDS``."""
    put(connection, owners, {"id": owner}, {"expires_at": now + ALIVE_SECONDS})


def leave(connection: Connection, owner: str) -> None:
    """Give everything back."""
    connection.execute(update(leases).where(leases.c.owner == owner).values(owner=""))
    connection.execute(delete(owners).where(owners.c.id == owner))


def acquire(
    connection: Connection, owner: str, target: str, groups: Sequence[frozenset[str]], now: float
) -> list[bool]:
    """Take each group of names whole or not at all; which were taken."""
    beat(connection, owner, now)
    names = sorted(frozenset[str]().union(*groups))
    holders = _holders(connection, target, names)
    alive = set(connection.scalars(select(owners.c.id).where(owners.c.expires_at > now)))
    taken = []
    for group in groups:
        # What this owner holds is not free either: two runs of one publisher may want the same article.
        free = all(name not in holders or holders[name][0] not in alive for name in group)
        taken.append(free)
        if not free:
            continue
        for name in group:
            if name not in holders:
                connection.execute(insert(leases), {"target": target, "name": name, "owner": owner, "token": 1})
                holders[name] = (owner, 1)
            else:
                token = holders[name][1] + 1
                mine = (leases.c.target == target) & (leases.c.name == name)
                connection.execute(update(leases).where(mine).values(owner=owner, token=token))
                holders[name] = (owner, token)
    return taken


def prove(connection: Connection, owner: str, target: str, names: Iterable[str]) -> int:
    """The highest token among ``names``. Raises :class:`LeaseLostError` unless all of them are held by ``owner``."""
    wanted = sorted(set(names))
    holders = _holders(connection, target, wanted)
    for name in wanted:
        if name not in holders or holders[name][0] != owner:
            raise LeaseLostError(
                f"another process took over {name!r} while this one was held up",
                target=target,
                hint="Nothing was sent. Run again to see what the other process made of it.",
            )
    return max((holders[name][1] for name in wanted), default=0)


def release(connection: Connection, owner: str, target: str, names: Iterable[str]) -> None:
    """Give these names back."""
    for some in _chunks(sorted(set(names))):
        mine = (leases.c.target == target) & (leases.c.owner == owner) & leases.c.name.in_(some)
        # The row stays, with its token, while its owner is nobody: a deleted row would start at token 1 again.
        connection.execute(update(leases).where(mine).values(owner=""))


def _holders(connection: Connection, target: str, names: Sequence[str]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for some in _chunks(names):
        rows = connection.execute(_HOLDERS, {"b_target": target, "names": some})
        found |= {row.name: (row.owner, row.token) for row in rows}
    return found


def _chunks(names: Sequence[str], size: int = 500) -> list[Sequence[str]]:
    return [names[start : start + size] for start in range(0, len(names), size)]
