"""Authors: users of the site, found by what an article calls them.

Source: https://developer.wordpress.org/rest-api/reference/users/
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from publisher.backends.base import Known
from publisher.backends.steps import Fact, Flow, done
from publisher.backends.wordpress.site import Facts, Site, ask
from publisher.errors import RefusedError
from publisher.models import Article, Subject

__all__ = ["author_id", "authors"]

#: What users are told by, the ones first that no two users share.
_UNIQUE = ("username", "email", "slug")
_NAMES = (*_UNIQUE, "name")


def authors(site: Site, facts: Facts, known: Known, articles: Iterable[Article]) -> Flow[Mapping[str, list[int]]]:
    """The ids of the users that each author's name may mean. Asked once an hour for a name that is known there."""
    found: dict[str, list[int]] = {}
    for name in dict.fromkeys(article.author for article in articles if article.author):
        fact = Subject("fact", f"author {name}")
        told = known.facts.get(fact.name)
        if told is None:
            told = {"ids": (yield from _look(site, facts, name))}
            if told["ids"]:
                yield from done(fact, Fact(told))
        found[name] = told["ids"]
    return found


def author_id(article: Article, there: Mapping[str, list[int]]) -> int | None:
    """The user who is an article's author; None where it names none. Raises :class:`RefusedError` for no such user."""
    if not article.author:
        return None
    ids = there[article.author]
    if len(ids) > 1:
        raise RefusedError(
            f"{len(ids)} users are called {article.author!r}",
            field="author",
            hint="Name the author by login or e-mail, which no two users share; see Users in wp-admin.",
        )
    if not ids:
        raise RefusedError(
            f"no user is called {article.author!r}",
            field="author",
            hint="Name the author by login, e-mail or display name as it stands under Users in wp-admin. Who publishes "
            "as no administrator sees only his own e-mail, and of others the names that readers see.",
        )
    return ids[0]


def _look(site: Site, facts: Facts, name: str) -> Flow[list[int]]:
    # Who may not list users sees the names and slugs of those who may write.
    seen = {"context": "edit"} if facts["lists_users"] else {"who": "authors"}
    # Display names are stored with & as an entity, and searched as they are stored.
    stored = html.escape(name, quote=False)
    params = {"search": stored, "per_page": "100", "_fields": f"id,{','.join(_NAMES)}", **seen}
    rows: list[Mapping[str, Any]] = [facts["me"], *(yield from ask(site, facts, "/wp/v2/users", params))]
    for fields in (_UNIQUE, _NAMES):
        ids = sorted({row["id"] for row in rows if _is_called(row, name.casefold(), fields)})
        if ids:
            return ids
    return []


def _is_called(row: Mapping[str, Any], name: str, fields: Iterable[str]) -> bool:
    names = (row.get(field) for field in fields)
    return any(isinstance(one, str) and html.unescape(one).casefold() == name for one in names)
