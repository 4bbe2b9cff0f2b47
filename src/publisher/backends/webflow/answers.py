"""Reading what Webflow says.

Sources: https://developers.webflow.com/data/reference/error-handling and the official OpenAPI document. The entries of
``details`` are strings, ``{param, description}`` or ``{field, message}``, and ``code`` may be missing.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from publisher.backends.base import Verdict
from publisher.errors import AuthenticationError, PublisherError, RefusedError, UnexpectedAnswerError
from publisher.models import Effect

#: What Webflow says of a slug that another item has.
_TAKEN = "already in database"

_HINTS = {
    400: "Compare the collection's fields with what the article says; publisher.doctor shows how they are mapped.",
    403: "Make a token in the site settings (Apps & integrations, API access) with the scopes sites:read, cms:read, "
    "cms:write, assets:read and assets:write.",
    404: "Check site_id and collection_id, and that the token is of that site.",
    413: "Make the text shorter; what is large belongs into images.",
    409: "Publish the site once, in the Designer or the Editor, and run again. It is never published from here: that "
    "would put everything else live that is staged there.",
}


def value_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises what was refused, and :class:`UnexpectedAnswerError` for what is none."""
    if answer.is_error:
        raise refusal(answer)
    value = _json(answer)
    if value is None:
        kind = answer.headers.get("content-type", "no content type").split(";")[0]
        raise UnexpectedAnswerError(
            f"{answer.request.method} {answer.request.url.path} was answered {answer.status_code} with {kind}, "
            "and not with a JSON object",
            status=answer.status_code,
            hint="A proxy may stand before the API; check base_url.",
        )
    return value


def details(answer: httpx.Response) -> list[tuple[str, str]]:
    """What is wrong, entry by entry: the field (empty where none is named) and the words."""
    said = (_json(answer) or {}).get("details")
    found = []
    for one in said if isinstance(said, list) else []:
        if isinstance(one, dict):
            name = one.get("param") or one.get("field") or ""
            found.append((str(name), str(one.get("description") or one.get("message") or "")))
        else:
            found.append(("", str(one)))
    return found


def is_about_a_taken_slug(answer: httpx.Response) -> bool:
    """Whether it was refused because another item has the slug."""
    return answer.status_code == 400 and any(_TAKEN in words for _, words in details(answer))


def is_about_the_slug(answer: httpx.Response) -> bool:
    """Whether the slug is among what was refused."""
    return answer.status_code == 400 and any("slug" in f"{name} {words}".lower() for name, words in details(answer))


def refusal(answer: httpx.Response) -> PublisherError:
    """What Webflow said no to, as an error of ours with what to do about it."""
    value = _json(answer) or {}
    status, code = answer.status_code, value.get("code")
    wrong = details(answer)
    said = str(value.get("message") or answer.reason_phrase or "without a word")
    if wrong:
        said = f"{said} ({'; '.join(': '.join(part for part in one if part) for one in wrong)})"
    about: dict[str, Any] = {"status": status, "code": code if isinstance(code, str) else None}
    if status == 401:
        hint = "The token is wrong, was withdrawn, or ended: a site token does after a year without a request. Make a "
        return AuthenticationError(f"Webflow does not accept the token: {said}", hint=f"{hint}new one.", **about)
    field = wrong[0][0].removeprefix("fieldData.") if len(wrong) == 1 else ""
    if status >= 500 or (not value and status not in (404, 413)):
        return UnexpectedAnswerError(
            f"{answer.request.method} {answer.request.url.path} was answered {status}: {said}",
            hint="See https://status.webflow.com, and run again.",
            **about,
        )
    return RefusedError(f"Webflow refused it: {said}", field=field or None, hint=_HINTS.get(status, ""), **about)


def classify(answer: httpx.Response, effect: Effect) -> Verdict | None:
    """What an answer means for a request, where that is not what it means for any JSON API; else None.

    A 400 or 409 to a create of several items tells that something of it was refused: the good ones may stand. So the
    attempt stays open until the flow has looked.
    """
    status = answer.status_code
    if effect == "create" and status < 300 and _json(answer) is None:
        return "ambiguous"
    if effect == "create" and status in (400, 409):
        return "settled" if _json(answer) is not None and _is_bulk(answer.request) else "permanent"
    if effect == "read" and status < 300 and _json(answer) is None:
        return "ambiguous"
    return None


def _is_bulk(request: httpx.Request) -> bool:
    items = json.loads(request.content or b"{}").get("items")
    return isinstance(items, list) and len(items) > 1


def _json(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(answer.content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
