"""Which field of the collection takes what of an article: as the caller says, and a guess for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slugify import slugify

from publisher.backends.webflow.schema import Collection, Field
from publisher.errors import ConfigurationError

__all__ = ["CUSTOM", "REFERENCES", "FieldMap", "field_map", "part_of"]

_TEXT = frozenset({"PlainText", "RichText", "Link", "Email", "Phone", "VideoLink", "Color", "Option", "Number"})
_NAMES = frozenset({"Reference", "MultiReference", "Option", "PlainText"})
REFERENCES = frozenset({"Reference", "MultiReference"})
_IMAGE = frozenset({"Image"})
_MOMENT = frozenset({"DateTime", "PlainText"})
_FLAG = frozenset({"Switch"})
_PLAIN = frozenset({"PlainText"})

#: What a custom field (``meta``) can be written to.
_ANY = _TEXT | _NAMES | _MOMENT | _FLAG | _IMAGE


class _Part(NamedTuple):
    """A part of an article: the types of fields that can hold it, and how such a field is mostly called.

    ``guessed`` are the types that a guess considers, and with ``first`` any field of these types will do.
    """

    types: frozenset[str]
    guessed: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()
    first: bool = False


PARTS: Mapping[str, _Part] = {
    "title": _Part(_TEXT, ("PlainText",), ("name",)),
    "slug": _Part(_PLAIN, ("PlainText",), ("slug",)),
    "key": _Part(_PLAIN, ("PlainText",), ("source-id", "source-key", "publisher-id", "publisher-key")),
    "body": _Part(frozenset({"RichText"}), ("RichText",), ("body", "post-body", "content"), first=True),
    "cover": _Part(_IMAGE, ("Image",), ("cover", "cover-image", "main-image", "featured-image", "image"), first=True),
    "excerpt": _Part(_TEXT, ("PlainText",), ("excerpt", "summary", "post-summary", "short-description", "description")),
    "updated": _Part(_MOMENT, ("DateTime",), ("updated", "updated-on", "last-updated", "modified")),
    "date": _Part(
        _MOMENT, ("DateTime",), ("date", "publish-date", "published", "published-on", "post-date"), first=True
    ),
    "author": _Part(
        _TEXT | _NAMES, ("Reference", "MultiReference", "PlainText", "Option"), ("author", "author-name", "post-author")
    ),
    "category": _Part(
        _NAMES, ("Reference", "MultiReference", "Option", "PlainText"), ("category", "categories", "topic", "topics")
    ),
    "tags": _Part(_NAMES, ("MultiReference", "Reference", "PlainText"), ("tags", "tag")),
    "seo_title": _Part(_TEXT, ("PlainText",), ("seo-title", "meta-title")),
    "seo_description": _Part(_TEXT, ("PlainText",), ("seo-description", "meta-description")),
    "seo_image": _Part(_IMAGE, ("Image",), ("seo-image", "og-image", "open-graph-image", "social-image")),
    "canonical": _Part(_TEXT, ("Link", "PlainText"), ("canonical", "canonical-url")),
    "noindex": _Part(_FLAG, ("Switch",), ("noindex", "no-index")),
    "sticky": _Part(_FLAG, ("Switch",), ("sticky", "pinned", "featured")),
    "language": _Part(_TEXT, ("PlainText", "Option"), ("language",)),
    "type": _Part(_TEXT, ("Option", "PlainText"), ("type", "post-type")),
    "template": _Part(_TEXT),
    "parent": _Part(_TEXT),
}

#: Other names by which the parts go in front matter.
_ALIASES = {"image": "cover", "categories": "category", "name": "title", "seo.title": "seo_title",
            "seo.description": "seo_description", "seo.image": "seo_image", "seo.canonical": "canonical",
            "seo.noindex": "noindex", "summary": "excerpt", "id": "key"}  # fmt: skip

#: What stands before the name of a custom field.
CUSTOM = "meta."


class FieldMap(NamedTuple):
    """The field for each part of an article that has one.

    ``guessed`` are the parts that nobody named a field for, ``left_out`` those that shall have none.
    """

    collection: Collection
    fields: Mapping[str, Field]
    guessed: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    @property
    def key(self) -> Field | None:
        """The hidden field that holds the mark of our articles."""
        return self.fields.get("key")

    def custom(self, name: str) -> Field | None:
        """The field for a custom field of an article: the named one, else one of that slug which nothing else has.

        What refers to other items has to be named.
        """
        named = self.fields.get(f"{CUSTOM}{name}")
        if named is not None:
            return named
        found = self.collection.field(slugify(name))
        taken = {field.slug for field in self.fields.values()}
        return None if found is None or found.slug in taken or found.type not in _ANY - REFERENCES else found

    @property
    def unfilled(self) -> list[Field]:
        """The required fields that nothing is mapped to. An article's ``meta`` may fill them."""
        filled = {field.slug for field in self.fields.values()} | {"name", "slug"}
        return [one for one in self.collection.fields if one.required and one.slug not in filled]

    def field(self, slug: str) -> Field | None:
        return self.collection.field(slug)


