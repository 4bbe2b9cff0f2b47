"""Looks at a target while it is still being asked about."""

from __future__ import annotations

from typing import TypeVar

import anyio

from publisher.backends.base import Backend
from publisher.backends.steps import Flow
from publisher.driving.clock import SystemClock
from publisher.driving.examining import learn
from publisher.driving.redaction import keeping_secret
from publisher.publishing.clients import Clients

__all__ = ["learned"]

R = TypeVar("R")


def learned(backend: Backend, flow: Flow[R]) -> R:
    """What ``flow``, which only reads, finds out. No ledger is opened. Raises :class:`PublisherError`."""

    async def look() -> R:
        async with Clients([]).of(backend) as client:
            return await learn(backend, flow, client, SystemClock())

    with keeping_secret(backend.secrets()):
        return anyio.run(look)
