"""What is doubtful about the fields of an article: its dates, and a cover without words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from publisher.content.images.finding import Mention
from publisher.models.article import Image, Status
from publisher.models.checkup import Finding

__all__ = ["about_fields"]

#: Nobody schedules an article for later than this: it is a slip of the pen.
FAR = dt.timedelta(days=366)
#: A date without a zone is that of the site, which is at most so far from ours.
_ZONES = dt.timedelta(hours=14)


def about_fields(values: Mapping[str, Any], now: dt.datetime, mentions: Mapping[str, Mention]) -> Iterator[Finding]:
    """Warnings about the fields of an article, as far as they are known; each names its field.

    ``mentions`` tells where the cover is named.
    """
    date, status = values.get("date"), values.get("status", Status.PUBLISHED)
    if isinstance(date, dt.datetime):
        earliest = date if date.tzinfo else date.replace(tzinfo=dt.UTC)
        latest = earliest if date.tzinfo else earliest + _ZONES
        if status is Status.SCHEDULED and latest < now:
            yield _warning(
                "past schedule",
                f"the article is scheduled for {date.isoformat(' ', 'minutes')}, which has passed: it is shown at once",
                "Write a later date, or status: published.",
                "date",
            )
        if earliest - now > FAR:
            yield _warning(
                "distant date",
                f"the date {date.date().isoformat()} is more than a year ahead, and nobody sees the article until then",
                "Check the year.",
                "date",
            )
    cover = values.get("image")
    if isinstance(cover, Image) and not cover.alt and "alt" not in cover.model_fields_set:
        place = mentions.get(cover.src)
        alt = _warning(
            "missing alt text",
            f"the cover {cover.src!r} has no alt text",
            "Write image: {src: …, alt: what it shows}; with alt: '' it is decoration.",
            (place and place.field) or "image",
        )
        yield replace(alt, line=place.line if place else None)


def _warning(subject: str, what: str, remedy: str, field: str) -> Finding:
    return Finding(verdict="warning", subject=subject, what=what, remedy=remedy, field=field)
