"""What was sent beside what the target stored, and what stands there beside what we last wrote. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from publisher.errors import ConflictError
from publisher.models import Action, Change, Intent, Publication

#: The fields of an article that we own at a target, by the target's names for them.
Fields = Mapping[str, Any]

#: How many characters a change shows of a long value, and how many of them before the first difference.
_SHOWN = 200
_BEFORE = 40


def changes(sent: Fields, stored: Fields) -> tuple[Change, ...]:
    """What the target dropped, renamed or rewrote of what was sent."""
    return tuple(
        _change(name, value, stored.get(name, "")) for name, value in sent.items() if stored.get(name, "") != value
    )


def edits(
    publication: Publication,
    stored: Fields,
    unanswered: Iterable[Intent],
    essence: Callable[[Fields], Fields],
) -> tuple[Change, ...]:
    """What somebody else changed since our last write: fields that differ from the baseline of that write.

    A difference that is what one of our own ``unanswered`` requests wanted is nobody's edit. Those are compared by
    ``essence``, what survives of fields when a target rewrites them, which the evidence holds under ``fields``.
    """
    differing = [name for name, value in publication.baseline.items() if stored.get(name, "") != value]
    if differing:
        found = essence(stored)
        wishes: list[Fields] = [intent.evidence.get("fields", {}) for intent in unanswered]
        # One may have brought the text and another the status, so each field is looked at by itself.
        ours = {name for wish in wishes for name in wish if found.get(name) == wish[name]}
        differing = [name for name in differing if name not in ours]
    return tuple(_change(name, publication.baseline[name], stored.get(name, "")) for name in differing)


def edited(found: Sequence[Change]) -> ConflictError:
    """Somebody edited the article at the target; says which fields."""
    said = "; ".join(f"{change.field} was {change.sent!r} and is {change.stored!r}" for change in found)
    return ConflictError(
        f"it was edited at the target since it was last published: {said}",
        hint="Take the edit over into the article, or publish with on_conflict='overwrite' to replace it.",
    )


def removed_by_us(unanswered: Iterable[Intent]) -> bool:
    """Whether a delete of our own, whose answer never came, explains that an article is gone."""
    return any(intent.job is not None and intent.job.action is Action.DELETE for intent in unanswered)


def gone(remote_id: str) -> ConflictError:
    """The article was published, and is not there any more."""
    return ConflictError(
        f"it was published as {remote_id}, and somebody deleted it there",
        hint="Publish with on_conflict='overwrite' to create it anew, or delete it here as well.",
    )


def taken(slug: str, remote_id: str) -> ConflictError:
    """The slug belongs to something that is not provably ours."""
    return ConflictError(
        f"the slug {slug!r} is taken there by {remote_id}, which is not known to be this article",
        field="slug",
        hint="Choose another slug, or rename or delete the other one; or bind it to the article with publisher adopt.",
    )


def _change(name: str, sent: Any, stored: Any) -> Change:
    before, after = _text(sent), _text(stored)
    # Of long values the place where they part, with a little before it.
    long = max(len(before), len(after)) > _SHOWN
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    start = max(0, sum(1 for _ in same) - _BEFORE) if long else 0
    return Change(field=name, sent=_part(before, start), stored=_part(after, start))


def _part(text: str, start: int) -> str:
    end = start + _SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
