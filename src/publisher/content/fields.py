"""What front matter fields mean: each value checked, with the field and its line in every error."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from publisher.content.frontmatter import Head
from publisher.errors import ContentError
from publisher.models.article import Image, Status

__all__ = ["Fields", "date_from_text", "read_fields"]

_T = TypeVar("_T")

_DATE = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)[ \t]*(?P<zone>[^\s\d].*)?)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[-+])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
_DATE_FORMS = "Write it like 2026-05-01, 2026-05-01 09:30, 2026-05-01T09:30:00+02:00 or 2026-05-01 09:30 Europe/Berlin."
_STATUSES = ", ".join(status.value for status in Status)


class Fields(NamedTuple):
    """The fields of an article that its front matter gives; empty where it says nothing."""

    id: str
    title: str
    slug: str
    status: Status
    date: dt.datetime | None
    excerpt: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    image: Image | None
    extra: dict[str, Any]


def read_fields(head: Head, path: Path | None) -> Fields:
    """The meaning of a head.

    ``status`` is draft, published, scheduled or private; ``draft: true`` and ``published: false`` mean draft.
    ``tags`` and ``categories`` are lists, or one text that is parted at its commas (a blank parts nothing: "static
    sites" is one tag). Of ``excerpt``, ``summary`` and ``description`` the first one counts, as of ``image`` and
    ``cover``, and of ``categories`` and ``category``; the others, and all that has no meaning here, go to ``extra``.

    Raises :class:`ContentError` with file, line and field; if several fields are wrong, one error lists them all.
    """
    reader = _Reader(head, path)
    status = reader.status()
    fields = Fields(
        id=reader.read(_text, "id") or "",
        title=reader.read(_text, "title") or "",
        slug=reader.read(_slug, "slug") or "",
        status=status,
        date=reader.read(_date, "date"),
        excerpt=reader.read(_text, "excerpt", "summary", "description") or "",
        tags=reader.read(_names, "tags") or (),
        categories=reader.read(_names, "categories", "category") or (),
        image=reader.read(_image, "image", "cover"),
        extra={},
    )
    if status is Status.SCHEDULED and head.values.get("date") is None:
        reader.fault("status", "a scheduled article needs a date", f"Add a date. {_DATE_FORMS}")
    reader.raise_faults()
    return fields._replace(extra={name: value for name, value in head.values.items() if name not in reader.used})


class _Wrong(Exception):  # noqa: N818 - a word between functions of this module
    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


class _Reader:
    """Reads one field after the other and collects what is wrong with them."""

    def __init__(self, head: Head, path: Path | None) -> None:
        self.head, self.path = head, path
        self.used: set[str] = set()
        self.faults: list[ContentError] = []

    def read(self, take: Callable[[Any, Any], _T], *names: str) -> _T | None:
        """The first of these fields that says something; ``None`` if none does, or if it is wrong."""
        for name in names:
            if self.head.values.get(name) is None:
                self.used.add(name)
                continue
            self.used.add(name)
            try:
                return take(self.head.values[name], self.head.texts[name])
            except _Wrong as wrong:
                self.fault(name, wrong.what, wrong.hint)
                return None
        return None

    def status(self) -> Status:
        written = self.read(_status, "status")
        drafts = {name: self.read(_flag, name) for name in ("draft", "published")}
        is_draft = {name: said if name == "draft" else not said for name, said in drafts.items() if said is not None}
        for name, draft in is_draft.items():
            if draft and written not in (None, Status.DRAFT):
                self.fault(name, f"it says draft, but the status is {written}", "Keep one of the two.")
            elif name == "published" and not draft and written is Status.DRAFT:
                self.fault(name, "it says published, but the status is draft", "Keep one of the two.")
        if is_draft.get("draft") is False and is_draft.get("published") is True:
            return written or Status.PUBLISHED
        return written or (Status.DRAFT if any(is_draft.values()) else Status.PUBLISHED)

    def fault(self, field: str, what: str, hint: str) -> None:
        line = self.head.lines.get(field)
        self.faults.append(ContentError(what, hint=hint, path=self.path, line=line, field=field))

    def raise_faults(self) -> None:
        if not self.faults:
            return
        faults = sorted(self.faults, key=lambda fault: fault.line or 0)
        first, others = faults[0], faults[1:]
        if not others:
            raise first
        listed = " ".join(
            f"And {fault.field}{f' in line {fault.line}' if fault.line else ''}: {fault.what}. {fault.hint}"
            for fault in others
        )
        raise ContentError(
            first.what, hint=f"{first.hint} {listed}", path=self.path, line=first.line, field=first.field
        )


def _text(value: Any, text: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _Wrong(f"a text is needed, found {value!r}", "Put it in quotes if it is meant as text.")
    return str(text).strip()


def _slug(value: Any, text: Any) -> str:
    slug = _text(value, text)
    if re.search(r"[\s/?#\\]", slug):
        raise _Wrong(
            f"a slug is one part of an address, found {slug!r}", "Leave out blanks and the characters / ? # and \\."
        )
    return slug


def _flag(value: Any, text: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"true or false is needed, found {value!r}", "Write true or false, without quotes.")
    return value


def _status(value: Any, text: Any) -> Status:
    try:
        return Status(value)
    except ValueError:
        raise _Wrong(f"there is no status {value!r}", f"Use one of {_STATUSES}.") from None


def _names(value: Any, text: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        listed = [_text(one, written) for one, written in zip(value, text, strict=True) if one is not None]
    else:
        listed = _text(value, text).split(",")
    return tuple(name.strip() for name in listed if name.strip())


def _image(value: Any, text: Any) -> Image | None:
    if isinstance(value, str):
        return Image(src=value.strip()) if value.strip() else None
    allowed = "Write its path or address, or the fields src, alt and caption."
    if not isinstance(value, dict):
        raise _Wrong(f"an image is needed, found {value!r}", allowed)
    unknown = [name for name in value if name not in Image.model_fields]
    if unknown:
        raise _Wrong(f"an image has no field {unknown[0]!r}", allowed)
    given = {name: _text(one, text[name]) for name, one in value.items() if one is not None}
    if not given.get("src"):
        raise _Wrong("the image has no src", allowed)
    return Image(**given)


def _date(value: Any, text: Any) -> dt.datetime:
    try:
        return date_from_text(str(text))
    except ValueError as error:
        raise _Wrong(f"{str(text)!r} is no date ({error})", _DATE_FORMS) from None


def date_from_text(text: str) -> dt.datetime:
    """A date, a date and time, or one in any zone (offset, ``Z`` or a name). Without a zone it stays naive.

    Raises :class:`ValueError` with the reason.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError("not a form that is known")
    day = dt.date(*(int(part) for part in found["date"].split("-")))
    if found["time"] is None:
        return dt.datetime.combine(day, dt.time())
    hours, minutes, *seconds = found["time"].replace(",", ".").split(":")
    second, _, fraction = (seconds[0] if seconds else "0").partition(".")
    time = dt.time(int(hours), int(minutes), int(second), int(fraction[:6].ljust(6, "0") or 0))
    return dt.datetime.combine(day, time, _zone(found["zone"].strip()) if found["zone"] else None)


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
