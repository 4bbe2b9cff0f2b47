"""Keeps to a rate limit: one budget for a credential, through the ledger, learned from what the target answers."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx

from publisher.backends.base import Backend, RateLimit
from publisher.backends.steps import Lost
from publisher.driving.clock import Clock
from publisher.ledger import Heard, Ledger, Limit, Permit

#: A wait is worth telling from so many seconds on; at a steady pace there is one before every request.
TOLD_SECONDS = 2.0

#: One refusal holds all who share a credential for so many seconds at most, whatever a broken answer asks for.
HELD_SECONDS = 3600.0

#: A limit above this is none.
_NO_LIMIT = 10_000

#: A reset as a number below this is in seconds from now, and above in Unix seconds.
_UNIX_SECONDS = 1_000_000_000

_PER = {1.0: "a second", 60.0: "a minute", 3600.0: "an hour"}


class Budget:
    """The budget that the requests of one run take from.

    ``call`` calls a method of the ledger in a worker thread; ``queue`` is that of all runs of the publisher with the
    same credential: the first in it asks the ledger, which is what other publishers share with it. ``tell`` is told
    about longer waits.
    """

    def __init__(
        self,
        rate: RateLimit,
        limit: Limit,
        origin: httpx.URL,
        clock: Clock,
        ledger: Ledger,
        call: Callable[..., Awaitable[Any]],
        queue: anyio.Lock,
        tell: Callable[[str], None],
    ) -> None:
        self._rate = rate
        self._limit = limit
        self.host = origin.host
        self._clock = clock
        self._ledger = ledger
        self._call = call
        self._queue = queue
        self._tell = tell

    def counts(self, url: httpx.URL) -> bool:
        """Whether the target counts a request to ``url``."""
        return url.host == self.host

    async def permit(self, patience: float) -> tuple[Permit | Lost, float]:
        """Wait until a request may leave; with how many of the seconds waited the target itself is to blame for.

        Those are the seconds since it last refused a request and has answered none. Beyond ``patience`` of them there
        is no permit. Waiting for what is left of the budget is nobody's failure, and has no end.
        """
        began = self._clock.now()
        async with self._queue:
            told = False
            while True:
                permit: Permit = await self._call(self._ledger.take_permit, self._limit, self._clock.now())
                since = permit.refused_since
                blamed = 0.0 if since is None else max(0.0, self._clock.now() - max(began, since))
                if permit.id is not None:
                    return permit, blamed
                if since is not None and blamed + permit.wait > patience:
                    why = (
                        f"{self.host} has had too many requests with this key: for {blamed:.0f} s it has been refusing "
                        f"them, and it is not to be asked again before {permit.wait:.0f} s"
                    )
                    return Lost(why, sent=False), blamed
                if permit.wait >= TOLD_SECONDS and not told:
                    told = True
                    self._tell(f"{permit.requests} requests {_span(self._limit.per)}: next in {permit.wait:.0f} s")
                await self._clock.sleep(permit.wait)

    async def learn(self, permit: Permit, answer: httpx.Response | None) -> None:
        """Take in what an answer tells about the budget; None for one that never came."""
        now = self._clock.now()
        told = Heard() if answer is None else heard(answer, self._rate, now)
        if self._ledger.worth_learning(self._limit, permit, told, now):
            await self._call(self._ledger.learn_rate, self._limit, permit, told, now)


def rate_of(backend: Backend) -> tuple[RateLimit, Limit] | None:
    """The limit that counts for a target, and what of it the ledger has to know; None where there is none."""
    declared, own = backend.rate(), backend.connection.rate
    rate = own or declared
    if rate is None:
        return None
    credential = rate.credential or (declared.credential if declared else "") or _origin(backend, rate).host
    return rate, Limit(credential, rate.requests, rate.per, rises=own is None)


def budget_of(
    backend: Backend,
    clock: Clock,
    ledger: Ledger,
    call: Callable[..., Awaitable[Any]],
    queues: dict[str, anyio.Lock],
    tell: Callable[[str], None],
) -> Budget | None:
    """The budget of a target, if its requests are counted."""
    found = rate_of(backend)
    if found is None:
        return None
    rate, limit = found
    queue = queues.setdefault(limit.credential, anyio.Lock())
    return Budget(rate, limit, _origin(backend, rate), clock, ledger, call, queue, tell)


def heard(answer: httpx.Response, rate: RateLimit, now: float) -> Heard:
    """What the headers of an answer tell about the budget."""
    told = {name: _number(answer, f"{rate.headers}-{name}") for name in ("limit", "remaining", "reset") if rate.headers}
    requests, reset = told.get("limit"), told.get("reset")
    reset_at = None if reset is None else float(reset if reset > _UNIX_SECONDS else now + reset)
    if reset_at is not None and not now < reset_at <= now + rate.per:
        reset_at = None
    refused_until = None
    if answer.status_code == 429:
        pause = retry_after(answer, now)
        refused_until = now + min(pause, HELD_SECONDS) if pause is not None else reset_at or now + rate.per
    return Heard(
        requests=requests if requests is not None and 0 < requests <= _NO_LIMIT else None,
        remaining=told.get("remaining"),
        reset_at=reset_at,
        refused_until=refused_until,
    )


def retry_after(answer: httpx.Response, now: float) -> float | None:
    """The Retry-After header in seconds from now, be it seconds or a date; None without a usable one."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, moment.timestamp() - now)


def _number(answer: httpx.Response, header: str) -> int | None:
    """A header's whole number; what follows it, as in ``60, 60;w=60``, is left out."""
    value = answer.headers.get(header, "").split(",")[0].split(";")[0].strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def _origin(backend: Backend, rate: RateLimit) -> httpx.URL:
    return httpx.URL(rate.origin or backend.target.url)


def _span(seconds: float) -> str:
    return _PER.get(seconds, f"in {seconds:g} s")
