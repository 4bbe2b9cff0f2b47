"""Images and referenced items that somebody deleted in Webflow: noticed when an item that uses them is refused."""

from __future__ import annotations

from publisher.backends.steps import Fact, Flow, Removed, done
from publisher.backends.webflow.deciding import Deed
from publisher.backends.webflow.items import Place
from publisher.models import Subject

__all__ = ["COLLECTION", "forget_what_is_gone"]

#: The collection's fields, as they were last read.
COLLECTION = Subject("fact", "collection")


def forget_what_is_gone(place: Place, deed: Deed) -> Flow[bool]:
    """Whether something that a refused item needs is gone: then it is placed again, and the article gets another turn.

    What was learned of the collection may be what is wrong, so it is asked for anew next time.
    """
    yield from done(COLLECTION, Fact({}, ttl=0.0))
    found = False
    for need, there in deed.needs.items():
        if not there.remote_id:
            continue
        path = f"/assets/{there.remote_id}"
        if need.kind == "term":
            path = f"/collections/{there.url}/items/{there.remote_id}"
        answer = yield from place.site.look(path)
        if answer.status_code == 404:
            yield from done(need, Removed())
            found = True
    return found
