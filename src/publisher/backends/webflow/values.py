"""Values of fields: checked and written as each type wants them, and compared as Webflow may have rewritten them.

Source: https://developers.webflow.com/data/docs/working-with-the-cms/manage-collections-and-items
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from publisher.backends.webflow.richtext import canonical, same
from publisher.backends.webflow.schema import Field
from publisher.errors import ContentError

__all__ = ["EMPTY", "LONGEST", "Refer", "essence", "is_same", "normal", "paragraph", "value_for"]

#: Webflow tells no limit for names and slugs; longer ones than these have not been seen to work.
LONGEST = {"name": 256, "slug": 256}

#: What empties a field, by its type.
EMPTY: Mapping[str, Any] = {"PlainText": "", "RichText": "", "MultiReference": [], "Switch": False}

#: The ids of the items with these names; names that are not there yet are no concern of a check.
Refer = Callable[[Field, Sequence[str]], list[str]]

_COLOUR = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl)a?\([^()]*\)|[a-z]+", re.IGNORECASE)


def value_for(field: Field, value: Any, refer: Refer) -> Any:
    """A value as ``field`` is written with it. ``value`` is text, HTML for rich text, a number, a flag, a moment, a
    list of names, or what an Image holds.

    Raises :class:`ContentError` where the field cannot hold it.
    """
    if value is None or value == "" or value == [] or value == ():
        return EMPTY.get(field.type)
    match field.type:
        case "PlainText":
            return _plain(field, value)
        case "RichText":
            return value if isinstance(value, str) else _wrong(field, value, "text")
        case "Switch":
            return value if isinstance(value, bool) else _wrong(field, value, "true or false")
        case "Number":
            return _number(field, value)
        case "DateTime":
            return _moment(field, value)
        case "Option":
            return _option(field, value)
        case "Reference":
            return next(iter(refer(field, _items(field, value)[:1])), None)
        case "MultiReference":
            return refer(field, _items(field, value))
        case "Image":
            return value if isinstance(value, Mapping) else _image(field, value)
        case "Email":
            return value if isinstance(value, str) and "@" in value else _wrong(field, value, "an e-mail address")
        case "Color":
            good = isinstance(value, str) and _COLOUR.fullmatch(value.strip())
            return value if good else _wrong(field, value, "a colour such as #1a2b3c")
        case "Link" | "VideoLink":
            good = isinstance(value, str) and re.match(r"(?:https?://|mailto:|tel:|/|#)", value)
            return value if good else _wrong(field, value, "an address that begins with https://")
        case "Phone":
            return value if isinstance(value, str) else str(value)
    raise ContentError(
        f"fields of the type {field.type} cannot be written from an article",
        field=field.slug,
        hint="Map this to a field of another type.",
    )


def _plain(field: Field, value: Any) -> str:
    if isinstance(value, dt.datetime):
        text = value.isoformat()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        text = ", ".join(str(one) for one in value)
    elif isinstance(value, Mapping):
        _wrong(field, value, "text")
    else:
        text = value if isinstance(value, str) else json.dumps(value)
    most = _limit(field, "maxLength") or LONGEST.get(field.slug)
    if most is not None and len(text) > most:
        raise ContentError(
            f"it has {len(text)} characters, and the field {field.slug!r} holds {most:g}",
            field=field.slug,
            hint="Make it shorter.",
        )
    least = _limit(field, "minLength")
    if least is not None and len(text) < least:
        _wrong(field, text, f"at least {least:g} characters")
    if field.validations.get("singleLine") is True and "\n" in text.strip():
        _wrong(field, text, "a single line")
    return text


def _number(field: Field, value: Any) -> float:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None or number != number or number in (float("inf"), float("-inf")):
        _wrong(field, value, "a number")
    if field.validations.get("format") == "integer" and not number.is_integer():
        _wrong(field, value, "a whole number")
    least, most = _limit(field, "minValue"), _limit(field, "maxValue")
    if field.validations.get("allowNegative") is False:
        least = max(least or 0.0, 0.0)
    if (least is not None and number < least) or (most is not None and number > most):
        said = " and ".join(
            f"{word} {bound:g}" for word, bound in (("at least", least), ("at most", most)) if bound is not None
        )
        _wrong(field, value, f"a number that is {said}")
    return int(number) if number.is_integer() else number


def _moment(field: Field, value: Any) -> str:
    moment = value
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            _wrong(field, value, "a date such as 2026-03-01T09:30:00Z")
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        moment = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    if not isinstance(moment, dt.datetime):
        _wrong(field, value, "a date such as 2026-03-01T09:30:00Z")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _option(field: Field, value: Any) -> str:
    names = _names(field, value)
    label, options = names[0], field.options
    found = options.get(label) or next(
        (one for name, one in options.items() if name.casefold() == label.casefold()), None
    )
    if found is None:
        labels = ", ".join(repr(one) for one in options) or "none"
        raise ContentError(
            f"the field {field.slug!r} has no option {label!r}",
            field=field.slug,
            hint=f"Its options are {labels}. Use one of them, or add it in the settings of the collection.",
        )
    return found


def _names(field: Field, value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Sequence) and all(isinstance(one, str) for one in value):
        return list(value)
    raise _fault(field, value, "a name, or a list of names")


def _items(field: Field, value: Any) -> list[str]:
    """The names of items; a blank one is none."""
    return [name for name in _names(field, value) if name.strip()]


def _image(field: Field, value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return {"url": value}
    raise _fault(field, value, "the address of an image")


def _wrong(field: Field, value: Any, wanted: str) -> NoReturn:
    raise _fault(field, value, wanted)


def _fault(field: Field, value: Any, wanted: str) -> ContentError:
    shown = repr(value) if len(repr(value)) < 80 else f"{repr(value)[:80]}…"
    return ContentError(
        f"the field {field} takes {wanted}, and not {shown}", field=field.slug, hint="Correct it in the article."
    )


def _limit(field: Field, name: str) -> float | None:
    found = field.validations.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def normal(field: Field | None, value: Any) -> Any:
    """What is left of a value when Webflow has rewritten it; all that is empty is None."""
    if value is None or value in ("", [], {}, False):
        return None
    match field.type if field is not None else "":
        case "RichText":
            return list(canonical(str(value)))
        case "Image":
            # The address changes, and an imported file has another id than any before it.
            return [value.get("fileId"), value.get("alt") or ""] if isinstance(value, Mapping) else str(value)
        case "DateTime":
            return _as_moment(value)
        case "Email":
            return str(value).lower()
        case "Link" | "VideoLink":
            return str(value).rstrip("/")
        case "Number":
            return float(value) if isinstance(value, int | float) else str(value)
        case "MultiReference":
            return sorted(map(str, value)) if isinstance(value, list) else str(value)
        case "PlainText":
            return "\n".join(str(value).split("\r\n")).strip()
    return value


def _as_moment(value: Any) -> Any:
    try:
        return dt.datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return str(value)


def is_same(field: Field | None, ours: Any, theirs: Any) -> bool:
    """Whether ``theirs`` is what Webflow may have made of ``ours``."""
    if field is not None and field.type == "RichText":
        return same(ours or "", theirs or "")
    if field is not None and field.type == "Image" and isinstance(ours, Mapping) and "fileId" not in ours:
        return isinstance(theirs, Mapping) and (theirs.get("alt") or "") == (ours.get("alt") or "")
    return bool(normal(field, ours) == normal(field, theirs))


def essence(field: Field | None, value: Any) -> Any:
    """What evidence holds of a value: small, and the same for whatever Webflow makes of it."""
    left = normal(field, value)
    if field is not None and field.type == "RichText" and left is not None:
        # Without the embeds, which may not be told when an item is read.
        return hashlib.sha256(str(left[0]).encode()).hexdigest()
    return left


def paragraph(text: str) -> str:
    """Plain text as rich text."""
    return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in text.split("\n\n") if part.strip())
