"""Sending one request: what is tried again, how long, and what comes of it."""

from __future__ import annotations

import email.utils
import time

import anyio
import httpx
import pytest

from publisher import Memory
from publisher.backends.steps import Lost, Send
from publisher.driving.sending import TRIES, Sender
from publisher.testing import FakeClock


class Told:
    """What a sender told: each try, each retry and each point at which it might die."""

    def __init__(self) -> None:
        self.tries: list[Lost | None] = []
        self.retries: list[str] = []
        self.points: list[str] = []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def send(clock):
    """Send a request to answers that are given one after the other, the last one for ever."""

    def run(answers, effect="read", deadline=180.0):
        left = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            given = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(given, Exception):
                raise given
            return given

        told = Told()
        transport = httpx.MockTransport(answer)

        async def work():
            async with httpx.AsyncClient(transport=transport) as client:
                sender = Sender(Memory(), client, clock, deadline, told.points.append, told.retries.append)

                async def note(before):
                    told.tries.append(before)

                step = Send(lambda now: httpx.Request("POST", "https://e.org/x"), effect)
                with anyio.fail_after(120):
                    return await sender.send(step, note)

        return anyio.run(work), told

    return run


OK = httpx.Response(200, json={})


def busy(status: int = 429, after: str | None = None) -> httpx.Response:
    return httpx.Response(status, headers=[] if after is None else [(b"retry-after", after.encode("latin-1"))])


@pytest.mark.parametrize(
    ("answer", "effect", "tries"),
    [
        (httpx.ReadTimeout("x"), "read", 2),
        (httpx.ReadTimeout("x"), "replace", 2),
        (httpx.ReadTimeout("x"), "create", 1),
        (httpx.ReadError("x"), "read", 2),
        (httpx.ReadError("x"), "create", 1),
        (httpx.WriteTimeout("x"), "create", 1),
        (httpx.RemoteProtocolError("x"), "replace", 2),
        (httpx.RemoteProtocolError("x"), "create", 1),
        (httpx.ConnectError("x"), "read", 2),
        (httpx.ConnectError("x"), "replace", 2),
        (httpx.ConnectError("x"), "create", 2),
        (httpx.ConnectTimeout("x"), "create", 2),
        (httpx.PoolTimeout("x"), "create", 2),
        (busy(429), "create", 2),
        (busy(429, "7"), "create", 2),
        (busy(503, "7"), "create", 2),
        (busy(503), "create", 1),
        (busy(503), "replace", 2),
        (busy(502), "read", 2),
        (busy(500), "create", 1),
        (busy(404), "read", 1),
        (busy(401), "replace", 1),
        (httpx.DecodingError("x"), "create", 1),
    ],
)
def test_what_is_tried_again(send, answer, effect, tries):
    """Reads and replaces after any trouble that may pass; creates only if nothing took effect."""
    _, told = send([answer, OK], effect)
    assert len(told.tries) == tries
    assert len(told.retries) == tries - 1


@pytest.mark.parametrize(
    ("answer", "effect", "sent"),
    [
        (httpx.ReadTimeout("x"), "create", True),
        (httpx.ReadTimeout("x"), "replace", True),
        (busy(500), "create", True),
        (busy(500), "replace", True),
        (httpx.ConnectError("x"), "create", False),
        (busy(429), "create", False),
        (busy(503, "1"), "create", False),
    ],
)
def test_a_flow_is_told_whether_it_may_have_taken_effect(send, answer, effect, sent):
    """Lost is a value that a flow is given, with the reason in words."""
    lost, _ = send([answer], effect)
    assert isinstance(lost, Lost)
    assert lost.sent is sent
    assert "/x" in lost.why


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("date", 30), ("0", 0), (" 12 ", 12), ("date in the past", 0), ("120", 120)]
)
def test_retry_after_is_obeyed(send, clock, header, seconds):
    """In seconds or as an HTTP date: not earlier, and not much later."""
    began = clock.now()
    moment = {"date": began + 30, "date in the past": began - 100}.get(header)
    value = header if moment is None else email.utils.formatdate(moment, usegmt=True)
    answer, _ = send([busy(503, value), OK])
    assert answer.status_code == 200
    assert seconds <= clock.now() - began <= seconds + 2


