"""What a plan says of articles whose time is yet to come, at targets that cannot schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import anyio.to_thread

from publisher.backends.base import Backend
from publisher.errors import PublisherError
from publisher.models import Action, Article, Status
from publisher.publishing.laying import Planned

__all__ = ["with_times"]


async def with_times(backend: Backend, plan: Sequence[Planned], now: float) -> list[Planned]:
    """The plan, with the time from which a run will show what this one only stores. ``now`` is in Unix seconds.

    Only articles that would be written are read for that.
    """
    if backend.capabilities.schedules:
        return list(plan)
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    return await anyio.to_thread.run_sync(lambda: [_with_time(backend, planned, moment) for planned in plan])


def _with_time(backend: Backend, planned: Planned, now: dt.datetime) -> Planned:
    action = planned.action
    if action.error is not None or action.action not in (Action.CREATE, Action.UPDATE):
        return planned
    try:
        due = _due(planned.entry.load().at(backend.target), now)
    except PublisherError:
        return planned  # told when it is published, or when differences are asked for
    if due is None:
        return planned
    said = f"{action.reason}; it is stored as a draft, and a run at or after {due} publishes it"
    return replace(planned, action=replace(action, reason=said))


def _due(article: Article, now: dt.datetime) -> str | None:
    """The article's time in words, where it is yet to come. Without a zone it is that of the site, which is not known
    here."""
    if article.date is None or article.status not in (Status.SCHEDULED, Status.PUBLISHED):
        return None
    if article.date.tzinfo is None:
        waits, zone = article.date.replace(tzinfo=dt.UTC) > now, " (the site's time)"
    else:
        waits, zone = article.date > now, ""
    said = article.date.isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{said}{zone}" if waits else None
