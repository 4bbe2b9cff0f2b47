"""What a receiver keeps: which deliveries it knows, and of each article its newest revision."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from publisher.errors import ConflictError, ContentError, StoreError
from publisher.models import Status
from publisher.receiver.addresses import article_path, asset_path
from publisher.receiver.database import Database
from publisher.receiver.files import Files, decoded
from publisher.webhooks.payload import (
    ArticleDeleted,
    AssetUpload,
    Event,
    ImageFile,
    Item,
    Ping,
    Removal,
    UploadedFile,
)

__all__ = ["Answer", "SiteStore", "Store"]

#: Senders try for days; publisher's own, and Standard Webhooks' example, for less than four.
REMEMBERED = dt.timedelta(days=30)
#: Deliveries that are kept for people to look at.
_LISTED = 1000


class Answer(NamedTuple):
    """What a delivery is answered: a status of 2xx, the receiver's id, and the path below the site's root."""

    status: int = 200
    id: str | None = None
    path: str | None = None


class Store(Protocol):
    """What a :class:`publisher.receiver.Receiver` needs of a store. It is called in a thread of its own."""

    def take(self, id: str, event: Event, now: float) -> Answer:
        """Take an event in, or answer what was answered when its ``id`` came first. ``now`` is Unix seconds.

        All of it is stored when this returns, and nothing if it raises: :class:`ConflictError` for what somebody else's
        article stands in the way of, :class:`ContentError` for what is not to be had, and :class:`StoreError` for what
        may be tried again.
        """

    def note(self, id: str, type: str, now: float, status: int, said: str) -> None:
        """Remember, for people to look at, that a delivery was signed rightly and what came of it."""


class SiteStore:
    """Articles and deliveries in ``into/site.db``, images in ``into/assets``.

    ``remembered`` is how long a ``webhook-id`` is known. It must be longer than senders try again.
    """

    def __init__(self, into: str | Path, *, remembered: dt.timedelta = REMEMBERED, patience: float = 5.0) -> None:
        self.files = Files(Path(into) / "assets")
        self.database = Database(Path(into) / "site.db", patience)
        self._remembered = remembered.total_seconds()

    def take(self, id: str, event: Event, now: float) -> Answer:
        """See :class:`Store`."""
        with self.database.reading() as connection:
            known = self._known(connection, id, now)
        # Looked into before the database is taken, which may take a while.
        images = [] if known else [decoded(file) for file in _images(event)]
        with self.database.writing() as connection:
            known = self._known(connection, id, now)
            if known:
                self._list(connection, id, event.type, now, known.status, "known already")
                return known
            self._keep(connection, _images(event), images)
            answer, said = _Taking(connection, now).take(event)
            self._list(connection, id, event.type, now, answer.status, said)
            connection.execute("DELETE FROM answers WHERE at < ?", (now - self._remembered,))
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", (id, now, *answer))
        return answer

    def note(self, id: str, type: str, now: float, status: int, said: str) -> None:
        """See :class:`Store`."""
        with self.database.writing() as connection:
            self._list(connection, id, type, now, status, said)

    def _known(self, connection: sqlite3.Connection, id: str, now: float) -> Answer | None:
        """What was answered to an id, if that is not too long ago."""
        asked = "SELECT status, remote_id, path FROM answers WHERE id = ? AND at >= ?"
        row = connection.execute(asked, (id, now - self._remembered)).fetchone()
        return Answer(*row) if row else None

    @staticmethod
    def _list(connection: sqlite3.Connection, id: str, type: str, now: float, status: int, said: str) -> None:
        row = (now, id, type, status, said)
        connection.execute("INSERT INTO deliveries (at, id, type, status, note) VALUES (?, ?, ?, ?, ?)", row)
        connection.execute(
            "DELETE FROM deliveries WHERE number <= (SELECT max(number) FROM deliveries) - ?", (_LISTED,)
        )

    def _keep(
        self,
        connection: sqlite3.Connection,
        told: Sequence[ImageFile | UploadedFile],
        images: Sequence[tuple[str, str, bytes]],
    ) -> None:
        for file, (digest, media_type, content) in zip(told, images, strict=True):
            try:
                self.files.store(digest, media_type, content)
            except OSError as error:
                raise StoreError(
                    f"an image cannot be written: {error.strerror}", path=self.files.folder, hint="Is the disk full?"
                ) from None
            row = (digest, media_type, file.name or "", file.width, file.height)
            connection.execute("INSERT INTO images VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)


class _Taking:
    """One event, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self._connection = connection
        self._now = now

    def take(self, event: Event) -> tuple[Answer, str]:
        if isinstance(event, Ping):
            return Answer(), "answered"
        if isinstance(event, AssetUpload):
            return self._uploaded(event.data.sha256), "stored"
        key, names = event.data.id, event.data.publisher
        if not 0 <= names.revision < 2**63:
            raise ContentError("the revision is no number of milliseconds", article=key, field="revision")
        there = self._there(key)
        if there is not None and there["revision"] >= names.revision:
            return self._acknowledged(there), "late: a newer one is here"
        if isinstance(event, ArticleDeleted):
            self._write(key, names.revision, {"slug": None, "status": None, "type": None, "item": None})
            return Answer(), "deleted"
        if isinstance(event.data, Removal):
            status = names.status or Status.DRAFT
            self._write(key, names.revision, {"status": status.value})
        else:
            self._write(key, names.revision, self._columns(event.data))
            self._label(key, event.data)
        return self._acknowledged(self._there(key)), "stored"

    def _columns(self, item: Item) -> dict[str, object]:
        own = item.publisher
        taken = self._connection.execute(
            "SELECT key FROM articles WHERE slug = ? AND key != ?", (own.slug, item.id)
        ).fetchone()
        if taken:
            raise ConflictError(
                f"the slug {own.slug!r} belongs to the article {taken['key']!r}",
                article=item.id,
                hint="Give one of the two another slug.",
            )
        if own.status is None:
            raise ContentError("it has no status", article=item.id, field="status")
        # The bytes of the images are in files by now.
        stored = own.model_copy(update={"images": [one.model_copy(update={"data": None}) for one in own.images]})
        said = item.model_copy(update={"publisher": stored})
        return {
            "slug": own.slug,
            "status": own.status.value,
            "type": own.type,
            "sticky": int(own.sticky),
            "shown_from": item.date_published.timestamp() if item.date_published else None,
            "item": json.dumps(said.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False),
        }

    def _write(self, key: str, revision: int, columns: dict[str, object]) -> None:
        values = columns | {"revision": revision, "received": self._now}
        self._connection.execute(
            "INSERT INTO articles (key, revision, received) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, revision, self._now),
        )
        settings = ", ".join(f"{name} = :{name}" for name in values)
        self._connection.execute(f"UPDATE articles SET {settings} WHERE key = :key", values | {"key": key})  # noqa: S608
        if "item" in columns:
            self._connection.execute(
                "DELETE FROM labels WHERE article = (SELECT number FROM articles WHERE key = ?)", (key,)
            )

    def _label(self, key: str, item: Item) -> None:
        # A category holds what those below it hold.
        paths = {tuple(path[:end]) for path in item.publisher.categories for end in range(1, len(path) + 1)}
        rows = [("tag", tag) for tag in set(item.tags or ())] + [("category", "/".join(path)) for path in paths]
        self._connection.executemany(
            "INSERT INTO labels SELECT number, ?, ? FROM articles WHERE key = ?", [(*row, key) for row in rows]
        )

    def _there(self, key: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(
            "SELECT number, revision, slug, item FROM articles WHERE key = ?", (key,)
        ).fetchone()
        return found

    def _acknowledged(self, row: sqlite3.Row | None) -> Answer:
        if row is None or row["item"] is None:
            return Answer()
        return Answer(200, str(row["number"]), article_path(row["slug"]))

    def _uploaded(self, digest: str) -> Answer:
        row = self._connection.execute("SELECT media_type FROM images WHERE sha256 = ?", (digest,)).fetchone()
        return Answer(201, digest, asset_path(Files(Path()).path(digest, row["media_type"]).name))


def _images(event: Event) -> list[ImageFile | UploadedFile]:
    """The images whose bytes travel along."""
    if isinstance(event, AssetUpload):
        return [event.data]
    if isinstance(event, Ping) or not isinstance(event.data, Item):
        return []
    return [file for file in event.data.publisher.images if file.data is not None]
