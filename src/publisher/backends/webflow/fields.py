"""What an item holds for an article: every field checked before anything is sent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slugify import slugify

from publisher.backends.base import Known, mark
from publisher.backends.webflow.losing import not_kept
from publisher.backends.webflow.mapping import CUSTOM, REFERENCES, FieldMap
from publisher.backends.webflow.richtext import left, moved
from publisher.backends.webflow.schema import Field
from publisher.backends.webflow.values import paragraph, value_for
from publisher.errors import ConfigurationError, ContentError, PublisherError, error_from_record
from publisher.models import Article, Change, Image, Job, Status, Subject
from publisher.rendering import Placed as PlacedImage
from publisher.rendering import render

__all__ = [
    "Wish",
    "check_article",
    "due_at",
    "in_article",
    "item_slug",
    "stale_terms",
    "term",
    "terms_of",
    "used_terms",
    "wish_for",
]

#: The parts of an article as its front matter calls them.
_SPELLED = {"cover": "image", "category": "categories"}

#: The fields that hold one of several names.
_SINGLE = ("Reference", "Option")


class Wish(NamedTuple):
    """What shall stand in Webflow for a job.

    ``fields`` by slug, ``shown`` whether readers shall see it, ``due`` (Unix seconds) when a later run shall show it;
    ``losses`` is what the article says and the collection has no place for, or holds in another way. ``sources`` are
    the addresses of images that Webflow fetches itself, by field.
    """

    fields: Mapping[str, Any]
    shown: bool
    due: float | None = None
    losses: tuple[Change, ...] = ()
    sources: Mapping[str, str] = {}


def item_slug(slug: str) -> str:
    """A slug as Webflow takes it: lower case letters, digits, dashes and underscores."""
    return slug if re.fullmatch(r"[a-z0-9_-]+", slug) else slugify(slug, regex_pattern=r"[^a-z0-9_-]+") or slug


def term(part: str, name: str) -> Subject:
    """The need of an item with a name, in whatever collection the part's field refers to."""
    return Subject("term", f"{part}:{' '.join(name.split()).casefold()}")


def terms_of(article: Article, custom: Sequence[str]) -> dict[Subject, str]:
    """The names that may have to be items, as the article spells them; ``custom`` are the custom fields looked at."""
    found: dict[Subject, str] = {}
    named = {"tags": article.tags, "category": [path[-1] for path in article.categories]}
    named["author"] = [article.author] if article.author else []
    for name in custom:
        value = article.meta.get(name)
        some = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        named[f"{CUSTOM}{name}"] = [one for one in some if isinstance(one, str) and one.strip()]
    for part, names in named.items():
        for name in names:
            found.setdefault(term(part, name), name)
    return found


def used_terms(article: Article, fields: FieldMap, custom: Sequence[str]) -> dict[Subject, str]:
    """Those of the names that are written: a MultiReference holds all, a Reference the first, another field no item."""
    used: dict[Subject, str] = {}
    full: set[str] = set()
    for need, name in terms_of(article, custom).items():
        part = need.name.partition(":")[0]
        field = fields.fields.get(part)
        if field is None or field.type not in REFERENCES or part in full:
            continue
        used[need] = name
        if field.type == "Reference":
            full.add(part)
    return used


def stale_terms(job: Job, fields: FieldMap, known: Known, custom: Sequence[str]) -> list[Subject]:
    """The terms that a job uses and that were placed for another collection than its field refers to now, or for none.

    None, where so far only articles had the name that do not write it.
    """
    used = used_terms(job.article, fields, custom) if job.article else ()
    return [need for need in used if known.placed[need].url != fields.fields[need.name.partition(":")[0]].refers_to]


def check_article(job: Job, fields: FieldMap, zone: str) -> None:
    """Raises :class:`ContentError` with everything about an article that the collection cannot hold."""
    if job.article is not None:
        _Writing(job, job.article, fields, zone, None).fields()


def wish_for(job: Job, fields: FieldMap, known: Known, zone: str) -> Wish:
    """What shall stand there for a create or update. Its needs are placed. Raises as :func:`check_article`."""
    assert job.article is not None
    writing = _Writing(job, job.article, fields, zone, known)
    written = writing.fields()
    due = due_at(job.article, zone)
    waits = due is not None and due > job.created
    article = job.article
    shown = not waits and article.status in (Status.PUBLISHED, Status.SCHEDULED)
    return Wish(written, shown, due if waits else None, tuple(writing.losses(written)), writing.sources)


