"""Sends one request until there is an answer, a proof that none is needed, or no more time.

Reads and replaces are sent again after any trouble that may pass; a create only if the request provably never took
effect: the connection was refused, or the answer (429, 503 with Retry-After, what the backend calls transient) says
that it was turned away before anything was stored. Where requests are counted, each try has its permit before it is
journaled, so that whoever stops the wait for one leaves nothing in doubt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import anyio
import anyio.lowlevel
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from publisher.backends.base import Backend
from publisher.backends.steps import Lost, Send
from publisher.driving.budget import Budget, retry_after
from publisher.driving.circuit import SILENCE, SILENCES, Circuit
from publisher.driving.clock import Clock
from publisher.driving.explaining import explain, is_certificate_trouble
from publisher.driving.guard import AddressRefusedError
from publisher.driving.redaction import redact
from publisher.ledger import Permit

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

#: Awaited when a request is cancelled that was to leave, or to leave again, and none of its tries took effect.
Withdraw = Callable[[], Awaitable[None]]


class Watch(Protocol):
    """Is told what came of each try, before anything else is done about it."""

    def answered(self, answer: httpx.Response, seconds: float) -> None:
        """It was answered, whatever that means."""

    def lost(self, lost: Lost, seconds: float) -> None:
        """There was no answer."""

    def again(self, at: float) -> None:
        """It will leave again (Unix seconds)."""


async def _nothing_to_journal(before: Lost | None) -> None:
    """A read leaves no trace."""


async def _nothing_to_withdraw() -> None:
    """A request that was not journaled leaves nothing to withdraw."""


@dataclass
class _AgainError(Exception):
    """The request is worth another try; ``lost`` is what to tell the flow if there is none.

    ``silence`` is None, or what it says of the target: no answer or none but "later" (``connected``), or not even a
    connection.
    """

    lost: Lost
    retry_after: float | None = None
    silence: Literal["connected", "no connection"] | None = None


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
        budget: Budget | None = None,
        circuit: Circuit | None = None,
    ) -> None:
        self._backend = backend
        self._client = client
        self._clock = clock
        self._deadline = deadline
        self._checkpoint = checkpoint
        self._on_retry = on_retry
        self._tries = tries
        self._budget = budget
        self._circuit = circuit or Circuit()
        self._home = {httpx.URL(backend.target.url).host, *([] if budget is None else [budget.host])}

    async def send(
        self,
        step: Send,
        before_each_try: BeforeEachTry = _nothing_to_journal,
        withdraw: Withdraw = _nothing_to_withdraw,
        *,
        anyway: bool = False,
        once: bool = False,
        watch: Watch | None = None,
    ) -> httpx.Response | Lost:
        """What came of ``step``.

        ``before_each_try`` is awaited each time the request is about to leave, and told what came of the try before.
        ``withdraw`` is awaited when it is cancelled while nothing is under way, and none of its tries took effect.
        ``anyway`` sends to a target that has stopped answering, too, and gives up a little sooner: after three tries,
        if they took as long as such a target is waited for. ``once`` tries but once. ``watch`` is told of each try.

        The deadline counts from when the request may leave: time spent in waiting for the budget is not in it, unless
        it is because the target refuses everything.
        """
        started = self._clock.now()
        before: Lost | None = None
        arrived = journaled = under_way = False

        async def attempt() -> httpx.Response | Lost:
            nonlocal before, arrived, journaled, under_way, started
            if self._circuit.error is not None and not anyway:
                return Lost(self._circuit.error.what, sent=arrived)
            permit: Permit | Lost | None = None
            if self._budget is not None and self._budget.counts(step.build(self._clock.now()).url):
                began = self._clock.now()
                permit, blamed = await self._budget.permit(self._deadline - (began - started))
                started += self._clock.now() - began - blamed
            if isinstance(permit, Lost):
                self._circuit.refuses(permit.why)
                return Lost(permit.why, sent=arrived)
            if permit is not None and self._circuit.error is not None and not anyway:  # it died during the wait
                return Lost(self._circuit.error.what, sent=arrived)
            journaled = True
            await before_each_try(before)
            await anyio.lowlevel.checkpoint_if_cancelled()
            under_way = True
            try:
                return await self._try(step, max(0.1, self._deadline - (self._clock.now() - started)), permit, watch)
            except _AgainError as again:
                before = again.lost
                arrived = arrived or again.lost.sent
                under_way = False
                raise

        def wait(state: RetryCallState) -> float:
            asked = _reason(state).retry_after
            return asked or _backoff(state)

        def stop(state: RetryCallState) -> bool:
            if once or self._circuit.error is not None:  # whoever sends anyway asks again later
                return True
            took = self._clock.now() - started
            if took + state.upcoming_sleep > self._deadline:
                return True
            long = anyway and took >= SILENCE
            return not _reason(state).retry_after and state.attempt_number >= (SILENCES if long else self._tries)

        def give_up(state: RetryCallState) -> Lost:
            last = _reason(state)
            if last.silence is not None:
                self._circuit.silent(last.lost.why, connected=last.silence == "connected")
            return replace(last.lost, sent=arrived, later=last.retry_after or 0.0)

        def tell(state: RetryCallState) -> None:
            if watch is not None:
                watch.again(self._clock.now() + state.upcoming_sleep)
            self._on_retry(f"{_reason(state).lost.why}; next try in {state.upcoming_sleep:.1f} s")

        patiently = AsyncRetrying(
            retry=retry_if_exception_type(_AgainError),
            wait=wait,
            stop=stop,
            sleep=self._clock.sleep,
            before_sleep=tell,
            retry_error_callback=give_up,
        )
        try:
            answer: httpx.Response | Lost = await patiently(attempt)
        except anyio.get_cancelled_exc_class():
            if journaled and not arrived and not under_way:
                with anyio.CancelScope(shield=True):
                    await withdraw()
            raise
        return answer

    async def _try(
        self, step: Send, seconds: float, permit: Permit | None, watch: Watch | None
    ) -> httpx.Response | Lost:
        if watch is None:
            return await self._tried(step, seconds, permit, lambda answer: None)
        began = self._clock.now()
        told = False

        def answered(answer: httpx.Response) -> None:
            nonlocal told
            told = True
            watch.answered(answer, self._clock.now() - began)

        try:
            came = await self._tried(step, seconds, permit, answered)
        except _AgainError as again:
            if not told:
                watch.lost(again.lost, self._clock.now() - began)
            raise
        if isinstance(came, Lost) and not told:
            watch.lost(came, self._clock.now() - began)
        return came

    async def _tried(
        self, step: Send, seconds: float, permit: Permit | None, answered: Callable[[httpx.Response], None]
    ) -> httpx.Response | Lost:
        request = step.build(self._clock.now())
        self._prepare(request)
        # A file store that does not answer says nothing of the target.
        at_home = request.url.host in self._home
        self._checkpoint("before send")
        left_at = self._clock.now()
        try:
            answer = await self._exchange(request, seconds, permit)
        except _NEVER_WILL:
            # What such an error says may hold the header that cannot be sent.
            why = f"{request.method} {request.url.host}: this is no request that HTTP can carry; see its credentials"
            return Lost(redact(why), sent=False)
        except _NEVER_LEFT as error:
            lost = _lost(error, request, sent=False)
            if isinstance(error, AddressRefusedError) or is_certificate_trouble(error):
                return lost
            raise _AgainError(lost, silence="no connection" if at_home else None) from None
        except (httpx.TransportError, TimeoutError) as error:
            lost = replace(_lost(error, request, sent=True), after=self._clock.now() - left_at)
            self._checkpoint("after send")
            if step.effect == "create":
                return lost
            raise _AgainError(lost, silence="connected" if at_home else None) from None
        except httpx.HTTPError as error:
            # What is left (undecodable body, too many redirects) came after the request had been answered.
            return replace(_lost(error, request, sent=True), after=self._clock.now() - left_at)
        self._checkpoint("after send")
        answer = _without_secrets(answer)
        answered(answer)
        verdict = self._backend.classify(answer, step.effect)
        said = f"{request.method} {request.url.path} was answered {answer.status_code}"
        if verdict == "transient":
            pause = retry_after(answer, self._clock.now())
            asked = "" if pause is None else f" and asks to come back in {pause:.0f} s"
            lost = Lost(redact(said + asked), sent=False, remedy=_COME_BACK)
            # An answer of 2xx that says 'not yet' is no silence.
            raise _AgainError(lost, pause, "connected" if at_home and not answer.is_success else None)
        if at_home:
            self._circuit.answered()
        if verdict == "ambiguous":
            after = self._clock.now() - left_at
            lost = Lost(redact(f"{said}{_unclear(step)}"), sent=True, remedy=_ITS_OWN_TROUBLE, after=after)
            if step.effect == "create":
                return lost
            raise _AgainError(lost)
        self._checkpoint("after answer")
        return answer

    async def _exchange(self, request: httpx.Request, seconds: float, permit: Permit | None) -> httpx.Response:
        """Send, and let the budget learn from what comes of it."""
        answer = None
        try:
            # httpx limits the phases of a request; an answer that drips in for ever is limited here.
            with anyio.fail_after(seconds):
                answer = await self._client.send(request)
        except (httpx.HTTPError, TimeoutError):
            if self._budget is not None and permit is not None:
                await self._budget.learn(permit, None)
            raise
        if self._budget is not None and permit is not None:
            await self._budget.learn(permit, answer)
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