@pytest.mark.parametrize("header", ["", "soon", "1.5", "-3", "²", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_no_trouble(send, header):
    """The usual back-off counts."""
    answer, told = send([busy(429, header), OK])
    assert (answer.status_code, len(told.tries)) == (200, 2)


@pytest.mark.parametrize("header", ["181", "99999999999999999999999", "9" * 400])
def test_retry_after_beyond_the_deadline_gives_up_at_once(send, clock, header):
    """Nobody waits for what cannot help."""
    began = clock.now()
    lost, told = send([busy(429, header)])
    assert isinstance(lost, Lost)
    assert (len(told.tries), clock.now()) == (1, began)


def test_a_target_that_always_says_later_ends_at_the_deadline(send, clock):
    """It may say so more often than a request is tried otherwise, but not for ever."""
    began = clock.now()
    lost, told = send([busy(429, "10")], deadline=100.0)
    assert isinstance(lost, Lost)
    assert 5 < len(told.tries) <= 11
    assert clock.now() - began <= 100


@pytest.mark.parametrize("header", ["0", "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_a_target_that_always_says_now_is_not_hammered(send, header):
    """Without any pause between them there would be no end of requests."""
    _, told = send([*[busy(429, header)] * 100, OK])
    assert len(told.tries) < 50


def test_without_retry_after_it_ends_after_some_tries(send, clock):
    """With pauses that grow and differ."""
    lost, told = send([busy(429)])
    assert isinstance(lost, Lost)
    assert len(told.tries) == TRIES


def test_each_try_is_told_what_came_of_the_one_before(send):
    """So that the journal can tell a lost one from one that never left."""
    _, told = send([httpx.ReadTimeout("x"), httpx.ConnectError("x"), OK], "replace")
    assert [None if lost is None else lost.sent for lost in told.tries] == [None, True, False]


def test_every_try_is_built_anew(clock):
    """With the time at which it leaves."""
    built = []

    def build(now: float) -> httpx.Request:
        built.append(now)
        return httpx.Request("GET", "https://e.org")

    answers = [busy(429, "7"), OK]

    async def work():
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answers.pop(0))) as client:
            await Sender(Memory(), client, clock, 180.0, str, str).send(Send(build, "read"), nothing)

    anyio.run(work)
    assert [moment - built[0] for moment in built] == [0, 7]


async def nothing(before: Lost | None) -> None:
    pass


# Real servers


@pytest.fixture
def ask(clock):
    """Ask a real server, and what comes of it. A request under way takes real time; pauses between tries take none."""

    def run(url: str, effect="read", deadline=60.0, verify=True, told=None):
        retries = [] if told is None else told

        async def work():
            async with httpx.AsyncClient(verify=verify) as client:
                sender = Sender(Memory(), client, clock, deadline, str, retries.append)
                return await sender.send(Send(lambda now: httpx.Request("POST", url, content=b"x"), effect), nothing)

        return anyio.run(work)

    return run


def drip(handler) -> None:
    """A whole answer, a byte at a time: whoever waits for its end waits half a minute."""
    handler.send_response(200)
    handler.send_header("content-length", "600")
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def test_an_answer_that_drips_in_ends_at_the_deadline(serve, ask):
    """Though each of its bytes came in time, and all of them would have."""
    lost = ask(serve(drip), "create", deadline=0.5)
    assert isinstance(lost, Lost)
    assert lost.sent
    assert "did not end in time" in lost.why


def test_the_deadline_is_that_of_all_tries_together(serve, ask, clock):
    """A later try gets only the time that is left."""
    asked = []

    def slow_then_drip(handler) -> None:
        asked.append(handler.path)
        if len(asked) > 1:
            return drip(handler)
        clock.advance(599)
        handler.send_response(503)
        handler.send_header("retry-after", "0")
        handler.send_header("content-length", "0")
        handler.end_headers()
        return None

    lost = ask(serve(slow_then_drip), deadline=600.0)
    assert isinstance(lost, Lost)
    assert "did not end in time" in lost.why  # of a later one: the first was answered


def test_a_connection_that_is_closed_without_an_answer_leaves_a_create_in_doubt(serve, ask):
    """The request arrived; what became of it nobody knows."""
    asked = []

    def hang_up(handler) -> None:
        asked.append(handler.path)
        handler.close_connection = True
        handler.connection.close()

    lost = ask(serve(hang_up), "create")
    assert (lost.sent, len(asked)) == (True, 1)


def test_a_refused_connection_never_left(ask):
    """Nobody listens there, so a create may be tried again."""
    told: list[str] = []
    lost = ask("http://127.0.0.1:9/", "create", told=told)
    assert (lost.sent, "no connection" in lost.why) == (False, True)
    assert len(told) == TRIES - 1


def test_certificate_trouble_is_not_tried_again(serve, ask, untrusted):
    """It does not pass, and nothing has left."""
    told: list[str] = []
    lost = ask(serve(lambda handler: None, untrusted), "create", told=told)
    assert (lost.sent, told) == (False, [])
    assert ("certificate" in lost.why, "renew" in lost.remedy) == (True, True)


def test_a_redirect_is_not_followed(serve, ask):
    """Credentials do not travel to another address."""
    asked = []

    def redirect(handler) -> None:
        asked.append(handler.path)
        handler.send_response(302)
        handler.send_header("location", "/elsewhere")
        handler.send_header("content-length", "0")
        handler.end_headers()

    answer = ask(f"{serve(redirect)}/here")
    assert (answer.status_code, asked) == (302, ["/here"])
