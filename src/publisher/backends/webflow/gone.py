"""Images and referenced items that somebody deleted in Webflow: noticed when an item that uses them is refused."""

from __future__ import annotations

from publisher.backends.steps import Fact, Flow, Removed, done
from publisher.backends.webflow.deciding import Deed
from publisher.backends.webflow.items import Place
from publisher.backends.webflow.mapping import REFERENCES
from publisher.models import Subject

__all__ = ["forget_what_is_gone"]

COLLECTION = Subject("fact", "collection")


def forget_what_is_gone(place: Place, deed: Deed) -> Flow[bool]:
    """Whether something that a refused item needs is gone: then it is placed again, and the article gets another turn.

    What was learned of the collection may be what is wrong, so it is asked for anew next time.
    """
    yield from done(COLLECTION, Fact({}, ttl=0.0))
    found = False
    for need, path in _needs(place, deed):
        answer = yield from place.site.look(path)
        if answer.status_code == 404:
            yield from done(need, Removed())
            found = True
    return found


def _needs(place: Place, deed: Deed) -> list[tuple[Subject, str]]:
    needs = [(Subject("asset", asset), f"/assets/{file}") for asset, file in deed.files.items()]
    for field in place.fields.collection.of_type(*REFERENCES):
        ids = deed.wish.fields.get(field.slug) if deed.wish is not None else None
        for id in ids if isinstance(ids, list) else [ids] if ids else []:
            needs += [(need, f"/collections/{field.refers_to}/items/{id}") for need in deed.terms.get(id, ())]
    return needs
