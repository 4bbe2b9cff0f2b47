"""A TCP proxy before a site, in a thread of its own, that loses the answers of one writing request in three.

It stands where a load balancer stands: the site's own address is the proxy's, so publishers need not know of it. Every
connection carries one request, as PHP's own server has it (``Connection: close``).
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

#: What happens to a writing request. Before WordPress sees it whole: it is cut off on its way. While WordPress is at
#: work: the client's connection is cut, or it was cut before the request, which was held up, arrives. Afterwards: the
#: answer is dropped, ends in the middle (with and without a reset), never comes, or a gateway's page takes its place.
Trouble = Literal["cut on its way", "cut at work", "held up", "dropped", "half", "half, reset", "silence", "502", "504"]

BEFORE: tuple[Trouble, ...] = ("cut on its way",)
WHILE: tuple[Trouble, ...] = ("cut at work", "held up")
AFTER: tuple[Trouble, ...] = ("dropped", "half", "half, reset", "silence", "502", "504")

#: For how many seconds a request is held up at most. A target's settle time has to be longer, by what PHP needs.
HELD_UP = 2.0

#: When the client's connection is cut while WordPress is at work, it is so within this many seconds.
CUT_WITHIN = 0.3

_PAGE = "HTTP/1.1 {} {}\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>{} {}</h1>"


@dataclass
class Passed:
    """One request that came by. ``came`` and ``answered`` are seconds of a clock: when the client had connected, and
    when WordPress had answered (None if it never did); ``created`` counts its answers 201, also inside a batch."""

    what: str
    trouble: Trouble | None
    came: float
    answered: float | None = None
    created: int = 0

    @property
    def writes(self) -> bool:
        return self.what.startswith("POST")


def one_in_three(dice: random.Random) -> Iterator[Trouble | None]:
    """Troubles for ever: one request in three has one, as often before, while and after WordPress commits."""
    while True:
        yield dice.choice(dice.choice((BEFORE, WHILE, AFTER))) if dice.random() < 1 / 3 else None


class FaultProxy:
    """Passes requests on to the site at ``url``. Each POST gets the next of ``troubles``; without any more, none."""

    def __init__(self, url: str, troubles: Iterator[Trouble | None]) -> None:
        self._upstream = urlsplit(url)
        self._to_come = troubles
        self._delays = random.Random(url)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.Task[None]] = set()
        self.url = ""
        self.passed: list[Passed] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def troubles(self) -> Counter[str]:
        """How often which trouble befell a request."""
        return Counter(one.trouble for one in self.passed if one.trouble is not None)

    @property
    def longest(self) -> float:
        """How many seconds at most went by from a client's connection until WordPress had answered a write."""
        took = [one.answered - one.came for one in self.passed if one.writes and one.answered is not None]
        return max(took, default=0.0)

    def wait_until_quiet(self) -> None:
        """Return when nothing is on its way any more."""
        while self._busy:
            time.sleep(0.02)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in asyncio.all_tasks(self._loop) - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Held on to: the loop itself does not, once the client's connection is cut.
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):  # the client has gone away: so be it
                await self._one(reader, writer)
        finally:
            writer.close()
            self._busy.discard(task)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came = time.monotonic()
        head = await reader.readuntil(b"\r\n\r\n")
        what = b" ".join(head.split(b" ", 2)[:2]).decode()
        length = int((re.search(rb"(?i)\r\ncontent-length: *(\d+)", head) or [b"", b"0"])[1])
        trouble = next(self._to_come, None) if what.startswith("POST") else None
        passed = Passed(what, trouble, came)
        self.passed.append(passed)
        if trouble == "cut on its way":
            # Half of what is left of it arrives, so that WordPress's server waits for the rest in vain.
            body = await reader.readexactly(length // 2)
            async with self._to_site() as (_, site):
                site.write(head + body)
                await site.drain()
            writer.transport.abort()
            return
        request = head + await reader.readexactly(length)
        if trouble == "held up":
            writer.transport.abort()
            await asyncio.sleep(self._delays.uniform(0.2, HELD_UP))
        cut = asyncio.ensure_future(self._cut(writer)) if trouble == "cut at work" else None
        async with self._to_site() as (answers, site):
            site.write(request)
            answer = await answers.read()
        passed.answered, passed.created = time.monotonic(), _created(answer)
        if cut is not None:
            await cut
        elif trouble != "held up":
            await self._tell(answer, trouble, reader, writer)

    async def _cut(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._delays.uniform(0, CUT_WITHIN))
        writer.transport.abort()

    async def _tell(
        self, answer: bytes, trouble: Trouble | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if trouble in ("dropped", "half, reset", "half"):
            writer.write(b"" if trouble == "dropped" else answer[: len(answer) // 2])
            await writer.drain()
            if trouble == "half, reset":
                writer.transport.abort()
        elif trouble == "silence":
            await reader.read()  # until the client has had enough
        elif trouble in ("502", "504"):
            name = "Bad Gateway" if trouble == "502" else "Gateway Time-out"
            writer.write(_PAGE.format(trouble, name, trouble, name).encode())
            await writer.drain()
        else:
            writer.write(answer)
            await writer.drain()

    @asynccontextmanager
    async def _to_site(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            yield reader, writer
        finally:
            writer.close()


def _created(answer: bytes) -> int:
    """How many things an answer of WordPress says to have made."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != 207:
        return int(status == 201)
    told: Any = json.loads(body)
    return sum(one["status"] == 201 for one in told["responses"])
