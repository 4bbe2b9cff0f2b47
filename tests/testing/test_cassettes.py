"""Tapes record what was exchanged, without secrets, and play it back without a network."""

from __future__ import annotations

from contextlib import suppress

import anyio
import httpx
import pytest

from publisher import WordPress
from publisher.backends.base import Backend
from publisher.errors import ConfigurationError
from publisher.testing.cassettes import NotOnTapeError, cassette

PASSWORD = "abcd efgh ijkl mnop"


def target(answer=None) -> Backend:
    """A target at blog.example.com whose server is a function."""
    transport = httpx.MockTransport(answer or (lambda request: httpx.Response(200, json={"path": request.url.path})))
    return WordPress("https://blog.example.com", username="ana", app_password=PASSWORD, transport=transport)


def ask(backend: Backend, *requests: httpx.Request) -> list[httpx.Response]:
    """Send requests as the target's driver would."""

    async def send() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=backend.connection.transport) as client:
            return [await client.send(request) for request in requests]

    return anyio.run(send)


def request(method: str = "GET", path: str = "/", **parts) -> httpx.Request:
    return httpx.Request(method, f"https://blog.example.com{path}", **parts)


@pytest.fixture
def tape(tmp_path):
    """The path of a tape that is not there yet."""
    return tmp_path / "tapes" / "one.yaml"


def recorded(tape, *requests, answer=None, **options) -> str:
    """Record an exchange; the text of the tape."""
    backend = target(answer)
    with cassette(tape, backend, record=True, **options):
        ask(backend, *requests)
    return tape.read_text()


def swallowing(kind: type[Exception], call, *args) -> None:
    """Call something as code does that takes no error for an answer."""
    with suppress(kind):
        call(*args)


def fail_after(call, *args) -> None:
    """Call something, and fail then."""
    call(*args)
    raise ZeroDivisionError


def unplayable(_: httpx.Request) -> httpx.Response:
    raise AssertionError("this request went out")


def test_what_is_recorded_is_played_and_the_transport_given_back(tape):
    """The target is as it was before."""
    recorded(tape, request(path="/a"))
    backend = target(unplayable)
    before = backend.connection
    with cassette(tape, backend) as played:
        assert played.left == ["GET https://blog.example.com/a"]
        assert ask(backend, request(path="/a"))[0].json() == {"path": "/a"}
        assert played.left == []
    assert backend.connection is before


def test_equal_requests_are_played_in_their_order_and_no_oftener(tape):
    """Each once."""
    numbers = iter(range(9))
    recorded(tape, request(), request(), answer=lambda _: httpx.Response(200, json=next(numbers)))
    backend = target(unplayable)
    with cassette(tape, backend):
        assert [one.json() for one in ask(backend, request(), request())] == [0, 1]
    with pytest.raises(NotOnTapeError, match="played already"), cassette(tape, backend):
        ask(backend, request(), request(), request())


@pytest.mark.parametrize(
    "other",
    [
        request("DELETE", "/a?x=1"),
        request("POST", "/b?x=1", json={"a": 1}),
        request("POST", "/a?x=2", json={"a": 1}),
        request("POST", "/a?x=1", json={"a": 2}),
        request("POST", "/a?x=1"),
        request("POST", "/a?x=1", content=b"a=1"),
    ],
)
def test_what_is_not_on_the_tape_is_refused_even_if_something_swallows_it(tape, other):
    """And never sent."""
    recorded(tape, request("POST", "/a?x=1", json={"a": 1}))
    backend = target(unplayable)
    with pytest.raises(NotOnTapeError, match="not on the tape"), cassette(tape, backend):
        swallowing(NotOnTapeError, ask, backend, other)


def test_dates_and_the_order_of_fields_and_arguments_do_not_matter(tape):
    """They are another time's, and mean the same."""
    recorded(tape, request("POST", "/a?x=1&y=2", json={"a": [{"date": "then", "b": 1}], "c": 2}))
    backend = target(unplayable)
    with cassette(tape, backend):
        ask(backend, request("POST", "/a?y=2&x=1", json={"c": 2, "a": [{"b": 1, "date": "now"}]}))


def test_files_are_compared_by_their_type(tape):
    """Another encoder makes other bytes; what they were is on the tape, and they are not."""
    png = {"content-type": "image/png"}
    text = recorded(tape, request("POST", content=b"\x89PNG\xff1", headers=png))
    assert "(image/png)" in text
    backend = target(unplayable)
    with cassette(tape, backend):
        ask(backend, request("POST", content=b"\x89PNG\xff2", headers=png))


def test_a_tape_that_is_not_there_or_no_tape_is_a_clear_error(tape):
    """With what to do."""
    with pytest.raises(ConfigurationError, match="no such tape"), cassette(tape, target()):
        pass
    tape.parent.mkdir()
    for text in ("- [", "version: 1\n", "just words"):
        tape.write_text(text)
        with pytest.raises(ConfigurationError, match="cannot be read"), cassette(tape, target()):
            pass


