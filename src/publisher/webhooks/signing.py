"""Signatures over the exact bytes that are sent.

A secret is ``whsec_`` and base64; the key is what the base64 stands for, not its text. What is signed is
``{id}.{timestamp}.{body}``. Source: the specification of Standard Webhooks 1.0.0, sections on signatures.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Sequence

from publisher.errors import ConfigurationError

#: One secret, or several while they are being changed: the newest first.
Secrets = str | Sequence[str]

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
GITHUB_HEADER = "X-Hub-Signature-256"

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
#: The year 3000 in seconds: what is above it was meant as milliseconds.
_TOO_LATE = 32_503_680_000


def new_secret() -> str:
    """A new secret of 32 random bytes, in the form that all libraries for Standard Webhooks take."""
    return _PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def sign(secrets: Secrets, id: str, timestamp: int | dt.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a delivery: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``.

    ``id`` stays the same when the same event is sent again; ``timestamp`` is that of the attempt, in whole Unix seconds
    or as an aware datetime of any zone; ``body`` are the bytes that will be sent. With several ``secrets`` there is one
    signature for each.

    Raises :class:`ConfigurationError` for a secret that is none, an id with other signs than ``A-Z a-z 0-9 _ -``, or a
    timestamp without a zone or in milliseconds.
    """
    keys = keys_of(secrets)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", id):
        raise ConfigurationError(
            f"{id[:80]!r} cannot be the id of a webhook", field="id", hint="Use letters, digits, '_' and '-' only."
        )
    if not isinstance(body, bytes):
        raise ConfigurationError("the body is not bytes", field="body", hint="Sign the very bytes that are sent.")
    seconds = str(_seconds(timestamp))
    signatures = " ".join(signature(key, id, seconds, body) for key in keys)
    return {ID: id, TIMESTAMP: seconds, SIGNATURE: signatures}


def sign_github(secret: str, id: str, body: bytes, *, header: str = GITHUB_HEADER) -> dict[str, str]:
    """The headers of a delivery as GitHub signs it: HMAC-SHA256 over the body alone, in hexadecimal.

    The key is the secret as text, whatever it looks like. Neither the time nor the id is signed, so that a recorded
    delivery can be sent again by anybody: use :func:`sign` where the receiver can.
    Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """
    return {header: github_signature(secret, body), "X-GitHub-Delivery": id}


def signature(key: bytes, id: str, seconds: str, body: bytes) -> str:
    """One entry of the signature header."""
    mac = hmac.digest(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def github_signature(secret: str, body: bytes) -> str:
    """The value of GitHub's header. Raises :class:`ConfigurationError` for an empty secret."""
    if not secret:
        raise ConfigurationError("the secret is empty", field="secret", hint="Take the one that the receiver has.")
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def keys_of(secrets: Secrets) -> list[bytes]:
    """The keys that secrets stand for. Raises :class:`ConfigurationError`, which never shows them."""
    listed = [secrets] if isinstance(secrets, str) else list(secrets)
    if not listed:
        raise ConfigurationError("there is no secret", field="secret", hint="Make one with new_secret().")
    if not all(isinstance(secret, str) for secret in listed):
        raise ConfigurationError("a secret is text", field="secret", hint="Decode it, if it was read as bytes.")
    return [_key(secret) for secret in listed]


def _key(secret: str) -> bytes:
    hint = "Make one with publisher.webhooks.new_secret(), and give the receiver the same."
    if secret.startswith(("whsk_", "whpk_")):
        raise ConfigurationError("the secret is half of a key pair, which is not supported", field="secret", hint=hint)
    if not secret.startswith(_PREFIX):
        raise ConfigurationError(f"the secret does not begin with {_PREFIX!r}", field="secret", hint=hint)
    text = secret.removeprefix(_PREFIX)
    try:
        key = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # also for what is not ASCII
        key = None
    if key is None or base64.b64encode(key).decode() != text:
        raise ConfigurationError(f"the secret is not base64 behind {_PREFIX!r}", field="secret", hint=hint)
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ConfigurationError(
            f"the secret has {len(key)} bytes, and {_SHORTEST} to {_LONGEST} are needed", field="secret", hint=hint
        )
    return key


def _seconds(timestamp: int | dt.datetime) -> int:
    if isinstance(timestamp, dt.datetime):
        if timestamp.utcoffset() is None:
            raise ConfigurationError(
                "the time has no zone", field="timestamp", hint="Give it one, for example datetime.now(UTC)."
            )
        return int(timestamp.timestamp())
    if not isinstance(timestamp, int) or not 0 <= timestamp < _TOO_LATE:
        raise ConfigurationError(
            f"{timestamp!r} is no time in whole Unix seconds", field="timestamp", hint="Use int(time.time())."
        )
    return timestamp
