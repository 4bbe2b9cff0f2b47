"""The endpoint: an ASGI application that verifies a delivery, has it stored, and only then says so."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Literal

import anyio.to_thread
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from publisher.errors import ConfigurationError, ConflictError, ContentError, SignatureError, StoreError
from publisher.receiver.store import Answer, Store
from publisher.webhooks import WebhookEvent, verify, verify_bearer, verify_github
from publisher.webhooks.payload import Event, events
from publisher.webhooks.signing import GITHUB_HEADER, keys_of

__all__ = ["Receiver", "Scheme"]

Scheme = Literal["standard", "github", "bearer"]

#: Bytes that a delivery may have: an image of 24 MiB in base64, and some.
LARGEST = 33 * 1024 * 1024

_TYPES = frozenset(
    ("article.published", "article.updated", "article.unpublished", "article.deleted", "asset.upload", "ping")
)
_log = logging.getLogger("publisher.receiver")


class Receiver:
    """An ASGI application that takes signed articles into a store. Mount it in Starlette or FastAPI:

        app.mount("/hooks/articles", Receiver(SiteStore("site"), secrets=[os.environ["HOOK_SECRET"]]))

    ``secrets`` is one, or several while they are being changed. ``scheme`` is how senders sign: ``"standard"``
    (Standard Webhooks v1), ``"github"`` (in the header ``signature_header``) or ``"bearer"``. ``site`` is the address
    that the paths of the store are told under, by default that of the application as the sender called it.
    ``tolerance`` is by how many seconds the signed time may differ from ``now()``, both ways; ``largest`` how many
    bytes a delivery may have.

    It answers with JSON: 200 or 201 with ``{"id", "url"}`` when all is stored, and the same again for a ``webhook-id``
    that it knows; 401 for a wrong signature, 405 for another method than POST, 409 for a slug that belongs to another
    article, 413 for too large a body, 422 for an event that does not keep to the schema, 503 with ``Retry-After`` while
    the store is busy: ``{"error"}``. Events of types that it does not know are acknowledged and dropped.

    Raises :class:`ConfigurationError` for secrets that are none.
    """

    def __init__(
        self,
        store: Store,
        *,
        secrets: str | Sequence[str],
        scheme: Scheme = "standard",
        signature_header: str = GITHUB_HEADER,
        site: str = "",
        tolerance: float = 300,
        largest: int = LARGEST,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._secrets = [secrets] if isinstance(secrets, str) else list(secrets)
        if scheme not in ("standard", "github", "bearer"):
            raise ConfigurationError(
                f"there is no scheme {scheme!r}", field="scheme", hint="Use 'standard', 'github' or 'bearer'."
            )
        if scheme == "standard":
            keys_of(self._secrets)
        elif not self._secrets or not all(secret.strip() for secret in self._secrets):
            raise ConfigurationError("there is no secret", field="secret", hint="Take the one that the sender has.")
        self._store = store
        self._scheme = scheme
        self._header = signature_header
        self._site = site.rstrip("/")
        self._tolerance = tolerance
        self._largest = largest
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"a receiver of webhooks has nothing to do with {scope['type']!r}")
        try:
            answer = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return  # nobody is there to be answered, and nothing was stored
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return _error(405, "deliveries are sent with POST", Allow="POST")
        body = await self._body(request)
        if body is None:
            return _error(413, f"a delivery may have {self._largest} bytes", Connection="close")
        try:
            delivery = self._verified(request, body)
        except SignatureError as error:
            _log.warning("a delivery was refused: %s", error.what)
            return _error(401, str(error))
        try:
            answer = await anyio.to_thread.run_sync(self._taken, delivery, body)
        except StoreError as error:
            _log.error("delivery %s: %s", delivery.id, error)
            return _error(503, f"it cannot be stored now: {error.what}", **{"Retry-After": "5"})
        if isinstance(answer, Response):
            return answer
        said = {"id": answer.id, "url": self._address(request, answer)}
        return JSONResponse({name: value for name, value in said.items() if value}, answer.status)

    async def _body(self, request: Request) -> bytes | None:
        """All of it, or None if it is too much: what comes after that is not read."""
        told = request.headers.get("content-length", "")
        if told.isdecimal() and len(told) < 20 and int(told) > self._largest:
            return None
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._largest:
                return None
        return bytes(body)

    def _verified(self, request: Request, body: bytes) -> WebhookEvent:
        headers = request.headers.items()
        if self._scheme == "github":
            return verify_github(self._secrets, headers, body, header=self._header)
        if self._scheme == "bearer":
            return verify_bearer(self._secrets, headers, body)
        return verify(self._secrets, headers, body, tolerance=self._tolerance, now=self._now())

    def _taken(self, delivery: WebhookEvent, body: bytes) -> Answer | Response:
        """What comes of a genuine delivery. Raises :class:`StoreError`."""
        now = self._now()
        if delivery.type not in _TYPES:
            self._store.note(delivery.id, delivery.type, now, 200, "of no known type, dropped")
            return Answer()
        try:
            return self._store.take(delivery.id, _event(body), now)
        except ConflictError as error:
            status, said = 409, str(error)
        except ContentError as error:
            status, said = 422, str(error)
        self._store.note(delivery.id, delivery.type, now, status, said)
        return _error(status, said)

    def _address(self, request: Request, answer: Answer) -> str | None:
        if answer.path is None:
            return None
        return f"{self._site or str(request.base_url).rstrip('/')}/{answer.path}"


def _event(body: bytes) -> Event:
    try:
        return events.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"the event does not keep to the schema: {first['msg']}", field=field) from None


def _error(status: int, said: str, **headers: str) -> JSONResponse:
    return JSONResponse({"error": said}, status, headers=headers)
