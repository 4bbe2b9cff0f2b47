"""The simulator as an ASGI application, and a transport that needs no network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import httpx
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from publisher.testing.webflow import asset_calls, collection_calls, item_calls, site_calls
from publisher.testing.webflow.backstage import Backstage, Unanswered
from publisher.testing.webflow.calls import Answer, Call, Operation, Part
from publisher.testing.webflow.uploads import UPLOAD_PATH, look_at, upload

#: The ASGI extension by which a server lets the simulator cut the connection.
DROP = "publisher.drop"

_PREFIX = "/v2"

OPERATIONS: tuple[Operation, ...] = (
    *site_calls.OPERATIONS,
    *collection_calls.OPERATIONS,
    *item_calls.OPERATIONS,
    *asset_calls.OPERATIONS,
)


class DroppedError(Exception):
    """The connection is closed without an answer."""


class SilentError(Exception):
    """No answer ever comes."""


def make_app(backstage: Backstage) -> Router:
    """The API under ``/v2``, the bucket for uploads, and the uploaded files."""
    routes = [
        Route(_PREFIX + path, _Path(backstage, {operation.method: operation for operation in group}))
        for path, group in _by_path(OPERATIONS)
    ]
    routes.append(Route(UPLOAD_PATH, _Upload(backstage)))
    routes.append(Route("/cdn/{site_id}/{name:path}", _Cdn(backstage)))
    return Router(routes, default=_Path(backstage, {}), redirect_slashes=False)


def _by_path(operations: Iterable[Operation]) -> Iterable[tuple[str, list[Operation]]]:
    grouped: dict[str, list[Operation]] = {}
    for operation in operations:
        grouped.setdefault(operation.path, []).append(operation)
    return grouped.items()


class _Path:
    """One path of the API, with all its methods; without any it is one that the API does not have."""

    def __init__(self, backstage: Backstage, operations: dict[str, Operation]) -> None:
        self.backstage = backstage
        self.operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = await self.read(request)
        answer = self.backstage.take(call, partial(self.run, call))
        response = _response(answer) if isinstance(answer, Answer) else _NoResponse(answer)
        await response(scope, receive, send)

    async def read(self, request: Request) -> Call:
        path = request.url.path.removeprefix(_PREFIX)
        params = request.path_params
        return Call(request.method, path, request.query_params, request.headers, await request.body(), None, params)

    def run(self, call: Call) -> Answer:
        return self.backstage.operate(self.operations, call)


class _Upload(_Path):
    """The bucket."""

    def __init__(self, backstage: Backstage) -> None:
        super().__init__(backstage, {})

    async def read(self, request: Request) -> Call:
        form = None
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            try:
                async with request.form() as fields:
                    form = [(name, await _part(value)) for name, value in fields.multi_items()]
            except MultiPartException:
                form = None
        return Call(request.method, request.url.path, request.query_params, request.headers, b"", form)

    def run(self, call: Call) -> Answer:
        if call.method != "POST":
            return Answer(405, b"")
        store = self.backstage.store
        store.tick(store.clock.now())
        return upload(store, call)


class _Cdn(_Path):
    """The host of the files."""

    def __init__(self, backstage: Backstage) -> None:
        super().__init__(backstage, {})

    def run(self, call: Call) -> Answer:
        if call.method not in ("GET", "HEAD"):
            return Answer(405, b"")
        return look_at(self.backstage.store, self.backstage.quirks, call)


async def _part(value: str | UploadFile) -> str | Part:
    if isinstance(value, str):
        return value
    return Part(value.filename or "", value.content_type or "", await value.read())


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.content is None or isinstance(answer.content, bytes):
        return Response(answer.content, answer.status, headers)
    return JSONResponse(answer.content, answer.status, headers)


class _NoResponse:
    """Cuts the connection, or waits until the client has had enough."""

    def __init__(self, how: Unanswered) -> None:
        self.how = how

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drop = scope.get("extensions", {}).get(DROP)
        if drop is None:
            raise DroppedError if self.how == "drop" else SilentError
        if self.how == "drop":
            drop()
        while (await receive())["type"] != "http.disconnect":
            pass


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Requests go to the application as they are, whatever their host; nothing leaves the process."""

    def __init__(self, app: Router) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except DroppedError:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from None
        except SilentError:
            raise httpx.ReadTimeout("no answer came in time", request=request) from None
