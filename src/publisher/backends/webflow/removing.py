"""Items taken off the site, or deleted, a hundred in a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from publisher.backends.steps import Flow, Lost
from publisher.backends.webflow.answers import refusal
from publisher.backends.webflow.items import Place
from publisher.errors import PublisherError, UnreachableError
from publisher.models import Subject

__all__ = ["deleted", "remove", "take_down", "unreachable"]


def take_down(place: Place, items: Mapping[Subject, str]) -> Flow[dict[Subject, PublisherError]]:
    """Unpublish items, which stay as drafts; why which could not be."""
    return (yield from remove(place, f"{place.path}/live", items, {"fields": {"status": "draft"}}))


def remove(
    place: Place, path: str, items: Mapping[Subject, str], evidence: Mapping[str, Any]
) -> Flow[dict[Subject, PublisherError]]:
    """``DELETE`` for all at once. A 404 may be the echo of our own lost first try: then each alone."""
    if not items:
        return {}
    about = dict.fromkeys(items, evidence)
    answer = yield from place.site.change(
        "DELETE", path, "replace", about, {"items": [{"id": item} for item in items.values()]}
    )
    if isinstance(answer, Lost):
        return dict.fromkeys(items, unreachable(answer))
    if answer.status_code == 401:
        raise refusal(answer)
    if answer.status_code in (400, 404, 409) and len(items) > 1:
        failed: dict[Subject, PublisherError] = {}
        for subject, item in items.items():
            failed |= yield from remove(place, path, {subject: item}, evidence)
        return failed
    if deleted(answer):
        return {}
    return dict.fromkeys(items, refusal(answer))


def deleted(answer: httpx.Response) -> bool:
    """Whether a ``DELETE`` did its work, now or in a try whose answer was lost."""
    return not answer.is_error or answer.status_code == 404


def unreachable(lost: Lost) -> UnreachableError:
    return UnreachableError(f"Webflow gave no usable answer: {lost.why}", hint="Run again.")
