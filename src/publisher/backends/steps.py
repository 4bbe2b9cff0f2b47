"""What a flow yields and what it is given: the whole language between a backend and the driver.

A flow is a generator. It yields a :class:`Send` and receives the answer or :class:`Lost`; it yields :class:`Fit` and
receives the bytes of an asset; it yields :class:`Resolve` and receives the addresses of a host; it yields :class:`Done`
when something is settled, and the driver commits that to the ledger before the flow goes on; it yields
:class:`Together` to run flows side by side. A flow never sends, sleeps, retries, reads a file or a clock, or logs, and
nothing is ever thrown into it. It may be stopped at any yield for good and started again from the top, so every step
before a create is a read or is itself keyed, and there is no ``yield`` in a ``finally``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from publisher.errors import AuthenticationError, PublisherError
from publisher.models import Asset, Change, Effect, Rendition, Subject

R = TypeVar("R")

#: JSON values by which a backend will recognise the effect of a request later.
Evidence = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event that is sent to a receiver, for the log of deliveries.

    ``id`` is what the receiver knows it by, ``event`` its type, ``key`` that of the article it is about, ``job`` the id
    of the job it belongs to, and ``body`` the bytes that are sent. ``replay_of`` is set where a person has it sent once
    more under another id: the id it had. It then belongs to no job.
    """

    id: str
    event: str
    key: str
    body: bytes = field(repr=False)
    job: str | None = None
    replay_of: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A request to send.

    ``build(now)`` makes the request anew for every try (``now`` in Unix seconds), so that a signature is fresh and a
    body can be sent twice. ``effect`` decides what the driver may do when no usable answer comes: it sends reads and
    replaces again, and a create only if it provably never left. The answer to a replace may therefore be that to a
    second arrival: a DELETE that is answered 404 may have worked the first time. ``about`` names what is in doubt until
    an answer comes, each with its evidence; it is journaled before the first byte leaves. With a ``parcel`` every try
    is logged as a delivery.
    """

    build: Callable[[float], httpx.Request]
    effect: Effect
    about: Mapping[Subject, Evidence] = field(default_factory=dict)
    parcel: Parcel | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """An asset whose bytes are needed now, fitted to the target's limits. The driver makes them in a worker thread and
    gives a :class:`publisher.models.Rendition`, or :class:`Failed` with what is wrong with the file."""

    asset: Asset


@dataclass(frozen=True, slots=True)
class Resolve:
    """A host whose addresses are wanted, and to which nothing is sent. The driver gives them, a tuple of
    :class:`Address`, or :class:`Lost` where the host has none."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Address:
    """One IP address of a host. ``refused`` says why the target's guard lets nothing go there, and is empty where it
    does."""

    ip: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """No usable answer. ``sent`` is False where the request provably never took effect. ``remedy`` says what a person
    can do about it, where that is known. ``later`` is how many seconds the target asks to be left alone for, ``after``
    how many seconds after the last try had left nothing more was to be hoped for."""

    why: str
    sent: bool
    remedy: str = ""
    later: float = 0.0
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Written:
    """An article stands at the target. The fields are those of :class:`publisher.models.Receipt`.

    ``version`` may be older than what stands there, where an answer does not tell it: before a conflict is reported the
    fields of ``baseline`` are compared. ``due`` (Unix seconds) is when a later run shall show it, at a target that
    cannot schedule by itself.
    """

    remote_id: str
    url: str | None
    version: str
    slug: str
    status: str
    baseline: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """It stands at the target no more: an article that was deleted, or an asset or a term that turned out to be gone.

    A job whose asset or term is gone gets another turn, in which ``prepare`` is asked to place it again.
    """


@dataclass(frozen=True, slots=True)
class Placed:
    """An asset or a term stands at the target."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something learned about the target that holds for ``ttl`` seconds, or until it refuses us."""

    data: Mapping[str, Any]
    ttl: float = 3600.0


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not happen, and nothing of it stands at the target that did not stand there before.

    About something whose create was lost nobody can say that; there the driver looks first.
    """

    error: PublisherError


@dataclass(frozen=True, slots=True)
class Found:
    """``find`` recognised the effect of an attempt. An article that was found is written once more, because the
    request may have been cut off half-way; an asset or a term counts as found only when it is whole."""

    result: Written | Placed


@dataclass(frozen=True, slots=True)
class Stored:
    """``publish`` stored an article that is not whole yet, created but not shown for example.

    It is remembered at once, so that whatever comes next goes on from there; a later ``Written`` makes it whole.
    """

    result: Written


@dataclass(frozen=True, slots=True)
class Half:
    """``find`` recognised an asset or a term that is not whole, and nothing is at work on it any more.

    It counts as missing at once, without the settle time: ``prepare`` is asked to place it again, and mends it.
    """


@dataclass(frozen=True, slots=True)
class Absent:
    """``find`` saw no effect of an attempt. Believed only after the target's settle time."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """``find`` cannot tell."""

    why: str


Result = Written | Removed | Placed | Fact | Failed | Stored | Found | Half | Absent | Unsure


@dataclass(frozen=True, slots=True)
class Done:
    """``subject`` is settled. The driver commits the result to the ledger before the flow goes on."""

    subject: Subject
    result: Result


@dataclass(frozen=True, slots=True)
class Together:
    """Flows to run side by side, at most ``limit`` at a time. Their results come back in order; a member that raised
    a :class:`PublisherError` is a :class:`Failed` in its place, but an :class:`AuthenticationError` comes out."""

    flows: Sequence[Flow[Any]]
    limit: int


Step = Send | Fit | Resolve | Done | Together
Flow = Generator[Step, Any, R]


def send(
    build: Callable[[float], httpx.Request],
    effect: Effect,
    about: Mapping[Subject, Evidence] | None = None,
    parcel: Parcel | None = None,
) -> Flow[httpx.Response | Lost]:
    """Yield a :class:`Send` and return what came of it, typed."""
    answer = yield Send(build, effect, about or {}, parcel)
    assert isinstance(answer, httpx.Response | Lost)
    return answer


def fit(asset: Asset) -> Flow[Rendition | Failed]:
    """Yield a :class:`Fit` and return what came of it, typed."""
    made = yield Fit(asset)
    assert isinstance(made, Rendition | Failed)
    return made


def resolve(host: str, port: int) -> Flow[tuple[Address, ...] | Lost]:
    """Yield a :class:`Resolve` and return what came of it, typed."""
    found = yield Resolve(host, port)
    assert isinstance(found, tuple | Lost)
    return found


def done(subject: Subject, result: Result) -> Flow[None]:
    """Yield a :class:`Done`."""
    yield Done(subject, result)


def settling(subjects: Sequence[Subject], flow: Flow[None]) -> Flow[None]:
    """Run ``flow``, and settle all of ``subjects`` as failed with what it raises.

    For the members of :func:`together`, where what one raises would fail nothing but itself. What is wrong with the
    credentials is wrong for everybody and comes out.
    """
    try:
        yield from flow
    except AuthenticationError:
        raise
    except PublisherError as error:
        for subject in subjects:
            yield Done(subject, Failed(error))


def together(flows: Sequence[Flow[R]], limit: int) -> Flow[list[R | Failed]]:
    """Yield a :class:`Together` and return the results in order, typed."""
    results: list[R | Failed] = yield Together(flows, limit)
    return results
