"""A simulated Webflow with a blog, and a client that talks to it in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from publisher.testing import FakeClock, WebflowSimulator
from publisher.testing.webflow import Blog, Quirks


class Desk:
    """A simulator with a blog, seen through its API. Methods return the answer; ``ok`` its JSON if it was a success."""

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock()
        self.sim = WebflowSimulator(clock=self.clock, **({"requests_per_minute": None} | options))
        self.blog: Blog = self.sim.add_blog()
        self.items = f"/collections/{self.blog.posts}/items"
        self.token: str | None = self.sim.token

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One request. Paths start at the API; a whole URL is taken as it is, and gets no token."""
        headers = {} if self.token is None or path.startswith("http") else {"Authorization": f"Bearer {self.token}"}
        headers |= options.pop("headers", {})
        if body is not None:
            options["json"] = body

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.sim.transport(), base_url=self.sim.base_url) as client:
                return await client.request(method, path, headers=headers, **options)

        return anyio.run(send)

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = self.call(method, path, body, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str | None, list[Any]]:
        """Status, code and details of an error."""
        answer = self.call(method, path, body, **options)
        assert not answer.is_success, answer.text
        error = answer.json()
        assert set(error) - {"code"} == {"message", "externalReference", "details"}
        assert error["externalReference"] is None
        assert error["message"]
        return answer.status_code, error.get("code"), error["details"]

    def create(self, slug: str = "post", *, live: bool = False, **fields: Any) -> str:
        """An item; its id."""
        values = {"name": slug.title(), "slug": slug} | {
            name.replace("_", "-"): value for name, value in fields.items()
        }
        path = f"{self.items}/live" if live else self.items
        return self.ok("POST", path, {"fieldData": values})["id"]

    def staged(self, item: str) -> Any:
        return next((row for row in self.sim.items(self.blog.posts) if row["id"] == item), None)

    def live(self, item: str) -> Any:
        return next((row for row in self.sim.live(self.blog.posts) if row["id"] == item), None)

    def slugs(self) -> list[str]:
        return [row["fieldData"]["slug"] for row in self.sim.items(self.blog.posts)]

    def register(self, data: bytes = b"picture", name: str = "picture.png") -> Any:
        body = {"fileName": name, "fileHash": hashlib.md5(data).hexdigest()}
        return self.ok("POST", f"/sites/{self.sim.site_id}/assets", body)

    def upload(self, registered: Any, data: bytes = b"picture", **details: str) -> httpx.Response:
        file = {"file": (registered["originalFileName"], data, registered["contentType"])}
        return self.call("POST", registered["uploadUrl"], data=registered["uploadDetails"] | details, files=file)

    def asset(self, data: bytes = b"picture", name: str = "picture.png") -> Any:
        registered = self.register(data, name)
        assert self.upload(registered, data).status_code == 201
        return registered


@pytest.fixture
def make_desk() -> Callable[..., Desk]:
    """``make_desk(duplicate_slug="suffixed")``: a desk with these quirks; ``options`` are the simulator's."""

    def make(options: dict[str, Any] | None = None, **quirks: Any) -> Desk:
        return Desk(quirks=Quirks(**quirks), **(options or {}))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
