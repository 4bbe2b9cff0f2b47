"""Items that stand: changed, published and taken off, a hundred in a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import httpx

from publisher.backends.comparing import gone, taken
from publisher.backends.steps import Failed, Flow, Lost, Removed, done
from publisher.backends.webflow.answers import is_about_a_taken_slug, is_about_the_slug, refusal, value_of
from publisher.backends.webflow.deciding import Deed, evidence
from publisher.backends.webflow.fields import Wish, in_article
from publisher.backends.webflow.gone import forget_what_is_gone
from publisher.backends.webflow.items import Item, Place, moment, written
from publisher.backends.webflow.looking import FEW, by_slugs, changed_since, one
from publisher.backends.webflow.removing import remove, take_down, unreachable
from publisher.errors import PublisherError, RefusedError
from publisher.models import Action

__all__ = ["failed_all", "publish_items", "take_off", "update_items"]


def update_items(place: Place, deeds: Sequence[Deed]) -> Flow[None]:
    """Change the staged copies of up to a hundred items, then publish or take down, and settle them."""
    to_change = [deed for deed in deeds if _entry(deed) is not None]
    unchanged = [deed for deed in deeds if _entry(deed) is None]
    changed = yield from _patch(place, to_change)
    standing = unchanged + changed
    hidden = {deed.subject: _item(deed).id for deed in standing if not _wish(deed).shown and _item(deed).live}
    failed = yield from take_down(place, hidden)
    to_publish = []
    for deed in standing:
        item, wish = _item(deed), _wish(deed)
        if deed.subject in failed:
            yield from done(deed.subject, Failed(failed[deed.subject]))
        elif wish.shown and place.live and (deed.changes or not item.live or item.waits):
            to_publish.append(deed)
        else:
            status = "draft" if deed.subject in hidden else None
            yield from done(deed.subject, written(item, place, wish=wish, status=status))
    yield from publish_items(place, to_publish)


def _patch(place: Place, deeds: Sequence[Deed]) -> Flow[list[Deed]]:
    """Those that were changed, with the items as they are now; the others are settled."""
    if not deeds:
        return []
    about = {deed.subject: evidence(deed.job, deed.wish, place, _status(deed)) for deed in deeds}
    body = {"items": [_entry(deed) for deed in deeds]}
    answer = yield from place.site.change("PATCH", place.path, "replace", about, body)
    if isinstance(answer, Lost):
        yield from failed_all(deeds, unreachable(answer))
        return []
    if answer.status_code == 401:
        raise refusal(answer)
    if answer.status_code in (400, 404, 409, 413) and len(deeds) > 1:
        # All were refused, or only some; to write the others once more does no harm.
        middle = len(deeds) // 2
        first = yield from _patch(place, deeds[:middle])
        return first + (yield from _patch(place, deeds[middle:]))
    if answer.is_error:
        yield from _refused(place, deeds, answer)
        return []
    rows = value_of(answer).get("items")
    items = {row["id"]: Item.read(row) for row in rows or [] if isinstance(row, dict) and row.get("id")}
    changed = []
    for deed in deeds:
        item = items.get(_item(deed).id) or (yield from one(place, _item(deed).id))
        if item is None:
            yield from done(deed.subject, Failed(gone(_item(deed).id)))
        elif item.slug != deed.changes.get("slug", item.slug):
            yield from _take_slug_back(place, deed)
        else:
            changed.append(deed._replace(item=item))
    return changed


def _take_slug_back(place: Place, deed: Deed) -> Flow[None]:
    """Webflow gave it a slug that is neither the old one nor ours, which is taken: it keeps the old one."""
    about = {deed.subject: {"fields": {"slug": _item(deed).slug}}}
    body = {"items": [{"id": _item(deed).id, "fieldData": {"slug": _item(deed).slug}}]}
    answer = yield from place.site.change("PATCH", place.path, "replace", about, body)
    error: PublisherError = taken(str(deed.changes["slug"]), "another item")
    if isinstance(answer, Lost):
        error = unreachable(answer)
    elif answer.is_error:
        error = refusal(answer)
    yield from done(deed.subject, Failed(error))


def _refused(place: Place, deeds: Sequence[Deed], answer: httpx.Response) -> Flow[None]:
    for deed in deeds:
        error, slug = (
            in_article(refusal(answer), deed.job, place.fields),
            str(deed.changes.get("slug") or _item(deed).slug),
        )
        holders = (yield from by_slugs(place, [slug])) if is_about_the_slug(answer) else []
        others = [item.id for item in holders if item.id != _item(deed).id]
        if others or is_about_a_taken_slug(answer):
            error = taken(slug, others[0] if others else "something that is not listed")
        elif answer.status_code == 400 and (yield from forget_what_is_gone(place, deed)):
            continue
        elif answer.status_code == 404 and (yield from one(place, _item(deed).id)) is None:
            error = gone(_item(deed).id)
        yield from done(deed.subject, Failed(error))


def publish_items(place: Place, deeds: Sequence[Deed]) -> Flow[None]:
    """Put staged items live, and settle them."""
    if not deeds:
        return
    ids = [_item(deed).id for deed in deeds]
    about = {deed.subject: {"fields": {"status": "published"}} for deed in deeds}
    answer = yield from place.site.change("POST", f"{place.path}/publish", "replace", about, {"itemIds": ids})
    if isinstance(answer, Lost):
        yield from failed_all(deeds, unreachable(answer))
        return
    if answer.status_code == 401:
        raise refusal(answer)
    if answer.is_error:
        error = refusal(answer)
        what = f"it is stored in Webflow, and not shown yet: {error.what}"
        yield from failed_all(
            deeds, type(error)(what, hint=error.hint, field=error.field, status=error.status, code=error.code)
        )
        return
    value = value_of(answer)
    there, errors = set(_strings(value.get("publishedItemIds"))), _strings(value.get("errors"))
    shown = [deed for deed in deeds if _item(deed).id in there]
    fresh = yield from _as_published(place, shown)
    for deed in deeds:
        item = _item(deed)
        if item.id in there:
            yield from done(
                deed.subject, written(fresh.get(item.id, item), place, wish=_wish(deed), status="published")
            )
        else:
            said = "; ".join([error for error in errors if item.id in error] or errors) or "without a reason"
            error = RefusedError(
                f"it is stored in Webflow, and was not put live: {said}", hint="Look at the item in Webflow; run again."
            )
            yield from done(deed.subject, Failed(error))


def _as_published(place: Place, deeds: Sequence[Deed]) -> Flow[dict[str, Item]]:
    """The items with the version tokens that they have by now, where many can be read at once."""
    times = [moment(_item(deed).updated) for deed in deeds]
    if len(deeds) <= FEW or not min(times):
        return {}
    try:
        items = yield from changed_since(place, min(times), len(deeds))
    except PublisherError:
        return {}  # they are live; the next update compares their fields instead
    wanted = {_item(deed).id: _item(deed) for deed in deeds}
    # Somebody may have changed one meanwhile: only what still is as we wrote it is taken for ours.
    return {item.id: item for item in items if item.id in wanted and place.says_the_same(wanted[item.id], item)}


def take_off(place: Place, deeds: Sequence[Deed]) -> Flow[None]:
    """Unpublish up to a hundred items, and delete those that shall go: what is deleted while live may stay live."""
    live = {deed.subject: _item(deed).id for deed in deeds if _item(deed).live}
    failed = yield from take_down(place, live)
    going = {deed.subject: _item(deed).id for deed in deeds if deed.job.action is Action.DELETE}
    left = {subject: item for subject, item in going.items() if subject not in failed}
    failed |= yield from remove(place, place.path, left, {})
    # What only waited for the next publish of the site becomes a draft as well.
    waiting = [deed for deed in deeds if deed.subject not in going and _item(deed).status == "queued"]
    drafts = {deed.subject: deed for deed in (yield from _patch(place, waiting))}
    for deed in deeds:
        if deed.subject in failed:
            yield from done(deed.subject, Failed(failed[deed.subject]))
        elif deed.subject in going:
            yield from done(deed.subject, Removed())
        elif deed not in waiting or deed.subject in drafts:
            item = _item(drafts.get(deed.subject, deed))
            yield from done(deed.subject, written(item, place, owned=deed.owned, status="draft"))


def failed_all(deeds: Iterable[Deed], error: PublisherError) -> Flow[None]:
    for deed in deeds:
        yield from done(deed.subject, Failed(error))


def _entry(deed: Deed) -> dict[str, Any] | None:
    """What is sent for an item; None where it is as it shall be.

    A slug that stays is left out: it was once refused as its own duplicate.
    """
    item = _item(deed)
    entry: dict[str, Any] = {"id": item.id}
    if deed.wish is None:
        return {**entry, "isDraft": True}
    if deed.changes:
        entry["fieldData"] = dict(deed.changes)
    if deed.wish.shown == item.draft and not (item.live and not deed.wish.shown):
        entry["isDraft"] = not deed.wish.shown
    elif deed.changes:
        entry["isDraft"] = item.draft
    if item.archived:
        entry["isArchived"] = False
    return entry if len(entry) > 1 else None


def _status(deed: Deed) -> str:
    """The status that a change alone leaves."""
    if _item(deed).live:
        return "published"
    return "queued" if deed.wish is not None and deed.wish.shown else "draft"


def _item(deed: Deed) -> Item:
    assert deed.item is not None
    return deed.item


def _wish(deed: Deed) -> Wish:
    assert deed.wish is not None
    return deed.wish


def _strings(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
