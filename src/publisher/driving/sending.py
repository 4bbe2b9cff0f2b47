"""Sends one request until there is an answer, a proof that none is needed, or no more time.

Reads and replaces are sent again after any trouble that may pass; a create only if the request provably never took
effect: the connection was refused, or the answer (429, 503 with Retry-After, what the backend calls transient) says
that it was turned away before anything was stored.
"""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import anyio
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from publisher.backends.base import Backend
from publisher.backends.steps import Lost, Send
from publisher.driving.clock import Clock
from publisher.driving.explaining import explain, is_certificate_trouble
from publisher.driving.redaction import redact

#: How often a request is tried where the target does not say when to come back.
TRIES = 5

#: The connection never stood, so nothing can have arrived.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: The request is not one that can be sent, today or tomorrow.
_NEVER_WILL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)

_COME_BACK = "It is too busy, or in maintenance for a while. Try again later."
_ITS_OWN_TROUBLE = "The server has trouble of its own: its log says more, or the host does."

_backoff = wait_random_exponential(multiplier=0.5, max=20)


#: Awaited before a try leaves, with what came of the one before; None before the first.
BeforeEachTry = Callable[[Lost | None], Awaitable[None]]


@dataclass
class _AgainError(Exception):
    """The request is worth another try; ``lost`` is what to tell the flow if there is none."""

    lost: Lost
    retry_after: float | None = None


class Sender:
    """Sends the requests of one target."""

    def __init__(
        self,
        backend: Backend,
        client: httpx.AsyncClient,
        clock: Clock,
        deadline: float,
        checkpoint: Callable[[str], None],
        on_retry: Callable[[str], None],
        tries: int = TRIES,
    ) -> None:
        self._backend = backend
        self._client = client
        self._clock = clock
        self._deadline = deadline
        self._checkpoint = checkpoint
        self._on_retry = on_retry
        self._tries = tries

    async def send(self, step: Send, before_each_try: BeforeEachTry) -> httpx.Response | Lost:
        """What came of ``step``.

        ``before_each_try`` is awaited each time the request is about to leave, and told what came of the try before.
        """
        started = self._clock.now()
        before: Lost | None = None
        arrived = False

        async def attempt() -> httpx.Response | Lost:
            nonlocal before, arrived
            await before_each_try(before)
            try:
                return await self._try(step, max(0.1, self._deadline - (self._clock.now() - started)))
            except _AgainError as again:
                before = again.lost
                arrived = arrived or again.lost.sent
                raise

        def wait(state: RetryCallState) -> float:
            asked = _reason(state).retry_after
            return asked or _backoff(state)

        def stop(state: RetryCallState) -> bool:
            if self._clock.now() + state.upcoming_sleep - started > self._deadline:
                return True
            return not _reason(state).retry_after and state.attempt_number >= self._tries

        def give_up(state: RetryCallState) -> Lost:
            last = _reason(state).lost
            return replace(last, sent=arrived)

        def tell(state: RetryCallState) -> None:
            self._on_retry(f"{_reason(state).lost.why}; next try in {state.upcoming_sleep:.1f} s")

        patiently = AsyncRetrying(
            retry=retry_if_exception_type(_AgainError),
            wait=wait,
            stop=stop,
            sleep=self._clock.sleep,
            before_sleep=tell,
            retry_error_callback=give_up,
        )
        answer: httpx.Response | Lost = await patiently(attempt)
        return answer

    async def _try(self, step: Send, seconds: float) -> httpx.Response | Lost:
        request = step.build(self._clock.now())
        self._prepare(request)
        self._checkpoint("before send")
        try:
            # httpx limits the phases of a request; an answer that drips in for ever is limited here.
            with anyio.fail_after(seconds):
                answer = await self._client.send(request)
        except _NEVER_WILL:
            # What such an error says may hold the header that cannot be sent.
            why = f"{request.method} {request.url.host}: this is no request that HTTP can carry; see its credentials"
            return Lost(redact(why), sent=False)
        except _NEVER_LEFT as error:
            lost = _lost(error, request, sent=False)
            if is_certificate_trouble(error):
                return lost
            raise _AgainError(lost) from None
        except (httpx.TransportError, TimeoutError) as error:
            lost = _lost(error, request, sent=True)
            self._checkpoint("after send")
            if step.effect == "create":
                return lost
            raise _AgainError(lost) from None
        except httpx.HTTPError as error:
            # What is left (undecodable body, too many redirects) came after the request had been answered.
            return _lost(error, request, sent=True)
        self._checkpoint("after send")
        answer = _without_secrets(answer)
        verdict = self._backend.classify(answer, step.effect)
        said = f"{request.method} {request.url.path} was answered {answer.status_code}"
        if verdict == "transient":
            pause = _retry_after(answer, self._clock.now())
            asked = "" if pause is None else f" and asks to come back in {pause:.0f} s"
            raise _AgainError(Lost(redact(said + asked), sent=False, remedy=_COME_BACK), pause)
        if verdict == "ambiguous":
            lost = Lost(redact(f"{said}{_unclear(step)}"), sent=True, remedy=_ITS_OWN_TROUBLE)
            if step.effect == "create":
                return lost
            raise _AgainError(lost)
        self._checkpoint("after answer")
        return answer

    def _prepare(self, request: httpx.Request) -> None:
        if _origin(request.url) == _origin(httpx.URL(self._backend.target.url)):
            # They may hold what only the target shall see, and a backend may have to upload to another host.
            for name, value in self._backend.connection.headers.items():
                request.headers.setdefault(name, value)
        request.headers.setdefault("User-Agent", "publisher (Python)")
        timeout = httpx.Timeout(self._backend.connection.timeout)
        request.extensions.setdefault("timeout", timeout.as_dict())


def _without_secrets(answer: httpx.Response) -> httpx.Response:
    """The answer as a flow may see it: a site may echo what it was sent, and messages quote parts of answers."""
    kept = redact(answer.text)
    if kept == answer.text:
        return answer
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("content-encoding", "content-length")
    }
    return httpx.Response(answer.status_code, headers=headers, text=kept, request=answer.request)


def _unclear(step: Send) -> str:
    return "" if step.effect == "read" else ", which does not tell whether it took effect"


def _lost(error: Exception, request: httpx.Request, *, sent: bool) -> Lost:
    why, remedy = explain(error, request)
    return Lost(why, sent, remedy)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _reason(state: RetryCallState) -> _AgainError:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, _AgainError)
    return error


def _retry_after(answer: httpx.Response, now: float) -> float | None:
    """The Retry-After header in seconds from now, be it seconds or a date; None without a usable one."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, moment.timestamp() - now)
