"""The connections of a publisher: those to its own targets stay open for the next call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from publisher.backends.base import Backend
from publisher.driving.guard import transport_of


class Clients:
    """One HTTP client for each target. ``own`` are the targets whose connections are kept."""

    def __init__(self, own: Sequence[Backend]) -> None:
        self._own = own
        self._kept: dict[Backend, httpx.AsyncClient] = {}

    @asynccontextmanager
    async def of(self, backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
        """The client of a target, for one run."""
        client = self._kept.get(backend)
        if client is not None:
            yield client
            return
        connection = backend.connection
        client = httpx.AsyncClient(
            transport=transport_of(connection), verify=connection.verify, timeout=connection.timeout
        )
        kept = backend in self._own
        if kept:
            self._kept[backend] = client
        try:
            yield client
        finally:
            if not kept:
                await _close(backend, client)

    async def close(self) -> None:
        """Close all that is open."""
        kept, self._kept = self._kept, {}
        for backend, client in kept.items():
            await _close(backend, client)


async def _close(backend: Backend, client: httpx.AsyncClient) -> None:
    if backend.connection.transport is None:  # one that was given belongs to whoever gave it
        await client.aclose()
