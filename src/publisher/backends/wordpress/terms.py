"""Tags and categories: found by their exact name, made when missing.

POST of a name that exists answers 400 ``term_exists`` with the id, so creating is also looking up; but two at a time
make two terms, so the driver leases each name. Source: https://developer.wordpress.org/rest-api/reference/tags/
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from publisher.backends.steps import Absent, Failed, Flow, Found, Placed, done
from publisher.backends.wordpress.batches import LIMIT, Write, write
from publisher.backends.wordpress.site import Facts, Site, ask
from publisher.errors import RefusedError
from publisher.models import Article, Job, Subject

_KINDS = ("categories", "tags")


def terms_of(article: Article) -> list[Subject]:
    """The terms that an article needs."""
    return [_subject(kind, name) for kind in _KINDS for name in getattr(article, kind)]


def names_of(article: Article, kind: str) -> list[Subject]:
    """The terms of one kind that an article needs: ``tags`` or ``categories``."""
    return list(dict.fromkeys(_subject(kind, name) for name in getattr(article, kind)))


def place_terms(site: Site, facts: Facts, needs: Sequence[Subject], jobs: Sequence[Job]) -> Flow[None]:
    """Place terms, as many in one request as the site takes."""
    spelled = _spellings(jobs)
    for start in range(0, len(needs), LIMIT):
        some = needs[start : start + LIMIT]
        answers = yield from write(site, facts, [_creation(need, spelled[need]) for need in some], "create")
        for need, answer in zip(some, answers, strict=True):
            if answer.value is not None:
                yield from done(need, Placed(str(answer.value["id"])))
            elif answer.code == "term_exists" and isinstance(answer.data, dict):
                yield from done(need, Placed(str(answer.data["term_id"])))
            elif answer.code == "rest_cannot_create":
                yield from _take_existing(site, facts, need, spelled[need])
            elif answer.error is not None:
                error = answer.error
                what = f"the {_noun(need)} {spelled[need]!r} could not be made: {error.what}"
                yield from done(need, Failed(type(error)(what, hint=error.hint, status=error.status, code=error.code)))


def find_terms(site: Site, facts: Facts, subjects: Iterable[Subject]) -> Flow[None]:
    """Look for terms whose creation was not answered."""
    for subject in subjects:
        found = yield from _look(site, facts, subject)
        yield from done(subject, Absent() if found is None else Found(Placed(found)))


def _creation(need: Subject, name: str) -> Write:
    kind, _ = _parts(need)
    return Write(need, f"/wp/v2/{kind}", {"_fields": "id,name"}, {"name": name}, {"name": name})


def _take_existing(site: Site, facts: Facts, need: Subject, name: str) -> Flow[None]:
    """Authors may use categories, but not make them."""
    found = yield from _look(site, facts, need)
    if found is not None:
        yield from done(need, Placed(found))
        return
    kind, _ = _parts(need)
    error = RefusedError(
        f"there is no {'category' if kind == 'categories' else 'tag'} {name!r}, and this user may not make one",
        field=kind,
        status=403,
        code="rest_cannot_create",
        hint="Have an editor make it, or publish as one.",
    )
    yield from done(need, Failed(error))


def _look(site: Site, facts: Facts, subject: Subject) -> Flow[str | None]:
    kind, name = _parts(subject)
    # Names are stored with &, < and > as entities, and searched as they are stored.
    stored = html.escape(name, quote=False)
    page, found = 1, None
    while found is None:
        params = {"search": stored, "per_page": "100", "page": str(page), "_fields": "id,name", "orderby": "id"}
        rows: list[dict[str, Any]] = yield from ask(site, facts, f"/wp/v2/{kind}", params)
        found = next((str(row["id"]) for row in rows if _identity(row["name"]) == name), None)
        if len(rows) < 100:
            break
        page += 1
    return found


def _subject(kind: str, name: str) -> Subject:
    return Subject("term", f"{kind}:{_identity(name)}")


def _identity(name: str) -> str:
    """What WordPress takes for one name: it compares without case, and & is &amp; to it."""
    return html.unescape(name).casefold()


def _spellings(jobs: Sequence[Job]) -> dict[Subject, str]:
    """How each term is spelled by the first article that has it."""
    spelled: dict[Subject, str] = {}
    for job in jobs:
        for kind in _KINDS:
            for name in getattr(job.article, kind, ()):
                spelled.setdefault(_subject(kind, name), name)
    return spelled


def _noun(need: Subject) -> str:
    return "category" if need.name.startswith("categories:") else "tag"


def _parts(subject: Subject) -> tuple[str, str]:
    kind, _, name = subject.name.partition(":")
    return kind, name
