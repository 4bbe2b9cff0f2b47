"""What a token reaches, before a collection is chosen: the sites, their collections, and the fields of one.

Sources: https://developers.webflow.com/data/reference/sites/list and …/cms/collections/list
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from publisher.backends.steps import Flow
from publisher.backends.webflow.schema import Collection
from publisher.backends.webflow.site import Row, Site

__all__ = ["ReachedCollection", "ReachedSite", "reached_collection", "reached_collections", "reached_sites"]


class ReachedSite(NamedTuple):
    """A site of the token. ``origin`` is how the addresses of its pages begin, such as ``https://www.example.com``."""

    id: str
    name: str
    origin: str


class ReachedCollection(NamedTuple):
    """A collection of a site. ``slug`` stands in the addresses of its pages, between the origin and the item's own."""

    id: str
    name: str
    slug: str


def reached_sites(api: Site) -> Flow[Sequence[ReachedSite]]:
    """The sites that the token reaches. Raises what Webflow refused, and that it could not be reached."""
    rows = (yield from api.ask("/sites")).get("sites")
    return [
        ReachedSite(str(row["id"]), str(row.get("displayName") or row["id"]), _origin(row))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and row.get("id")
    ]


def reached_collections(api: Site, site_id: str) -> Flow[Sequence[ReachedCollection]]:
    """The collections of a site, in its own order. Raises as :func:`reached_sites`."""
    rows = (yield from api.ask(f"/sites/{site_id}/collections")).get("collections")
    return [
        ReachedCollection(str(row["id"]), str(row.get("displayName") or row["id"]), str(row.get("slug") or ""))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and row.get("id")
    ]


def reached_collection(api: Site, collection_id: str) -> Flow[tuple[Collection, str]]:
    """A collection with its fields, and its slug. Raises as :func:`reached_sites`."""
    told = yield from api.ask(f"/collections/{collection_id}")
    return Collection.read(told), str(told.get("slug") or "")


def _origin(row: Row) -> str:
    """The site's own domain, else the one that Webflow gives to every site."""
    domains = row.get("customDomains")
    for domain in domains if isinstance(domains, list) else []:
        if isinstance(domain, dict) and domain.get("url"):
            return f"https://{str(domain['url']).partition('://')[2] or domain['url']}".rstrip("/")
    return f"https://{row['shortName']}.webflow.io" if row.get("shortName") else ""