def part_of(name: str) -> str:
    """The part of an article that goes by a name."""
    return _ALIASES.get(name, name)


def field_map(collection: Collection, given: Mapping[str, str | None]) -> FieldMap:
    """The fields for the parts of articles; a part that is given as None gets none.

    Raises :class:`ConfigurationError` that says everything which is wrong with what was given.
    """
    wanted = {part_of(part): slug for part, slug in given.items()}
    fields: dict[str, Field] = {}
    wrong: list[str] = []
    for part, slug in wanted.items():
        if not slug:
            continue
        field = collection.field(slug)
        types = PARTS[part].types if part in PARTS else _ANY if part.startswith(CUSTOM) else None
        able = [str(one) for one in collection.of_type(*types) if one.editable] if types else []
        has = f"the collection {collection.name!r} has {', '.join(able) or 'none that can hold it'}"
        if types is None:
            wrong.append(f"articles have no part {part!r} (they have {', '.join(PARTS)}, meta.…)")
        elif field is None:
            wrong.append(f"there is no field {slug!r} for {part!r}: {has}")
        elif field.type not in types:
            can = ", ".join(sorted(types))
            wrong.append(f"the field {field} cannot hold {part!r}, which needs one of {can}: {has}")
        elif part != "title" and any(taken.slug == slug for taken in fields.values()):
            other = next(name for name, taken in fields.items() if taken.slug == slug)
            wrong.append(f"the field {slug!r} is given for both {other!r} and {part!r}")
        else:
            fields[part] = field
    if wanted.get("slug", "slug") != "slug":
        wrong.append("the slug of an article always goes to the field 'slug'")
    if wrong:
        raise ConfigurationError(
            "; ".join(wrong),
            field="fields",
            hint="fields= maps parts of articles to slugs of fields, which stand in the settings of the collection.",
        )
    guesses = _guess(collection, fields, set(wanted))
    left_out = frozenset(part for part, slug in wanted.items() if not slug)
    return FieldMap(collection, {**fields, **guesses}, frozenset(guesses), left_out)


def _guess(collection: Collection, given: Mapping[str, Field], decided: set[str]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for part, about in PARTS.items():
        if part in decided or not about.guessed:
            continue
        taken = {field.slug for field in (*given.values(), *found.values())}
        free = [field for field in collection.of_type(*about.guessed) if field.slug not in taken and field.editable]
        by_slug = {field.slug: field for field in free}
        named = next((by_slug[slug] for slug in about.slugs if slug in by_slug), None)
        others = [field for field in free if not _is_named_for_another(field, part)]
        field = named or (others[0] if about.first and others else None)
        if field is not None:
            found[part] = field
    return found


def _is_named_for_another(field: Field, part: str) -> bool:
    return any(field.slug in about.slugs for name, about in PARTS.items() if name != part)
