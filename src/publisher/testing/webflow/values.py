"""Which values a field takes, and what Webflow makes of them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import ImageColor

from publisher.testing.webflow.files import BadFileError, read_file, split_url
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import Problem
from publisher.testing.webflow.store import Collection, Store, StoredField

#: The slug and the name of an item may be this long. Webflow documents no number; clients assume this one.
LONGEST = 256

_SLUG = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"[+\d][\d\s().,/x#*;-]*")
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*[-\d.]+(deg)?%?(\s*[,/ ]\s*[-\d.]+%?){2,3}\s*\)", re.IGNORECASE)


class BadValueError(Exception):
    """The value does not fit its field; the text says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where values are read. ``skip_invalid_files`` drops files that cannot be used instead of refusing them."""

    store: Store
    collection: Collection
    quirks: Quirks
    skip_invalid_files: bool = True

    def values(self, given: Any, *, partial: bool) -> tuple[dict[str, Any], list[Problem]]:
        """``fieldData`` as it is stored, None for a field to clear; and everything that is wrong with it.

        ``partial`` is an update: what is not given stays as it is.
        """
        if not isinstance(given, dict):
            return {}, [Problem("fieldData", "Expected value to be an object")]
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for slug, value in given.items():
            field = self.collection.fields.get(slug)
            if field is None:
                if self.quirks.unknown_field == "refused":
                    problems.append(Problem(slug, "Field not described in schema: undefined"))
                continue
            try:
                values[slug] = None if value is None else _READERS[field.type](self, field, value)
                if value is None and field.required:
                    problems.append(Problem(slug, "Field is required"))
            except BadFileError as bad:
                if not bad.dropped(skip_invalid_files=self.skip_invalid_files):
                    problems.append(Problem(slug, str(bad)))
            except BadValueError as bad:
                problems.append(Problem(slug, str(bad)))
        if not partial:
            absent = [field for field in self.collection.fields.values() if field.required and field.slug not in given]
            problems += [Problem(field.slug, "Field is required") for field in absent]
        return values, problems


def _text(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    if field.required and not text.strip():
        raise BadValueError("Field is required")
    if field.validations.get("singleLine") and "\n" in text:
        raise BadValueError("Must be a single line")
    longest = field.validations.get("maxLength")
    if longest is not None and len(text) > longest:
        raise BadValueError(f"Must be at most {longest} characters long")
    shortest = field.validations.get("minLength")
    if shortest is not None and len(text) < shortest:
        raise BadValueError(f"Must be at least {shortest} characters long")
    if field.slug == "slug":
        text = text.replace(" ", "-").lower()
        if not _SLUG.fullmatch(text):
            raise BadValueError("Must be alphanumerical and not contain any spaces or special characters")
    return text


def _number(reading: Reading, field: StoredField, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadValueError("Expected value to be a number")
    rules = field.validations
    if rules.get("format") == "integer" and value != int(value):
        raise BadValueError("Expected value to be an integer")
    if rules.get("allowNegative") is False and value < 0:
        raise BadValueError("Must not be negative")
    if rules.get("allowZero") is False and value == 0:
        raise BadValueError("Must not be zero")
    if rules.get("minValue") is not None and value < rules["minValue"]:
        raise BadValueError(f"Must be at least {rules['minValue']}")
    if rules.get("maxValue") is not None and value > rules["maxValue"]:
        raise BadValueError(f"Must be at most {rules['maxValue']}")
    precision = rules.get("precision")
    return value if precision is None else round(value, precision)


def _switch(reading: Reading, field: StoredField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValueError("Expected value to be a boolean")
    return value


def _date(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    try:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadValueError("Expected value to be an ISO 8601 date") from None
    if not reading.quirks.normalises:
        return text
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _email(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    if not _EMAIL.fullmatch(text):
        raise BadValueError("Must be an e-mail address")
    return text.lower() if reading.quirks.normalises else text


def _phone(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    if not _PHONE.fullmatch(text):
        raise BadValueError("Must be a phone number")
    return text


def _link(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    parts = split_url(text)
    schemes = ("http", "https") if field.type == "VideoLink" else ("http", "https", "mailto", "tel")
    if parts.scheme not in schemes or not (parts.netloc or parts.scheme in ("mailto", "tel")) or " " in text:
        raise BadValueError("Must be a URL")
    return text.removesuffix("/") if reading.quirks.normalises else text


def _color(reading: Reading, field: StoredField, value: Any) -> str:
    text = _string(value)
    known = text.lower() in ImageColor.colormap or text.lower() == "transparent"
    if not (known or _HEX.fullmatch(text) or _FUNCTION.fullmatch(text)):
        raise BadValueError("Must be a colour")
    return text


def _option(reading: Reading, field: StoredField, value: Any) -> str:
    choice = _string(value)
    if choice not in field.options:
        raise BadValueError(f"Option not found: {value!r}")
    return choice


def _reference(reading: Reading, field: StoredField, value: Any) -> str:
    target = reading.store.collections.get(field.collection_id or "")
    if target is None or target.staged.get(_string(value), target.site.primary) is None:
        raise BadValueError(f"Referenced item not found: {value!r}")
    return str(value)


def _references(reading: Reading, field: StoredField, value: Any) -> list[str]:
    return [_reference(reading, field, entry) for entry in _list(value)]


def _file(reading: Reading, field: StoredField, value: Any) -> dict[str, Any]:
    return read_file(reading.store, reading.collection.site, reading.quirks, value, image=field.type == "Image")


def _images(reading: Reading, field: StoredField, value: Any) -> list[dict[str, Any]]:
    files = []
    for entry in _list(value):
        try:
            files.append(read_file(reading.store, reading.collection.site, reading.quirks, entry, image=True))
        except BadFileError as bad:
            if not bad.dropped(skip_invalid_files=reading.skip_invalid_files):
                raise
    return files


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValueError("Expected value to be a string")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadValueError("Expected value to be an array")
    return value


_READERS: Mapping[str, Callable[[Reading, StoredField, Any], Any]] = {
    "Color": _color,
    "DateTime": _date,
    "Email": _email,
    "ExtFileRef": _file,
    "File": _file,
    "Image": _file,
    "Link": _link,
    "MultiImage": _images,
    "MultiReference": _references,
    "Number": _number,
    "Option": _option,
    "Phone": _phone,
    "PlainText": _text,
    "Reference": _reference,
    "RichText": _text,
    "Switch": _switch,
    "VideoLink": _link,
}
