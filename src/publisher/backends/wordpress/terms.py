"""Tags and categories: found by their exact name, made when missing.

POST of a name that exists answers 400 ``term_exists`` with the id, so creating is also looking up; but two at a time
make two terms, so the driver leases each name. A category has a parent, which the driver has placed before it.
Source: https://developer.wordpress.org/rest-api/reference/categories/
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from publisher.backends.base import Known
from publisher.backends.steps import Absent, Failed, Flow, Found, Placed, done
from publisher.backends.wordpress.batches import LIMIT, Write, write
from publisher.backends.wordpress.kinds import PAGE, POST, Kind
from publisher.backends.wordpress.site import Facts, Site, ask, ask_dated
from publisher.backends.wordpress.slugs import numbered, portions
from publisher.errors import RefusedError
from publisher.models import Article, CategoryPath, Intent, Job, Subject

#: The routes of terms, and the taxonomies that they are of.
_KINDS = {"categories": "category", "tags": "post_tag"}

#: What is read of terms, in a list.
_LISTED = {"_fields": "id,name,parent", "orderby": "id"}

# Names cannot hold it, so that a path has one spelling.
_BELOW = "\n"


def terms_of(article: Article) -> list[Subject]:
    """The terms that an article needs, the parents of its categories too. Pages have none."""
    if article.type == PAGE.name:
        return []
    parents = [path[:depth] for path in article.categories for depth in range(1, len(path))]
    return [_subject("categories", path) for path in parents] + [
        term for kind in _KINDS for term in names_of(article, kind, POST)
    ]


def names_of(article: Article, kind: str, of: Kind) -> list[Subject]:
    """The terms of one kind that an article has as a post of a type: ``tags`` or ``categories``."""
    if _KINDS[kind] not in of.taxonomies:
        return []
    return list(dict.fromkeys(_subject(kind, path) for path in _paths(article, kind)))


def spellings_of(article: Article) -> dict[Subject, str]:
    """How an article spells its terms, a category with those above it."""
    return {_subject(kind, path): " / ".join(path) for kind in _KINDS for path in _paths(article, kind)}


def parent_of(need: Subject) -> Subject | None:
    """The category that a category stands below."""
    above, below, _ = need.name.rpartition(_BELOW)
    return Subject("term", above) if below else None


def place_terms(site: Site, facts: Facts, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
    """Place terms, as many in one request as the site takes."""
    spelled = _spellings(jobs)
    for start in range(0, len(needs), LIMIT):
        some = needs[start : start + LIMIT]
        creations = [_creation(need, spelled[need], known) for need in some]
        # Never two at a time: of two names with one slug, such as C and C++, WordPress would keep only the first.
        answers = yield from write(site, facts, creations, "create", at_once=1)
        for need, sent, answer in zip(some, creations, answers, strict=True):
            if answer.value is not None:
                yield from done(need, Placed(str(answer.value["id"])))
            elif answer.code == "term_exists" and isinstance(answer.data, dict):
                yield from done(need, Placed(str(answer.data["term_id"])))
            elif answer.code == "rest_cannot_create":
                yield from _take_existing(site, facts, need, sent)
            elif answer.error is not None:
                error = answer.error
                what = f"the {_noun(need)} {spelled[need]!r} could not be made: {error.what}"
                yield from done(need, Failed(type(error)(what, hint=error.hint, status=error.status, code=error.code)))


def find_terms(site: Site, facts: Facts, about: Mapping[Subject, Intent], settle: float) -> Flow[set[Subject]]:
    """Look for terms whose creation was not answered, by their last attempts; which were found.

    Many are looked for together: under the slugs that WordPress makes of their names, and among those that were made
    last. One that was there before may have another slug, so only a search for its name proves that it is absent.
    Before the ``settle`` time (seconds) that is not believed anyway, and is not worth a request for each.
    """
    found: dict[Subject, str] = {}
    for kind in _KINDS:
        missing = {subject: intent for subject, intent in about.items() if _parts(subject)[0] == kind}
        if len(missing) > 1:
            under_slugs, asked_at = yield from _look_together(site, facts, kind, missing)
            found |= under_slugs
            due = asked_at - settle
            missing = {one: intent for one, intent in missing.items() if one not in found and intent.sent_at <= due}
        for subject, intent in missing.items():
            by_name = yield from _look(site, facts, subject, intent.evidence.get("parent"))
            if by_name is not None:
                found[subject] = by_name
    for subject in about:
        yield from done(subject, Found(Placed(found[subject])) if subject in found else Absent())
    return set(found)


def _creation(need: Subject, name: str, known: Known) -> Write:
    kind, _ = _parts(need)
    parent = parent_of(need)
    below = {} if parent is None else {"parent": int(known.placed[parent].remote_id)}
    return Write(need, f"/wp/v2/{kind}", {"_fields": "id,name"}, {"name": name, **below}, {"name": name, **below})


def _take_existing(site: Site, facts: Facts, need: Subject, sent: Write) -> Flow[None]:
    """Authors may use categories, but not make them."""
    found = yield from _look(site, facts, need, sent.evidence.get("parent"))
    if found is not None:
        yield from done(need, Placed(found))
        return
    kind, _ = _parts(need)
    error = RefusedError(
        f"there is no {_noun(need)} {sent.body['name']!r}, and this user may not make one",
        field=kind,
        status=403,
        code="rest_cannot_create",
        hint="Have an editor make it, or publish as one.",
    )
    yield from done(need, Failed(error))


def _look(site: Site, facts: Facts, subject: Subject, parent: int | None) -> Flow[str | None]:
    kind, name = _parts(subject)
    # Names are stored with &, < and > as entities, and searched as they are stored.
    stored = html.escape(name, quote=False)
    page, found = 1, None
    while found is None:
        params = {**_LISTED, "search": stored, "per_page": "100", "page": str(page)}
        rows: list[dict[str, Any]] = yield from ask(site, facts, f"/wp/v2/{kind}", params)
        here = (row for row in rows if row.get("parent", 0) == (parent or 0))
        found = next((str(row["id"]) for row in here if _identity(row["name"]) == name), None)
        if len(rows) < 100:
            break
        page += 1
    return found


def _look_together(
    site: Site, facts: Facts, kind: str, about: Mapping[Subject, Intent]
) -> Flow[tuple[dict[Subject, str], float]]:
    """The ids of terms that stand under slugs of their names, or were made lately; and when (by our own clock) was
    asked for the last."""
    names = [str(intent.evidence["name"]) for intent in about.values()]
    # With three slugs for each name, one answer holds what is found of 25.
    some = [names[start : start + LIMIT] for start in range(0, len(names), LIMIT)]
    asked = [{"slug": ",".join(slugs)} for part in some for slugs in portions(numbered(part))]
    found: dict[Subject, str] = {}
    asked_at = 0.0
    for chosen in (*asked, {"order": "desc"}):
        told = yield from ask_dated(site, facts, f"/wp/v2/{kind}", {**_LISTED, **chosen, "per_page": "100"})
        asked_at = told.asked_at
        there = {(_identity(row["name"]), row.get("parent", 0)): str(row["id"]) for row in told.value}
        for subject, intent in about.items():
            place = (_parts(subject)[1], intent.evidence.get("parent", 0))
            if place in there:
                found[subject] = there[place]
        if len(found) == len(about):
            break
    return found, asked_at


def _paths(article: Article, kind: str) -> Sequence[CategoryPath]:
    return article.categories if kind == "categories" else [(name,) for name in article.tags]


def _subject(kind: str, path: CategoryPath) -> Subject:
    return Subject("term", f"{kind}:{_BELOW.join(_identity(name) for name in path)}")


def _identity(name: str) -> str:
    """What WordPress takes for one name: it compares without case, and & is &amp; to it."""
    return html.unescape(name).casefold()


def _spellings(jobs: Sequence[Job]) -> dict[Subject, str]:
    """How each term is spelled by the first article that has it."""
    spelled: dict[Subject, str] = {}
    for job in jobs:
        for kind in _KINDS if job.article else ():
            assert job.article is not None
            for path in _paths(job.article, kind):
                for depth in range(1, len(path) + 1):
                    spelled.setdefault(_subject(kind, path[:depth]), path[depth - 1])
    return spelled


def _noun(need: Subject) -> str:
    return "category" if need.name.startswith("categories:") else "tag"


def _parts(subject: Subject) -> tuple[str, str]:
    """The kind of a term, and its own name without its parents'."""
    kind, _, path = subject.name.partition(":")
    return kind, path.rpartition(_BELOW)[2]
