"""The address guard: requests to addresses that strangers chose stay out of our own networks.

A target whose :class:`publisher.backends.base.Connection` has a ``guard`` is reached through a
:class:`GuardedTransport`. It needs nothing of the rest and works in any ``httpx.AsyncClient``.
"""

from __future__ import annotations

import httpx

from publisher.backends.base import Connection
from publisher.driving.guard.addresses import why_refused
from publisher.driving.guard.network import AddressRefusedError, look_up
from publisher.driving.guard.transport import GuardedTransport

__all__ = ["AddressRefusedError", "GuardedTransport", "look_up", "transport_of", "why_refused"]


def transport_of(connection: Connection) -> httpx.AsyncBaseTransport | None:
    """What carries the requests of a target: what was given, else the guard, else None for httpx's own."""
    if connection.transport is None and connection.guard is not None:
        return GuardedTransport(connection.guard, verify=connection.verify)
    return connection.transport
