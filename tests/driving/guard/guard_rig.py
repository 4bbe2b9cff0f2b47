"""Names that lead where a test wants them to, and networks that only take down where they would go."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpcore
import httpx

from publisher.backends.base import Guard
from publisher.driving.guard import GuardedTransport

NAME = "hooks.example.com"

#: Made once: that takes longer than all the rest of a test.
_TRUSTING = httpx.create_ssl_context()


def guarded(guard: Guard | None = None, **parts: Any) -> GuardedTransport:
    return GuardedTransport(guard or Guard(), verify=_TRUSTING, **parts)


@dataclass
class Network(httpcore.AsyncNetworkBackend):
    """Takes down where connections would go, and answers 200 without any."""

    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    connections: list[tuple[str, int]] = field(default_factory=list)
    dead: Sequence[str] = ()

    async def connect_tcp(self, host: str, port: int, *values: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connections.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError("no route")
        return await httpcore.AsyncMockBackend([self.answer]).connect_tcp(host, port)


@dataclass
class Names:
    """Gives the next of its answers each time it is asked, and the last one for ever."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError("Name or service not known")
        return found


def send(transport: GuardedTransport, *urls: str, method: str = "POST", **parts: Any) -> list[httpx.Response]:
    """Send a request to each of the addresses, one after the other."""

    async def work() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=transport, timeout=parts.pop("timeout", 10)) as client:
            return [await client.request(method, url, **parts) for url in urls]

    return anyio.run(work)


@dataclass
class Server:
    """``url`` is under a name that only the test knows; ``names`` leads it to this machine."""

    url: str
    sni: list[str]
    requests: list[bytes]
    trusting: ssl.SSLContext

    def transport(self, **settings: Any) -> GuardedTransport:
        guard = Guard(allow_private=True, allow_http=True, **settings)
        return GuardedTransport(guard, verify=self.trusting, resolve=Names([["127.0.0.1"]]))
