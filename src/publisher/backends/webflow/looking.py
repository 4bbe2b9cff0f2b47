"""Reading items in as few requests as Webflow's lists allow: it lists a hundred, and reads by id only one.

What was last updated, or created, in a span of time can be asked for; so those of one earlier run, which wrote them a
hundred at a time, are read a hundred at a time as well. The others are asked for singly, or all are listed, whichever
takes fewer requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from publisher.backends.steps import Failed, Flow, together
from publisher.backends.webflow.answers import value_of
from publisher.backends.webflow.items import Item, Place, iso, moment
from publisher.backends.webflow.site import LIMIT
from publisher.errors import UnexpectedAnswerError

__all__ = ["FEW", "by_ids", "by_slug", "by_slugs", "changed_since", "everything", "newest", "one", "since"]

#: How many items are asked for singly without a look at how long the list is.
FEW = 3

_AT_ONCE = 4

Span = Literal["lastUpdated", "createdOn"]


def everything(place: Place) -> Flow[list[Item]]:
    """All items, in the order in which they were created: what is made meanwhile comes last."""
    return (yield from _list(place, {"sortBy": "createdOn", "sortOrder": "asc"}))


def since(place: Place, seconds: float) -> Flow[list[Item]]:
    """The items created since then."""
    return (yield from _list(place, {"createdOn[gte]": iso(seconds), "sortBy": "createdOn", "sortOrder": "asc"}))


def newest(place: Place, seconds: float, count: int) -> Flow[list[Item]]:
    """The items created since then, the newest first: as many pages as ``count`` of them take, and one more."""
    params = {"createdOn[gte]": iso(seconds), "sortBy": "createdOn", "sortOrder": "desc"}
    return (yield from _some(place, params, -(-count // LIMIT) + 1))


def changed_since(place: Place, seconds: float, count: int) -> Flow[list[Item]]:
    """The items changed since then, in that order: as many pages as ``count`` of them take, and one more."""
    params = {"lastUpdated[gte]": iso(seconds), "sortBy": "lastUpdated", "sortOrder": "asc"}
    return (yield from _some(place, params, -(-count // LIMIT) + 1, enough=count))


def _some(place: Place, params: Mapping[str, str], pages: int, enough: int | None = None) -> Flow[list[Item]]:
    items: list[Item] = []
    for _ in range(pages):
        rows, total = yield from place.site.page(place.path, "items", len(items), params)
        items += map(Item.read, rows)
        if not rows or len(items) >= total or (enough is not None and len(items) >= enough):
            break
    return items


def by_slugs(place: Place, slugs: Sequence[str]) -> Flow[list[Item]]:
    """The items under these slugs, each asked for by itself."""
    flows = [_list(place, {"slug": slug}) for slug in dict.fromkeys(slugs)]
    found: list[Item] = []
    for result in (yield from together(flows, _AT_ONCE)):
        if isinstance(result, Failed):
            raise result.error
        # A server that does not know the parameter lists everything.
        found += result
    wanted = set(slugs)
    return [item for item in found if item.slug in wanted]


def by_ids(place: Place, wanted: Mapping[str, str], span: Span = "lastUpdated") -> Flow[dict[str, Item]]:
    """The items of these ids, by id; what is gone is missing. ``wanted`` tells of each when that was, as we last knew.

    An item that is gone is told apart from a collection that we cannot see any more.
    """
    found: dict[str, Item] = {}
    if len(wanted) > FEW:
        found = yield from _in_span(place, wanted, span)
    missing = [one(place, item) for item in wanted if item not in found]
    for result in (yield from together(missing, _AT_ONCE)):
        if isinstance(result, Failed):
            raise result.error
        if result is not None:
            found[result.id] = result
    return found


def one(place: Place, id: str) -> Flow[Item | None]:
    """One item; None for one that is gone. Raises where the collection is not to be seen either."""
    answer = yield from place.site.look(f"{place.path}/{id}")
    if answer.status_code == 404:
        yield from place.site.ask(place.path, {"limit": "1"})
        return None
    return Item.read(value_of(answer))


def _in_span(place: Place, wanted: Mapping[str, str], span: Span) -> Flow[dict[str, Item]]:
    times = sorted(moment(time) for time in wanted.values() if moment(time))
    params = {"sortBy": span, "sortOrder": "asc"}
    if times:
        # Whole milliseconds are told; what lies between two of them must not fall out.
        params |= {f"{span}[gte]": iso(times[0] - 0.001), f"{span}[lte]": iso(times[-1] + 0.001)}
    found: dict[str, Item] = {}
    read = 0
    while True:
        rows, total = yield from place.site.page(place.path, "items", read, params)
        read += len(rows)
        found |= {item.id: item for item in map(Item.read, rows) if item.id in wanted}
        left = len(wanted) - len(found)
        pages_left = -(-(total - read) // LIMIT)
        if not rows or left <= 0 or pages_left <= 0 or pages_left >= left:
            return found


def _list(place: Place, params: Mapping[str, str]) -> Flow[list[Item]]:
    rows = yield from place.site.rows(place.path, "items", params)
    items: dict[str, Item] = {}
    for row in rows:
        try:
            item = Item.read(row)
        except UnexpectedAnswerError:
            continue  # a row without an id or fields is nothing that could be ours
        items[item.id] = item
    return list(items.values())


def by_slug(items: Iterable[Item], slug: str) -> Item | None:
    """The item that has a slug."""
    return next((item for item in items if item.slug == slug), None)
