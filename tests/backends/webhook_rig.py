"""The rig of the Webhook backend, and a receiver as its documentation asks for: the truth is in the receiver's tables.

It keeps of each article the newest revision, and answers an id that it knows as it answered it first.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import httpx
from PIL import Image

from publisher.backends.base import Backend
from publisher.backends.webhook import Webhook
from publisher.errors import SignatureError
from publisher.models import Asset
from publisher.rendering.text import words
from publisher.testing import Copy, Rig
from publisher.webhooks import new_secret, verify

URL = "https://receiver.example.com/hooks/articles"

Row = dict[str, Any]


class Receiver(httpx.AsyncBaseTransport):
    """What it holds is in ``articles`` by key and in ``images`` by SHA-256; all that arrived is in ``requests``.

    ``says`` makes the answer to an article that was taken, by default ``{"id", "url"}``; ``refuses`` may answer a
    request before anything else happens. ``secret`` is what it verifies with, by the clock ``now``.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.secret = new_secret()
        self.requests: list[httpx.Request] = []
        self.articles: dict[str, Row] = {}
        self.revisions: dict[str, int] = {}
        self.images: dict[str, str] = {}
        self.foreign: set[str] = set()
        self.says: Callable[[Row], httpx.Response] = lambda row: httpx.Response(
            200, json={"id": row["id"], "url": row["url"]}
        )
        self.refuses: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        self._answers: dict[str, httpx.Response] = {}

    @property
    def events(self) -> list[Row]:
        return [json.loads(request.content) for request in self.requests]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Take a request."""
        self.requests.append(request)
        refused = self.refuses(request)
        if refused is not None:
            return refused
        try:
            event = verify(self.secret, request.headers, request.content, now=self.now())
        except SignatureError as error:
            return httpx.Response(401, json={"error": str(error)})
        if event.id not in self._answers:
            answer = self._take(event.type, event.data)
            if answer.is_error:
                return answer
            self._answers[event.id] = answer
        first = self._answers[event.id]
        return httpx.Response(first.status_code, headers=first.headers, content=first.content)

    def _take(self, type: str, data: Row) -> httpx.Response:
        if type == "ping":
            return httpx.Response(204)
        if type == "asset.upload":
            return httpx.Response(201, json={"url": self._store(data)})
        own = data["_publisher"]
        there = self.articles.get(data["id"])
        if own["revision"] <= self.revisions.get(data["id"], 0):
            return self.says(there) if there else httpx.Response(200)  # late: a newer one is here
        if type == "article.deleted":
            self.revisions[data["id"]] = own["revision"]
            self.articles.pop(data["id"], None)
            return httpx.Response(204)
        if own["slug"] in self.foreign | {row["slug"] for key, row in self.articles.items() if key != data["id"]}:
            return httpx.Response(409, json={"error": f"the slug {own['slug']} is taken"})
        number = there["id"] if there else str(len(self.revisions) + 1)
        row = (there or {}) | {"id": number, "slug": own["slug"], "url": f"https://receiver.example.com/{own['slug']}"}
        row["shown"] = type in ("article.published", "article.updated")
        if "content_html" in data:
            row |= {"title": data["title"], "html": self._with_images(data)}
        self.revisions[data["id"]] = own["revision"]
        self.articles[data["id"]] = row
        return self.says(row)

    def _with_images(self, data: Row) -> str:
        html = data["content_html"]
        for image in data["_publisher"]["images"]:
            if "data" in image:
                html = html.replace(image["url"], self._store(image))
        return html

    def _store(self, image: Row) -> str:
        content = base64.b64decode(image["data"])
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (image["sha256"], image["bytes"])
        self.images[image["sha256"]] = image["name"]
        return f"https://receiver.example.com/images/{image['sha256']}"


@lru_cache(maxsize=1)
def too_large() -> Asset:
    """A picture that is too large to travel inside an event, with the settings that a target has by default."""
    side = 450
    data = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), "large.png")


class WebhookRig(Rig):
    """``quiet`` is a receiver that answers articles with 204 and nothing else; settings are those of the target."""

    def __init__(self, *, quiet: bool = False, **settings: Any) -> None:
        super().__init__()
        self.receiver = Receiver(lambda: self.clock.now())
        self.settings = settings
        self.quiet = quiet
        if quiet:
            self.receiver.says = lambda row: httpx.Response(204)

    def backend(self) -> Backend:
        return Webhook(URL, secret=self.receiver.secret, transport=self.receiver, **self.settings)

    def lone_picture(self) -> Asset:
        return too_large()

    def articles(self) -> Sequence[Copy]:
        copies = [
            Copy(key if self.quiet else row["id"], row["slug"], row["title"], words(row["html"]), row["shown"])
            for key, row in self.receiver.articles.items()
        ]
        return [*copies, *(Copy("foreign", slug, "Somebody's", "", shown=True) for slug in self.receiver.foreign)]

    def assets(self) -> Sequence[str]:
        return list(self.receiver.images.values())

    def terms(self) -> Sequence[str]:
        return []

    def edit(self, remote_id: str, title: str | None) -> None:
        if title is not None:
            self.receiver.articles[self._key(remote_id)]["title"] = title

    def remove(self, remote_id: str) -> None:
        del self.receiver.articles[self._key(remote_id)]

    def occupy(self, slug: str) -> str:
        self.receiver.foreign.add(slug)
        return "foreign"

    def _key(self, remote_id: str) -> str:
        return next(key for key, row in self.receiver.articles.items() if remote_id in (key, row["id"]))
