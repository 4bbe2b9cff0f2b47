"""Reading posts: by slug, by id, by a phrase, in as few requests as the site's limits allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from publisher.backends.steps import Flow
from publisher.backends.wordpress.kinds import Kind
from publisher.backends.wordpress.posts import EDIT, Post
from publisher.backends.wordpress.site import Facts, Site, ask_dated
from publisher.backends.wordpress.slugs import findable, numbered, portions

__all__ = ["Seen", "by_ids", "look_up", "newest", "search"]

#: Every status but the trash, in which nothing of ours is looked for.
STATUSES = "publish,future,draft,pending,private"

#: How many rows a page of a list holds at most.
PAGE_ROWS = 100


class Seen(NamedTuple):
    """Posts that were found, and the server's own time then.

    ``foreign`` are id and slug of those that this user may not edit: a list for editing leaves them out. ``asked_at``
    is our own time at the last request, in Unix seconds.
    """

    posts: Sequence[Post] = ()
    date: str | None = None
    foreign: Sequence[tuple[str, str]] = ()
    asked_at: float = 0.0

    def __add__(self, other: Seen) -> Seen:  # type: ignore[override]
        foreign = [*self.foreign, *other.foreign]
        asked_at = max(self.asked_at, other.asked_at)
        return Seen([*self.posts, *other.posts], other.date or self.date, foreign, asked_at)


def look_up(site: Site, facts: Facts, kind: Kind, slugs: Iterable[str], exact: Iterable[str] = ()) -> Flow[Seen]:
    """All posts under these slugs, or under what WordPress makes of a slug that is taken; ``exact`` ones only as such.

    One request for every 4,000 characters of slugs asked for, as they stand in an address.
    """
    seen = Seen()
    for some in portions([*numbered(slugs), *map(findable, exact)]):
        seen += yield from _pages(site, facts, kind, {"slug": ",".join(some)}, STATUSES)
    return seen


def search(site: Site, facts: Facts, kind: Kind, phrase: str) -> Flow[Seen]:
    """The posts that hold a phrase, a mark for example, whatever became of their slugs."""
    told = yield from ask_dated(
        site, facts, kind.route, {**EDIT, "search": phrase, "status": STATUSES, "per_page": "5"}
    )
    return Seen([Post.read(one) for one in told.value], told.date)


def newest(site: Site, facts: Facts, kind: Kind) -> Flow[Seen]:
    """The hundred posts that were made last, whatever their dates: ids only grow."""
    params = {**EDIT, "status": STATUSES, "orderby": "id", "order": "desc", "per_page": str(PAGE_ROWS)}
    told = yield from ask_dated(site, facts, kind.route, params)
    return Seen([Post.read(one) for one in told.value], told.date)


def by_ids(site: Site, facts: Facts, kind: Kind, ids: Sequence[str]) -> Flow[Seen]:
    """Posts by id, those in the trash too: one request for 100."""
    seen = Seen()
    for start in range(0, len(ids), PAGE_ROWS):
        some = {"include": ",".join(ids[start : start + PAGE_ROWS])}
        seen += yield from _pages(site, facts, kind, some, f"{STATUSES},trash")
    return seen


def _pages(site: Site, facts: Facts, kind: Kind, chosen: Mapping[str, str], statuses: str) -> Flow[Seen]:
    """All pages of a list; nearly always there is one."""
    found: list[Post] = []
    page = 1
    while True:
        params = {**EDIT, **chosen, "status": statuses, "per_page": str(PAGE_ROWS), "page": str(page)}
        told = yield from ask_dated(site, facts, kind.route, params)
        found += [Post.read(one) for one in told.value]
        if page >= told.pages:
            break
        page += 1
    foreign = yield from _not_ours_to_edit(site, facts, kind, chosen, found)
    return Seen(found, told.date, foreign, told.asked_at)


def _not_ours_to_edit(
    site: Site, facts: Facts, kind: Kind, chosen: Mapping[str, str], seen: Sequence[Post]
) -> Flow[list[tuple[str, str]]]:
    """Id and slug of the posts that readers see and this user may not edit."""
    if facts["edits_others"]:
        return []
    params = {**chosen, "_fields": "id,slug", "per_page": str(PAGE_ROWS)}
    rows = (yield from ask_dated(site, facts, kind.route, params)).value
    known = {post.id for post in seen}
    return [(str(row["id"]), row["slug"]) for row in rows if row["id"] not in known]