def in_article(error: PublisherError, job: Job, fields: FieldMap) -> PublisherError:
    """What Webflow refused an article for, with the file and the field as its author knows them, and with the line of
    the body if that is meant, as it is by what is too large."""
    part = next((part for part, field in fields.fields.items() if field.slug == error.field), None)
    part = "body" if error.status == 413 else part
    if part is None or job.article is None:
        return error
    path = str(job.article.source.path) if job.article.source else error.path
    line = job.article.first_line if part == "body" else error.line
    return error_from_record(error.record() | {"path": path, "line": line, "field": _spelled(part)})


def due_at(article: Article, zone: str) -> float | None:
    """When an article shall be seen, in Unix seconds, if it says so."""
    if article.date is None or article.status not in (Status.SCHEDULED, Status.PUBLISHED):
        return None
    return _aware(article.date, zone).timestamp()


class _Writing:
    def __init__(self, job: Job, article: Article, fields: FieldMap, zone: str, known: Known | None) -> None:
        self.job = job
        self.article = article
        self.map = fields
        self.zone = zone
        self.known = known
        self.sources: dict[str, str] = {}
        self._part = ""

    def fields(self) -> dict[str, Any]:
        if "body" not in self.map.fields and self.article.body.strip() and "body" not in self.map.left_out:
            raise ConfigurationError(
                f"the collection {self.map.collection.name!r} has no RichText field for the body",
                field="fields",
                hint="Add one in the Designer, or publish without bodies: fields={'body': None}.",
            )
        written: dict[str, Any] = {}
        faults: list[ContentError] = []
        for part, field, value in self._values():
            self._part = part
            try:
                found = value_for(field, value(), self._refer)
            except ContentError as fault:
                faults.append(self._located(part, fault))
                continue
            # What an article does not say is nobody's but the site's own, unless it said something before.
            if found not in (None, "", []) and (found is not False or part.startswith(CUSTOM)):
                written[field.slug] = found
        for field in self.map.collection.fields:
            if field.required and field.slug not in written and field.type != "Switch":
                faults += self._missing(field, [fault.field for fault in faults])
        if faults:
            raise ContentError.of(faults)
        return written

    def losses(self, written: Mapping[str, Any]) -> Iterator[Change]:
        """What has no place there, and what is kept in another way."""
        article = self.article
        if written["slug"] != article.slug:
            yield Change(field="slug", sent=article.slug, stored=written["slug"])
        for part, value in self._parts().items():
            if part not in self.map.fields and value and part not in ("body", "language", "slug", "updated"):
                yield Change(field=_spelled(part), sent=_shown(value), stored="")
        for name, value in article.meta.items():
            if self.map.custom(name) is None:
                yield Change(field=f"{CUSTOM}{name}", sent=_shown(value), stored="")
        for part, image in (("cover", article.image), ("seo_image", self._seo_image())):
            if image is not None and part in self.map.fields and self._image(image) is None:
                yield Change(field=_spelled(part), sent=image.src, stored="")
        for part, names in self._several():
            yield Change(field=_spelled(part), sent=", ".join(names), stored=names[0])
        kept = article.categories if self._holds_many("category") else article.categories[:1]
        for path in kept:
            if len(path) > 1 and "category" in self.map.fields:
                yield Change(field="categories", sent="/".join(path), stored=path[-1])
        body = self.map.fields.get("body")
        text = written.get(body.slug, "") if body is not None else ""
        # Most texts are kept as they are, and need not be looked through block by block.
        there, amiss = not_kept(article) if moved(text) or left(text) else ((), ())
        for said, line in there:
            yield Change(field="body", sent=f"{said}, line {line}", stored="an embed")
        for said, line in amiss:
            yield Change(field="body", sent=f"{said}, line {line}", stored="left as it is")
        if article.status is Status.PRIVATE:
            yield Change(field="status", sent="private", stored="draft")

    def _several(self) -> Iterator[tuple[str, Sequence[str]]]:
        """The parts with more names than their field holds, which is the first."""
        for part, field, value in self._values():
            names = value() if field.type in _SINGLE else None
            if isinstance(names, list | tuple):
                said = [name for name in names if name.strip() or field.type == "Option"]
                if len(said) > 1:
                    yield part, said

    def _holds_many(self, part: str) -> bool:
        field = self.map.fields.get(part)
        return field is None or field.type not in _SINGLE

    def _values(self) -> Iterator[tuple[str, Field, Callable[[], Any]]]:
        """Every field with what it gets: the part it comes from, and the value, made when it is needed."""
        yield "title", Field("name", "PlainText", "Name"), lambda: self.article.title
        yield "slug", Field("slug", "PlainText", "Slug"), lambda: item_slug(self.article.slug)
        for part, value in self._parts().items():
            field = self.map.fields.get(part)
            if field is not None and field.slug not in ("name", "slug"):
                yield part, field, partial(self._written, part, field, value)
        for name, value in self.article.meta.items():
            field = self.map.custom(name)
            if field is not None:
                yield f"{CUSTOM}{name}", field, partial(_as_it_is, value)

    def _parts(self) -> dict[str, Any]:
        article, seo = self.article, self.article.seo
        return {
            "title": article.title,
            "slug": article.slug,
            "key": mark(self.job.key),
            "body": article.body,
            "cover": article.image,
            "excerpt": article.excerpt,
            "date": article.date and _aware(article.date, self.zone),
            "updated": article.updated and _aware(article.updated, self.zone),
            "author": article.author,
            "category": [path[-1] for path in article.categories],
            "tags": list(article.tags),
            "seo_title": seo.title,
            "seo_description": seo.description,
            "seo_image": self._seo_image(),
            "canonical": seo.canonical,
            "noindex": seo.noindex,
            "sticky": article.sticky,
            "language": article.language,
            "type": article.type,
            "template": article.template,
            "parent": article.parent,
        }

    def _seo_image(self) -> Image | None:
        return Image(src=self.article.seo.image) if self.article.seo.image else None

    def _written(self, part: str, field: Field, value: Any) -> Any:
        if part == "body":
            return self._rendered()
        if isinstance(value, Image):
            found = self._image(value)
            if found is not None and "fileId" not in found and "url" in found:
                self.sources[field.slug] = value.src
            return found
        if field.type == "RichText" and isinstance(value, str):
            return paragraph(value)
        return value

    def _rendered(self) -> str:
        placed = {src: self._placed(asset.id) for src, asset in self.article.assets.items()}
        return render(self.article, "webflow", {src: PlacedImage(url, file) for src, (file, url) in placed.items()})

    def _image(self, image: Image) -> dict[str, Any] | None:
        asset = self.article.assets.get(image.src)
        if asset is not None:
            file, url = self._placed(asset.id)
            return {"fileId": file, "url": url, "alt": image.alt}
        return {"url": image.src, "alt": image.alt} if image.src.startswith(("http://", "https://")) else None

    def _placed(self, asset: str) -> tuple[str, str]:
        if self.known is None:
            return "unknown", "https://unknown.invalid/"
        there = self.known.placed[Subject("asset", asset)]
        return there.remote_id, there.url

    def _refer(self, field: Field, names: Sequence[str]) -> list[str]:
        if self.known is None:
            return list(names)
        placed = [self.known.placed[term(self._part, name)].remote_id for name in names]
        return list(dict.fromkeys(placed))

    def _missing(self, field: Field, said: Sequence[str | None]) -> list[ContentError]:
        part = next((part for part, one in self.map.fields.items() if one.slug == field.slug), None)
        if (part and _spelled(part)) in said:
            return []
        called = _spelled(part) if part else f"meta: {{{field.slug}: …}}"
        what = f"the collection {self.map.collection.name!r} requires its field {field}, and the article gives it none"
        fault = ContentError(what, field=_spelled(part) if part else field.slug, hint=f"Write {called} in the article.")
        return [self._located(part or "", fault)]

    def _located(self, part: str, fault: ContentError) -> ContentError:
        path = self.article.source.path if self.article.source else fault.path
        # What is wrong with the body as a whole stands at its beginning; a field of the front matter is found later.
        line = fault.line or (self.article.first_line if part == "body" else None)
        field = _spelled(part) if part else fault.field
        return ContentError(fault.what, hint=fault.hint, path=path, line=line, field=field)


def _as_it_is(value: Any) -> Any:
    return value


def _spelled(part: str) -> str:
    return _SPELLED.get(part) or (part.replace("_", ".", 1) if part.startswith("seo_") else part)


def _shown(value: Any) -> str:
    if isinstance(value, Image):
        return value.src
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _aware(moment: dt.datetime, zone: str) -> dt.datetime:
    """A moment of the author's; without a zone it is the site's."""
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment.replace(tzinfo=dt.UTC)
