"""GuardedTransport: an httpx transport for addresses that strangers chose, and for answers that strangers give."""

from __future__ import annotations

import logging
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import anyio
import httpcore
import httpx

from publisher.backends.base import Guard
from publisher.driving.guard.network import AddressRefusedError, GuardedNetwork, LookUp, look_up

_log = logging.getLogger("publisher.guard")

_ERRORS = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)

#: Decodes a part of a body, into so many bytes at most.
_Decoder = Callable[[bytes, int], bytes]

#: Headers of an answer that are no longer true of what is kept of it.
_OF_THE_BODY = (b"content-encoding", b"content-length", b"transfer-encoding")


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends to public addresses over https only, never follows anything, and reads a limited answer in limited time.

    Each try looks its host up once, checks every address, and connects to one of those; a connection that stays open
    is to an address that was checked. No proxy is used, whatever the environment says. What an answer has above
    ``guard.max_answer`` bytes (decoded) is dropped with its connection: its status still counts. ``verify`` is True, or
    an SSL context for a private CA. ``resolve`` and ``network`` replace the look-up and the connections in tests.

    Raises :class:`AddressRefusedError`, an ``httpx.ConnectError``, for what may not be reached.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        verify: bool | ssl.SSLContext = True,
        resolve: LookUp = look_up,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._guard = guard
        if guard.allow_private:
            _log.warning("PRIVATE ADDRESSES ARE ALLOWED: this machine and its network can be reached. Not for servers.")
        if guard.allow_http:
            _log.warning("PLAIN HTTP IS ALLOWED: what is sent can be read and changed on its way. Not for servers.")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(verify=verify),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=GuardedNetwork(guard, resolve, network),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        assert isinstance(request.stream, httpx.AsyncByteStream)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=[*headers, (b"Accept-Encoding", b"identity")],
            content=request.stream,
            # Others, such as another name for SNI, would undo what is checked here.
            extensions={"timeout": request.extensions.get("timeout", {})},
        )
        try:
            with anyio.fail_after(self._guard.deadline), _as_httpx(request):
                answer = await self._pool.handle_async_request(sent)
                try:
                    content = await self._read(answer)
                finally:
                    with anyio.CancelScope(shield=True):
                        await answer.aclose()
        except TimeoutError:
            said = f"the answer did not end within {self._guard.deadline:g} s"
            raise httpx.ReadTimeout(said, request=request) from None
        kept = [(name, value) for name, value in answer.headers if name.lower() not in _OF_THE_BODY]
        return httpx.Response(answer.status, headers=kept, content=content, request=request)

    def _check(self, request: httpx.Request) -> None:
        url, guard = request.url, self._guard
        port = url.port or {"https": 443, "http": 80}.get(url.scheme)
        if url.scheme != "https" and not (guard.allow_http and url.scheme == "http"):
            raise AddressRefusedError(f"{url.scheme}: is not https, and nothing else is allowed", request=request)
        if url.userinfo:
            raise AddressRefusedError("its address holds a user name or password", request=request)
        if guard.ports is not None and port not in guard.ports:
            raise AddressRefusedError(f"port {port} is not among those that are allowed", request=request)

    async def _read(self, answer: httpcore.Response) -> bytes:
        """The beginning of the body, decoded, which may be all of it."""
        encoding = next((value for name, value in answer.headers if name.lower() == b"content-encoding"), b"identity")
        decode = _decoder(encoding.decode("latin-1").strip().lower())
        content, taken, limit = bytearray(), 0, self._guard.max_answer
        async for part in answer.aiter_stream():
            content += decode(part, limit - len(content) + 1)
            taken += len(part)  # an endless body may decode to nothing
            if len(content) > limit or taken > limit:
                break
        return bytes(content[:limit])

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)


class _Inflate:
    """Undoes gzip or deflate, and never makes more bytes than it is asked for."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, part: bytes, most: int) -> bytes:
        try:
            return self._inflate.decompress(part, most)
        except zlib.error:
            return b""


def _plain(part: bytes, most: int) -> bytes:
    return part[:most]


def _unreadable(part: bytes, most: int) -> bytes:
    return b""


def _decoder(encoding: str) -> _Decoder:
    """We ask for identity; some servers send gzip all the same, and what else they may send is not read."""
    if encoding in ("identity", ""):
        return _plain
    return _Inflate() if encoding in ("gzip", "x-gzip", "deflate") else _unreadable


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """httpcore's errors as those of httpx, which have the same names."""
    try:
        yield
    except _ERRORS as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise kind(str(error), request=request) from error
