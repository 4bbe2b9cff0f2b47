"""Requests to Webflow's Data API, and reading its lists.

Source: https://developers.webflow.com/data/reference (version 2)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from publisher.backends.steps import Evidence, Flow, Lost, send
from publisher.backends.webflow.answers import value_of
from publisher.errors import UnreachableError
from publisher.models import Effect, Subject

T = TypeVar("T")

#: How many entries one request holds, and one page of a list.
LIMIT = 100

Row = dict[str, Any]


class Site:
    """Builds the requests. ``url`` is that of the API."""

    def __init__(self, url: str, token: SecretStr) -> None:
        self.url = url
        self._token = token

    def request(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> httpx.Request:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self._token.get_secret_value()}"}
        given: dict[str, Any] = {} if body is None else {"json": dict(body)}
        return httpx.Request(method, f"{self.url}{path}", params=dict(params or {}), headers=headers, **given)

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> Flow[Row]:
        """Read. Raises what Webflow refused, or that it could not be reached."""
        answer = yield from self.look(path, params)
        return value_of(answer)

    def look(self, path: str, params: Mapping[str, str] | None = None) -> Flow[httpx.Response]:
        """The answer to a read, a refusal too. Raises :class:`UnreachableError` where there is none."""
        answer = yield from send(lambda now: self.request("GET", path, params), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(f"Webflow cannot be reached: {answer.why}", hint=answer.remedy or "Try again later.")
        return answer

    def change(
        self,
        method: str,
        path: str,
        effect: Effect,
        about: Mapping[Subject, Evidence],
        body: Mapping[str, Any] | None = None,
    ) -> Flow[httpx.Response | Lost]:
        """Write. Files that cannot be used make it fail: by default Webflow leaves them out without a word."""
        writes_fields = effect == "create" or method == "PATCH"
        params = {"skipInvalidFiles": "false"} if writes_fields and "/items" in path else {}
        return (yield from send(lambda now: self.request(method, path, params, body), effect, about))

    def rows(self, path: str, name: str, params: Mapping[str, str] | None = None) -> Flow[list[Row]]:
        """All rows of a list."""
        rows: list[Row] = []
        while True:
            page, total = yield from self.page(path, name, len(rows), params)
            rows += page
            if not page or len(rows) >= total:
                return rows

    def page(self, path: str, name: str, offset: int, params: Mapping[str, str] | None) -> Flow[tuple[list[Row], int]]:
        """One page of a list, and how many rows there are in all."""
        told = yield from self.ask(path, {**(params or {}), "limit": str(LIMIT), "offset": str(offset)})
        page = [row for row in told.get(name) or [] if isinstance(row, dict)]
        pagination = told.get("pagination")
        total = pagination.get("total") if isinstance(pagination, dict) else None
        return page, total if isinstance(total, int) else offset + len(page)


def hundreds(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """In portions of what one request holds."""
    for start in range(0, len(things), LIMIT):
        yield things[start : start + LIMIT]
