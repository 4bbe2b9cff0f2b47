"""Carries out a checkup: reads, and nothing else.

A person waits for it, so it is not as patient as a run: a request is tried twice and for fifteen seconds, and the whole
checkup takes no more than a minute. It leaves nothing in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import httpx

from publisher.backends.base import Backend, Known
from publisher.backends.steps import Address, Done, Failed, Flow, Lost, Resolve, Send
from publisher.driving.clock import Clock
from publisher.driving.flows import drive
from publisher.driving.guard import resolved
from publisher.driving.reads import OnlyReads
from publisher.driving.redaction import redact
from publisher.driving.sending import Sender
from publisher.errors import AuthenticationError, PublisherError, UnreachableError
from publisher.models import Asset, Checkup, Finding, Rendition

R = TypeVar("R")

#: Seconds that one request with its retries may take, and all of them together.
PATIENCE, ALL_PATIENCE = 15.0, 60.0

#: How often a request is tried.
TRIES = 2


async def examine(
    backend: Backend,
    client: httpx.AsyncClient,
    clock: Clock,
    on_retry: Callable[[str], None] = lambda said: None,
    known: Known | None = None,
) -> Checkup:
    """How a target stands. What is wrong with it, or with the way to it, is a finding. ``known`` is what is known of it
    beforehand.

    Raises :class:`PublisherError` only for a backend that wants to write.
    """
    reader = _Reader(backend, client, clock, on_retry)
    try:
        found: Sequence[Finding] = await reader.drive(backend.check(known or Known()))
    except PublisherError as error:
        if error is reader.reads.refused:
            raise
        found = (_finding(error),)
    if not found:
        nothing = f"there is nothing that can be looked at before something is published to {backend.kind}"
        found = (Finding(verdict="unknown", subject="checkup", what=nothing),)
    return Checkup(backend.target.identity, tuple(_without_secrets(one) for one in found))


async def learn(backend: Backend, flow: Flow[R], client: httpx.AsyncClient, clock: Clock) -> R:
    """What a flow of a backend finds out with reads alone, as patient as a checkup.

    Raises the :class:`PublisherError` that the flow raises, and one for a flow that wants to write.
    """
    return await _Reader(backend, client, clock, lambda said: None).drive(flow)


class _Reader:
    """The driver of one flow of a checkup, which makes no images either: nobody would look at them."""

    def __init__(
        self, backend: Backend, client: httpx.AsyncClient, clock: Clock, on_retry: Callable[[str], None]
    ) -> None:
        self.reads = OnlyReads(backend, "method check")
        self._backend = backend
        self._client = client
        self._clock = clock
        self._on_retry = on_retry
        self._until = clock.now() + ALL_PATIENCE

    async def drive(self, flow: Flow[R]) -> R:
        return await self.reads.result(drive(flow, self))

    async def send(self, step: Send) -> httpx.Response | Lost:
        self.reads.admit(step)
        left = self._until - self._clock.now()
        if left <= 0:
            return Lost(f"the checkup took longer than {ALL_PATIENCE:g} s", sent=False, remedy="Try again later.")
        sender = Sender(
            self._backend, self._client, self._clock, min(PATIENCE, left), _go_on, self._on_retry, tries=TRIES
        )
        return await sender.send(step)

    async def resolve(self, step: Resolve) -> tuple[Address, ...] | Lost:
        return await resolved(self._backend.connection, step)

    async def fit(self, asset: Asset) -> Rendition | Failed:
        raise self.reads.refusal("to make an image")

    async def settle(self, step: Done) -> None:
        """What was learned is for this checkup only."""


def _finding(error: PublisherError) -> Finding:
    """What a backend raised although it should say it: there is nothing better to tell than that."""
    subject = "target"
    if isinstance(error, UnreachableError):
        subject = "reachability"
    elif isinstance(error, AuthenticationError):
        subject = "login"
    return Finding(verdict="problem", subject=subject, what=error.what, remedy=error.hint)


def _without_secrets(finding: Finding) -> Finding:
    return replace(finding, subject=redact(finding.subject), what=redact(finding.what), remedy=redact(finding.remedy))


def _go_on(point: str) -> None:
    """A checkup may die anywhere: it leaves nothing behind."""
