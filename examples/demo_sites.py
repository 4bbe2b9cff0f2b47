"""The places that the demo publishes to, and how it looks at them with its own eyes: behind the back of `publisher`."""

from __future__ import annotations

import html
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from publisher import Receipt, Webflow, Webhook, WordPress
from publisher.backends.base import Backend
from publisher.rendering import words
from publisher.testing.webflow import WebflowSimulator
from publisher.webhooks import new_secret

sys.path.insert(0, str(Path(__file__).parent / "wordpress"))

from local_wordpress import Failed, LocalWordPress


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


class WebflowSite:
    """A simulated Webflow with a blog: nobody gets a real one for a demo. It shows its items here, and no pages."""

    name = "Webflow (simulated)"
    editable = True

    def __init__(self, simulator: WebflowSimulator, api: str) -> None:
        self._simulator, self._api = simulator, api
        self._posts = simulator.add_blog().posts
        self.target: Backend = Webflow(
            token=simulator.token,
            collection_id=self._posts,
            url="https://www.example.com/blog/{slug}",
            base_url=api,
            id="webflow-simulator",
        )

    def arrivals(self) -> int:
        return len(self._simulator.requests)

    def articles(self) -> int:
        return len(self._simulator.items(self._posts))

    def images(self) -> int:
        return len(self._simulator.assets())

    def look(self, receipt: Receipt) -> Seen | None:
        staged = self._item(self._simulator.items(self._posts), receipt)
        if staged is None:
            return None
        live = self._item(self._simulator.live(self._posts), receipt)
        # What readers see, where there is something to see.
        fields = staged["fieldData"] if live is None or staged["isDraft"] else live["fieldData"]
        return Seen(fields["name"], words(fields["post-body"]), live is not None)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        staged = self._item(self._simulator.items(self._posts), receipt)
        assert staged is not None
        text = f"{staged['fieldData']['post-body']}<p>{sentence}</p>"
        self._simulator.designer.edit_item(self._posts, receipt.remote_id, {"post-body": text})

    def addresses(self) -> Sequence[str]:
        items = f"{self._api}/collections/{self._posts}/items"
        return [
            f"curl -H 'Authorization: Bearer {self._simulator.token}' {items}",
            f"{items}/live has what readers see",
        ]

    @staticmethod
    def _item(rows: Sequence[dict[str, Any]], receipt: Receipt) -> dict[str, Any] | None:
        return next((row for row in rows if row["id"] == receipt.remote_id), None)


class ReceiverSite:
    """A site of one's own that takes webhooks: `python -m publisher.receiver`, in a process of its own.

    Nobody can write there, so that nothing is ever a conflict.
    """

    name = "Webhook receiver"
    editable = False

    def __init__(self, folder: Path, url: str, secret: str) -> None:
        self._folder, self._url = folder, url
        self.target: Backend = Webhook(
            f"{url}/hooks/articles", secret=secret, allow_http=True, allow_private=True, id="receiver"
        )

    def arrivals(self) -> int:
        return self._number("SELECT count(*) FROM deliveries")

    def articles(self) -> int:
        return self._number("SELECT count(*) FROM articles WHERE item IS NOT NULL")

    def images(self) -> int:
        return sum(1 for file in (self._folder / "assets").iterdir() if file.is_file())

    def look(self, receipt: Receipt) -> Seen | None:
        with self._store() as store:
            row = store.execute("SELECT slug, item FROM articles WHERE number = ?", (receipt.remote_id,)).fetchone()
        if row is None:
            return None
        slug, item = row[0], json.loads(row[1])
        page = httpx.get(f"{self._url}/articles/{slug}")
        shown = page.status_code == 200 and item["title"] in html.unescape(page.text)
        return Seen(item["title"], words(item["content_html"]), shown)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        raise NotImplementedError("nobody can write at a receiver")

    def addresses(self) -> Sequence[str]:
        return [f"{self._url}/", f"{self._url}/deliveries"]

    def _number(self, query: str) -> int:
        with self._store() as store:
            return int(store.execute(query).fetchone()[0])

    def _store(self) -> AbstractContextManager[sqlite3.Connection]:
        return closing(sqlite3.connect(f"{(self._folder / 'site.db').as_uri()}?mode=ro", uri=True))


@contextmanager
def wordpress() -> Iterator[Site]:
    """A WordPress of the demo's own. Raises :class:`local_wordpress.Unavailable` where none can be had."""
    with LocalWordPress.start() as site:
        yield WordPressSite(site)


@contextmanager
def webflow() -> Iterator[Site]:
    """A simulated Webflow on a port of this machine, which takes 60 requests a minute as the real one does."""
    simulator = WebflowSimulator()
    with simulator.serving() as api:
        yield WebflowSite(simulator, api)


@contextmanager
def receiver() -> Iterator[Site]:
    """The receiver of webhooks on a port of this machine. Raises :class:`local_wordpress.Failed` where it will not."""
    secret = new_secret()
    with tempfile.TemporaryDirectory(prefix="publisher-receiver-") as name, _free_port() as port:
        folder = Path(name) / "site"
        log = Path(name) / "receiver.log"
        command = [sys.executable, "-m", "publisher.receiver", "--into", str(folder), "--port", str(port)]
        with (
            log.open("wb") as output,
            subprocess.Popen(
                command,
                env=os.environ | {"PUBLISHER_WEBHOOK_SECRET": secret},
                stdout=output,
                stderr=output,
                start_new_session=True,  # so that a Ctrl-C at the demo does not end it first
            ) as process,
        ):
            try:
                _until_it_answers(f"http://127.0.0.1:{port}/", process, log)
                yield ReceiverSite(folder, f"http://127.0.0.1:{port}", secret)
            finally:
                process.terminate()


@contextmanager
def _free_port() -> Iterator[int]:
    """A port that nobody has: it is bound here without listening, and shared with who listens."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def _until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise Failed(f"the receiver of webhooks does not answer: {log.read_text('utf-8', 'replace')[-500:]}")


#: What the demo starts, in the order of its columns.
SITES: list[Callable[[], AbstractContextManager[Site]]] = [wordpress, webflow, receiver]
