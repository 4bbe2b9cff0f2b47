"""The address guard: requests to addresses that strangers chose stay out of our own networks.

A target whose :class:`publisher.backends.base.Connection` has a ``guard`` is reached through a
:class:`GuardedTransport`. It needs nothing of the rest and works in any ``httpx.AsyncClient``.
"""

from __future__ import annotations

import anyio
import httpx

from publisher.backends.base import Connection
from publisher.backends.steps import Address, Lost, Resolve
from publisher.driving.guard.addresses import why_refused
from publisher.driving.guard.network import AddressRefusedError, look_up
from publisher.driving.guard.transport import GuardedTransport

__all__ = ["AddressRefusedError", "GuardedTransport", "look_up", "resolved", "transport_of", "why_refused"]


def transport_of(connection: Connection) -> httpx.AsyncBaseTransport | None:
    """What carries the requests of a target: what was given, else the guard, else None for httpx's own."""
    if connection.transport is None and connection.guard is not None:
        return GuardedTransport(connection.guard, verify=connection.verify)
    return connection.transport


async def resolved(connection: Connection, step: Resolve) -> tuple[Address, ...] | Lost:
    """The addresses of a host, and what the guard of a target says to each. Nothing is sent to them."""
    try:
        with anyio.fail_after(connection.timeout):
            found = await look_up(step.host, step.port)
    except (OSError, UnicodeError) as error:  # a TimeoutError is an OSError
        return Lost(f"the name {step.host} cannot be resolved ({error or 'it took too long'})", sent=False)
    guard = connection.guard
    if guard is None:
        return tuple(Address(ip) for ip in found)
    return tuple(Address(ip, why_refused(ip, allow_private=guard.allow_private) or "") for ip in found)
