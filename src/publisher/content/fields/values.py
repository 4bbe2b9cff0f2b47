"""Single values of a front matter, each checked. What is wrong is noted with its line, and reading goes on.

A reader takes a :class:`Found` and answers the value, or ``None`` after it noted a fault.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from publisher.content.fields.dates import DATE_FORMS, date_from_text
from publisher.content.frontmatter.parts import Place, plain, shown
from publisher.content.images.finding import Mention
from publisher.content.rules import LEAKS
from publisher.errors import ContentError
from publisher.models.article import CategoryPath, Image, Leak, Seo, Status

__all__ = ["Block", "Found", "Reading"]

_T = TypeVar("_T")

_QUOTES = "Put it in quotes if it is meant as text."
_NOT_IN_SLUG = re.compile(r"[\s/?#\\]")
# As good as every list holds nothing else, and then nothing can be wrong with it.
_ONLY_TEXTS = frozenset({str})
_STATUSES = {one.value: one for one in Status}
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # the language
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*"  # script, region, variants
    r"(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?",  # extensions, private use
    re.IGNORECASE,
)


class Reading:
    """One head while it is read: where its values stand, what is wrong with them, and the images that it names."""

    def __init__(self, line_of: Callable[[Place], int | None], path: Path | None, category_separator: str) -> None:
        self.line_of, self.path, self.category_separator = line_of, path, category_separator
        self.faults: list[ContentError] = []
        self.images: list[Mention] = []

    def wrong(self, place: Place, what: str, hint: str) -> None:
        """Note a fault at a place of the head."""
        line = self.line_of(place)
        self.faults.append(ContentError(what, hint=hint, path=self.path, line=line, field=_dotted(place)))

    def names(self, image: str, place: Place) -> None:
        """Note that an image is named at a place of the head."""
        self.images.append(Mention(image, self.line_of(place), _dotted(place)))


def _dotted(place: Place) -> str:
    return ".".join(part for part in place if isinstance(part, str))


class Found(NamedTuple):
    """A value that is not null, and the place where it was found."""

    value: Any
    place: Place
    reading: Reading

    def at(self, part: str | int) -> Found:
        """The value of a field, or a member of a list."""
        return Found(self.value[part], (*self.place, part), self.reading)

    def wrong(self, what: str, hint: str) -> None:
        """Note that this value is wrong."""
        self.reading.wrong(self.place, what, hint)


class Block:
    """A mapping whose fields are read one after the other; ``used`` are the names that were asked for."""

    def __init__(self, values: Mapping[str, Any], place: Place, reading: Reading) -> None:
        self.values, self.place, self.reading = values, place, reading
        self.used: set[str] = set()

    def find(self, *names: str) -> Found | None:
        """The first of these fields that says something."""
        for name in names:
            value = self.values.get(name)
            self.used.add(name)
            if value is not None:
                return Found(value, (*self.place, name), self.reading)
        return None

    def take(self, read: Callable[[Found], _T | None], *names: str) -> _T | None:
        """The value of the first of these fields that says something."""
        found = self.find(*names)
        return None if found is None else read(found)

    def only(self, noun: str, allowed: str) -> None:
        """Note every field that nobody asked for."""
        for name in self.values:
            if name not in self.used:
                self.reading.wrong((*self.place, name), f"{noun} has no field {name!r}", allowed)


def text(found: Found) -> str | None:
    """A text; a number is the text that was written."""
    value = found.value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    found.wrong(f"a text is needed, found {shown(value)}", _QUOTES)
    return None


def line(found: Found) -> str | None:
    """A text of one line: line ends become blanks."""
    said = text(found)
    return " ".join(part.strip() for part in said.split("\n")) if said and "\n" in said else said


def slug(found: Found) -> str | None:
    """One part of an address."""
    said = text(found)
    if said and _NOT_IN_SLUG.search(said):
        found.wrong(
            f"a slug is one part of an address, found {shown(said)}",
            "Leave out blanks and the characters / ? # and \\.",
        )
        return None
    return said


def flag(found: Found) -> bool | None:
    """A boolean; a text in quotes is none."""
    if isinstance(found.value, bool):
        return found.value
    found.wrong(f"true or false is needed, found {shown(found.value)}", "Write true or false, without quotes.")
    return None


def published(found: Found) -> bool | None:
    """The ``published`` of Jekyll, which is a boolean; some write a date there."""
    try:
        date_from_text(str(found.value))
    except ValueError:
        return flag(found)
    found.wrong(
        f"true or false is needed, found the date {shown(found.value)}",
        f"Write it as 'date: {found.value}', and published: true or nothing.",
    )
    return None


def status(found: Found) -> Status | None:
    """One of the words for a status."""
    known = _STATUSES.get(found.value) if isinstance(found.value, str) else None
    if known is None:
        found.wrong(f"there is no status {shown(found.value)}", f"Use one of {', '.join(_STATUSES)}.")
    return known


def date(found: Found) -> dt.datetime | None:
    """A date in any of the forms of :func:`.dates.date_from_text`."""
    try:
        return date_from_text(str(found.value))
    except ValueError as error:
        found.wrong(f"{shown(found.value)} is no date ({error})", DATE_FORMS)
    return None


def _members(found: Found) -> list[Found]:
    """The members of a list that say something."""
    return [found.at(number) for number, one in enumerate(found.value) if one is not None]


def _texts(found: Found) -> list[str]:
    """The members of a list as texts; those that are none are noted and left out."""
    if _ONLY_TEXTS.issuperset(map(type, found.value)):
        return list(found.value)
    return [text(one) or "" for one in _members(found)]


def names(found: Found) -> tuple[str, ...] | None:
    """A list of names, or one text that is parted at its commas (a blank parts nothing)."""
    if isinstance(found.value, list):
        listed = _texts(found)
    elif isinstance(found.value, dict):
        found.wrong(f"names are needed, found fields: {shown(found.value)}", "Write a list: [one, two].")
        return None
    else:
        listed = (text(found) or "").split(",")
    return tuple(filter(None, map(str.strip, listed)))


def categories(found: Found) -> tuple[CategoryPath, ...] | None:
    """Categories by name; a list within the list is a path from the outermost parent on.

    A name is parted at the category separator where the project, or an argument, sets one.
    """
    if not isinstance(found.value, list):
        return tuple(path for name in names(found) or () if (path := _parted(name, found)))
    if not found.reading.category_separator and _ONLY_TEXTS.issuperset(map(type, found.value)):
        return tuple((name,) for name in filter(None, map(str.strip, found.value)))
    paths: list[CategoryPath | None] = []
    for one in _members(found):
        if isinstance(one.value, list):
            paths.append(_path([text(name) for name in _members(one)], one) if one.value else None)
        else:
            paths.append(_parted(text(one) or "", one))
    return tuple(path for path in paths if path)


def _parted(name: str, found: Found) -> CategoryPath | None:
    separator = found.reading.category_separator
    if not separator or separator not in name:
        return (name,) if name else None
    return _path(name.split(separator), found)


def _path(parts: Sequence[str | None], found: Found) -> CategoryPath | None:
    """The parts as a path; ``None`` among them is a part whose fault is noted already."""
    path = tuple(part.strip() for part in parts if part is not None)
    if path and all(path):
        return path
    if len(path) == len(parts):
        found.wrong(
            f"a category in this path has no name, found {shown(found.value)}", "Write the parents and the category."
        )
    return None


def image(found: Found) -> Image | None:
    """A path or an address, or the fields of an :class:`Image`. An empty text is no image."""
    allowed = "Write its path or address, or the fields src, alt and caption."
    if isinstance(found.value, str):
        src = found.value.strip()
        if src:
            found.reading.names(src, found.place)
        return Image(src=src) if src else None
    if not isinstance(found.value, dict):
        found.wrong(f"an image is needed, found {shown(found.value)}", allowed)
        return None
    block = Block(found.value, found.place, found.reading)
    given = {name: block.take(text, name) or "" for name in Image.model_fields}
    block.only("an image", allowed)
    if given["src"]:
        found.reading.names(given["src"], (*found.place, "src"))
        # What is not written stays unset: an alt text that is empty on purpose says that the image is decoration.
        return Image(**{name: value for name, value in given.items() if found.value.get(name) is not None})
    if found.value.get("src") in (None, ""):
        found.wrong("the image has no src", allowed)
    return None


def seo(found: Found) -> dict[str, Any] | None:
    """The fields of :class:`Seo` that are given."""
    allowed = f"It may have the fields {', '.join(Seo.model_fields)}."
    if not isinstance(found.value, dict):
        found.wrong(f"fields are needed, found {shown(found.value)}", allowed)
        return None
    block = Block(found.value, found.place, found.reading)
    given = {
        "title": block.take(line, "title"),
        "description": block.take(line, "description"),
        "canonical": block.take(address, "canonical"),
        "noindex": block.take(flag, "noindex"),
        "image": block.take(text, "image"),
    }
    block.only("seo", allowed)
    if given["image"]:
        found.reading.names(str(given["image"]), (*found.place, "image"))
    return {name: value for name, value in given.items() if value is not None}


def address(found: Found) -> str | None:
    """A full http or https address."""
    said = text(found)
    if not said:
        return said
    try:
        parts = urlsplit(said)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        usable = False
    if not usable or re.search(r"\s", said):
        found.wrong(f"a full address is needed, found {shown(said)}", "Write it like https://example.com/page.")
        return None
    return said


def language(found: Found) -> str | None:
    """A tag of the shape of BCP 47 (https://www.rfc-editor.org/rfc/rfc5646#section-2.1)."""
    said = found.value.strip() if isinstance(found.value, str) else None
    if said is None or (said and not _LANGUAGE.fullmatch(said)):
        found.wrong(f"a language is needed, found {shown(found.value)}", "Write its tag, like en, pt-BR or zh-Hant.")
        return None
    return said


def meta(found: Found) -> dict[str, Any] | None:
    """Custom fields: names and JSON values."""
    if not isinstance(found.value, dict):
        found.wrong(f"fields are needed, found {shown(found.value)}", "Write one 'name: value' a line below it.")
        return None
    kept: dict[str, Any] = plain(found.value)
    return kept


def leaks(found: Found) -> tuple[Leak, ...] | None:
    """Kinds of leaks, as :class:`publisher.Article` knows them."""
    kinds: list[Leak] = []
    members = _members(found) if isinstance(found.value, list) else [found]
    for one in members:
        kind = next((known for known in LEAKS if known == one.value), None)
        if kind is None:
            one.wrong(f"there is no leak {shown(one.value)} to allow", f"Write a list of: {', '.join(LEAKS)}.")
        else:
            kinds.append(kind)
    return tuple(kinds)
