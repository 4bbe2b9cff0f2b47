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
    if len(ids) != 1:
        many = f"{len(ids)} users are called {article.author!r}" if ids else f"no user is called {article.author!r}"
        raise RefusedError(
            many,
            field="author",
            hint="Name the author by login, e-mail or display name as it stands under Users in wp-admin.",
        )
    return ids[0]


def _look(site: Site, facts: Facts, name: str) -> Flow[list[int]]:
    # Who may not list users sees the names and slugs of those who may write.
    seen = {"context": "edit"} if facts["lists_users"] else {"who": "authors"}
    params = {"search": name, "per_page": "100", "_fields": "id,name,slug,username,email", **seen}
    rows: list[dict[str, Any]] = yield from ask(site, facts, "/wp/v2/users", params)
    return sorted({row["id"] for row in rows if _is_called(row, name.casefold())})


def _is_called(row: Mapping[str, Any], name: str) -> bool:
    names = (row.get(field) for field in ("name", "slug", "username", "email"))
    return any(isinstance(one, str) and html.unescape(one).casefold() == name for one in names)