def test_a_recording_that_fails_leaves_the_old_tape(tape):
    """Half an exchange is no tape."""
    before = recorded(tape, request(path="/a"))
    backend = target()
    with pytest.raises(ZeroDivisionError), cassette(tape, backend, record=True):
        fail_after(ask, backend, request(path="/b"))
    assert tape.read_text() == before


def test_the_recording_run_gets_the_answers_as_they_are(tape):
    """Only the tape is without secrets."""
    backend = target(lambda _: httpx.Response(200, json={"token": "t0ken", "email": "ana@example.org"}))
    with cassette(tape, backend, record=True):
        (answer,) = ask(backend, request())
    assert answer.json() == {"token": "t0ken", "email": "ana@example.org"}


@pytest.mark.parametrize(
    "answer",
    [
        {"headers": {"set-cookie": "c4nary", "x-wp-nonce": "c4nary", "x-anything": "c4nary"}},
        {"json": {"password": "c4nary", "nested": [{"_wpnonce": "c4nary", "api_key": "c4nary"}]}},
        {"json": {"link": "https://blog.example.com/?_wpnonce=c4nary&x=1", "X-Amz-Signature": "c4nary"}},
        {"html": '<script>var s = {"nonce":"c4nary","root":"x"}; token = "c4nary";</script>'},
        {"text": 'PHP Notice: x\n{\\"accessToken\\": \\"c4nary\\"}'},
        {"json": {"email": "c4nary@localhost", "text": "c4nary@example.org wrote c4nary%40example.org"}},
        {"json": {"said": "c4nary\\u0040example.org"}},
        {"json": {"avatar": "https://secure.gravatar.com/avatar/0c4nary"}, "digest": True},
        {"headers": {"location": "https://blog.example.com/?access_token=c4nary"}},
    ],
)
def test_what_looks_like_a_secret_is_not_written(tape, answer):
    """Wherever the server put it."""
    if answer.pop("digest", False):
        answer["json"] = {"avatar": f"https://secure.gravatar.com/avatar/{'c4' * 16}?s=96"}
        text = recorded(tape, request(), answer=lambda _: httpx.Response(200, **answer))
        assert "c4c4" not in text
    text = recorded(tape, request(), answer=lambda _: httpx.Response(200, **answer))
    assert "c4nary" not in text


def test_the_secrets_of_the_target_are_hidden_in_every_spelling(tape):
    """In addresses, headers and bodies of requests and answers, and where they are part of a word."""
    spellings = [PASSWORD, PASSWORD.replace(" ", ""), PASSWORD.replace(" ", "%20"), PASSWORD.replace(" ", "+")]
    basic = httpx.BasicAuth("ana", PASSWORD)._build_auth_header("ana", PASSWORD)
    said = " ".join([*spellings, basic, *(f"x{one}y" for one in spellings)])
    text = recorded(
        tape,
        request("POST", f"/?q={said}", json={"said": said, said: 1}, headers={"authorization": basic, "accept": said}),
        answer=lambda _: httpx.Response(200, json={"said": said}, headers={"link": said}),
        hide=["Ana of example"],
    )
    words = " ".join(text.split())
    assert [one for one in [*spellings, basic.removeprefix("Basic ")] if one in words] == []
    assert words.count("hidden") > 20


def test_names_that_only_look_like_an_address_are_kept(tape):
    """A picture for fine screens is no e-mail address."""
    assert "image@2x.png" in recorded(tape, request(path="/image@2x.png"))


def test_what_is_hidden_besides_is_hidden_when_it_is_played(tape):
    """So that the requests match."""
    text = recorded(tape, request("POST", json={"author": "Ana Example"}), hide=["Ana Example"])
    assert "Ana" not in text
    backend = target(unplayable)
    with cassette(tape, backend, hide=["Ana Example"]):
        ask(backend, request("POST", json={"author": "Ana Example"}))


def test_a_secret_that_is_too_short_to_be_found_is_refused(tape):
    """It would stand everywhere."""
    with pytest.raises(ConfigurationError, match="3 characters"):
        recorded(tape, hide=["abc"])
    assert not tape.exists()


def test_an_address_may_stand_on_the_tape_under_another_name(tape):
    """In all spellings, so that tapes do not depend on where they were recorded."""
    seen, escaped = "http://127.0.0.1:8080/x", "http:\\/\\/127.0.0.1:8080\\/x"
    text = recorded(
        tape,
        request("POST", json={"url": seen}),
        answer=lambda _: httpx.Response(200, text=f'notice {{"a": "{seen}", "b": "{escaped}"}}'),
        rename={"http://127.0.0.1:8080": "https://site.example.com"},
    )
    assert "127.0.0.1" not in text
    assert text.count("site.example.com") == 3


def test_answers_may_be_shortened(tape):
    """By the path that was asked for."""
    text = recorded(tape, request(path="/a"), shorten=lambda path, value: {"short": path, "was": len(value)})
    assert '"short": "/a"' in text
    assert '"path"' not in text
