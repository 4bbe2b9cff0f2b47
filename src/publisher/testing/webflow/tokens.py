"""API tokens: what they may do, where, and how often."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from publisher.testing.webflow.refusals import RefusedError

#: Every scope that an operation of the simulator asks for, and ``authorized_user:read`` that only apps have.
SCOPES = ("assets:read", "assets:write", "cms:read", "cms:write", "sites:read", "sites:write")

#: Seconds of the window in which requests are counted.
_WINDOW = 60


@dataclass(slots=True)
class Token:
    """A token and its budget. ``sites`` are the ids it reaches, None for all; ``per_minute`` None is no limit."""

    text: str = field(repr=False)
    id: str
    scopes: frozenset[str]
    kind: Literal["site", "app"]
    sites: frozenset[str] | None
    per_minute: int | None
    created: int
    _began: float = -math.inf
    _used: int = 0

    def reaches(self, site: str) -> bool:
        """Whether the token is good for a site."""
        return self.sites is None or site in self.sites

    def spend(self, now: float) -> float | None:
        """Count a request at ``now``; the seconds to wait if there have been too many in this minute."""
        if not self._began <= now < self._began + _WINDOW:
            self._began, self._used = now, 0
        if self.per_minute is not None and self._used >= self.per_minute:
            return self._began + _WINDOW - now
        self._used += 1
        return None

    def rate_headers(self) -> dict[str, str]:
        """The budget as the answers tell it."""
        if self.per_minute is None:
            return {}
        left = max(0, self.per_minute - self._used)
        return {"X-RateLimit-Limit": str(self.per_minute), "X-RateLimit-Remaining": str(left)}

    def check(self, scope: str | None) -> None:
        """Refuse what the token was not made for."""
        if scope is not None and scope not in self.scopes:
            message = f"OAuthForbidden: You are missing the following scopes - {scope}"
            raise RefusedError(403, "missing_scopes", message)
