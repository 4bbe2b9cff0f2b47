"""What readers may see of a store: articles that are published, or whose time has come."""

from __future__ import annotations

import datetime as dt
import sqlite3
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.receiver.addresses import article_path
from publisher.receiver.cleaning import sums
from publisher.receiver.store import SiteStore
from publisher.webhooks.payload import Item

__all__ = ["Delivery", "Listed", "Picture", "Shelf"]

_SHOWN = "item IS NOT NULL AND (status = 'published' OR (status = 'scheduled' AND shown_from <= :now))"
_NOT_A_PAGE = "coalesce(type, '') != 'page'"
_ORDER = "ORDER BY sticky DESC, coalesce(shown_from, received) DESC, number DESC"
#: Characters of an article that stand in for an excerpt.
_EXCERPT = 220


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored image."""

    file_name: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One article that is shown. ``path`` is below the site's root; ``date`` is in UTC."""

    number: int
    item: Item
    path: str
    date: dt.datetime

    @property
    def excerpt(self) -> str:
        return self.item.summary or textwrap.shorten(self.item.content_text, _EXCERPT, placeholder=" …")

    @property
    def categories(self) -> Sequence[Sequence[str]]:
        return self.item.publisher.categories

    @property
    def cover_alt(self) -> str:
        return next((one.alt for one in self.item.publisher.images if one.url == self.item.image), "")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery that was signed rightly. ``note`` says what came of it."""

    at: dt.datetime
    id: str
    type: str
    status: int
    note: str


class Shelf:
    """Reads a store. Every method raises :class:`publisher.errors.StoreError` if it cannot be read."""

    def __init__(self, store: SiteStore) -> None:
        self._store = store

    def newest(self, now: float, offset: int = 0, limit: int = 12) -> list[Listed]:
        """Articles that are no pages; those that stick come first, then the newest."""
        return self._listed(f"{_SHOWN} AND {_NOT_A_PAGE} {_ORDER} LIMIT :limit OFFSET :offset", now, limit, offset)

    def labelled(self, kind: Literal["tag", "category"], name: str, now: float, limit: int = 200) -> list[Listed]:
        """Articles with a tag, or in a category or below it: ``Away/By train``."""
        where = "number IN (SELECT article FROM labels WHERE kind = :kind AND name = :name)"
        return self._listed(f"{_SHOWN} AND {where} {_ORDER} LIMIT :limit", now, limit, kind=kind, name=name)

    def pages(self, now: float, limit: int = 8) -> list[Listed]:
        """Articles of the type ``page``, the oldest first."""
        order = "ORDER BY coalesce(shown_from, received), number"
        return self._listed(f"{_SHOWN} AND type = 'page' {order} LIMIT :limit", now, limit)

    def article(self, slug: str, now: float) -> Listed | None:
        """The article with a slug, if it is shown."""
        return next(iter(self._listed(f"{_SHOWN} AND slug = :slug", now, slug=slug)), None)

    def pictures(self, texts: str) -> Mapping[str, Picture]:
        """The stored images whose addresses stand in a text, by SHA-256."""
        found: dict[str, Picture] = {}
        with self._store.database.reading() as connection:
            for digest in sums(texts):
                row = connection.execute("SELECT * FROM images WHERE sha256 = ?", (digest,)).fetchone()
                if row:
                    name = self._store.files.path(digest, row["media_type"]).name
                    found[digest] = Picture(name, row["media_type"], row["width"], row["height"])
        return found

    def deliveries(self, limit: int = 100) -> list[Delivery]:
        """The last ones, the newest first."""
        with self._store.database.reading() as connection:
            rows = connection.execute("SELECT * FROM deliveries ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
        return [Delivery(_utc(row["at"]), row["id"], row["type"], row["status"], row["note"]) for row in rows]

    def _listed(self, where: str, now: float, limit: int = 1, offset: int = 0, **values: str) -> list[Listed]:
        asked = {"now": now, "limit": limit, "offset": offset} | values
        with self._store.database.reading() as connection:
            # Only the parts above are put together; every value is bound.
            rows = connection.execute(f"SELECT * FROM articles WHERE {where}", asked).fetchall()  # noqa: S608
        return [_article(row) for row in rows]


def _article(row: sqlite3.Row) -> Listed:
    item = Item.model_validate_json(row["item"])
    return Listed(row["number"], item, article_path(row["slug"]), item.date_published or _utc(row["received"]))


def _utc(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
