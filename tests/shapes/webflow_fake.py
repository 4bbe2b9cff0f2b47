"""A place with the endpoints of Webflow that a publisher needs, in memory: no more of it than the spike asks for.

Nasty where the real one may be: a second ``DELETE`` is answered 404, an item that is deleted while it is live stays
live, publishing changes ``lastUpdated``, and the same file registered twice becomes two assets.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Callable
from email.parser import BytesParser
from typing import Any

import httpx

Row = dict[str, Any]

API = "https://api.webflow.test/v2"
TOKEN = "wf-token-0123456789"
_UPLOADS = "https://s3.test/bucket"
_FIELDS = {
    "articles": {"name", "slug", "body", "excerpt", "tags", "source-key"},
    "tags": {"name", "slug"},
}
_UPLOAD_FIELDS = ("acl", "bucket", "key", "Policy", "X-Amz-Signature", "success_action_status", "content-type")


class _RefusedError(Exception):
    """The request is answered with an error in Webflow's form."""

    def __init__(self, status: int, code: str, *details: Any) -> None:
        self.answer = httpx.Response(
            status, json={"message": code, "code": code, "externalReference": None, "details": list(details)}
        )


class WebflowFake(httpx.AsyncBaseTransport):
    """``staged`` and ``live`` hold items by collection and id; ``assets`` the assets, whose ``data`` comes with the
    upload.

    - ``renames(slug)``: the slug under which an article is created instead.
    - ``keeps_good``: a bulk create with a bad entry stores the good ones before it answers 400.
    - ``refuses_publish(item)``: the item is an error in the 202 of a publish.
    - ``answers(request)``: an answer that is given instead of doing anything.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.staged: dict[str, dict[str, Row]] = {name: {} for name in _FIELDS}
        self.live: dict[str, dict[str, Row]] = {name: {} for name in _FIELDS}
        self.assets: dict[str, Row] = {}
        self.requests: list[httpx.Request] = []
        self.renames: Callable[[str], str] = lambda slug: slug
        self.keeps_good = False
        self.refuses_publish: Callable[[Row], bool] = lambda item: False
        self.answers: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        self._ids = itertools.count(0xA0)
        self._moments = itertools.count(1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        instead = self.answers(request)
        if instead is not None:
            return instead
        try:
            return self._upload(request) if request.url.host == "s3.test" else self._api(request)
        except _RefusedError as refused:
            return refused.answer

    def moment(self) -> str:
        """Now, as Webflow writes it; no two are the same."""
        passed = self.now() + next(self._moments) / 1000
        return dt.datetime.fromtimestamp(passed, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _api(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise _RefusedError(401, "not_authorized")
        body = json.loads(request.content) if request.content else {}
        match [request.method, *request.url.path.removeprefix("/v2/").split("/")]:
            case ["GET", "collections", str(name)] if name in _FIELDS:
                fields = [{"id": slug, "slug": slug, "type": "PlainText"} for slug in sorted(_FIELDS[name])]
                return _json(200, {"id": name, "fields": fields})
            case ["GET", "collections", str(name), "items"]:
                return self._page(request, "items", self._matching(name, request.url.params))
            case ["GET", "collections", str(name), "items", str(item)]:
                return _json(200, self._staged(name, item))
            case ["POST", "collections", str(name), "items"]:
                return self._create(name, _at_most_100(body["items"]))
            case ["PATCH", "collections", str(name), "items"]:
                return self._update(name, _at_most_100(body["items"]))
            case ["POST", "collections", str(name), "items", "publish"]:
                return self._publish(name, _at_most_100(body["itemIds"]))
            case ["DELETE", "collections", str(name), "items", "live"]:
                return self._unpublish(name, [entry["id"] for entry in _at_most_100(body["items"])])
            case ["DELETE", "collections", str(name), "items"]:
                return self._delete(name, [entry["id"] for entry in _at_most_100(body["items"])])
            case ["GET", "sites", "site", "assets"]:
                return self._page(request, "assets", [_shown(row) for row in self.assets.values()])
            case ["POST", "sites", "site", "assets"]:
                return self._register(body)
            case ["DELETE", "assets", str(asset)]:
                if self.assets.pop(asset, None) is None:
                    raise _RefusedError(404, "resource_not_found")
                return httpx.Response(204)
        raise _RefusedError(404, "route_not_found", f"{request.method} {request.url.path}")

    def _page(self, request: httpx.Request, name: str, rows: list[Row]) -> httpx.Response:
        offset = int(request.url.params.get("offset", 0))
        limit = int(request.url.params.get("limit", 100))
        if limit > 100:
            raise _RefusedError(400, "validation_error", "limit")
        pagination = {"limit": limit, "offset": offset, "total": len(rows)}
        return _json(200, {name: rows[offset : offset + limit], "pagination": pagination})

    # Items

    def _matching(self, name: str, asked: httpx.QueryParams) -> list[Row]:
        rows = list(self.staged[name].values())
        if "slug" in asked:
            rows = [row for row in rows if row["fieldData"]["slug"] == asked["slug"]]
        if "createdOn[gte]" in asked:
            rows = [row for row in rows if row["createdOn"] >= asked["createdOn[gte]"]]
        return rows

    def _staged(self, name: str, item: str) -> Row:
        if item not in self.staged[name]:
            raise _RefusedError(404, "resource_not_found", item)
        return self.staged[name][item]

    def _create(self, name: str, entries: list[Row]) -> httpx.Response:
        good: list[Row] = []
        bad: list[Row] = []
        for entry in entries:
            slugs = {row["fieldData"]["slug"] for row in [*self.staged[name].values(), *good]}
            if entry["fieldData"]["slug"] in slugs:
                said = f"Unique value is already in database: {entry['fieldData']['slug']!r}"
                bad.append({"param": "slug", "description": said})
                continue
            self._check(name, entry["fieldData"])
            moment = self.moment()
            times = {"createdOn": moment, "lastUpdated": moment, "lastPublished": None}
            flags = {"isDraft": entry.get("isDraft", True), "isArchived": False}
            fields = dict(entry["fieldData"])
            if name == "articles":
                fields["slug"] = self.renames(fields["slug"])
            good.append({"id": f"{next(self._ids):024x}", **times, **flags, "fieldData": fields})
        if not bad or self.keeps_good:
            self.staged[name] |= {row["id"]: row for row in good}
        if bad:
            raise _RefusedError(400, "validation_error", *bad)
        return _json(202, {"items": good})

    def _update(self, name: str, entries: list[Row]) -> httpx.Response:
        rows = [self._staged(name, entry["id"]) for entry in entries]
        for entry in entries:
            self._check(name, entry["fieldData"])
        for row, entry in zip(rows, entries, strict=True):
            fields = row["fieldData"] | entry["fieldData"]
            row |= {"fieldData": fields, "isDraft": entry["isDraft"], "lastUpdated": self.moment()}
        return _json(200, {"items": rows})

    def _publish(self, name: str, items: list[str]) -> httpx.Response:
        done, errors = [], []
        for item in items:
            row = self.staged[name].get(item)
            if row is None:
                errors.append(f"Staging item ID {item} not found.")
            elif self.refuses_publish(row):
                errors.append(f"Item ID {item} cannot be published.")
            else:
                moment = self.moment()
                row |= {"isDraft": False, "lastPublished": moment, "lastUpdated": moment}
                self.live[name][item] = json.loads(json.dumps(row))
                done.append(item)
        return _json(202, {"publishedItemIds": done, "errors": errors})

    def _unpublish(self, name: str, items: list[str]) -> httpx.Response:
        if any(item not in self.live[name] for item in items):
            raise _RefusedError(404, "resource_not_found")
        for item in items:
            del self.live[name][item]
            if item in self.staged[name]:
                self.staged[name][item] |= {"isDraft": True, "lastPublished": None, "lastUpdated": self.moment()}
        return httpx.Response(204)

    def _delete(self, name: str, items: list[str]) -> httpx.Response:
        for item in items:
            self._staged(name, item)
        for item in items:
            del self.staged[name][item]
        return httpx.Response(204)

    def _check(self, name: str, fields: Row) -> None:
        unknown = sorted(set(fields) - _FIELDS[name])
        if unknown:
            raise _RefusedError(400, "validation_error", {"param": unknown[0], "description": "not in schema"})
        if any(tag not in self.live["tags"] for tag in fields.get("tags", [])):
            raise _RefusedError(400, "validation_error", {"param": "tags", "description": "no such live item"})

    # Assets

    def _register(self, body: Row) -> httpx.Response:
        if len(body["fileName"]) >= 100 or len(body["fileHash"]) != 32:
            raise _RefusedError(400, "validation_error", body)
        asset = f"{next(self._ids):024x}"
        row = {"id": asset, "originalFileName": body["fileName"], "createdOn": self.moment()}
        self.assets[asset] = {**row, "fileHash": body["fileHash"], "data": None}
        details = {name: f"<{name}>" for name in _UPLOAD_FIELDS} | {"key": asset, "success_action_status": "201"}
        answer = {**row, "uploadUrl": _UPLOADS, "uploadDetails": details, "contentType": "image/png"}
        return _json(200, answer | {"hostedUrl": _hosted(asset)})

    def _upload(self, request: httpx.Request) -> httpx.Response:
        if "authorization" in request.headers:
            return httpx.Response(400, text="<Error><Code>InvalidArgument</Code></Error>")
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + request.content).get_payload()
        assert isinstance(parts, list)
        names = [part.get_param("name", header="content-disposition") for part in parts]  # type: ignore[union-attr]
        fields = {name: part.get_payload(decode=True) for name, part in zip(names, parts, strict=True)}
        row = self.assets.get(fields["key"].decode())
        whole = names[-1] == "file" and set(_UPLOAD_FIELDS) <= set(names)
        if not whole or row is None or hashlib.md5(fields["file"]).hexdigest() != row["fileHash"]:
            return httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")
        row["data"] = fields["file"]
        return httpx.Response(201, text="<PostResponse/>")


def _shown(asset: Row) -> Row:
    shown = {name: value for name, value in asset.items() if name not in ("data", "fileHash")}
    return shown | {"hostedUrl": _hosted(asset["id"]), "size": len(asset["data"]) if asset["data"] else None}


def _hosted(asset: str) -> str:
    return f"https://cdn.webflow.test/{asset}.png"


def _at_most_100(entries: list[Any]) -> list[Any]:
    if not 0 < len(entries) <= 100:
        raise _RefusedError(400, "validation_error", "between 1 and 100 entries")
    return entries


def _json(status: int, value: Any) -> httpx.Response:
    return httpx.Response(status, json=value)
