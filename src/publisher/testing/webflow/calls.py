"""A request as the simulator reads it, and the answer it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, QueryParams

from publisher.testing.webflow.items import Desk
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import Problem, RefusedError, bad_id, invalid, malformed, missing
from publisher.testing.webflow.store import Collection, Site, Store
from publisher.testing.webflow.tokens import Token

_ID = re.compile(r"[0-9a-f]{24}")

#: The most entries in one request, and on one page of a list.
MOST = 100

#: Of an offset or a limit.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a form."""

    file_name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``form`` holds the fields of a multipart body in their order, when the path expects one."""

    method: str
    path: str
    query: QueryParams
    headers: Headers
    body: bytes
    form: Sequence[tuple[str, str | Part]] | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """An id from the path."""
        value = self.params[name]
        if not _ID.fullmatch(value):
            raise bad_id(name)
        return value

    def json(self) -> dict[str, Any]:
        """The body, which has to be a JSON object."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise malformed(f"Content-Type must be application/json, not {kind!r}")
        try:
            value = json.loads(self.body)
            if b"\\ud" in self.body.lower():
                # Half of a surrogate pair is valid JSON, and cannot be answered in UTF-8.
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise malformed("the body is not JSON") from None
        if not isinstance(value, dict):
            raise malformed("the body must be an object")
        return value

    def asked(self, name: str) -> str | None:
        """A parameter of the query; one without a value counts as not given."""
        return self.query.get(name) or None

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean of the query."""
        value = self.asked(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise invalid(Problem(name, "Expected value to be a boolean"))
        return value == "true"

    def page(self, rows: Sequence[Any]) -> tuple[Sequence[Any], dict[str, int]]:
        """The rows that ``offset`` and ``limit`` ask for, and the ``pagination`` of the answer."""
        offset, limit = self._count("offset", 0), self._count("limit", MOST)
        if limit > MOST:
            raise invalid(Problem("limit", f"Value ({limit}) should be less than or equal to {MOST}"))
        return rows[offset : offset + limit], {"limit": limit, "offset": offset, "total": len(rows)}

    def _count(self, name: str, default: int) -> int:
        value = self.asked(name)
        if value is None:
            return default
        if not value.isdecimal() or len(value) > _DIGITS:
            raise invalid(Problem(name, "Expected value to be a whole number"))
        return int(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: ``content`` is JSON unless it is bytes; None is no body."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """What an operation works with."""

    store: Store
    quirks: Quirks
    token: Token

    def site(self, call: Call) -> Site:
        """The site that the path names and the token reaches."""
        site = self.store.sites.get(call.id("site_id"))
        if site is None or not self.token.reaches(site.id):
            raise missing(f"Site {call.params['site_id']}")
        return site

    def collection(self, call: Call) -> Collection:
        """The collection that the path names."""
        collection = self.store.collections.get(call.id("collection_id"))
        if collection is None or not self.token.reaches(collection.site.id):
            raise missing(f"Collection {call.params['collection_id']}")
        return collection

    def desk(self, call: Call) -> Desk:
        """For work on the items of the collection that the path names."""
        skip = call.flag("skipInvalidFiles", default=True)
        return Desk(self.store, self.collection(call), self.quirks, skip)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. ``scope`` is what the token must have; None where any token will do."""

    method: str
    path: str
    scope: str | None
    run: Callable[[Place, Call], Answer]

    @property
    def writes(self) -> bool:
        return self.method != "GET"


def text_of(body: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    """A string of a body."""
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (required and not value):
        raise invalid(Problem(name, "Expected value to be a string"))
    return value


def flag_of(body: Mapping[str, Any], name: str) -> bool | None:
    """A boolean of a body."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise invalid(Problem(name, "Expected value to be a boolean"))
    return value


def id_of(body: Mapping[str, Any], name: str) -> str:
    """An id of a body."""
    value = body.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise bad_id(name)
    return value


def texts_of(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of strings of a body; empty if it is not there."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise invalid(Problem(name, "Expected value to be an array of strings"))
    return value


def entries_of(body: Mapping[str, Any], name: str, *, most: int | None = MOST) -> list[dict[str, Any]]:
    """The objects of a request for many: at least one, and no more than ``most``."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
        raise invalid(Problem(name, "Expected value to be an array of objects"))
    check_count(len(value), name, most)
    return value


def check_count(count: int, name: str, most: int | None = MOST) -> None:
    """At most 100 in one request."""
    if most is not None and count > most:
        raise invalid(Problem(name, f"Array length ({count}) should be less than or equal to {most}"))


def no_such_route(call: Call) -> RefusedError:
    """The API has no such path, or not with this method."""
    return missing(f"Route {call.method} {call.path}")
