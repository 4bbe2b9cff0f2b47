"""The fields that a front matter may give: those of the article, and the same for single targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from publisher.content.fields import values as read
from publisher.content.fields.values import Block, Found
from publisher.models.article import Status

__all__ = ["NAMES", "given", "spellings"]

#: Each field of an article, how it is read, and the names that it goes by: the first that says something counts.
_FIELDS: dict[str, tuple[Callable[[Found], Any], tuple[str, ...]]] = {
    "title": (read.line, ("title",)),
    "slug": (read.slug, ("slug",)),
    "date": (read.date, ("date",)),
    "updated": (read.date, ("updated", "lastmod", "last_modified_at")),
    "excerpt": (read.text, ("excerpt", "summary", "description")),
    "tags": (read.names, ("tags",)),
    "categories": (read.categories, ("categories", "category")),
    "author": (read.line, ("author",)),
    "image": (read.image, ("image", "cover")),
    "seo": (read.seo, ("seo",)),
    "language": (read.language, ("language",)),
    "type": (read.line, ("type",)),
    "template": (read.line, ("template",)),
    "parent": (read.line, ("parent",)),
    "sticky": (read.flag, ("sticky",)),
    "meta": (read.meta, ("meta",)),
}

#: All names of fields that may differ between targets.
NAMES = (*(name for _, names in _FIELDS.values() for name in names), "status", "draft", "published")


#: Each name of a field with its rank: one of a higher rank counts where those before it say nothing.
_RANKED = {name: (field, read_it, rank) for field, (read_it, ns) in _FIELDS.items() for rank, name in enumerate(ns)}


def spellings(field: str) -> tuple[str, ...]:
    """The names by which a field of an article goes in front matter."""
    return _FIELDS[field][1] if field in _FIELDS else (field,)


_AS_IT_IS = frozenset({read.text, read.line})
_STATUS = frozenset({"status", "draft", "published"})


def given(block: Block) -> dict[str, Any]:
    """The fields of an article that a mapping gives, of those that may also differ between targets."""
    values: dict[str, Any] = {}
    others: list[tuple[int, str]] = []
    for name, value in block.values.items():
        field, reader, rank = _RANKED.get(name, _UNKNOWN)
        if rank < 0:
            continue
        if rank and value is not None:
            others.append((rank, name))
            continue
        block.used.add(name)
        if type(value) is str and reader in _AS_IT_IS and "\n" not in value:
            values[field] = value.strip()  # most fields of most articles: nothing can be wrong with them
        elif value is not None:
            values[field] = reader(Found(value, (*block.place, name), block.reading))
    for _, name in sorted(others):
        field, reader, _ = _RANKED[name]
        if field not in values:
            values[field] = block.take(reader, name)
    if not _STATUS.isdisjoint(block.values):
        status = _status(block)
        if status is not None:
            values["status"] = status
    return values


_UNKNOWN: tuple[str, Callable[[Found], Any], int] = ("", read.text, -1)


def _status(block: Block) -> Status | None:
    written = block.take(read.status, "status")
    if "draft" not in block.values and "published" not in block.values:
        return written
    draft = block.take(read.flag, "draft")
    published = block.take(read.published, "published")
    is_draft = {
        name: said
        for name, said in (
            ("status", None if written is None else written is Status.DRAFT),
            ("draft", draft),
            ("published", None if published is None else not published),
        )
        if said is not None
    }
    if not is_draft:
        return None
    first, counts = next(iter(is_draft.items()))
    for name, said in is_draft.items():
        if said != counts:
            what = f"it says {_WORD[said]}, but {first} says {written or _WORD[counts]}"
            block.reading.wrong((*block.place, name), what, "Keep one of the two.")
    return written or (Status.DRAFT if counts else Status.PUBLISHED)


_WORD = {True: "draft", False: "published"}
