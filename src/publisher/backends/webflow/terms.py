"""Items that articles refer to by name, such as tags: found by their names in the collection that a field refers to,
and made when missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from slugify import slugify

from publisher.backends.base import Known
from publisher.backends.steps import Absent, Evidence, Fact, Failed, Flow, Found, Lost, Placed, Unsure, done, settling
from publisher.backends.webflow.answers import refusal, value_of
from publisher.backends.webflow.items import Item, Place
from publisher.backends.webflow.looking import everything
from publisher.backends.webflow.mapping import FieldMap
from publisher.backends.webflow.removing import remove, take_down, unreachable
from publisher.backends.webflow.schema import Collection
from publisher.backends.webflow.site import hundreds
from publisher.errors import PublisherError, RefusedError
from publisher.models import Subject

__all__ = ["find_terms", "place_terms"]


def place_terms(place: Place, needs: Mapping[Subject, str], known: Known) -> Flow[None]:
    """Place the items of these names, each in the collection that the field of its part refers to."""
    by_collection: dict[str, dict[Subject, str]] = {}
    for need, name in needs.items():
        field = place.fields.fields[need.name.partition(":")[0]]
        by_collection.setdefault(field.refers_to, {})[need] = name
    for collection, some in by_collection.items():
        yield from settling([*some], _place_in(place, collection, some, known))


def _place_in(place: Place, id: str, needs: Mapping[Subject, str], known: Known) -> Flow[None]:
    fact = Subject("fact", f"collection {id}")
    if fact.name in known.facts:
        collection = Collection.read(known.facts[fact.name])
    else:
        collection = Collection.read((yield from place.site.ask(f"/collections/{id}")))
        yield from done(fact, Fact(collection.fact()))
    there = place._replace(fields=FieldMap(collection, {}))
    items = yield from everything(there)
    missing = {need: name for need, name in needs.items() if _named(items, name) is None}
    others = [field.slug for field in FieldMap(collection, {}).unfilled]
    if missing and others:
        for need, name in missing.items():
            yield from done(need, Failed(_not_by_name_alone(collection, name, others)))
        needs = {need: name for need, name in needs.items() if need not in missing}
    elif missing:
        items += yield from _create(there, missing, items)
    yield from _settle(there, {need: _named(items, name) for need, name in needs.items()}, items)


def _settle(there: Place, found: Mapping[Subject, Item | None], items: Sequence[Item]) -> Flow[None]:
    """Those that stand are placed; those that only wait to be published are, since an article shows them now."""
    waiting = {need: item.id for need, item in found.items() if item is not None and item.status == "queued"}
    failed = (yield from _publish(there, waiting)) if there.live else {}
    for need, item in found.items():
        if item is not None:
            error = failed.get(need)
            yield from done(need, Failed(error) if error else Placed(item.id, there.fields.collection.id))


def _create(there: Place, missing: Mapping[Subject, str], items: Sequence[Item]) -> Flow[list[Item]]:
    """Make the items that are missing; those that were made, or that somebody made meanwhile."""
    slugs = {item.slug: item.name for item in items}
    names: dict[str, list[Subject]] = {}
    for need, name in missing.items():
        names.setdefault(_fold(name), []).append(need)
    entries: list[tuple[str, dict[str, Any]]] = []
    for folded, needs in names.items():
        name = missing[needs[0]]
        slug = _free_slug(name, slugs)
        slugs[slug] = name
        entries.append((folded, {"name": name, "slug": slug}))
    made: list[Item] = []
    for some in hundreds(entries):
        made += yield from _create_some(there, some, names)
    return made


def _create_some(
    there: Place, entries: Sequence[tuple[str, dict[str, Any]]], names: Mapping[str, Sequence[Subject]]
) -> Flow[list[Item]]:
    live = there.live and not there.stage_first
    about: dict[Subject, Evidence] = {
        need: {"collection": there.fields.collection.id, "name": fields["name"]}
        for folded, fields in entries
        for need in names[folded]
    }
    body = {"items": [{"fieldData": fields, "isDraft": False, "isArchived": False} for _, fields in entries]}
    answer = yield from there.site.change("POST", f"{there.path}/live" if live else there.path, "create", about, body)
    if isinstance(answer, Lost):
        for need in about if not answer.sent else ():
            yield from done(need, Failed(unreachable(answer)))
        return []
    if not answer.is_error:
        rows = value_of(answer).get("items")
        made = [Item.read(row) for row in rows if row.get("id")] if isinstance(rows, list) else []
        sent = {fields["slug"] for _, fields in entries}
        if len(made) == len(entries) and all(item.slug in sent for item in made):
            # Of what was just made live, the answer does not always say so.
            return [
                item.model_copy(update={"published": item.published or item.updated}) for item in made
            ] * live or made
    elif answer.status_code != 400:
        raise refusal(answer)
    # Some were refused or renamed, for example because somebody made one of them meanwhile.
    items = yield from everything(there)
    if not answer.is_error:
        ours = {str(row.get("id")) for row in value_of(answer).get("items") or []}
        return (yield from _without_twins(there, items, ours, names))
    left = [(folded, fields) for folded, fields in entries if _named(items, fields["name"]) is None]
    if len(entries) > 1:
        middle = -(-len(left) // 2)
        for half in (left[:middle], left[middle:]):
            items += (yield from _create_some(there, half, names)) if half else []
    elif left:
        error = refusal(answer)
        what = f"the item {left[0][1]['name']!r} could not be made in {there.fields.collection.name!r}: {error.what}"
        for need in names[left[0][0]]:
            yield from done(need, Failed(type(error)(what, hint=error.hint, status=error.status, code=error.code)))
    return items


def _without_twins(
    there: Place, items: Sequence[Item], ours: frozenset[str] | set[str], names: Mapping[str, Sequence[Subject]]
) -> Flow[list[Item]]:
    """Of two items with one name, the one that we have just made goes: the other one was there a moment before."""
    kept = list(items)
    for folded, needs in names.items():
        alike = [item for item in items if _fold(item.name) == folded]
        twins = [item for item in alike if item.id in ours]
        if len(alike) == len(twins):
            continue
        for item in twins:
            about = {needs[0]: item.id}
            failed = (yield from take_down(there, about)) if item.live else {}
            if not failed and not (yield from remove(there, there.path, about, {})):
                kept.remove(item)
    return kept


def find_terms(place: Place, about: Mapping[Subject, Evidence]) -> Flow[None]:
    """Look for items whose creation was not answered, by the evidence of their last attempt."""
    by_collection: dict[str, dict[Subject, str]] = {}
    for subject, evidence in about.items():
        by_collection.setdefault(str(evidence["collection"]), {})[subject] = str(evidence["name"])
    for collection, names in by_collection.items():
        there = place._replace(fields=FieldMap(Collection(collection, collection, ()), {}))
        items = yield from everything(there)
        found = {subject: _named(items, name) for subject, name in names.items()}
        waiting = {one: item.id for one, item in found.items() if item is not None and item.status == "queued"}
        failed = (yield from _publish(there, waiting)) if place.live else {}
        for subject, item in found.items():
            if item is None:
                yield from done(subject, Absent())
            elif subject in failed:
                yield from done(subject, Unsure(failed[subject].what))
            else:
                yield from done(subject, Found(Placed(item.id, collection)))


def _publish(there: Place, items: Mapping[Subject, str]) -> Flow[dict[Subject, PublisherError]]:
    failed: dict[Subject, PublisherError] = {}
    for some in hundreds(list(dict.fromkeys(items.values()))):
        about: dict[Subject, Evidence] = {need: {} for need, item in items.items() if item in some}
        answer = yield from there.site.change(
            "POST", f"{there.path}/publish", "replace", about, {"itemIds": list(some)}
        )
        if isinstance(answer, Lost):
            failed |= dict.fromkeys(about, unreachable(answer))
        elif answer.is_error:
            failed |= dict.fromkeys(about, refusal(answer))
        else:
            value = value_of(answer)
            there_now = value.get("publishedItemIds") or []
            said = "; ".join(map(str, value.get("errors") or [])) or "without a reason"
            error = RefusedError(f"an item that it refers to was not put live: {said}", hint="Look at it in Webflow.")
            failed |= {need: error for need in about if items[need] not in there_now}
    return failed


def _named(items: Sequence[Item], name: str) -> Item | None:
    """The item of a name: spelled like that, else but for capitals. Of several the oldest."""
    folded = _fold(name)
    alike = [item for item in items if _fold(item.name) == folded and not item.archived]
    return next((item for item in alike if item.name == name), alike[0] if alike else None)


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _free_slug(name: str, taken: Mapping[str, str]) -> str:
    """The slug for a name. Where another name has it, as C has that of C++, a few characters of its digest follow."""
    digest = hashlib.sha256(_fold(name).encode()).hexdigest()[:6]
    slug = slugify(name, max_length=200) or digest
    return slug if slug not in taken else f"{slug}-{digest}"


def _not_by_name_alone(collection: Collection, name: str, others: Sequence[str]) -> RefusedError:
    return RefusedError(
        f"there is no item {name!r} in {collection.name!r}, and it cannot be made by its name alone: "
        f"that collection requires {', '.join(others)} as well",
        hint="Make it in Webflow, and run again.",
    )
