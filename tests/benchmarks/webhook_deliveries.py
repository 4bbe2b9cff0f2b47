"""Deliveries to a receiver on this machine: a receiver and two senders, each a process of its own.

    python tests/benchmarks/webhook_deliveries.py receive
    python tests/benchmarks/webhook_deliveries.py ours PORT LEDGER COUNT
    python tests/benchmarks/webhook_deliveries.py bare PORT LEDGER COUNT

``receive`` is a small ASGI application that reads each body and answers ``{"id", "url"}``; it prints its port. ``ours``
delivers COUNT articles with ``publish_many``, 500 at a time, and a ledger on disk; ``bare`` renders, signs and posts
the same events with an ``httpx.AsyncClient`` and as many requests at a time. Both print one JSON object: ``seconds``
for all after the first few, which warm up, and ``peaks``, the largest resident size in bytes after each 1,000.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bakers_words import WORDS
from image_memory import peak

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
WARM, CHUNK = 20, 500


def article(number: int) -> Any:
    """About 3 KB of text with some markup."""
    from publisher import Article

    text = " ".join(WORDS[(number + step * 7) % len(WORDS)] for step in range(60))
    body = "\n\n".join(
        [f"{text} *really* [the page](https://example.com/{number})."] * 4 + ["## Later", "- one\n- two"]
    )
    return Article(key=f"posts/{number}", title=f"Article {number}", slug=f"article-{number}", body=body)


def receive() -> None:
    """See above."""
    import socket

    import uvicorn

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        key = json.loads(body + message.get("body", b""))["data"]["id"]
        answer = json.dumps({"id": key, "url": f"https://example.com/{key}"}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off")).run([listening])


def chunks(begin: int, end: int) -> Iterator[list[Any]]:
    for start in range(begin, end, CHUNK):
        yield [article(number) for number in range(start, min(start + CHUNK, end))]


def ours(port: str, ledger: str, count: str) -> None:
    """See above."""
    from publisher import Publisher, Webhook

    hook = Webhook(f"http://127.0.0.1:{port}/", secret=SECRET, allow_http=True, allow_private=True)
    with Publisher(hook, ledger=ledger) as publisher:

        def deliver(articles: list[Any]) -> None:
            for outcome in publisher.publish_many(articles):
                outcome.unwrap()

        measure(deliver, int(count))


def bare(port: str, ledger: str, count: str) -> None:
    """See above."""
    import anyio
    import httpx
    from anyio.from_thread import start_blocking_portal

    from publisher import Webhook
    from publisher.backends.base import Known
    from publisher.publishing.jobs import job_to_write

    at_once = Webhook.capabilities.parallel
    hook = Webhook(f"http://127.0.0.1:{port}/", secret=SECRET, allow_http=True, allow_private=True)

    async def send(client: httpx.AsyncClient, articles: list[Any]) -> None:
        left = iter(articles)

        async def work() -> None:
            for one in left:
                flow = hook.publish([job_to_write(hook, one, None, 0, time.time())], Known())
                answer = await client.send(next(flow).build(time.time()))  # type: ignore[union-attr]
                answer.raise_for_status()

        async with anyio.create_task_group() as group:
            for _ in range(at_once):
                group.start_soon(work)

    with start_blocking_portal() as portal:
        client = httpx.AsyncClient(timeout=30)
        measure(partial(portal.call, send, client), int(count))
        portal.call(client.aclose)


def measure(deliver: Any, count: int) -> None:
    for some in chunks(count, count + WARM):
        deliver(some)
    began, peaks, done = time.perf_counter(), [], 0
    for some in chunks(0, count):
        deliver(some)
        done += len(some)
        if done % 1000 == 0:
            peaks.append(peak())
    print(json.dumps({"seconds": time.perf_counter() - began, "peaks": peaks}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    {"receive": receive, "ours": ours, "bare": bare}[sys.argv[1]](*sys.argv[2:])
