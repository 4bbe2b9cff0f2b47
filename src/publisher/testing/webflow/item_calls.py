"""The paths under ``/collections/{id}/items``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from publisher.testing.webflow.calls import (
    Answer,
    Call,
    Operation,
    Place,
    check_count,
    entries_of,
    flag_of,
    id_of,
    text_of,
    texts_of,
)
from publisher.testing.webflow.items import Change, Desk, New
from publisher.testing.webflow.refusals import Problem, invalid
from publisher.testing.webflow.richtext import read_back
from publisher.testing.webflow.store import Item, Row, Shelf

_SORTS: Mapping[str, Callable[[Item], Any]] = {
    "createdOn": lambda item: item.created,
    "lastPublished": lambda item: item.published or 0,
    "lastUpdated": lambda item: item.updated,
    "name": lambda item: str(item.fields.get("name", "")),
    "slug": lambda item: item.slug,
}

_TIMES: Mapping[str, Callable[[Item], int | None]] = {
    "createdOn": lambda item: item.created,
    "lastPublished": lambda item: item.published,
    "lastUpdated": lambda item: item.updated,
}


# Reading


def _list_staged(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    return _listed(place, call, desk, desk.collection.staged)


def _list_live(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    return _listed(place, call, desk, desk.collection.live)


def _listed(place: Place, call: Call, desk: Desk, shelf: Shelf) -> Answer:
    page, pagination = call.page(_chosen(place, call, desk, shelf))
    return Answer(200, {"items": [_shown(place, desk, item) for item in page], "pagination": pagination})


def _chosen(place: Place, call: Call, desk: Desk, shelf: Shelf) -> Sequence[Item]:
    asked = call.asked("cmsLocaleId") or ""
    locales = desk.locales(entry for entry in asked.split(",") if entry)
    slug, name = call.asked("slug"), call.asked("name")
    if slug is not None:
        owners = [(shelf.owner(slug, locale), locale) for locale in locales]
        items = [item for owner, locale in owners if owner and (item := shelf.get(owner, locale)) is not None]
    elif len(desk.site.locales) == len(locales):
        items = list(shelf.items.values())
    else:
        items = [item for item in shelf.items.values() if item.locale in locales]
    if place.quirks.listed_after:
        latest_listed = (place.store.clock.now() - place.quirks.listed_after) * 1000
        items = [item for item in items if item.created <= latest_listed]
    if name is not None:
        items = [item for item in items if item.fields.get("name") == name]
    for field, time_of in _TIMES.items():
        earliest, latest = _moment(call, f"{field}[gte]"), _moment(call, f"{field}[lte]")
        if earliest is not None:
            items = [item for item in items if (time := time_of(item)) is not None and time >= earliest]
        if latest is not None:
            items = [item for item in items if (time := time_of(item)) is not None and time <= latest]
    order, sort = call.asked("sortOrder"), call.asked("sortBy")
    if order not in (None, "asc", "desc"):
        raise invalid(Problem("sortOrder", "Expected value to be asc or desc"))
    if sort is not None:
        if sort not in _SORTS:
            raise invalid(Problem("sortBy", f"Expected value to be one of {', '.join(_SORTS)}"))
        items.sort(key=_SORTS[sort], reverse=order == "desc")
    return items


def _moment(call: Call, name: str) -> float | None:
    text = call.asked(name)
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise invalid(Problem(name, "Expected value to be an ISO 8601 date")) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() * 1000


def _get(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    return Answer(200, _shown(place, desk, desk.staged(call.id("item_id"), call.asked("cmsLocaleId"))))


def _get_live(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    return Answer(200, _shown(place, desk, desk.live(call.id("item_id"), call.asked("cmsLocaleId"))))


# Creating


def _create(place: Place, call: Call) -> Answer:
    return _created(place, call, live=False)


def _create_live(place: Place, call: Call) -> Answer:
    return _created(place, call, live=True)


def _created(place: Place, call: Call, *, live: bool) -> Answer:
    desk, body = place.desk(call), call.json()
    if "items" in body:
        news = [_new(entry) for entry in entries_of(body, "items")]
        return _many_created(place, desk, desk.create(news, live=live))
    [item] = desk.create([_new(body)], live=live)
    return Answer(202, _shown(place, desk, item))


def _new(entry: Mapping[str, Any]) -> New:
    locale = text_of(entry, "cmsLocaleId")
    return New(
        fields=entry.get("fieldData"),
        draft=flag_of(entry, "isDraft") is not False,
        archived=flag_of(entry, "isArchived") is True,
        locales=[locale] if locale else (),
    )


def _create_bulk(place: Place, call: Call) -> Answer:
    desk, body = place.desk(call), call.json()
    given = body.get("fieldData")
    entries = entries_of(body, "fieldData") if isinstance(given, list) else [given]
    locales = texts_of(body, "cmsLocaleIds")
    check_count(len(entries) * max(1, len(locales)), "fieldData")
    draft, archived = flag_of(body, "isDraft") is not False, flag_of(body, "isArchived") is True
    items = desk.create([New(entry, draft, archived, locales) for entry in entries])
    return _many_created(place, desk, items)


def _insert(place: Place, call: Call) -> Answer:
    desk, body = place.desk(call), call.json()
    news = []
    for entry in entries_of(body, "items"):
        new = _new(entry)
        locales = [*new.locales, *texts_of(entry, "cmsLocaleIds")]
        existing = id_of(entry, "id") if entry.get("id") is not None else None
        news.append(New(new.fields, new.draft, new.archived, locales, existing))
    check_count(sum(max(1, len(new.locales)) for new in news), "items")
    return _many_created(place, desk, desk.create(news))


def _many_created(place: Place, desk: Desk, items: Iterable[Item]) -> Answer:
    rows = [_shown(place, desk, item) for item in items]
    match place.quirks.create_answer:
        case "without ids":
            for row in rows:
                del row["id"]
        case "other order":
            rows.reverse()
        case "with ids":
            pass
    return Answer(202, {"items": rows})


# Changing


def _update_many(place: Place, call: Call) -> Answer:
    desk, body = place.desk(call), call.json()
    items = desk.update([_change(entry, id_of(entry, "id")) for entry in entries_of(body, "items")])
    pagination = {"limit": len(items), "offset": 0, "total": len(items)}
    return Answer(200, {"items": [_shown(place, desk, item) for item in items], "pagination": pagination})


def _update(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    [item] = desk.update([_change(call.json(), call.id("item_id"))])
    return Answer(200, _shown(place, desk, item))


def _update_many_live(place: Place, call: Call) -> Answer:
    desk, body = place.desk(call), call.json()
    items = desk.update_live([_change(entry, id_of(entry, "id")) for entry in entries_of(body, "items")])
    return Answer(200, {"items": [_shown(place, desk, item) for item in items]})


def _update_live(place: Place, call: Call) -> Answer:
    desk = place.desk(call)
    [item] = desk.update_live([_change(call.json(), call.id("item_id"))])
    return Answer(200, _shown(place, desk, item))


def _change(entry: Mapping[str, Any], id: str) -> Change:
    return Change(
        id,
        entry.get("fieldData"),
        flag_of(entry, "isDraft"),
        flag_of(entry, "isArchived"),
        text_of(entry, "cmsLocaleId"),
    )


# Live or not


def _publish(place: Place, call: Call) -> Answer:
    desk, body = place.desk(call), call.json()
    most = 100 if place.quirks.many_published == "refused" else None
    if "items" in body:
        wanted = _wanted(body, most)
    else:
        ids = texts_of(body, "itemIds")
        if not ids:
            raise invalid(Problem("itemIds", "Expected value to be an array of ids"))
        check_count(len(ids), "itemIds", most)
        wanted = [(id_of({"itemIds": item}, "itemIds"), []) for item in ids]
    done, errors = desk.publish(wanted)
    return Answer(202, {"publishedItemIds": done, "errors": errors})


def _unpublish_many(place: Place, call: Call) -> Answer:
    place.desk(call).unpublish(_wanted(call.json()))
    return Answer(204)


def _unpublish(place: Place, call: Call) -> Answer:
    place.desk(call).unpublish([(call.id("item_id"), _asked_locale(call))])
    return Answer(204)


def _delete_many(place: Place, call: Call) -> Answer:
    place.desk(call).delete(_wanted(call.json()))
    return Answer(204)


def _delete(place: Place, call: Call) -> Answer:
    place.desk(call).delete([(call.id("item_id"), _asked_locale(call))])
    return Answer(204)


def _wanted(body: Mapping[str, Any], most: int | None = 100) -> list[tuple[str, list[str]]]:
    return [(id_of(entry, "id"), texts_of(entry, "cmsLocaleIds")) for entry in entries_of(body, "items", most=most)]


def _asked_locale(call: Call) -> list[str]:
    locale = call.asked("cmsLocaleId")
    return [locale] if locale else []


def _shown(place: Place, desk: Desk, item: Item) -> Row:
    row = item.shown()
    if place.quirks.rich_text == "lossy":
        for field in desk.collection.fields.values():
            if field.type == "RichText" and field.slug in item.fields:
                row["fieldData"][field.slug] = read_back(item.fields[field.slug])
    return row


_ITEMS = "/collections/{collection_id}/items"

OPERATIONS = (
    Operation("GET", _ITEMS, "cms:read", _list_staged),
    Operation("POST", _ITEMS, "cms:write", _create),
    Operation("PATCH", _ITEMS, "cms:write", _update_many),
    Operation("DELETE", _ITEMS, "cms:write", _delete_many),
    Operation("GET", f"{_ITEMS}/live", "cms:read", _list_live),
    Operation("POST", f"{_ITEMS}/live", "cms:write", _create_live),
    Operation("PATCH", f"{_ITEMS}/live", "cms:write", _update_many_live),
    Operation("DELETE", f"{_ITEMS}/live", "cms:write", _unpublish_many),
    Operation("POST", f"{_ITEMS}/bulk", "cms:write", _create_bulk),
    Operation("POST", f"{_ITEMS}/insert", "cms:write", _insert),
    Operation("POST", f"{_ITEMS}/publish", "cms:write", _publish),
    Operation("GET", _ITEMS + "/{item_id}", "cms:read", _get),
    Operation("PATCH", _ITEMS + "/{item_id}", "cms:write", _update),
    Operation("DELETE", _ITEMS + "/{item_id}", "cms:write", _delete),
    Operation("GET", _ITEMS + "/{item_id}/live", "cms:read", _get_live),
    Operation("PATCH", _ITEMS + "/{item_id}/live", "cms:write", _update_live),
    Operation("DELETE", _ITEMS + "/{item_id}/live", "cms:write", _unpublish),
)
