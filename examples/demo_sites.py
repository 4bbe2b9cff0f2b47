"""The places that the demo publishes to, and how it looks at them with its own eyes: behind the back of `publisher`."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from publisher import Receipt, WordPress
from publisher.backends.base import Backend
from publisher.rendering import words

sys.path.insert(0, str(Path(__file__).parent / "wordpress"))

from local_wordpress import LocalWordPress


@dataclass(frozen=True)
class Seen:
    """An article as it stands at a place: ``text`` is its words, ``shown`` whether a visitor gets to see it."""

    title: str
    text: str
    shown: bool


class Site(Protocol):
    """One place of the demo.

    ``name`` is the heading of its column, ``target`` what is published to, and ``editable`` whether people can write
    there as well.
    """

    name: str
    target: Backend
    editable: bool

    def arrivals(self) -> int:
        """How many requests have arrived there so far, by its own count."""

    def articles(self) -> int:
        """How many articles stand there, shown or not, beside those of the empty place."""

    def images(self) -> int | None:
        """How many images stand there; None at a place that has no images of its own."""

    def look(self, receipt: Receipt) -> Seen | None:
        """The article that a receipt is about; None where there is none."""

    def edit(self, receipt: Receipt, sentence: str) -> None:
        """Add a sentence to an article there, as a person does."""

    def addresses(self) -> Sequence[str]:
        """Where a person can look at it, and with which login."""


class WordPressSite:
    """A real WordPress on this machine."""

    editable = True

    def __init__(self, site: LocalWordPress) -> None:
        self.name = f"WordPress {site.version}"
        self.target: Backend = WordPress(site.url, username="admin", app_password=site.users["admin"])
        self._site = site
        self._before = self._ids()

    def arrivals(self) -> int:
        # PHP's server writes a line for each connection, and it takes one request on each.
        return self._site.log.read_bytes().count(b" Accepted\n")

    def articles(self) -> int:
        return len(self._ids() - self._before)

    def images(self) -> int:
        return len(self._ask("media").json())

    def look(self, receipt: Receipt) -> Seen | None:
        post = self._post(receipt)
        if post is None:
            return None
        title = html.unescape(post["title"]["rendered"])
        page = httpx.get(post["link"], follow_redirects=True)
        shown = page.status_code == 200 and title in html.unescape(page.text)
        return Seen(title, words(post["content"]["raw"]), shown)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        post = self._post(receipt)
        assert post is not None
        content = f"{post['content']['raw']}\n\n<!-- wp:paragraph -->\n<p>{sentence}</p>\n<!-- /wp:paragraph -->"
        address = f"{self._site.url}/wp-json/wp/v2/{_route(post)}/{post['id']}"
        editor = ("editor", self._site.users["editor"])
        httpx.post(address, json={"content": content}, auth=editor).raise_for_status()

    def addresses(self) -> Sequence[str]:
        return [f"{self._site.url}/", f"{self._site.url}/wp-admin/ (user admin, password admin-pass)"]

    def _ids(self) -> set[int]:
        everything = [*self._ask("posts", status="any").json(), *self._ask("pages", status="any").json()]
        return {post["id"] for post in everything}

    def _post(self, receipt: Receipt) -> dict[str, Any] | None:
        for route in ("posts", "pages"):
            answer = self._ask(f"{route}/{receipt.remote_id}", strict=False)
            if answer.is_success:
                post: dict[str, Any] = answer.json()
                return post
        return None

    def _ask(self, route: str, *, strict: bool = True, **asked: str) -> httpx.Response:
        admin = ("admin", self._site.users["admin"])
        parameters = {"context": "edit", "per_page": "100", **asked}
        answer = httpx.get(f"{self._site.url}/wp-json/wp/v2/{route}", params=parameters, auth=admin, timeout=30)
        return answer.raise_for_status() if strict else answer


def _route(post: dict[str, Any]) -> str:
    return {"post": "posts", "page": "pages"}[post["type"]]


@contextmanager
def wordpress() -> Iterator[Site]:
    """A WordPress of the demo's own. Raises :class:`local_wordpress.Unavailable` where none can be had."""
    with LocalWordPress.start() as site:
        yield WordPressSite(site)


#: What the demo starts, in the order of its columns.
SITES: list[Callable[[], AbstractContextManager[Site]]] = [wordpress]
