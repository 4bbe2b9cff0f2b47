"""Planning: what is wanted, laid beside what the ledger knows. Pure: no files, no ledger, no network."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from publisher.errors import ConfigurationError, PublisherError
from publisher.models import Action, PlannedAction, Receipt, Target

#: How many articles that claim the same are named, in a message for each of them.
MOST_NAMED = 5


class Wanted(NamedTuple):
    """An article that shall stand at a target.

    ``digest`` is :attr:`publisher.models.Article.digest`; ``where`` is its file, for messages. With ``error`` the
    article could not be read. ``slugs`` are those that single targets get, by a name of the target.
    """

    key: str
    slug: str
    digest: str
    where: str | None = None
    error: PublisherError | None = None
    slugs: Mapping[str, str] = {}

    def at(self, target: Target) -> Wanted:
        """The same with the slug that this target gets: see :meth:`publisher.models.Article.at`."""
        if not self.slugs:
            return self
        slug = next((self.slugs[name] for name in reversed(target.names) if name in self.slugs), self.slug)
        return self._replace(slug=slug)


class Standing(NamedTuple):
    """What the ledger says stands at a target: the wish that it fulfils, by which renderer, and its receipt.

    An empty wish stands where that is not certain: adopted and yet to be written once more, or an update under way.
    ``due`` (Unix seconds) is when a run has to show it, at a target that cannot schedule by itself.
    """

    wish: str
    renderer: str
    revision: int
    receipt: Receipt
    due: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether it waits no longer."""
        return self.due is not None and self.due <= now


def wish(digest: str, fingerprint: str) -> str:
    """The digest of what shall stand at a target: the article as written, and the target's settings."""
    return hashlib.sha256(f"{digest}\n{fingerprint}".encode()).hexdigest()


#: The wish of an article that shall be kept but not shown, and of one that shall be gone.
UNPUBLISHED = hashlib.sha256(b"unpublished").hexdigest()
DELETED = hashlib.sha256(b"deleted").hexdigest()


def plan_target(
    wanted: Sequence[Wanted],
    target: str,
    fingerprint: str,
    renderer: str,
    standing: Mapping[tuple[str, str], Standing],
    in_doubt: Collection[tuple[str, str]],
    *,
    rerender: bool = False,
    now: float = 0.0,
) -> list[PlannedAction]:
    """One action for each article at one target, in order.

    ``now`` (Unix seconds) tells whether the time of one has come that waits for it: nobody changes its file then.

    A new version of the renderer alone changes nothing unless ``rerender`` asks for it. Two articles that claim one key
    or one slug are both blocked: which of them is meant cannot be known.
    """
    clashed = clashes(wanted)
    actions = []
    for number, article in enumerate(wanted):
        error = article.error or clashed.get(number)
        there = standing.get((target, article.key))
        if error is not None:
            said = (Action.BLOCKED, error.what)
        elif (target, article.key) in in_doubt:
            said = (Action.IN_DOUBT, "an answer was lost; the target is asked what came of it first")
        elif there is None:
            said = (Action.CREATE, "not in the ledger")
        elif not there.wish:
            said = (Action.UPDATE, "what stands there is not known for certain; it is written once more")
        elif there.wish != wish(article.digest, fingerprint):
            said = (Action.UPDATE, "the article, its images or the target's settings changed")
        elif there.is_due(now):
            said = (Action.UPDATE, "its time has come")
        elif rerender and there.renderer != renderer:
            said = (Action.UPDATE, f"rendered by {there.renderer}, now {renderer}")
        else:
            newer = "" if there.renderer == renderer else f"; {renderer} is newer than its rendering {there.renderer}"
            waits = "" if there.due is None else f"; a run at or after {_utc(there.due)} shows it"
            said = (Action.NO_OP, f"unchanged{newer}{waits}")
        actions.append(PlannedAction(article.key, target, *said, error))
    return actions


def _utc(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def clashes(wanted: Sequence[Wanted]) -> dict[int, PublisherError]:
    """What is wrong with the articles that claim a key or a slug which another one of them claims, by their place.

    ``code`` says which: ``key collision`` or ``slug collision``. Articles that could not be read claim nothing.
    """
    errors: dict[int, PublisherError] = {}
    for noun in ("key", "slug"):
        claims: dict[str, list[int]] = defaultdict(list)
        for number, article in enumerate(wanted):
            if article.error is None:
                claims[getattr(article, noun)].append(number)
        for claimed, numbers in claims.items():
            if len(numbers) == 1:
                continue
            if noun == "key" and all(wanted[number].key == wanted[number].slug for number in numbers):
                continue  # without an id or a project the key is the slug, which is told below
            named = [wanted[number].where or f"article {wanted[number].key!r}" for number in numbers[:MOST_NAMED]]
            more = [f"{len(numbers) - MOST_NAMED} more"] if len(numbers) > MOST_NAMED else []
            places = " and ".join([*named, *more])
            for number in numbers:
                errors.setdefault(
                    number,
                    ConfigurationError(
                        f"the {noun} {claimed!r} is claimed by {places}",
                        path=wanted[number].where,
                        code=f"{noun} collision",
                        field="id" if noun == "key" else "slug",
                        hint=f"Give each article its own {'id' if noun == 'key' else 'slug'} in the front matter.",
                    ),
                )
    return errors
