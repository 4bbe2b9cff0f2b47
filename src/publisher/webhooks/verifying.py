"""Checking the signature of a delivery, over its raw bytes and before anything in it is believed."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.errors import ConfigurationError, SignatureError
from publisher.webhooks.signing import (
    GITHUB_HEADER,
    ID,
    SIGNATURE,
    TIMESTAMP,
    Secrets,
    github_signature,
    keys_of,
    signature,
)

#: Headers as web frameworks have them: by name in any case, or as pairs, of text or (ASGI) of bytes.
Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]

#: Characters of a signature header that are looked at. Four secrets at once take 200.
_LONGEST_HEADER = 8192


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One delivery whose signature is right.

    ``id`` is the same when the same event arrives again: drop what you have seen. ``type`` is for example
    ``article.published``; ``timestamp`` is when it happened, with its zone; ``data`` is the rest, as JSON values.
    """

    id: str
    type: str
    timestamp: dt.datetime
    data: Any


def verify(
    secrets: Secrets, headers: Headers, body: bytes, *, tolerance: float = 300, now: float | None = None
) -> WebhookEvent:
    """The event of a delivery that was signed with one of ``secrets`` (several while they are being changed).

    ``body`` are the raw bytes of the request, before any parsing. ``tolerance`` is by how many seconds the signed time
    may differ from ``now`` (Unix seconds, by default the machine's clock), both ways.

    Raises :class:`publisher.errors.SignatureError` for every delivery that is not provably genuine, fresh, and an
    event; and :class:`publisher.errors.ConfigurationError` for secrets that are none, whatever was delivered.
    """
    keys = keys_of(secrets)
    _check_body(body)
    found = _found(headers, (ID, TIMESTAMP, SIGNATURE))
    message = found[ID]
    # A dot would let the border between id, time and body be moved.
    if not re.fullmatch(r"[!-\-/-~]{1,256}", message):
        raise _refused(f"the header {ID} is not one", "It is visible ASCII without a dot.")
    seconds = found[TIMESTAMP]
    if not re.fullmatch(r"[0-9]{1,12}", seconds):
        raise _refused(f"the header {TIMESTAMP} is not a time in Unix seconds")
    given = found[SIGNATURE]
    if len(given) > _LONGEST_HEADER:
        raise _refused(f"the header {SIGNATURE} is too long")
    entries = [entry.encode("utf-8", "backslashreplace") for entry in given.split(" ")]
    right = False  # and every entry is looked at, so that how long it takes tells nothing
    for key in keys:
        expected = signature(key, message, seconds, body).encode()
        for entry in entries:
            right |= hmac.compare_digest(expected, entry)
    if not right:
        raise _refused(
            "no signature fits the body",
            "Check that sender and receiver have the same secret, and that the raw bytes of the body are checked.",
        )
    age = (time.time() if now is None else now) - int(seconds)
    if not abs(age) <= tolerance:
        raise _refused(
            f"it was signed {abs(age):.0f} s {'ago' if age > 0 else 'in the future'}, and {tolerance:g} s are allowed",
            "Check the clocks of both machines.",
        )
    return _event(message, body)


def verify_github(
    secrets: str | Sequence[str], headers: Headers, body: bytes, *, header: str = GITHUB_HEADER
) -> WebhookEvent:
    """The event of a delivery that was signed as GitHub does it; see :func:`publisher.webhooks.sign_github`.

    It may be old, and its id is not signed. Raises as :func:`verify`.
    """
    listed = [secrets] if isinstance(secrets, str) else list(secrets)
    if not all(listed) or not listed:
        raise ConfigurationError("there is no secret", field="secret", hint="Take the one that the sender has.")
    _check_body(body)
    expected = [github_signature(secret, body).encode() for secret in listed]
    found = _found(headers, (header, "X-GitHub-Delivery"))
    given = found[header].encode("utf-8", "backslashreplace")
    right = False
    for one in expected:
        right |= hmac.compare_digest(one, given)
    if not right:
        raise _refused(f"the signature in {header} does not fit the body", "Check the secret, and check the raw bytes.")
    return _event(found["X-GitHub-Delivery"], body)


def verify_bearer(tokens: str | Sequence[str], headers: Headers, body: bytes) -> WebhookEvent:
    """The event of a delivery that carries one of ``tokens`` in ``Authorization: Bearer …``.

    Whoever sees one delivery can make others: the body is not signed. Raises as :func:`verify`.
    """
    listed = [tokens] if isinstance(tokens, str) else list(tokens)
    if not all(listed) or not listed:
        raise ConfigurationError("there is no token", field="secret", hint="Take the one that the sender has.")
    _check_body(body)
    found = _found(headers, (ID, "Authorization"))
    kind, _, given = found["Authorization"].partition(" ")
    right = False
    for one in listed:
        right |= hmac.compare_digest(one.encode(), given.strip().encode("utf-8", "backslashreplace"))
    if not right or kind.lower() != "bearer":
        raise _refused("the token in Authorization is not the right one", "Give sender and receiver the same.")
    return _event(found[ID], body)


def _check_body(body: bytes) -> None:
    if not isinstance(body, bytes):
        raise _refused("the body is not bytes", "Pass the raw body of the request, not what was parsed of it.")


def _found(headers: Headers, names: Sequence[str]) -> dict[str, str]:
    """The values of the headers, each of which stands there once."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    wanted = {name.lower(): name for name in names}
    found: dict[str, str] = {}
    for name, value in pairs:
        known = wanted.get(_text(name).lower())
        if known is not None:
            if known in found:
                raise _refused(f"the header {known} stands there twice")
            found[known] = _text(value)
    for name in names:
        if not found.get(name):
            raise _refused(f"the header {name} is missing")
    return found


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _event(id: str, body: bytes) -> WebhookEvent:
    try:
        said = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _refused("it is signed, but its body is not JSON in UTF-8") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str) or "data" not in said:
        raise _refused("it is signed, but its body is no event", "An event has type, timestamp and data.")
    try:
        moment = dt.datetime.fromisoformat(said["timestamp"])
    except (KeyError, TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _refused("it is signed, but the timestamp of its event is no time with a zone")
    return WebhookEvent(id, said["type"], moment, said["data"])


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _refused(what: str, hint: str = "") -> SignatureError:
    return SignatureError(f"the delivery is not accepted: {what}", hint=hint)
