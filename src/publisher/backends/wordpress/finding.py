"""What came of posts whose creation was not answered: all of them are looked for together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.backends.base import Known, mark
from publisher.backends.steps import Absent, Flow, Found, done
from publisher.backends.wordpress.kinds import POST, Kind, kind_of, kinds
from publisher.backends.wordpress.looking import look_up, newest, search
from publisher.backends.wordpress.posts import Post, written
from publisher.backends.wordpress.recognising import arrived, recognised
from publisher.backends.wordpress.site import Facts, Site
from publisher.models import Intent, Subject

__all__ = ["find_posts"]

#: The attempts about each subject, oldest first.
About = Mapping[Subject, Sequence[Intent]]


def find_posts(site: Site, facts: Facts, known: Known, about: About, form: str, settle: float) -> Flow[set[Subject]]:
    """Settle each as found or absent; which were found. ``settle`` is in seconds."""
    found: dict[Subject, Post] = {}
    by_type: dict[str, list[Subject]] = {}
    for subject, intents in about.items():
        by_type.setdefault(str(intents[-1].evidence.get("type") or POST.name), []).append(subject)
    there = yield from kinds(site, facts, known, by_type)
    for name, subjects in by_type.items():
        some = {subject: about[subject] for subject in subjects}
        found |= yield from _find(site, facts, kind_of(name, there), some, known.claimed, form, settle)
        for subject in subjects:
            post = found.get(subject)
            result = Absent() if post is None else Found(written(post, arrived(post, about[subject])))
            yield from done(subject, result)
    return set(found)


def _find(
    site: Site, facts: Facts, kind: Kind, about: About, claimed: frozenset[str], form: str, settle: float
) -> Flow[dict[Subject, Post]]:
    """The posts of one type that were found."""
    slugs = [str(intent.evidence["slug"]) for intents in about.values() for intent in intents]
    seen = yield from look_up(site, facts, kind, slugs)
    found = _recognised(seen.posts, about, claimed)
    missing = {subject: intents for subject, intents in about.items() if subject not in found}
    if form != "blocks":  # there are no marks to look for
        return found
    # WordPress may have stored it under a slug that nobody would guess.
    if len(missing) > 1:
        made_last = yield from newest(site, facts, kind)
        found |= _recognised(made_last.posts, missing, claimed)
        # A hundred others may have been made since, so only a search of its own proves that one is absent. Before the
        # settle time that is not believed anyway, and is not worth a request for each.
        due = seen.asked_at - settle
        missing = {one: sent for one, sent in missing.items() if one not in found and sent[-1].sent_at <= due}
    for subject in missing:
        by_mark = yield from search(site, facts, kind, mark(subject.name))
        found |= _recognised(by_mark.posts, {subject: missing[subject]}, claimed)
    return found


def _recognised(posts: Sequence[Post], about: About, claimed: frozenset[str]) -> dict[Subject, Post]:
    found = {subject: recognised(posts, intents, claimed) for subject, intents in about.items()}
    return {subject: post for subject, post in found.items() if post is not None}
