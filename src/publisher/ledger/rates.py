"""Rate budgets: how many requests have left with a credential, by all publishers on this ledger.

A log of what left in the last ``per`` seconds, as no library keeps it: pyrate-limiter, limits and throttled-py bring
their own stores and clocks, and none learns from what the target tells. The target's windows are not aligned with ours;
but if no span of ``per`` seconds holds more than the limit, neither does any window of the target's, fixed or sliding.

A request is counted by the target between its permit and its answer. So a permit is kept ``margin`` seconds longer than
``per``, and one that was answered later than ``margin`` counts from its answer on.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from publisher.ledger.schema import budgets, digest_key, permits

#: Permits are kept at least so many seconds: targets with one credential may count over different spans.
KEPT_SECONDS = 3600.0

#: How often, in seconds, to look whether the one request that is out to see has been answered, and for how long.
LOOK_SECONDS = 0.25
PROBE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on one credential: ``requests`` in any ``per`` seconds. ``rises`` where the target may tell a higher."""

    credential: str
    requests: int
    per: float
    rises: bool

    @property
    def margin(self) -> float:
        """Seconds that a request counts longer than ``per``: between its permit and the target's clock time passes."""
        return min(1.0, self.per / 10)

    def told(self, requests: int | None) -> int:
        """The limit where the target tells ``requests``."""
        if requests is None:
            return self.requests
        return requests if self.rises else min(self.requests, requests)


@dataclass(frozen=True, slots=True)
class Permit:
    """One request may leave; or none may (``id`` is None), and ``wait`` is how many seconds until it is worth asking.

    ``requests`` is the limit, ``left`` how many more may leave now. ``refused_since`` is since when the target has been
    refusing every request with this credential; ``probing`` tells that this one is out to see whether it still does.
    """

    id: int | None
    at: float
    wait: float
    requests: int
    left: int
    refused_since: float | None = None
    probing: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer told: the limit, how many requests are left, when all are again, and until when all are refused.

    Times are Unix seconds; None for what it did not tell.
    """

    requests: int | None = None
    remaining: int | None = None
    reset_at: float | None = None
    refused_until: float | None = None


def digest(connection: Connection, credential: str) -> str:
    """The name of a credential in this ledger.

    Keyed with the ledger's own random key, so that the same token has another name in every ledger, and none of them
    can be looked up in a list made beforehand. The key lies beside it: whoever has the file can try out guesses, so
    what is named here must be one that cannot be guessed, as a token is, or no secret.
    """
    key: str = connection.execute(select(digest_key.c.value)).scalar_one()
    return hmac.new(bytes.fromhex(key), credential.encode(), hashlib.sha256).hexdigest()


def take(connection: Connection, limit: Limit, now: float) -> Permit:
    """A permit for one request, if one can be had.

    Who knows nothing, as none has left for a while or the last was refused, sends one and waits for what it is told
    before the next: the budget may be used up by others, or by ourselves with a ledger that was lost since.
    """
    name = digest(connection, limit.credential)
    mine = permits.c.credential == name
    connection.execute(delete(permits).where(mine, permits.c.at < now - max(KEPT_SECONDS, 2 * limit.per)))
    connection.execute(update(permits).where(mine, permits.c.at > now).values(at=now))  # the clock was set back
    budget = _budget(connection, name)
    requests = limit.told(budget.requests if budget else None)
    counted = _counted(limit, name, now)
    sent = connection.execute(select(func.count()).where(counted)).scalar_one()
    left = requests - sent
    since = None if budget is None else budget.refused_since
    held = budget is not None and budget.state != "open"
    if budget is not None and held and budget.held_at <= now < budget.held_until:
        wait = budget.held_until - now
        wait = min(wait, LOOK_SECONDS) if budget.state == "probing" else wait
        return Permit(None, now, wait, requests, 0, since)
    if left <= 0:
        oldest = select(permits.c.at).where(counted).order_by(permits.c.at, permits.c.id).offset(-left).limit(1)
        free_at: float = connection.execute(oldest).scalar_one() + limit.per + limit.margin
        return Permit(None, now, max(0.01, free_at - now), requests, 0, since)
    probing = held or sent == 0
    if probing:
        _set(connection, name, state="probing", held_at=now, held_until=now + min(limit.per, PROBE_SECONDS))
    row = connection.execute(insert(permits).values(credential=name, at=now))
    assert row.inserted_primary_key is not None
    return Permit(int(row.inserted_primary_key[0]), now, 0.0, requests, left - 1, since, probing)


def worth_learning(limit: Limit, permit: Permit, heard: Heard, now: float) -> bool:
    """Whether :func:`learn` would have anything to write, as far as can be told without looking."""
    return (
        heard.refused_until is not None
        or permit.probing
        or limit.told(heard.requests or permit.requests) != permit.requests
        or (heard.remaining is not None and heard.remaining < permit.left)
        or now - permit.at > limit.margin
    )


def learn(connection: Connection, limit: Limit, permit: Permit, heard: Heard, now: float) -> None:
    """Take in what an answer told, or that there was none."""
    name = digest(connection, limit.credential)
    if now - permit.at > limit.margin:
        connection.execute(update(permits).where(permits.c.id == permit.id).values(at=now - limit.margin))
    if heard.requests is not None:
        _set(connection, name, requests=heard.requests)
    budget = _budget(connection, name)
    if heard.refused_until is not None:
        held_before = budget is not None and budget.state == "held" and budget.held_at <= now
        until = max(heard.refused_until, budget.held_until) if budget and held_before else heard.refused_until
        since = budget.refused_since if budget is not None and budget.refused_since is not None else now
        _set(connection, name, state="held", held_at=now, held_until=until, refused_since=since)
    elif budget is not None and budget.state == "probing" and permit.at >= budget.held_at:
        _set(connection, name, state="open", held_until=0.0, refused_since=None)
    if heard.remaining is not None:
        requests = limit.told(budget.requests if budget else None)
        left = requests - connection.execute(select(func.count()).where(_counted(limit, name, now))).scalar_one()
        if heard.remaining < left:  # somebody else has the same credential
            at = now if heard.reset_at is None else min(now, heard.reset_at - limit.per - limit.margin)
            others = [{"credential": name, "at": at}] * (left - heard.remaining)
            connection.execute(insert(permits), others)


def _counted(limit: Limit, name: str, now: float) -> ColumnElement[bool]:
    return (permits.c.credential == name) & (permits.c.at > now - limit.per - limit.margin)


def _budget(connection: Connection, name: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(budgets).where(budgets.c.credential == name)).first()


def _set(connection: Connection, name: str, **values: object) -> None:
    if _budget(connection, name) is None:
        values = {"credential": name, "state": "open", "held_at": 0.0, "held_until": 0.0} | values
        connection.execute(insert(budgets).values(**values))
    else:
        connection.execute(update(budgets).where(budgets.c.credential == name).values(**values))
