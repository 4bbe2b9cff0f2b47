"""A transport that loses, delays and damages what passes through it, for any backend over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import httpx

from publisher.backends.base import Backend
from publisher.driving.clock import Clock
from publisher.driving.guard import transport_of

#: What happens to a request: its answer is lost after it took effect; it takes effect only later, when the client has
#: given up; it never arrives; the connection is refused; it takes effect and a proxy answers 502.
Trouble = Literal["answer lost", "late", "request lost", "refused", "bad gateway"]

#: The methods of requests that change nothing.
READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Fault:
    """``trouble`` for the requests that ``when`` chooses, ``times`` times; late ones arrive after ``late`` seconds."""

    trouble: Trouble
    when: Callable[[httpx.Request], bool] = lambda request: request.method not in READS
    times: int = 1
    late: float = 40.0


#: Requests that the target is still at work on, each with the moment at which it takes effect.
Late = list[tuple[float, httpx.Request]]


class FaultyTransport(httpx.AsyncBaseTransport):
    """Passes requests on to ``inner`` unless a fault is due. ``requests`` are all that were sent, arrived or not.

    ``late`` is shared by the transports of several processes that talk to one target.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: Clock, late: Late | None = None) -> None:
        self.inner = inner
        self.clock = clock
        self.faults: list[Fault] = []
        self.requests: list[httpx.Request] = []
        self._late: Late = [] if late is None else late

    @property
    def writes(self) -> list[httpx.Request]:
        """The requests that wanted to change something."""
        return [request for request in self.requests if request.method not in READS]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await self.arrive()
        self.requests.append(request)
        fault = self._due(request)
        if fault is None:
            return await self._deliver(request)
        if fault.trouble == "refused":
            raise httpx.ConnectError("connection refused", request=request)
        if fault.trouble == "late":
            self._late.append((self.clock.now() + fault.late, request))
        elif fault.trouble != "request lost":
            await self._deliver(request)
        if fault.trouble == "bad gateway":
            return httpx.Response(502, html="<h1>502 Bad Gateway</h1>", request=request)
        raise httpx.ReadTimeout("the answer did not come", request=request)

    async def arrive(self) -> None:
        """Let the late requests take effect whose time has come."""
        due = [request for moment, request in self._late if moment <= self.clock.now()]
        self._late[:] = [late for late in self._late if late[0] > self.clock.now()]
        for request in due:
            await self._deliver(request)

    async def _deliver(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        # Read here, so that what the server did is over before the test goes on, whatever becomes of the answer.
        await answer.aread()
        await answer.aclose()
        answer.extensions.pop("network_stream", None)
        headers = [
            (k, v) for k, v in answer.headers.raw if k.lower() not in (b"content-encoding", b"transfer-encoding")
        ]
        return httpx.Response(answer.status_code, headers=headers, content=answer.content, request=request)

    def _due(self, request: httpx.Request) -> Fault | None:
        for number, fault in enumerate(self.faults):
            if fault.times > 0 and fault.when(request):
                self.faults[number] = replace(fault, times=fault.times - 1)
                return fault
        return None


def make_faulty(backend: Backend, clock: Clock, late: Late | None = None) -> FaultyTransport:
    """Put a :class:`FaultyTransport` between ``backend`` and its target; without faults it only counts."""
    inner = transport_of(backend.connection) or httpx.AsyncHTTPTransport(verify=backend.connection.verify)
    faulty = FaultyTransport(inner, clock, late)
    backend.connection = replace(backend.connection, transport=faulty)
    return faulty
