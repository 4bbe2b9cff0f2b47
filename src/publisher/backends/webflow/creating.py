"""New items, a hundred in a request, and what is left to do where Webflow refuses some of them or renames one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from publisher.backends.base import mark
from publisher.backends.comparing import taken
from publisher.backends.steps import Failed, Flow, Found, Lost, Stored, done
from publisher.backends.webflow.answers import is_about_a_taken_slug, is_about_the_slug, refusal, value_of
from publisher.backends.webflow.changing import failed_all, publish_items
from publisher.backends.webflow.deciding import Deed, evidence
from publisher.backends.webflow.fields import Wish, in_article
from publisher.backends.webflow.gone import forget_what_is_gone
from publisher.backends.webflow.items import Item, Place, written
from publisher.backends.webflow.looking import by_slug, by_slugs, newest
from publisher.backends.webflow.recognising import CLOCKS, is_ours, remove_renamed
from publisher.backends.webflow.removing import unreachable

__all__ = ["create_items"]


def create_items(place: Place, deeds: Sequence[Deed], *, live: bool) -> Flow[None]:
    """Create up to a hundred items, with ``live`` as published ones, and settle them; what was lost stays in doubt."""
    about = {deed.subject: evidence(deed.job, _wish(deed), place, _status(deed, live=live)) for deed in deeds}
    body = {"items": [_entry(deed) for deed in deeds]}
    path = f"{place.path}/live" if live else place.path
    answer = yield from place.site.change("POST", path, "create", about, body)
    if isinstance(answer, Lost):
        if not answer.sent:
            yield from failed_all(deeds, unreachable(answer))
        return
    if answer.status_code == 401:
        raise refusal(answer)
    if answer.status_code in (400, 409, 413):
        yield from _after_refusal(place, deeds, answer, live=live)
        return
    if answer.is_error:
        yield from failed_all(deeds, refusal(answer))
        return
    made = _paired(place, deeds, _rows(value_of(answer)), live=live)
    unknown = [deed for deed in deeds if deed.job.key not in made]
    if unknown:
        made |= yield from _look_for(place, unknown)
    yield from _settle(place, deeds, made)


def _settle(place: Place, deeds: Sequence[Deed], made: Mapping[str, Item]) -> Flow[None]:
    """Settle those that were made. One that is not to be found stays in doubt."""
    to_publish: list[Deed] = []
    for deed in deeds:
        item = made.get(deed.job.key)
        if item is None:
            continue
        wish = _wish(deed)
        if item.slug != wish.fields["slug"]:
            yield from _renamed(place, deed, item)
        elif item.live or not (wish.shown and place.live):
            yield from done(deed.subject, written(item, place, wish=wish))
        else:
            yield from done(deed.subject, Stored(written(item, place, wish=wish)))
            to_publish.append(deed._replace(item=item))
    yield from publish_items(place, to_publish)


def _after_refusal(place: Place, deeds: Sequence[Deed], answer: httpx.Response, *, live: bool) -> Flow[None]:
    """Something was refused. Good items of the request may stand all the same; the bad ones are found by halving."""
    stored = len(deeds) > 1 and answer.status_code != 413
    standing = (yield from _look_for(place, deeds)) if stored else {}
    yield from _settle(place, [deed for deed in deeds if deed.job.key in standing], standing)
    left = [deed for deed in deeds if deed.job.key not in standing]
    if answer.status_code in (400, 413) and len(deeds) > 1:
        # Which of them it was is told only when each has been alone.
        middle = -(-len(left) // 2)
        for half in (left[:middle], left[middle:]):
            if half:
                yield from create_items(place, half, live=live)
    elif answer.status_code == 400:
        for deed in left:
            yield from _refused(place, deed, answer)
    else:
        for deed in left:
            yield from done(deed.subject, Failed(in_article(refusal(answer), deed.job, place.fields)))


def _refused(place: Place, deed: Deed, answer: httpx.Response) -> Flow[None]:
    """One item was refused: because of its slug, because of something that it needs and that is gone, or of itself."""
    holder = (yield from _holder(place, deed)) if is_about_the_slug(answer) else None
    if holder is not None or is_about_a_taken_slug(answer):
        yield from _taken(place, deed, holder)
    elif not (yield from forget_what_is_gone(place, deed)):
        yield from done(deed.subject, Failed(in_article(refusal(answer), deed.job, place.fields)))


def _renamed(place: Place, deed: Deed, item: Item) -> Flow[None]:
    """Webflow stored it under another slug because ours is taken: it must not stay."""
    holder = yield from _holder(place, deed)
    if (yield from remove_renamed(place, deed.subject, item)):
        yield from _taken(place, deed, holder)


def _holder(place: Place, deed: Deed) -> Flow[Item | None]:
    slug = str(_wish(deed).fields["slug"])
    return by_slug((yield from by_slugs(place, [slug])), slug)


def _taken(place: Place, deed: Deed, holder: Item | None) -> Flow[None]:
    if holder is not None and place.mark_of(holder) == mark(deed.job.key):
        # An earlier try of our own that arrived after all.
        yield from done(deed.subject, Found(written(holder, place)))
        return
    by = holder.id if holder is not None else "something that is not listed, such as an item that was deleted"
    yield from done(deed.subject, Failed(taken(str(_wish(deed).fields["slug"]), by)))


def _look_for(place: Place, deeds: Sequence[Deed]) -> Flow[dict[str, Item]]:
    """Those of ``deeds`` that stand there now, by key. They were just made, if they were."""
    items = yield from newest(place, min(deed.job.created for deed in deeds) - CLOCKS, len(deeds))
    found = {}
    for deed in deeds:
        proof = evidence(deed.job, _wish(deed), place, "")
        ours = [item for item in items if is_ours(item, proof, place)]
        if ours:
            found[deed.job.key] = by_slug(ours, proof["slug"]) or ours[0]
    return found


def _paired(place: Place, deeds: Sequence[Deed], rows: Sequence[Mapping[str, Any]], *, live: bool) -> dict[str, Item]:
    """The items of an answer, by key: paired by mark, by slug, or else by their place."""
    items = [Item.read(row) if row.get("id") else None for row in rows]
    if live:  # the answer to a live create does not always say that it is
        items = [item and item.model_copy(update={"published": item.published or item.updated}) for item in items]
    told = [item for item in items if item is not None]
    by_mark = {place.mark_of(item): item for item in told} if place.fields.key else {}
    slugs = {item.slug: item for item in told}
    paired: dict[str, Item] = {}
    for number, deed in enumerate(deeds):
        at_place = items[number] if len(items) == len(deeds) else None
        found = by_mark.get(mark(deed.job.key)) or slugs.get(str(_wish(deed).fields["slug"]))
        if found is None and at_place is not None and at_place.name == _wish(deed).fields["name"]:
            found = at_place
        if found is not None:
            paired[deed.job.key] = found
    return paired


def _rows(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = value.get("items", [value] if "fieldData" in value else [])
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _entry(deed: Deed) -> dict[str, Any]:
    wish = _wish(deed)
    fields = {slug: value for slug, value in wish.fields.items() if value not in (None, "", [])}
    return {"fieldData": fields, "isDraft": not wish.shown, "isArchived": False}


def _status(deed: Deed, *, live: bool) -> str:
    return "published" if live else "queued" if _wish(deed).shown else "draft"


def _wish(deed: Deed) -> Wish:
    assert deed.wish is not None
    return deed.wish
