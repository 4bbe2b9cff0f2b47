"""Dates as authors write them, in any zone."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["DATE_FORMS", "date_from_text"]

#: The forms that :func:`date_from_text` reads, for a message.
DATE_FORMS = "Write it like 2026-05-01, 2026-05-01 09:30, 2026-05-01T09:30:00+02:00 or 2026-05-01 09:30 Europe/Berlin."

_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"[ \t]*(?P<zone>[^\s\d].*)?)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[-+])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")


def date_from_text(text: str) -> dt.datetime:
    """A date, a date and time, or one in any zone (offset, ``Z`` or a name). Without a zone it stays naive.

    A date without a time is its midnight. Raises :class:`ValueError` with the reason.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError("not a form that is known")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if year < "1000":
        # Such as the 0001-01-01 that stands for "no date": in another zone it would lie before all dates.
        raise ValueError("no such year can be meant")
    date = (int(year), int(month), int(day))
    # A naive date means the zone of the target's site.
    if hour is None:
        return dt.datetime(*date)  # noqa: DTZ001
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    tzinfo = _zone(zone.strip()) if zone else None
    return dt.datetime(*date, int(hour), int(minute), int(second or 0), micros, tzinfo)  # noqa: DTZ001


@lru_cache(maxsize=256)
def _zone(name: str) -> dt.tzinfo:
    if name.upper() in ("Z", "UTC", "GMT"):
        return dt.UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        away = dt.timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return dt.timezone(-away if offset["sign"] == "-" else away)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, no name of a zone, the name of a group of zones
        raise ValueError(f"no time zone is called {name}") from None
