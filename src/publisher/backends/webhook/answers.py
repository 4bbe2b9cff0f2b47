"""What receivers answer: where the article now stands, if they say so, and what went wrong, if it did."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import httpx

from publisher.backends.webhook.settings import HOST
from publisher.errors import AuthenticationError, ConflictError, PublisherError, RefusedError, UnexpectedAnswerError

#: What is longer is no id and no address of an article.
_LONGEST_ID, _LONGEST_URL = 512, 2048
_LONGEST_ANSWER = 65_536

ACCEPTED, GONE = 202, 410


class Acknowledged(NamedTuple):
    """Where a receiver says that an article stands; None for what it does not say."""

    id: str | None = None
    url: str | None = None


def acknowledged(answer: httpx.Response) -> Acknowledged:
    """What an answer of 2xx says: ``{"id": …, "url": …}`` as JSON, else ``Location``, else nothing.

    Bad JSON is a success that says nothing. Addresses may be relative to that of the request; other schemes than http
    and https are no address. The ``Location`` of a 202 is where to ask later, and not where the article stands.
    """
    said = _json(answer)
    url = _url(answer, said.get("url"))
    id = _id(said.get("id"))  # noqa: A001 - the receiver's word
    if id is None and url is None and answer.status_code != ACCEPTED:
        url = id = _url(answer, answer.headers.get("location"))  # noqa: A001
    return Acknowledged(id, url)


def status_address(answer: httpx.Response) -> httpx.URL | None:
    """Where a receiver that answered 202 tells what became of it: ``status_url`` as JSON, else ``Location``.

    Only an address of the origin that was posted to counts: no receiver may have us ask somebody else.
    """
    told = _url(answer, _json(answer).get("status_url")) or _url(answer, answer.headers.get("location"))
    if told is None:
        return None
    url, origin = httpx.URL(told), answer.request.url
    same = (url.scheme, url.host, url.port) == (origin.scheme, origin.host, origin.port)
    return url if same else None


def refusal(answer: httpx.Response, about: str = "") -> PublisherError:
    """The error for an answer that is no 2xx; ``about`` is said before it."""
    status = answer.status_code
    said = f"{about}the receiver answered {status}{_excerpt(answer)}"
    if status in (401, 403):
        return AuthenticationError(
            said,
            status=status,
            hint="Check that sender and receiver have the same secret, and that nothing stands between.",
        )
    if status == 409:
        return ConflictError(said, status=status, hint="See what the receiver holds under this name.")
    hints = {
        400: "The receiver's own check of the signature may have failed; see its log.",
        404: "Check the address: nothing listens there.",
        405: "Check the address: what listens there takes no POST.",
        413: "It is too much for the receiver or for what stands before it: raise its limit, or send smaller images.",
        415: "The receiver does not take JSON.",
        422: "The receiver understood the event and will not have it; see its log.",
    }
    if status < 400:
        return UnexpectedAnswerError(
            f"{about}the receiver answered {status}, a redirect to {_away(answer)}; it is not followed",
            status=status,
            hint="Give the address that the receiver has now.",
        )
    return RefusedError(said, status=status, hint=hints.get(status, "See the log of the receiver."))


def _json(answer: httpx.Response) -> dict[str, Any]:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or len(answer.content) > _LONGEST_ANSWER:
        return {}
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        text = str(value).strip()
    except ValueError:  # a number of thousands of digits
        return None
    return text if text.isprintable() and 0 < len(text) <= _LONGEST_ID else None


def _url(answer: httpx.Response, value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        url = answer.request.url.join(value.strip())
    except httpx.InvalidURL:
        return None
    usable = url.scheme in ("http", "https") and HOST.fullmatch(url.host) and not url.userinfo
    return str(url) if usable and len(str(url)) <= _LONGEST_URL else None


def _away(answer: httpx.Response) -> str:
    return " ".join(answer.headers.get("location", "nowhere").split())[:200]


def _excerpt(answer: httpx.Response) -> str:
    text = " ".join("".join(char if char.isprintable() else " " for char in answer.text[:2000]).split())
    return f": {text[:200]}{'…' if len(text) > 200 else ''}" if text else ""
