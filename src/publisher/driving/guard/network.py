"""Connections to addresses that were checked: a name is looked up once, and what was checked is what is connected to.

The pool above goes on speaking of the name, so that SNI, the Host header and the check of the certificate are right.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import anyio
import httpcore
import httpx

from publisher.backends.base import Guard
from publisher.driving.guard.addresses import why_refused

#: Gives the addresses of a host, as text.
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


class AddressRefusedError(httpx.ConnectError):
    """Nothing was sent, because it would have gone where nothing may go. Trying again does not help."""


async def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system has for a host, each once. Raises ``OSError`` where it has none.

    The system also understands ``127.1`` or ``0x7f000001``; that is why nobody here looks at the host's text.
    """
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses only."""

    def __init__(self, guard: Guard, look_up: LookUp, inner: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._guard = guard
        self._look_up = look_up
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the host's addresses that answers; to none if one of them is not public."""
        addresses = await self._checked(host, port, timeout)
        share = None if timeout is None else max(1.0, timeout / len(addresses))
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    async def _checked(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            with anyio.fail_after(seconds):
                addresses = await self._look_up(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from None
        except (OSError, UnicodeError) as error:  # a label that is too long is a UnicodeError
            raise httpcore.ConnectError(f"the name {host} cannot be resolved: {error}") from None
        if not addresses:
            raise httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            reason = why_refused(address, allow_private=self._guard.allow_private)
            if reason is not None:
                raise AddressRefusedError(f"{host} leads to {address}, which is {reason}; nothing was sent")
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore's
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefusedError("a socket of this machine is no public address")

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)
