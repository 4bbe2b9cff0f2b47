"""The rig of the Webhook backend with our own receiver as the place: the truth is in its database and its folder."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter
from webhook_rig import too_large

from publisher.backends.base import Backend
from publisher.backends.webhook import Webhook
from publisher.models import Asset
from publisher.receiver import HOOK, make_site
from publisher.rendering.text import words
from publisher.testing import Copy, Rig
from publisher.webhooks import new_secret
from publisher.webhooks.payload import Item

SITE = "https://receiver.example.com"

_items = TypeAdapter(Item)


class ReceiverRig(Rig):
    """Every rig has a site in a folder of its own below ``folder``. ``settings`` are those of the target."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__()
        self.into = Path(tempfile.mkdtemp(prefix="site-", dir=folder))
        self.secret = new_secret()
        self.settings = settings
        # A walk lets what is late arrive an hour later, and it must be taken then to do any harm.
        self.site = make_site(self.into, self.secret, tolerance=7200, now=lambda: self.clock.now())

    def backend(self) -> Backend:
        return self.backend_over(httpx.ASGITransport(self.site))

    def backend_over(self, transport: httpx.AsyncBaseTransport) -> Backend:
        """The backend over another way to the site."""
        return Webhook(SITE + HOOK, secret=self.secret, transport=transport, **self.settings)

    def lone_picture(self) -> Asset:
        return too_large()

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Behind the receiver's back."""
        with closing(sqlite3.connect(self.into / "site.db")) as connection, connection:
            yield connection

    def articles(self) -> Sequence[Copy]:
        with self.database() as connection:
            rows = connection.execute(
                "SELECT number, slug, status, item FROM articles WHERE item IS NOT NULL"
            ).fetchall()
        return [
            Copy(str(number), slug, item.title, words(item.content_html), status == "published")
            for number, slug, status, item in ((*row[:3], _items.validate_json(row[3])) for row in rows)
        ]

    def assets(self) -> Sequence[str]:
        with self.database() as connection:
            return [name for (name,) in connection.execute("SELECT name FROM images")]

    def terms(self) -> Sequence[str]:
        return []

    def edit(self, remote_id: str, title: str | None) -> None:
        with self.database() as connection:
            connection.execute(
                "UPDATE articles SET item = json_set(item, '$.title', coalesce(?, json_extract(item, '$.title')))"
                " WHERE number = ?",
                (title, remote_id),
            )

    def remove(self, remote_id: str) -> None:
        with self.database() as connection:
            connection.execute(
                "UPDATE articles SET item = NULL, slug = NULL, status = NULL WHERE number = ?", (remote_id,)
            )

    def occupy(self, slug: str) -> str:
        item = _items.validate_python(
            {"id": "foreign", "title": "Somebody's", "content_html": "", "content_text": "", "_publisher": {
                "key": "foreign", "slug": slug, "revision": 1, "status": "published", "content_markdown": "",
                "word_count": 0, "seo": {"title": "Somebody's"},
                "json_ld": {"headline": "Somebody's", "wordCount": 0}}}
        )  # fmt: skip
        with self.database() as connection:
            row = connection.execute(
                "INSERT INTO articles (key, revision, slug, status, received, item)"
                " VALUES ('foreign', 1, ?, 'published', 0, ?)",
                (slug, item.model_dump_json(by_alias=True)),
            )
            return str(row.lastrowid)

    def halves(self) -> Sequence[str]:
        lying = {path.name for path in (self.into / "assets").glob("*")} | {
            path.name for path in (self.into / "assets").glob(".*")
        }
        with self.database() as connection:
            known = {digest for (digest,) in connection.execute("SELECT sha256 FROM images")}
        return [
            *(f"the image {digest} has no file" for digest in known if f"{digest}.png" not in lying),
            *(f"a draft of a file: {name}" for name in lying if name.startswith(".")),
        ]
