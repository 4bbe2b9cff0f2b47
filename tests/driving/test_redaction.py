"""No secret in a message, a log or a traceback."""

from __future__ import annotations

import base64
import logging
import traceback

import anyio
import httpx
import pytest

from publisher import Memory, Publisher
from publisher.backends.steps import Lost, Send
from publisher.driving.clock import SystemClock
from publisher.driving.redaction import REDACTED, keeping_secret, redact
from publisher.driving.sending import Sender
from publisher.errors import PublisherError

SECRET = "tok-3n-4242-abcdef"


def test_longer_secrets_go_first():
    """A secret that is part of another leaves no rest of it."""
    with keeping_secret(["abcd", "abcdef", ""]):
        assert redact("x abcdef y abcd z") == f"x {REDACTED} y {REDACTED} z"
    assert redact("abcd") == "abcd"


def test_secrets_of_two_targets_at_once_are_both_kept():
    """Inside each other, and in tasks side by side."""

    async def one(secret: str, seen: list[str]) -> None:
        with keeping_secret([secret]):
            await anyio.sleep(0.01)
            seen.append(redact("aaaa bbbb"))

    async def work() -> list[str]:
        seen: list[str] = []
        async with anyio.create_task_group() as group:
            group.start_soon(one, "aaaa", seen)
            group.start_soon(one, "bbbb", seen)
        return sorted(seen)

    assert anyio.run(work) == [f"{REDACTED} bbbb", f"aaaa {REDACTED}"]
    with keeping_secret(["aaaa"]), keeping_secret(["bbbb"]):
        assert redact("aaaa bbbb") == f"{REDACTED} {REDACTED}"


@pytest.mark.parametrize("secret", ["", " ", "\n", " \t "])
def test_a_blank_is_no_secret(secret):
    """A text is not full of it."""
    with keeping_secret([secret]):
        assert redact("abc") == "abc"


@pytest.mark.parametrize("secret", ["secret", "cret", "[sec", "[secret]-42"])
def test_a_secret_that_is_a_part_of_what_stands_for_it_garbles_nothing(secret):
    """Nor does a text that passes twice, as messages do."""
    with keeping_secret([secret, "abcdef"]):
        once = redact(f"x abcdef y {secret} z")
        assert (once, redact(once)) == (f"x {REDACTED} y {REDACTED} z", f"x {REDACTED} y {REDACTED} z")


@pytest.mark.parametrize("secret", ["t", "te", " te ", "ret"])
def test_what_is_too_short_to_be_a_secret_leaves_messages_readable(secret):
    """The credentials that are made of it are kept secret all the same."""
    basic = base64.b64encode(f"ana:{secret}".encode()).decode()
    with keeping_secret([secret, basic]):
        said = f"the title returned to te ret was not the one of {basic}"
        assert redact(said) == said.replace(basic, REDACTED)


def ok(handler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "2")
    handler.send_header("set-cookie", f"session={SECRET}")
    handler.end_headers()
    handler.wfile.write(b"{}")


@pytest.fixture
def send_secretly():
    """Send a request with a secret in its address and in its headers to a real server; what comes of it."""

    def run(url: str, secret: str = SECRET, deadline: float = 30.0):
        basic = base64.b64encode(f"ana:{secret}".encode()).decode()
        headers = {"authorization": f"Basic {basic}", "x-token": secret}

        async def work():
            async with httpx.AsyncClient() as client:
                sender = Sender(Memory(), client, SystemClock(), deadline, str, str)
                with keeping_secret([secret, basic]):
                    step = Send(
                        lambda now: httpx.Request("GET", url, headers=headers, params={"key": secret}), "create"
                    )
                    return await sender.send(step, nothing)

        return anyio.run(work), basic

    return run


async def nothing(before: Lost | None) -> None:
    pass


@pytest.mark.parametrize("secret", [SECRET, "pass word+/=?", "a%20b", "100%"])
def test_logs_of_a_real_request_hold_no_secret(serve, send_secretly, caplog, secret):
    """At DEBUG, of httpx and httpcore, whatever it looks like in an address."""
    caplog.set_level(logging.DEBUG)
    answer, basic = send_secretly(f"{serve(ok)}/hooks", secret)
    assert answer.status_code == 200
    assert "HTTP Request" in caplog.text
    kept = [secret, basic, str(httpx.QueryParams({"key": secret})).removeprefix("key=")]
    assert [one for one in kept if one in caplog.text] == []


@pytest.mark.parametrize("trouble", ["refused", "hangs up", "too late"])
def test_what_a_flow_is_told_holds_no_secret(serve, send_secretly, caplog, trouble):
    """However the request ended."""
    caplog.set_level(logging.DEBUG)

    def answer(handler) -> None:
        if trouble == "hangs up":
            handler.close_connection = True
            handler.connection.close()
        else:
            handler.rfile.read(1)

    base = "http://127.0.0.1:9" if trouble == "refused" else serve(answer)
    lost, basic = send_secretly(f"{base}/hooks/{SECRET}", deadline=0.3)
    assert isinstance(lost, Lost)
    assert REDACTED in lost.why
    assert [one for one in (SECRET, basic) if one in lost.why + caplog.text] == []


def test_a_secret_that_no_header_can_hold_is_not_shown(serve, send_secretly):
    """A token that was read from a file with its line end, for example."""
    lost, _ = send_secretly(f"{serve(ok)}/x", f"{SECRET}\n")
    assert isinstance(lost, Lost)
    assert SECRET not in lost.why
    assert lost.sent is False


class Guarded(Memory):
    """A target with a token, sent in a header."""

    def secrets(self):
        return [SECRET]

    def _request(self, method, path, **parts):
        return super()._request(method, path, **parts, headers={"authorization": f"Bearer {SECRET}"})


@pytest.mark.parametrize("when", ["always", "after the look-up"])
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_errors_carry_nothing_of_the_request(place, make_article, error, when):
    """No exception of httpx, with its request and its Authorization header, hangs on ours."""
    backend = Guarded(site=place.site)

    async def fails(request):
        if when == "always" or request.method != "GET" or place.site.writes:
            raise error(f"failed with {SECRET}", request=request)
        return place.site.answer(request)

    object.__setattr__(backend.connection, "transport", httpx.MockTransport(fails))
    options = {"ledger": place.ledger, "clock": place.clock, "on_event": place._note}
    with Publisher(backend, **options) as publisher, pytest.raises(PublisherError) as caught:
        publisher.publish(make_article())
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown + repr(vars(caught.value)) + "".join(place.events)
    assert chain(caught.value) == []
    assert SECRET.encode() not in place.ledger.read_bytes()


def chain(error: BaseException) -> list[BaseException]:
    """Everything of httpx that hangs on an error."""
    found, seen = [error.__cause__, error.__context__], []
    while found:
        one = found.pop()
        if one is not None and one not in seen:
            seen.append(one)
            found += [one.__cause__, one.__context__]
    return [one for one in seen if type(one).__module__.startswith(("httpx", "httpcore"))]
