"""Whether an item is the effect of an attempt of ours, and looking for those whose answers were lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from publisher.backends.base import Known
from publisher.backends.steps import Absent, Evidence, Fact, Flow, Found, Half, Lost, Unsure, Written, done
from publisher.backends.webflow.deciding import ITEMS
from publisher.backends.webflow.items import Item, Place, claimed, essence, stored, written
from publisher.backends.webflow.looking import since
from publisher.backends.webflow.removing import deleted, take_down
from publisher.errors import PublisherError
from publisher.models import Intent, Subject

__all__ = ["CLOCKS", "find_items", "is_ours", "remove_renamed"]

#: How many seconds the clock of Webflow may be behind ours.
CLOCKS = 300.0


def is_ours(item: Item, proof: Evidence, place: Place) -> bool:
    """Whether an item, created since an attempt was sent, is its effect.

    The mark proves it. Where there is no source-key field it is one of the slug (or of what Webflow makes of a slug
    that is taken) and the name that were sent.
    """
    marked = place.mark_of(item)
    if marked is not None:
        return bool(marked == proof["mark"])
    return item.name == proof["name"] and is_slug_of(item.slug, proof["slug"])


def is_slug_of(found: str, wanted: str) -> bool:
    """Whether ``found`` is ``wanted``, or that with the few characters behind it that Webflow adds when it is taken."""
    return found == wanted or re.fullmatch(rf"{re.escape(wanted)}-[0-9a-z]{{1,8}}", found) is not None


def find_items(place: Place, about: Mapping[Subject, Sequence[Intent]], known: Known) -> Flow[None]:
    """Look for the effects of creates whose answers were lost.

    One that Webflow stored under another slug is removed: the look before the next try tells whose the slug is.
    """
    if not about:
        return
    first = min(intent.sent_at for intents in about.values() for intent in intents)
    items = [item for item in (yield from since(place, first - CLOCKS)) if not claimed(item, known)]
    # What was listed earlier may have missed what is looked for here.
    yield from done(ITEMS, Fact({}, ttl=0.0))
    for subject, intents in about.items():
        proofs = [intent.evidence for intent in intents]
        ours = [item for item in items if any(is_ours(item, proof, place) for proof in proofs)]
        right = next((item for item in ours if any(item.slug == proof["slug"] for proof in proofs)), None)
        removed = True
        for item in ours:
            if item is not right:
                removed = (yield from remove_renamed(place, subject, item)) and removed
        if right is not None:
            yield from done(subject, Found(_arrived(right, place, proofs)))
        elif not ours:
            yield from done(subject, Absent())
        else:
            yield from done(subject, Half() if removed else Unsure("a copy under another slug could not be removed"))


def _arrived(item: Item, place: Place, proofs: Sequence[Evidence]) -> Written:
    """What was found, with those fields that an attempt gave it: anything else is somebody's edit since."""
    found = essence(stored(item), place)
    given = {name for proof in proofs for name, value in proof["fields"].items() if found.get(name) == value}
    return written(item, place, owned=given)


def remove_renamed(place: Place, subject: Subject, item: Item) -> Flow[bool]:
    """Remove an item of ours that got another slug; whether it is gone."""
    try:
        if item.live:
            failed = yield from take_down(place, {subject: item.id})
            if failed:
                return False
        answer = yield from place.site.change(
            "DELETE", place.path, "replace", {subject: {"removed": item.id}}, {"items": [{"id": item.id}]}
        )
    except PublisherError:
        return False
    return not isinstance(answer, Lost) and deleted(answer)
