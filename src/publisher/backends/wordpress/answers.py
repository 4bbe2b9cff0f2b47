"""Reading what WordPress says, also where it does not say it well.

Sources: https://developer.wordpress.org/rest-api/ for the shape of errors; the rest was measured on WordPress 6.1 and
7.1: PHP notices may stand before the JSON, and then the status is 200 and the true one only in ``data.status``.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

import httpx

from publisher.backends.base import Verdict
from publisher.errors import AuthenticationError, PublisherError, RefusedError, UnexpectedAnswerError
from publisher.models import Effect

#: Codes of a 500 that is an answer and not an accident: the same request gets it again, and nothing was stored.
_PERMANENT_500 = {"rest_upload_sideload_error", "rest_upload_unknown_error", "empty_term_name", "db_insert_error"}

#: Codes of a 4xx that comes after the post was stored, for a meta key.
_AFTER_STORING = {"rest_cannot_update", "rest_invalid_type"}

#: One of these is in every object that is asked for and has no id, and one of those beside each id.
_TOLD = {"responses", "namespaces", "deleted"}
_TOLD_BESIDE_ID = {"slug", "name", "capabilities"}

_TOO_LARGE = "The web server's or PHP's limit for uploads is smaller than this."

# How an object of the API's begins, or a list of them.
_BEGINS = re.compile(r"""(?:\[\s*)?\{\s*"[^"\\]*"\s*:""")

_UNREADABLE = object()
_decoder = json.JSONDecoder()

NOT_LOGGED_IN = (
    "Three things look alike here. Either the user name or the application password is wrong (the name is the login or "
    "the e-mail, not the password's label). Or the web server drops the Authorization header (with Apache, add "
    "'SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1' to .htaccess). Or application passwords are switched off, "
    "by a security plugin or because the site is not served over https."
)


def value_of(answer: httpx.Response) -> Any:
    """The JSON of an answer, looked for behind PHP output as well. Raises :class:`UnexpectedAnswerError`."""
    value = _json(answer.text)
    if value is _UNREADABLE:
        kind = answer.headers.get("content-type", "no content type").split(";")[0]
        raise UnexpectedAnswerError(
            f"{answer.request.method} {answer.request.url.path} was answered {answer.status_code} with {kind}, "
            f"not JSON: {excerpt(answer.text)!r}",
            status=answer.status_code,
            hint=_TOO_LARGE
            if answer.status_code == 413
            else "A firewall, a login page or a caching plugin may stand before the REST API; look at that address.",
        )
    return value


def beside_json(answer: httpx.Response) -> str:
    """The beginning of what stands before or behind the JSON of an answer, such as a notice of PHP's; mostly empty."""
    text = answer.text.strip("\ufeff \r\n\t")
    if text[:1] not in ("{", "["):
        return excerpt(text.partition("{")[0], 100)
    return excerpt(text.rpartition("}")[2].lstrip("]"), 100)


def _json(text: str) -> Any:
    # Output of plugins, PHP notices and byte-order marks may stand before the JSON, and other output after it.
    for start in (match.start() for match in re.finditer(r"[\[{]", text)):
        try:
            value, end = _decoder.raw_decode(text, start)
        except ValueError:
            if _BEGINS.match(text, start):
                # An answer of which the end is missing: what lies whole inside it answers nothing.
                return _UNREADABLE
            continue
        alone = not text[:start].strip("\ufeff \r\n\t") or end == len(text.rstrip())
        if alone or error_in(value) is not None or _is_told(value):
            return value
    return _UNREADABLE


def _is_told(value: Any) -> bool:
    """Whether a value is one that the API tells, and not some JSON in a page that was told instead."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) and _is_told(one) for one in value)
    if not isinstance(value, dict):
        return False
    return not (_TOLD_BESIDE_ID if isinstance(value.get("id"), int) else _TOLD).isdisjoint(value)


def error_in(value: Any) -> dict[str, Any] | None:
    """The error that a JSON value describes; None if it is none."""
    if isinstance(value, dict) and isinstance(value.get("code"), str) and "message" in value:
        return value
    return None


def status_of(status: int, error: dict[str, Any]) -> int:
    """The status that was meant: PHP output before the JSON turns all into 200."""
    data = error.get("data")
    meant = data.get("status") if isinstance(data, dict) else None
    return meant if isinstance(meant, int) and status < 400 else status


def classify(answer: httpx.Response, effect: Effect) -> Verdict:
    """What an answer means for a request; see :meth:`publisher.backends.base.Backend.classify`."""
    if answer.request.method == "HEAD" and answer.status_code >= 500:
        return "permanent"  # many a server knows no HEAD, and has no better answer to it: GET tells
    value = _json(answer.text)
    if answer.status_code == 429 or (answer.status_code == 503 and "retry-after" in answer.headers):
        return "transient"
    if answer.status_code == 413:
        return "permanent"  # the web server did not even read it
    if value is _UNREADABLE and answer.request.method != "HEAD":
        unknown = effect == "create" or answer.status_code >= 500 or (effect == "replace" and answer.is_success)
        return "ambiguous" if unknown else "permanent"
    error = error_in(value)
    if error is None:
        if answer.status_code < 300:
            told = isinstance(value, dict) or effect != "create"
            return "settled" if told else "ambiguous"
        return "permanent" if answer.status_code < 500 else "ambiguous"
    return classify_error(status_of(answer.status_code, error), error["code"], effect)


def classify_error(status: int, code: str, effect: Effect) -> Verdict:
    """What an error of the REST API means for the request, alone or inside a batch."""
    if code in _PERMANENT_500:
        return "permanent"
    if status >= 500 or status == 408:
        return "ambiguous"
    if effect == "create" and code in _AFTER_STORING:
        return "ambiguous"
    return "permanent"


def refusal(status: int, error: dict[str, Any]) -> PublisherError:
    """What WordPress said no to, as an error of ours with what to do about it."""
    status, code = status_of(status, error), str(error["code"])
    said = excerpt(str(error.get("message", "")))
    data = error["data"] if isinstance(error.get("data"), dict) else {}
    params = data.get("params")
    if isinstance(params, dict):
        said = f"{said} ({'; '.join(f'{name}: {excerpt(str(text))}' for name, text in params.items())})"
    if "rest_forbidden_status" in json.dumps(data.get("details")):
        # It looks at this before it looks at who asks: what was learned about the user may not hold any more.
        return UnexpectedAnswerError(
            f"WordPress does not let us see what is not public: {said}",
            status=status,
            code=code,
            hint="The user's role may not write posts of this type (pages need an editor); see Users in wp-admin.",
        )
    if status == 401:
        return AuthenticationError(
            f"WordPress does not know who we are: {said}", hint=NOT_LOGGED_IN, status=status, code=code
        )
    hints = {
        403: "The user of the application password lacks the right for it; see its role under Users in wp-admin.",
        404: "Check the address of the site, and that no plugin closes its REST API.",
        413: _TOO_LARGE,
    }
    return RefusedError(f"WordPress refused it: {said}", status=status, code=code, hint=hints.get(status, ""))


def excerpt(text: str, length: int = 200) -> str:
    """The words at the beginning of a text that may hold HTML."""
    plain = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
    return plain if len(plain) <= length else f"{plain[:length]}…"
