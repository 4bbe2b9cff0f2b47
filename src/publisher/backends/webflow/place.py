"""Learning where articles go: the site, its collection, and which field takes what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.backends.base import Known
from publisher.backends.steps import Fact, Flow, done
from publisher.backends.webflow.gone import COLLECTION
from publisher.backends.webflow.schema import Collection
from publisher.backends.webflow.site import Row, Site
from publisher.errors import ConfigurationError, UnexpectedAnswerError
from publisher.models import Subject

__all__ = ["SITE", "learn_collection", "learn_site"]

SITE = Subject("fact", "site")


def learn_site(site: Site, site_id: str | None, collection_id: str, known: Known) -> Flow[Mapping[str, Any]]:
    """The site's id, name and time zone. Without ``site_id`` it is the only one that the token reaches, or the one that
    has the collection. Raises :class:`ConfigurationError` where that is none."""
    told = known.facts.get(SITE.name)
    if told is not None and site_id in (None, told["id"]):
        return told
    if site_id is not None:
        row = yield from site.ask(f"/sites/{site_id}")
    else:
        row = yield from _only_site(site, collection_id)
    if not isinstance(row.get("id"), str):
        raise UnexpectedAnswerError("Webflow told of a site without an id", hint="Check base_url.")
    fact = {
        "id": row["id"],
        "name": str(row.get("displayName") or row["id"]),
        "zone": str(row.get("timeZone") or "UTC"),
        "published": row.get("lastPublished"),
    }
    yield from done(SITE, Fact(fact))
    return fact


def _only_site(site: Site, collection_id: str) -> Flow[Row]:
    sites = [row for row in (yield from site.ask("/sites")).get("sites") or [] if isinstance(row, dict)]
    if len(sites) == 1:
        return sites[0]
    for row in sites:
        listed = yield from site.ask(f"/sites/{row.get('id')}/collections")
        if any(one.get("id") == collection_id for one in listed.get("collections") or []):
            return row
    raise ConfigurationError(
        f"none of the {len(sites)} sites of this token has the collection {collection_id}",
        field="collection_id",
        hint="See the settings of the collection in the Designer for its id, and give site_id=.",
    )


def learn_collection(site: Site, collection_id: str, known: Known) -> Flow[Collection]:
    """The collection with its fields."""
    told = known.facts.get(COLLECTION.name)
    if told is not None and told.get("id") == collection_id:
        return Collection.read(told)
    collection = Collection.read((yield from site.ask(f"/collections/{collection_id}")))
    yield from done(COLLECTION, Fact(collection.fact()))
    return collection
