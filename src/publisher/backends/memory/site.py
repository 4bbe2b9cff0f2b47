"""MemorySite: a small CMS in memory behind an HTTP API, as forgetful and high-handed as real ones when asked to be.

GET    /site                               what kind of place this is
GET    /articles ?slug= &id= &mark=        all that match any of them, drafts too
POST   /articles {"articles": [fields]}    creates: always new ones, and the same slug twice becomes ``-2``
PUT    /articles {"articles": [fields]}    replaces by ``id``
DELETE /articles ?id=
GET    /terms ?name=      POST /terms {"terms": [name]}
GET    /assets ?asset=    POST /assets ?asset= &name=   with the bytes as body
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

Row = dict[str, Any]


class MemorySite:
    """What the site holds is in ``articles``, ``terms`` and ``assets``; every request that arrived is in ``requests``.

    The settings that make it nasty may be changed at any time:

    - ``loses(request)`` -> True: the request takes effect, ``late`` seconds after it arrived, and its answer is lost.
    - ``refuses(slug)`` -> True: an article with this slug is refused with 422.
    - ``renames(slug)``: the slug under which an article is stored instead.
    - ``rewrites(html)``: what is stored instead of a body.
    - ``fails``: answers, by status, that the next requests get without taking effect.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.articles: dict[str, Row] = {}
        self.terms: dict[str, Row] = {}
        self.assets: dict[str, Row] = {}
        self.requests: list[httpx.Request] = []
        self.loses: Callable[[httpx.Request], bool] = lambda request: False
        self.refuses: Callable[[str], bool] = lambda slug: False
        self.renames: Callable[[str], str] = lambda slug: slug
        self.rewrites: Callable[[str], str] = lambda html: html
        self.late = 0.0
        self.fails: list[httpx.Response] = []
        self._under_way: list[tuple[float, httpx.Request]] = []
        self._ids = itertools.count(1)
        self._versions = itertools.count(1)

    @property
    def writes(self) -> list[httpx.Request]:
        """The requests that wanted to change something."""
        return [request for request in self.requests if request.method != "GET"]

    def arrive(self) -> None:
        """Let everything that is late and due take effect."""
        due = [request for moment, request in self._under_way if moment <= self.now()]
        self._under_way = [late for late in self._under_way if late[0] > self.now()]
        for request in due:
            self._apply(request)

    def edit(self, article_id: str, **fields: Any) -> None:
        """Somebody edits an article at the site. Without fields it is only saved again."""
        self.articles[article_id] |= {**fields, "version": str(next(self._versions))}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Take a request; raises what a client sees when an answer is lost."""
        self.arrive()
        self.requests.append(request)
        if self.fails:
            return self.fails.pop(0)
        if request.method != "GET" and self.loses(request):
            self._under_way.append((self.now() + self.late, request))
            self.arrive()
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return self._apply(request)

    def _apply(self, request: httpx.Request) -> httpx.Response:
        place = f"{request.method} {request.url.path}"
        asked = request.url.params
        content = request.content
        if place == "GET /site":
            return _json(200, {"software": "publisher memory site"})
        if place == "GET /articles":
            found = [row for row in self.articles.values() if _matches(row, asked)]
            return _json(200, {"articles": found})
        if place == "POST /articles":
            return _json(201, {"articles": [self._create(fields) for fields in json.loads(content)["articles"]]})
        if place == "PUT /articles":
            return _json(200, {"articles": [self._replace(fields) for fields in json.loads(content)["articles"]]})
        if place == "DELETE /articles":
            gone = [self.articles.pop(article_id, None) for article_id in asked.get_list("id")]
            return _json(200 if any(gone) else 404, {})
        if place == "GET /terms":
            return _json(200, {"terms": [row for row in self.terms.values() if row["name"] in asked.get_list("name")]})
        if place == "POST /terms":
            return _json(201, {"terms": [self._add(self.terms, {"name": n}) for n in json.loads(content)["terms"]]})
        if place == "GET /assets":
            wanted = asked.get_list("asset")
            return _json(200, {"assets": [row for row in self.assets.values() if row["asset"] in wanted]})
        if place == "POST /assets":
            fields = {"asset": asked["asset"], "name": asked["name"], "size": len(content)}
            row = self._add(self.assets, fields)
            row["url"] = f"https://memory.invalid/assets/{row['id']}/{asked['name']}"
            return _json(201, row)
        return _json(404, {"error": f"there is no {place}"})

    def _add(self, table: dict[str, Row], fields: Row) -> Row:
        row = {"id": str(next(self._ids)), **fields}
        table[row["id"]] = row
        return row

    def _create(self, fields: Row) -> Row:
        if self.refuses(fields["slug"]):
            return {"error": "this slug is refused"}
        row = self._add(self.articles, self._stored(fields))
        row["slug"] = next(slug for slug in _variants(row["slug"]) if not self._is_taken(slug, row["id"]))
        return row

    def _replace(self, fields: Row) -> Row:
        if fields["id"] not in self.articles:
            return {"error": "there is no such article"}
        if self.refuses(fields.get("slug", "")):
            return {"error": "this slug is refused"}
        self.articles[fields["id"]] |= self._stored(fields)
        return self.articles[fields["id"]]

    def _stored(self, fields: Row) -> Row:
        row = {**fields, "version": str(next(self._versions))}
        if "slug" in row:
            row["slug"] = self.renames(row["slug"])
        if "body" in row:
            row["body"] = self.rewrites(row["body"])
        return row

    def _is_taken(self, slug: str, by_other_than: str) -> bool:
        return any(row["slug"] == slug and row["id"] != by_other_than for row in self.articles.values())


class MemoryTransport(httpx.AsyncBaseTransport):
    """Carries requests to a :class:`MemorySite`."""

    def __init__(self, site: MemorySite) -> None:
        self.site = site

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.site.answer(request)


def _matches(row: Row, asked: httpx.QueryParams) -> bool:
    return any(row.get(name) in asked.get_list(name) for name in ("slug", "id", "mark"))


def _variants(slug: str) -> Iterator[str]:
    yield slug
    yield from (f"{slug}-{number}" for number in itertools.count(2))


def _json(status: int, value: Any) -> httpx.Response:
    return httpx.Response(status, json=value)
