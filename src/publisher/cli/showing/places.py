"""The places of the demo: a simulated Webflow, and a site of one's own that takes webhooks. Both on this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import Webflow, Webhook
from publisher.backends.base import Backend
from publisher.errors import ConfigurationError
from publisher.webhooks import new_secret

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["ShownPlace", "places"]

#: What the places are made of, besides what is always there.
_NEEDED = ("starlette", "uvicorn", "python_multipart", "jinja2", "markupsafe")


@dataclass(frozen=True)
class ShownPlace:
    """A place: ``backend`` publishes to it, ``arrivals`` counts its requests, ``look`` says how to see what it has."""

    name: str
    backend: Backend
    arrivals: Callable[[], int]
    look: str


@contextmanager
def places(folder: Path) -> Iterator[list[ShownPlace]]:
    """Start both; what the second one stores goes into ``folder``.

    Raises :class:`ConfigurationError` where something is not installed that they need.
    """
    try:
        import_module("python_multipart")  # starlette asks for it when an image is uploaded, and not before
        from publisher.receiver import HOOK, make_site
        from publisher.testing.webflow import WebflowSimulator
        from publisher.testing.webflow.serving import served
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in _NEEDED:
            raise
        raise ConfigurationError(
            f"the demo needs the package {package}, which is not installed",
            hint="Install what its places are made of: pip install 'publisher[cli,testing,receiver]'.",
        ) from None
    simulator, secret = WebflowSimulator(), new_secret()
    posts = simulator.add_blog().posts
    site = _Counting(make_site(folder, secret, title="A site of one's own"))
    with _without_warnings(), simulator.serving() as api, served(site) as origin:
        webflow = Webflow(
            token=simulator.token,
            collection_id=posts,
            base_url=api,
            url="https://www.example.com/blog/{slug}",
            id="webflow",
        )
        webhook = Webhook(f"{origin}{HOOK}", secret=secret, allow_http=True, allow_private=True, id="site")
        items = f"curl -H 'Authorization: Bearer {simulator.token}' {api}/collections/{posts}/items"
        yield [
            ShownPlace("a simulated Webflow", webflow, lambda: len(simulator.requests), items),
            ShownPlace("a site of one's own that takes webhooks", webhook, lambda: site.deliveries, f"{origin}/"),
        ]


class _Counting:
    """An application, with the number of deliveries that arrived at it."""

    def __init__(self, app: ASGIApp) -> None:
        self.deliveries = 0
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.deliveries += scope["type"] == "http" and scope["method"] == "POST"
        await self._app(scope, receive, send)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Inside, the log does not warn of plain http and of this machine's own addresses: they are meant."""
    log = logging.getLogger("publisher.guard")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
