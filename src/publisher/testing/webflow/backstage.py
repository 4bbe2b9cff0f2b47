"""Between the network and the operations: who asks, how often, what goes wrong, and the log of it all."""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Literal

from publisher.testing.webflow.calls import Answer, Call, Operation, Place, no_such_route
from publisher.testing.webflow.faults import Faults, Planned
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import RefusedError
from publisher.testing.webflow.site_calls import too_many
from publisher.testing.webflow.store import Store
from publisher.testing.webflow.tokens import Token

#: What becomes of a request that is not answered.
Unanswered = Literal["drop", "silence"]

_PROXY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
_PROXY_REASONS = {502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out"}


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that arrived. ``path`` has no ``/v2``; ``status`` is None if no answer left; ``at`` is Unix seconds."""

    method: str
    path: str
    query: str
    status: int | None
    at: float


@dataclass(slots=True)
class Backstage:
    """What a simulator is made of. ``lock`` is held while a request or a person changes something."""

    store: Store
    quirks: Quirks
    faults: Faults = field(default_factory=Faults)
    tokens: dict[str, Token] = field(default_factory=dict)
    log: list[Logged] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _late: list[tuple[float, Callable[[], Answer]]] = field(default_factory=list)

    def take(self, call: Call, run: Callable[[], Answer]) -> Answer | Unanswered:
        """Answer a request, unless something goes wrong with it."""
        with self.lock:
            self.arrive()
            at = self.store.clock.now()
            planned = self.faults.due(call)
            answer = run() if planned is None else self._troubled(planned, call, run, at)
            status = answer.status if isinstance(answer, Answer) else None
            self.log.append(Logged(call.method, call.path, str(call.query), status, at))
            return answer

    def arrive(self) -> None:
        """Let the late requests take effect whose time has come."""
        while due := sorted(
            (late for late in self._late if late[0] <= self.store.clock.now()), key=lambda late: late[0]
        ):
            self._late.remove(due[0])
            due[0][1]()

    def operate(self, operations: Mapping[str, Operation], call: Call) -> Answer:
        """Carry out what an API path offers: token, budget, scope, then the operation itself."""
        token = self._token(call)
        if token is None:
            return self._refused(RefusedError(401, "not_authorized", "Request not authorized"), None)
        try:
            wait = token.spend(self.store.clock.now())
            if wait is not None:
                raise too_many(wait)
            operation = operations.get(call.method)
            if operation is None:
                raise no_such_route(call)
            token.check(operation.scope)
            if operation.writes:
                self.store.tick(self.store.clock.now())
            answer = operation.run(Place(self.store, self.quirks, token), call)
        except RefusedError as refused:
            return self._refused(refused, token)
        return Answer(answer.status, answer.content, self._rate(token))

    def _token(self, call: Call) -> Token | None:
        scheme, _, text = call.headers.get("authorization", "").partition(" ")
        return self.tokens.get(text) if scheme == "Bearer" else None

    def _refused(self, refused: RefusedError, token: Token | None) -> Answer:
        headers = self._rate(token)
        if refused.wait is not None:
            headers |= self._retry_after(refused.wait)
        return Answer(refused.status, refused.body(self.quirks), headers)

    def _rate(self, token: Token | None) -> dict[str, str]:
        return token.rate_headers() if token is not None and self.quirks.rate_headers else {}

    def _retry_after(self, seconds: int) -> dict[str, str]:
        match self.quirks.retry_after:
            case "seconds":
                return {"Retry-After": str(seconds)}
            case "date":
                moment = dt.datetime.fromtimestamp(math.ceil(self.store.clock.now()) + seconds, dt.UTC)
                return {"Retry-After": format_datetime(moment, usegmt=True)}
            case "absent":
                return {}

    def _troubled(self, planned: Planned, call: Call, run: Callable[[], Answer], at: float) -> Answer | Unanswered:
        match planned.trouble:
            case "commit then 502":
                run()
                return _proxy(502)
            case "commit then 504":
                run()
                return _proxy(504)
            case "commit then drop":
                run()
                return "drop"
            case "commit then silence":
                run()
                return "silence"
            case "late":
                self._late.append((at + planned.seconds, run))
                return "silence"
            case "drop":
                return "drop"
            case "429":
                answer = self._refused(too_many(planned.seconds), self._token(call))
                nothing = {name: "0" for name in answer.headers if name == "X-RateLimit-Remaining"}
                return Answer(answer.status, answer.content, {**answer.headers, **nothing})
            case "500":
                return self._refused(RefusedError(500, "internal_error", "An Internal Error occurred"), None)
            case "502" | "503":
                return _proxy(int(planned.trouble))


def _proxy(status: int) -> Answer:
    return Answer(status, _PROXY_PAGE.format(_PROXY_REASONS[status]).encode(), {"content-type": "text/html"})
