"""A receiver in process, and signed deliveries for it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
from PIL import Image

from publisher.receiver import HOOK, make_site
from publisher.testing import FakeClock
from publisher.webhooks import new_secret, sign

Row = dict[str, Any]


class Desk:
    """One site with one sender, which signs by the clock of the site."""

    def __init__(self, into: Path, **settings: Any) -> None:
        self.into = into
        self.clock = FakeClock()
        self.secret = new_secret()
        self.site = make_site(into, settings.pop("secrets", self.secret), now=self.clock.now, **settings)
        self._count = 0

    def deliver(self, event: Row | bytes, message: str = "", secret: str = "", **more: Any) -> httpx.Response:
        """Send an event, by default under a new id; the answer."""
        self._count += 1
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        headers = sign(secret or self.secret, message or f"msg_{self._count}", int(self.clock.now()), body)
        return self.ask("POST", HOOK, content=body, headers=headers | more.get("headers", {}))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request; redirects are not followed."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.site)
            async with httpx.AsyncClient(transport=transport, base_url="https://site.example.com") as client:
                return await client.request(method, path, **more)

        return anyio.run(send)

    def publish(self, **fields: Any) -> Row:
        """Deliver an article that is shown; what was answered."""
        answer = self.deliver(article(**fields))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, path: str = "/", status: int = 200) -> str:
        answer = self.ask("GET", path)
        assert answer.status_code == status
        return answer.text


def article(
    type: str = "article.published",
    *,
    key: str = "posts/a",
    revision: int = 1,
    status: str = "published",
    html: str = "<p>Text.</p>",
    own: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Row:
    """An event with a whole article; ``own`` are fields of ``_publisher``."""
    title = fields.pop("title", f"Title of {key}")
    names = {"key": key, "slug": key.replace("/", "-"), "revision": revision, "status": status}
    rest = {
        "content_markdown": "Text.",
        "word_count": 1,
        "seo": {"title": title},
        "json_ld": {"headline": title, "wordCount": 1},
    }
    data = {"id": key, "title": title, "content_html": html, "content_text": "Text.", **fields}
    data["_publisher"] = {**names, **rest, **(own or {})}
    return {"type": type, "timestamp": "2026-01-02T03:04:05Z", "data": data}


def removal(type: str, key: str = "posts/a", revision: int = 2, status: str | None = None) -> Row:
    """An event with nothing but names."""
    names = {"key": key, "slug": key.replace("/", "-"), "revision": revision} | ({"status": status} if status else {})
    return {"type": type, "timestamp": "2026-01-02T03:04:05Z", "data": {"id": key, "_publisher": names}}


def png(number: int = 1, size: tuple[int, int] = (8, 8)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, (number, 80, 160)).save(data, "PNG")
    return data.getvalue()


def image(content: bytes, **fields: Any) -> Row:
    """An image as it travels, inside an article or on its own."""
    digest = hashlib.sha256(content).hexdigest()
    told = {"name": "a.png", "mime_type": "image/png", "sha256": digest, "bytes": len(content), "width": 8, "height": 8}
    return told | {"data": base64.b64encode(content).decode()} | fields


def upload(content: bytes, **fields: Any) -> Row:
    """An ``asset.upload``."""
    return {
        "type": "asset.upload",
        "timestamp": "2026-01-02T03:04:05Z",
        "data": {"id": hashlib.sha256(content).hexdigest(), **image(content), **fields},
    }
