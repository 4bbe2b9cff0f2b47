"""What becomes of each job of a batch: the item that stands for it, what is sent, or why it may not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from publisher.backends.base import Known, mark
from publisher.backends.comparing import edited, gone, removed_by_us, taken
from publisher.backends.steps import Evidence, Fact, Flow, Placed, done
from publisher.backends.webflow.fields import Wish, item_slug, wish_for
from publisher.backends.webflow.items import Item, Place, claimed, difference, edited_fields, essence
from publisher.backends.webflow.looking import FEW, by_ids, by_slug, by_slugs, everything
from publisher.backends.webflow.richtext import components
from publisher.errors import ConflictError
from publisher.models import Action, Job, Subject

__all__ = ["ITEMS", "Deed", "Seen", "decide", "evidence", "look"]

#: The items that stood there when the collection was last listed: slug, id, mark and the time of their creation.
ITEMS = Subject("fact", "items")


class Seen(NamedTuple):
    """What stands there of a batch: items by id, and those that new articles may be or may be in the way of."""

    by_id: Mapping[str, Item] = {}
    others: Sequence[Item] = ()


class Deed(NamedTuple):
    """What is done about one job. Without an ``item`` it is created; without a ``wish`` it is taken off.

    ``changes`` are the fields that differ from the wish, ``owned`` those that were ours so far, and ``needs`` what it
    uses.
    """

    job: Job
    item: Item | None = None
    wish: Wish | None = None
    changes: Mapping[str, Any] = {}
    owned: Sequence[str] = ()
    needs: Mapping[Subject, Placed] = {}

    @property
    def subject(self) -> Subject:
        return self.job.subject


def look(place: Place, batch: Sequence[Job], known: Known) -> Flow[Seen]:
    """What stands there already of these jobs, fresh as far as it matters."""
    published = [known.publications[job.key] for job in batch if job.key in known.publications]
    by_id = yield from by_ids(place, {one.remote_id: one.version for one in published})
    new = [job for job in batch if job.key not in known.publications]
    others = (yield from _where_new(place, new, known)) if new else []
    return Seen(by_id, others)


def _where_new(place: Place, jobs: Sequence[Job], known: Known) -> Flow[list[Item]]:
    """The items under the slugs and with the marks of articles that the ledger knows nothing of.

    An article that a remembered list does not tell of is not there: a slug that was taken since is refused. What it
    does tell of is read anew.
    """
    slugs, marks = {item_slug(job.slug) for job in jobs}, {mark(job.key) for job in jobs}
    told = known.facts.get(ITEMS.name)
    # By its mark an article may be known under another slug: for that all is listed, where the ledger knows of nothing.
    nothing_to_adopt = known.claimed or known.publications or place.fields.key is None
    if told is None and len(jobs) <= FEW and nothing_to_adopt:
        return (yield from by_slugs(place, list(slugs)))
    if told is not None:
        likely = {item: created for slug, item, its, created in told["rows"] if slug in slugs or its in marks}
        return list((yield from by_ids(place, likely, "createdOn")).values())
    items = yield from everything(place)
    rows = [[item.slug, item.id, place.mark_of(item) or "", item.created] for item in items]
    yield from done(ITEMS, Fact({"rows": rows}))
    return [item for item in items if item.slug in slugs or place.mark_of(item) in marks]


def decide(job: Job, seen: Seen, place: Place, known: Known, needs: Sequence[Subject]) -> Deed | None:
    """What is to be done about a job; None where nothing is left to do. Raises why it may not be carried out."""
    taking_off = job.action in (Action.UNPUBLISH, Action.DELETE)
    item = _standing(job, seen, place, known)
    if item is None and taking_off:
        return None
    if item is None and job.article is None:
        raise gone(job.slug)
    publication = known.publications.get(job.key)
    if taking_off:
        return Deed(job, item, owned=[*publication.baseline] if publication else [])
    wish = wish_for(job, place.fields, known, place.zone)
    placed = {need: known.placed[need] for need in needs}
    if item is None:
        return Deed(job, None, wish, needs=placed)
    changes = difference(wish, item, place, publication)
    _keep_components(item, wish, changes, place)
    return Deed(job, item, wish, changes, needs=placed)


def _standing(job: Job, seen: Seen, place: Place, known: Known) -> Item | None:
    """The item that stands for a job; None for none. Raises :class:`ConflictError` where it is not ours to touch."""
    publication = known.publications.get(job.key)
    if publication is None:
        return _to_adopt(job, seen, place, known)
    item = seen.by_id.get(publication.remote_id)
    unanswered = known.unanswered.get(job.key, ())
    if item is None:
        if job.action is Action.DELETE or known.on_conflict == "overwrite" or removed_by_us(unanswered):
            return None
        raise gone(publication.remote_id)
    if item.updated != publication.version and known.on_conflict != "overwrite":
        found = edited_fields(publication, item, place, unanswered)
        if found:
            raise edited(found)
    return item


def _to_adopt(job: Job, seen: Seen, place: Place, known: Known) -> Item | None:
    slug = item_slug(job.slug)
    ours = [item for item in seen.others if place.mark_of(item) == mark(job.key) and not claimed(item, known)]
    if ours:
        return by_slug(ours, slug) or ours[0]
    other = by_slug(seen.others, slug)
    if other is not None and job.action not in (Action.UNPUBLISH, Action.DELETE):
        raise taken(slug, other.id)
    return None


def _keep_components(item: Item, wish: Wish, changes: Mapping[str, Any], place: Place) -> None:
    """Components that somebody put into the text on the site cannot be made anew, so they are never written over."""
    for slug, value in changes.items():
        field = place.fields.field(slug)
        if field is None or field.type != "RichText":
            continue
        lost = set(components(str(item.fields.get(slug) or ""))) - set(components(str(value or "")))
        if lost:
            raise ConflictError(
                f"the text on the site holds {len(lost)} component{'s' * (len(lost) > 1)} that would be lost "
                f"({', '.join(sorted(lost))})",
                field=slug,
                hint="Take them out in Webflow first. They are never overwritten, not even with "
                "on_conflict='overwrite'.",
            )


def evidence(job: Job, wish: Wish | None, place: Place, status: str) -> Evidence:
    """What an item is recognised by later: its mark, or else its slug and name; and what it was to hold."""
    if wish is None:
        return {"fields": {"status": status}}
    return {
        "mark": mark(job.key),
        "slug": wish.fields["slug"],
        "name": wish.fields["name"],
        "fields": essence(wish.fields, place) | {"status": status},
    }
