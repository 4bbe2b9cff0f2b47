"""Items as Webflow tells of them, and what is remembered of one.

Source: https://developers.webflow.com/data/docs/working-with-the-cms/publishing (drafts, staged and live items)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, Field, ValidationError

from publisher.backends.base import Known
from publisher.backends.comparing import changes, edits
from publisher.backends.steps import Written
from publisher.backends.webflow import values
from publisher.backends.webflow.fields import Wish
from publisher.backends.webflow.mapping import FieldMap
from publisher.backends.webflow.site import Site
from publisher.errors import UnexpectedAnswerError
from publisher.models import Change, Intent, Publication

__all__ = ["SOURCES", "Item", "Place", "difference", "edited_fields", "essence", "written"]

#: Where the baseline keeps the addresses of images that Webflow fetched itself.
SOURCES = "image sources"


class Item(BaseModel):
    """The staged copy of an item; what else is told is ignored. Times are ISO 8601, empty where none is told."""

    id: str
    fields: dict[str, Any] = Field(alias="fieldData")
    draft: bool = Field(default=False, alias="isDraft")
    archived: bool = Field(default=False, alias="isArchived")
    created: str = Field(default="", alias="createdOn")
    updated: str = Field(default="", alias="lastUpdated")
    published: str | None = Field(default=None, alias="lastPublished")

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises :class:`UnexpectedAnswerError` for what is no item."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            raise UnexpectedAnswerError(
                f"Webflow told of an item without a usable {name!r}: {first['msg'].lower()}", field=name
            ) from None

    @property
    def slug(self) -> str:
        return str(self.fields.get("slug") or "")

    @property
    def name(self) -> str:
        return str(self.fields.get("name") or "")

    @property
    def live(self) -> bool:
        return self.published is not None

    @property
    def status(self) -> str:
        """``published``, ``draft``, ``archived``, or ``queued``: it goes live when the site is next published."""
        if self.archived:
            return "archived"
        return "published" if self.live else "draft" if self.draft else "queued"

    @property
    def waits(self) -> bool:
        """It is live, and was changed since."""
        return self.live and (self.draft or moment(self.updated) > moment(self.published))


class Place(NamedTuple):
    """Where articles go, and how. ``zone`` is the site's time zone."""

    site: Site
    fields: FieldMap
    zone: str = "UTC"
    live: bool = True
    stage_first: bool = False
    url: str | None = None

    @property
    def path(self) -> str:
        return f"/collections/{self.fields.collection.id}/items"

    def address(self, slug: str) -> str | None:
        return self.url.replace("{slug}", slug) if self.url else None

    def says_the_same(self, ours: Item, theirs: Item) -> bool:
        """Whether an item holds what it held."""
        names = {*ours.fields, *theirs.fields}
        return all(
            values.is_same(self.fields.field(name), ours.fields.get(name), theirs.fields.get(name)) for name in names
        )

    def mark_of(self, item: Item) -> str | None:
        """The mark in an item's source-key field; None where the collection has no such field."""
        key = self.fields.key
        return None if key is None else str(item.fields.get(key.slug) or "")


def moment(text: str | None) -> float:
    """A time of Webflow's in Unix seconds; 0 for none."""
    try:
        return dt.datetime.fromisoformat(text or "").timestamp()
    except ValueError:
        return 0.0


def iso(seconds: float) -> str:
    """Unix seconds as Webflow writes times."""
    said = dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds")
    return said.replace("+00:00", "Z")


def difference(wish: Wish, item: Item, place: Place, publication: Publication | None) -> dict[str, Any]:
    """What has to be sent so that an item holds what an article says; what it said once is emptied."""
    before: Mapping[str, Any] = publication.baseline if publication is not None else {}
    sources = before.get(SOURCES) or {}
    sent = {}
    for slug, value in wish.fields.items():
        fresh = slug in wish.sources and sources.get(slug) != wish.sources[slug]
        if fresh or not values.is_same(place.fields.field(slug), value, item.fields.get(slug)):
            sent[slug] = value
    for slug in before:
        field = place.fields.field(slug)
        if slug not in wish.fields and field is not None and values.normal(field, item.fields.get(slug)) is not None:
            sent[slug] = values.EMPTY.get(field.type)
    return sent


def edited_fields(publication: Publication, item: Item, place: Place, unanswered: Iterable[Intent]) -> list[Change]:
    """What somebody else changed since our last write, but for what Webflow itself, or a publish of the site, did."""
    there = stored(item)
    baseline = {name: value for name, value in publication.baseline.items() if name != SOURCES}
    for name, value in baseline.items():
        if values.is_same(place.fields.field(name), value, there.get(name)):
            baseline[name] = there.get(name, "")
    if (baseline.get("status"), there["status"]) == ("queued", "published"):
        baseline["status"] = "published"
    known = publication.model_copy(update={"baseline": baseline})
    return list(edits(known, there, unanswered, lambda fields: essence(fields, place)))


def stored(item: Item) -> dict[str, Any]:
    """The fields of an item, and its status as one more."""
    return {**item.fields, "status": item.status}


def essence(fields: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What evidence holds of fields."""
    return {name: values.essence(place.fields.field(name), value) for name, value in fields.items()}


def written(
    item: Item, place: Place, *, wish: Wish | None = None, owned: Iterable[str] = (), status: str | None = None
) -> Written:
    """What stands there now. The baseline is of the fields of ``wish`` and the ``owned`` ones."""
    there = stored(item) | ({"status": status} if status else {})
    names = dict.fromkeys((*(wish.fields if wish else ()), *owned, "slug", "status"))
    baseline = {name: there.get(name) for name in names if name != SOURCES}
    if wish is not None and wish.sources:
        baseline[SOURCES] = dict(wish.sources)
    return Written(
        remote_id=item.id,
        url=place.address(item.slug) if there["status"] == "published" else None,
        version=item.updated,
        slug=item.slug,
        status=there["status"],
        baseline=baseline,
        changes=_changes(item, place, wish, there["status"]) if wish is not None else (),
        due=wish.due if wish is not None else None,
    )


def _changes(item: Item, place: Place, wish: Wish, status: str) -> tuple[Change, ...]:
    differing = {
        slug: value
        for slug, value in wish.fields.items()
        if not values.is_same(place.fields.field(slug), value, item.fields.get(slug))
    }
    told = [*wish.losses, *changes(differing, item.fields)]
    if wish.due is not None:
        later = f"draft: a run at or after {iso(wish.due)} publishes it, since Webflow's API cannot schedule"
        told.append(Change(field="status", sent="scheduled", stored=later))
    elif wish.shown and status == "queued":
        told.append(Change(field="status", sent="published", stored="queued: the next publish of the site shows it"))
    elif wish.shown and not place.live and item.waits:
        later = "published as it was before: the next publish of the site shows what changed"
        told.append(Change(field="status", sent="published", stored=later))
    return tuple(told)


def claimed(item: Item, known: Known) -> bool:
    """Whether the ledger knows an item as another article's."""
    return item.id in known.claimed
