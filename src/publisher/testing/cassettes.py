"""Recorded exchanges with a target, played back without a network.

    from publisher.testing.cassettes import cassette

    def test_a_post_is_published(tmp_path):
        blog = WordPress("https://blog.example.com", username="ana", app_password="not the real one")
        with cassette("tests/tapes/post.yaml", blog):
            receipt = publish("post.md", blog, ledger=tmp_path / "ledger.db")
        assert receipt.action == "create"

Run it once with ``record=True`` and the real password, and look at the file before you commit it. Nothing that could be
a secret is written: see :mod:`publisher.testing.scrubbing`.

A tape is a cassette of vcrpy (https://vcrpy.readthedocs.io), which stores and matches. It lies in the place of the
target's transport, so nothing else in the process is changed. Needs the extra ``testing``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import yaml
from vcr import matchers
from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from publisher.backends.base import Backend
from publisher.driving.redaction import redact
from publisher.errors import ConfigurationError, PublisherError
from publisher.testing.scrubbing import Scrubber

__all__ = ["VOLATILE", "NotOnTapeError", "Tape", "cassette"]

#: Names of JSON fields whose values depend on when a request is made.
VOLATILE = frozenset({"date", "date_gmt", "timestamp"})

#: What is kept of an answer, by the path of the request and the JSON of the answer.
Shorten = Callable[[str, Any], Any]


class NotOnTapeError(PublisherError):
    """A request is not on the tape that is played, or was played already; nothing was sent."""


class Tape:
    """What is recorded or played.

    ``recorded`` is the cassette of vcrpy; ``refused`` says which requests were made that are not on it.
    """

    def __init__(self, path: Path, recorded: Cassette) -> None:
        self.path = path
        self.recorded = recorded
        self.refused: list[NotOnTapeError] = []

    def __len__(self) -> int:
        return len(self.recorded)

    @property
    def left(self) -> Sequence[str]:
        """Method and address of the requests of the tape that nobody has made yet, in order."""
        played = self.recorded.play_counts
        return [f"{one.method} {one.uri}" for at, one in enumerate(self.recorded.requests) if not played[at]]


@contextmanager
def cassette(
    path: str | Path,
    targets: Backend | Iterable[Backend],
    *,
    record: bool = False,
    rename: Mapping[str, str] | None = None,
    hide: Iterable[str] = (),
    ignore: Collection[str] = VOLATILE,
    shorten: Shorten = lambda _path, value: value,
) -> Iterator[Tape]:
    """Play the tape at ``path`` to these targets instead of the network, or ``record`` it anew.

    A request matches by method, address and body: a body of JSON without the fields that ``ignore`` names, and a file
    by its type alone. Each exchange is played once; of those that match one request, the first comes first. What is not
    on the tape is refused with :class:`NotOnTapeError`, which the block raises at its end even if something swallowed
    it.

    When recording, requests go out and their answers are written down when the block ends without an error. ``rename``
    says by which address one stands on the tape (``{"http://127.0.0.1:8080": "https://blog.example.com"}``), and
    ``hide`` what else is secret: the targets' own secrets are hidden always, as are e-mail addresses, cookies, tokens,
    nonces, and all headers that are not known to be harmless. ``shorten`` takes the path of a request and the JSON of
    its answer, and says what of that is written down.

    Open the tape before the publisher that uses it: a publisher that has talked to a target keeps its connections.

    Raises :class:`publisher.errors.ConfigurationError` where there is no tape, or it cannot be read or written safely.
    """
    backends = [targets] if isinstance(targets, Backend) else list(targets)
    path = Path(path)
    # What is played goes nowhere: its secrets need no hiding, and may be as short as they are made up.
    secrets = [secret for backend in backends for secret in backend.secrets()] if record else []
    scrubber = Scrubber([*hide, *secrets], rename if record else None)
    tape = Tape(path, _new(path, ignore) if record else _loaded(path, ignore))
    before = [backend.connection for backend in backends]
    for backend in backends:
        inner = backend.connection.transport or _Network(backend)
        player = _Recorder(inner, tape, scrubber, shorten) if record else _Player(tape, scrubber)
        backend.connection = replace(backend.connection, transport=player)
    try:
        yield tape
    finally:
        for backend, connection in zip(backends, before, strict=True):
            backend.connection = connection
    if tape.refused:
        raise tape.refused[0]
    if record:
        _save(tape, scrubber)


class _Recorder(httpx.AsyncBaseTransport):
    """Sends on, and writes down what may be written down."""

    def __init__(self, inner: httpx.AsyncBaseTransport, tape: Tape, scrubber: Scrubber, shorten: Shorten) -> None:
        self._inner, self._tape, self._scrubber, self._shorten = inner, tape, scrubber, shorten

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        await answer.aclose()
        shorten = partial(self._shorten, request.url.path)
        # The body is decoded here, and its length another one now.
        headers = [pair for pair in answer.headers.raw if pair[0].lower() not in _OF_THE_WIRE]
        kept = {
            "status": {"code": answer.status_code, "message": answer.reason_phrase},
            "headers": self._scrubber.headers(answer.headers),
            "body": {"string": self._scrubber.body(content, answer.headers.get("content-type", ""), shorten)},
        }
        self._tape.recorded.append(_scrubbed(request, self._scrubber), kept)
        return httpx.Response(answer.status_code, headers=headers, content=content, request=request)


class _Player(httpx.AsyncBaseTransport):
    """Answers from the tape, and never from anywhere else."""

    def __init__(self, tape: Tape, scrubber: Scrubber) -> None:
        self._tape, self._scrubber = tape, scrubber

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        asked = _scrubbed(request, self._scrubber)
        recorded = self._tape.recorded
        if asked not in recorded:
            error = _not_on_tape(asked, self._tape)
            self._tape.refused.append(error)
            raise error
        answer = recorded.play_response(asked)
        headers = [(name, value) for name, values in answer["headers"].items() for value in values]
        return httpx.Response(
            answer["status"]["code"], headers=headers, content=answer["body"]["string"], request=request
        )


class _Network(httpx.AsyncBaseTransport):
    """The network, with a connection for each request: a tape may outlive the event loop of a single call."""

    def __init__(self, backend: Backend) -> None:
        self._verify = backend.connection.verify

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncHTTPTransport(verify=self._verify) as once:
            answer = await once.handle_async_request(request)
            await answer.aread()
            return answer


_OF_THE_WIRE = (b"content-encoding", b"content-length", b"transfer-encoding")


def _scrubbed(request: httpx.Request, scrubber: Scrubber) -> Request:
    body = scrubber.body(request.content, request.headers.get("content-type", "")) if request.content else None
    headers = {name: values[0] for name, values in scrubber.headers(request.headers).items()}
    return Request(request.method, scrubber.text(str(request.url)), body, headers)


def _not_on_tape(asked: Request, tape: Tape) -> NotOnTapeError:
    nearest = tape.recorded.find_requests_with_most_matches(asked)
    near = ""
    if nearest:
        one, _, fails = nearest[0]
        how = "; ".join(f"{name}: {why}" for name, why in fails) or "it was played already"
        near = f". The nearest there is {one.method} {one.uri} ({how})"
    return NotOnTapeError(
        redact(f"{asked.method} {asked.uri} is not on the tape {tape.path}{near}"),
        hint="Record the tape anew with record=True if the request is right.",
        code="not on tape",
    )


def _matchers(ignore: Collection[str]) -> list[Any]:
    def body(one: Request, other: Request) -> None:
        first, second = _comparable(one.body, ignore), _comparable(other.body, ignore)
        if first != second:
            raise AssertionError(_difference(first, second))

    return [matchers.method, matchers.scheme, matchers.host, matchers.port, matchers.path, matchers.query, body]


def _comparable(body: bytes | str | None, ignore: Collection[str]) -> Any:
    said = body.decode() if isinstance(body, bytes) else body or ""
    try:
        return _without(json.loads(said), ignore)
    except ValueError:
        return said


def _without(value: Any, ignore: Collection[str]) -> Any:
    match value:
        case dict():
            return {name: _without(one, ignore) for name, one in value.items() if name not in ignore}
        case list():
            return [_without(one, ignore) for one in value]
    return value


def _difference(asked: Any, recorded: Any) -> str:
    if isinstance(asked, dict) and isinstance(recorded, dict):
        names = [name for name in {**asked, **recorded} if asked.get(name) != recorded.get(name)]
        return f"other values of {', '.join(names)}"
    return "another body"


def _new(path: Path, ignore: Collection[str]) -> Cassette:
    return Cassette(str(path), record_mode=RecordMode.ALL, match_on=_matchers(ignore))


def _loaded(path: Path, ignore: Collection[str]) -> Cassette:
    if not path.is_file():
        raise ConfigurationError("there is no such tape", path=path, hint="Record it first: cassette(…, record=True).")
    try:
        return Cassette.load(path=str(path), record_mode=RecordMode.NONE, match_on=_matchers(ignore))
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"the tape cannot be read ({type(error).__name__})", path=path, hint="Record it anew."
        ) from None


def _save(tape: Tape, scrubber: Scrubber) -> None:
    recorded = tape.recorded
    interactions = {"requests": recorded.requests, "responses": recorded.responses}
    for request, response in zip(recorded.requests, recorded.responses, strict=True):
        for said in _strings([request._to_dict(), response]):  # noqa: SLF001 - as vcrpy itself writes it
            if scrubber.still_in(said):
                raise ConfigurationError(
                    "a secret would stand on the tape, so it is not written", path=tape.path, hint="Report this."
                )
    tape.path.parent.mkdir(parents=True, exist_ok=True)
    fresh = tape.path.with_name(f".{tape.path.name}.new")
    fresh.write_text(serialize(interactions, _Readable), encoding="ascii")
    fresh.replace(tape.path)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode(errors="replace")
        case Mapping():
            for name, one in value.items():
                yield from _strings(name)
                yield from _strings(one)
        case list() | tuple():
            for one in value:
                yield from _strings(one)


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines line by line, so that people can read a tape before they commit it."""


def _by_lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _by_lines)


class _Readable:
    """A serializer of vcrpy."""

    @staticmethod
    def serialize(value: Mapping[str, Any]) -> str:
        return yaml.dump(value, Dumper=_Dumper, sort_keys=False)

    deserialize = staticmethod(yamlserializer.deserialize)
