"""How a collection stands, for people: what works, and what will go wrong when something is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from publisher.backends.steps import Flow, Lost, send
from publisher.backends.webflow.answers import value_of
from publisher.backends.webflow.items import moment
from publisher.backends.webflow.mapping import PARTS, REFERENCES, FieldMap, field_map
from publisher.backends.webflow.schema import Collection
from publisher.backends.webflow.site import Row, Site
from publisher.errors import PublisherError
from publisher.models import Finding

__all__ = ["checkup"]

#: How many items a site of a plan may have, and of how many on the remedy is to think.
_NEARLY = 0.9
_PLANS = (2_000, 10_000, 15_000, 20_000)


def checkup(
    site: Site, site_id: str | None, collection_id: str, fields: Mapping[str, str | None], *, url: str | None
) -> Flow[Sequence[Finding]]:
    """Reads only. What is broken is told, and never raised."""
    found: list[Finding] = []
    told = yield from _ask(site, f"/sites/{site_id}" if site_id else "/sites", found, "site", "sites:read")
    if told is None and found[0].what != _lacks("sites:read"):
        return found  # no way there, or no token: everything else would say the same
    rows = [told] if site_id and told else [row for row in (told or {}).get("sites") or [] if isinstance(row, dict)]
    found += _about_site(rows) if told is not None else []
    about = yield from _ask(site, f"/collections/{collection_id}", found, "collection", "cms:read")
    collection = _collection(about, found)
    if about is not None and collection is not None:
        found += _about_fields(collection, fields)
        found += _about_age(about, rows)
        found += yield from _about_items(site, collection)
    for row in rows[:1]:
        yield from _ask(site, f"/sites/{row.get('id')}/assets", found, "images", "assets:read", limit="1")
    found += _about_scopes(found)
    if url is None:
        found.append(
            Finding(
                verdict="warning",
                subject="addresses",
                what="receipts will have no address: the API does not tell where an item is shown",
                remedy="Give url=, such as https://example.com/blog/{slug}.",
            )
        )
    return found


def _about_scopes(found: Sequence[Finding]) -> list[Finding]:
    """What the token may do, by what could be read with it."""
    said = {one.what for one in found}
    may = [scope for scope in ("sites:read", "cms:read", "assets:read") if _lacks(scope) not in said]
    told = [Finding(verdict="good", subject="scopes", what=f"the token has {', '.join(may)}")] if may else []
    return [
        *told,
        Finding(
            verdict="unknown",
            subject="scopes",
            what="whether it has cms:write and assets:write as well only a write would tell",
            remedy="The settings of the site show it under Apps & integrations, API access.",
        ),
    ]


def _lacks(scope: str) -> str:
    return f"the token may not read this: it lacks the scope {scope}"


def _about_site(rows: Sequence[Row]) -> list[Finding]:
    if not rows:
        return [Finding(verdict="problem", subject="site", what="the token reaches no site", remedy="Make a new one.")]
    row = rows[0]
    if not row.get("lastPublished"):
        return [
            Finding(
                verdict="problem",
                subject="site",
                what=f"the site {row.get('displayName')!r} was never published, so nothing can go live on it",
                remedy="Publish it once in the Designer.",
            )
        ]
    zone = row.get("timeZone") or "UTC"
    said = f"{row.get('displayName')!r}, last published {row['lastPublished']}; dates without a zone are {zone}"
    return [Finding(verdict="good", subject="site", what=said)]


def _collection(told: Row | None, found: list[Finding]) -> Collection | None:
    try:
        return None if told is None else Collection.read(told)
    except PublisherError as error:
        found.append(_problem("collection", error))
        return None


def _about_age(collection: Row, sites: Sequence[Row]) -> list[Finding]:
    published = moment(sites[0].get("lastPublished")) if len(sites) == 1 else 0.0
    if not published or moment(collection.get("lastUpdated")) <= published:
        return []
    what = "the collection was changed since the site was last published; Webflow may put no items live until it is"
    return [
        Finding(verdict="warning", subject="collection", what=what, remedy="Publish the site once in the Designer.")
    ]


def _about_fields(collection: Collection, given: Mapping[str, str | None]) -> list[Finding]:
    try:
        fields = field_map(collection, given)
    except PublisherError as error:
        return [_problem("fields", error)]
    found = [Finding(verdict="good", subject="fields", what=_spelled(fields))]
    if fields.key is None:
        found.append(
            Finding(
                verdict="warning",
                subject="source key",
                what="no field tells our items from others: should the ledger be lost, nothing is known again",
                remedy="Add a plain text field with the slug source-id to the collection, and hide nothing else in it.",
            )
        )
    if "body" not in fields.fields and "body" not in fields.left_out:
        what = "there is no RichText field for the body"
        found.append(
            Finding(verdict="problem", subject="fields", what=what, remedy="Add one, or give fields={'body': None}.")
        )
    return found + [
        Finding(
            verdict="problem" if field.type in REFERENCES else "warning",
            subject="fields",
            what=f"the collection requires {field}, and no part of an article is mapped to it",
            remedy=f"Map one (fields=), write meta: {{{field.slug}: …}} in each article, or make it optional.",
            field=field.slug,
        )
        for field in fields.unfilled
    ]


def _spelled(fields: FieldMap) -> str:
    told = [
        f"{part} -> {field}{' (a guess)' if part in fields.guessed and part not in ('title', 'slug') else ''}"
        for part, field in sorted(fields.fields.items(), key=lambda one: [*PARTS, one[0]].index(one[0]))
    ]
    missing = [part for part in ("excerpt", "cover", "date", "tags", "category", "author") if part not in fields.fields]
    return "; ".join(told) + (f"; no field for {', '.join(missing)}" if missing else "")


def _about_items(site: Site, collection: Collection) -> Flow[list[Finding]]:
    found: list[Finding] = []
    wrong: list[Finding] = []
    path = f"/collections/{collection.id}/items"
    answer = yield from send(lambda now: site.request("GET", path, {"limit": "1"}), "read")
    value = _value(answer, wrong, "items", "cms:read")
    if value is None or isinstance(answer, Lost):
        return wrong
    pagination = value.get("pagination")
    total = pagination.get("total") if isinstance(pagination, dict) else None
    rate = answer.headers.get("x-ratelimit-limit")
    pace = f"{rate} requests a minute" if rate else "an unknown number of requests a minute"
    said = f"{total if total is not None else 'an unknown number of'} items in {collection.name!r}; {pace}"
    found.append(Finding(verdict="good", subject="limits", what=said))
    limit = next((limit for limit in _PLANS if isinstance(total, int) and limit * _NEARLY <= total <= limit), None)
    if limit is not None:
        what = (
            f"the collection has {total} items, and a plan with {limit} items for the whole site would be nearly full"
        )
        found.append(Finding(verdict="warning", subject="limits", what=what, remedy="See the plan of the site."))
    return found


def _ask(
    site: Site, path: str, found: list[Finding], subject: str, scope: str, **params: str
) -> Flow[dict[str, Any] | None]:
    """What is told; None where nothing is, which ``found`` then says."""
    answer = yield from send(lambda now: site.request("GET", path, params), "read")
    return _value(answer, found, subject, scope)


def _value(answer: httpx.Response | Lost, found: list[Finding], subject: str, scope: str) -> dict[str, Any] | None:
    if isinstance(answer, Lost):
        what = f"Webflow cannot be reached: {answer.why}"
        remedy = answer.remedy or "Check base_url and the way there; see https://status.webflow.com."
        found.append(Finding(verdict="problem", subject=subject, what=what, remedy=remedy))
        return None
    if answer.status_code == 403:
        what = _lacks(scope)
        found.append(
            Finding(
                verdict="problem", subject=subject, what=what, remedy="Make a token with all scopes that are needed."
            )
        )
        return None
    try:
        return value_of(answer)
    except PublisherError as error:
        found.append(_problem(subject, error))
        return None


def _problem(subject: str, error: PublisherError) -> Finding:
    return Finding(verdict="problem", subject=subject, what=error.what, remedy=error.hint, field=error.field)
