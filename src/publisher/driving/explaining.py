"""Says in words why no answer came, and what a person can do about it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from publisher.driving.guard import AddressRefusedError
from publisher.driving.redaction import redact


class Explained(NamedTuple):
    """What happened, and what to do about it: empty where nobody can say."""

    why: str
    remedy: str


_LATE = "The server is slow or busy, or something on the way swallows the request. Try again later."

#: What the phases of a request end with.
_PHASES: dict[type[Exception], tuple[str, str]] = {
    httpx.ConnectTimeout: ("the connection timed out", _LATE),
    httpx.ReadTimeout: ("the answer did not come in time", _LATE),
    httpx.WriteTimeout: ("the request could not be sent in time", _LATE),
    httpx.PoolTimeout: ("no connection was free in time", ""),
    httpx.RemoteProtocolError: ("the server closed the connection without an answer", "Try again later."),
    TimeoutError: ("the answer did not end in time", _LATE),
}


def explain(error: Exception, request: httpx.Request) -> Explained:
    """What happened, in words; never the exception itself, which carries the request and its credentials."""
    if isinstance(error, httpx.ConnectError):
        said, remedy = _no_connection(error, request)
    else:
        unknown = (f"{type(error).__name__}: {error}", "")
        said, remedy = next((words for kind, words in _PHASES.items() if isinstance(error, kind)), unknown)
    return Explained(redact(f"{request.method} {request.url.netloc.decode()}{request.url.path}: {said}"), remedy)


def is_certificate_trouble(error: BaseException) -> bool:
    """Whether the other side could not prove who it is: no later try will change that."""
    return _certificate(error) is not None or "CERTIFICATE_VERIFY_FAILED" in str(error)


def _no_connection(error: httpx.ConnectError, request: httpx.Request) -> tuple[str, str]:
    host = request.url.host
    if isinstance(error, AddressRefusedError):
        return str(error), "Give a public address, with https. Private ones can be allowed while developing."
    if any(isinstance(one, socket.gaierror) for one in _causes(error)):
        return (
            f"no connection, because there is no computer of the name {host} ({error})",
            "Check the address for a typing mistake, and that this computer is online.",
        )
    if any(isinstance(one, ConnectionRefusedError) for one in _causes(error)):
        return (
            f"no connection, because no server listens there ({error})",
            "Check the address and its port, and whether the site opens in a browser on this computer.",
        )
    if is_certificate_trouble(error):
        proof = _certificate(error)
        reason = proof.verify_message if proof is not None else str(error)
        return (
            f"no TLS connection, because the certificate of {host} is not to be trusted ({reason})",
            "Have the host renew or mend its certificate. For one of your own making, pass verify= with its CA.",
        )
    if request.url.scheme == "https" and (not str(error) or "SSL" in str(error)):
        return (
            f"no TLS connection ({str(error) or 'the other side ended it'}); does the site speak https there?",
            "Open the address in a browser; without https there, the address begins with http://.",
        )
    return (
        f"no connection ({error})",
        "Check the address and its port, and whether the site opens in a browser on this computer.",
    )


def _certificate(error: BaseException) -> ssl.SSLCertVerificationError | None:
    return next((one for one in _causes(error) if isinstance(one, ssl.SSLCertVerificationError)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came of."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _causes(one)
        error = error.__cause__ or error.__context__
