"""What the simulated Webflow keeps: sites, collections, items staged and live, assets."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, Protocol

from slugify import slugify

Row = dict[str, Any]

FieldType = Literal[
    "Color",
    "DateTime",
    "Email",
    "ExtFileRef",
    "File",
    "Image",
    "Link",
    "MultiImage",
    "MultiReference",
    "Number",
    "Option",
    "Phone",
    "PlainText",
    "Reference",
    "RichText",
    "Switch",
    "VideoLink",
]


class Now(Protocol):
    """Tells the time in Unix seconds; every :class:`publisher.driving.clock.Clock` does."""

    def now(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a collection, as somebody makes it in the Designer.

    ``slug`` comes from the display name unless it is given. ``options`` are the names of an Option field's choices,
    ``collection_id`` is what a Reference or MultiReference refers to. ``validations`` are as the API shows them:
    ``minLength``, ``maxLength``, ``singleLine``, and for numbers ``format``, ``precision``, ``allowNegative``,
    ``minValue``, ``maxValue``.
    """

    display_name: str
    type: FieldType = "PlainText"
    slug: str = ""
    required: bool = False
    help_text: str = ""
    options: Sequence[str] = ()
    collection_id: str | None = None
    validations: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class StoredField:
    """A field with its id. ``options`` maps the ids of choices to their names."""

    id: str
    slug: str
    type: FieldType
    display_name: str
    required: bool
    help_text: str
    editable: bool = True
    options: dict[str, str] = field(default_factory=dict)
    collection_id: str | None = None
    validations: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> Row:
        """As ``GET /collections/{id}`` lists it."""
        validations = dict(self.validations)
        if self.type == "Option":
            validations["options"] = [{"name": name, "id": choice} for choice, name in self.options.items()]
        if self.collection_id:
            validations["collectionId"] = self.collection_id
        return {
            "id": self.id,
            "isEditable": self.editable,
            "isRequired": self.required,
            "type": self.type,
            "slug": self.slug,
            "displayName": self.display_name,
            "helpText": self.help_text,
            "validations": validations or None,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One locale's variant of an item, staged or live. Times are Unix milliseconds; never changed, only replaced."""

    id: str
    locale: str
    created: int
    updated: int
    published: int | None
    draft: bool
    archived: bool
    fields: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.locale

    @property
    def slug(self) -> str:
        return str(self.fields["slug"])

    def shown(self) -> Row:
        """As the API answers it."""
        return {
            "id": self.id,
            "cmsLocaleId": self.locale,
            "lastPublished": moment_text(self.published),
            "lastUpdated": moment_text(self.updated),
            "createdOn": moment_text(self.created),
            "isArchived": self.archived,
            "isDraft": self.draft,
            "fieldData": dict(self.fields),
        }


class Shelf:
    """Items by id and locale, with an index of their slugs."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self._slugs: dict[tuple[str, str], str] = {}

    def get(self, id: str, locale: str) -> Item | None:
        return self.items.get((id, locale))

    def put(self, item: Item) -> Item:
        before = self.items.get(item.key)
        if before is not None:
            self._forget(before)
        self.items[item.key] = item
        self._slugs[item.locale, item.slug] = item.id
        return item

    def take(self, id: str, locale: str) -> Item | None:
        item = self.items.pop((id, locale), None)
        if item is not None:
            self._forget(item)
        return item

    def owner(self, slug: str, locale: str) -> str | None:
        """The id of the item that has a slug."""
        return self._slugs.get((locale, slug))

    def forget_field(self, slug: str) -> None:
        """A field is gone from the collection."""
        for key, item in self.items.items():
            if slug in item.fields:
                fields = {name: value for name, value in item.fields.items() if name != slug}
                self.items[key] = replace(item, fields=fields)

    def _forget(self, item: Item) -> None:
        if self._slugs.get((item.locale, item.slug)) == item.id:
            del self._slugs[item.locale, item.slug]


@dataclass(slots=True)
class Collection:
    """A collection. ``buried`` are the slugs of deleted items, by locale, that cannot be taken (again) yet."""

    id: str
    site: Site
    display_name: str
    singular_name: str
    slug: str
    created: int
    updated: int
    fields: dict[str, StoredField] = field(default_factory=dict)
    staged: Shelf = field(default_factory=Shelf)
    live: Shelf = field(default_factory=Shelf)
    buried: set[tuple[str, str]] = field(default_factory=set)

    def shown(self) -> Row:
        """As the list of collections has it, without fields."""
        return {
            "id": self.id,
            "displayName": self.display_name,
            "singularName": self.singular_name,
            "slug": self.slug,
            "createdOn": moment_text(self.created),
            "lastUpdated": moment_text(self.updated),
        }


@dataclass(frozen=True, slots=True)
class Locale:
    """A locale of a site; ``cms_id`` is the ``cmsLocaleId`` of items, which differs from the locale's own id."""

    id: str
    cms_id: str
    tag: str
    display_name: str

    def shown(self, *, primary: bool) -> Row:
        return {
            "id": self.id,
            "cmsLocaleId": self.cms_id,
            "enabled": True,
            "displayName": self.display_name,
            "displayImageId": None,
            "redirect": True,
            "subdirectory": "" if primary else self.tag.lower(),
            "tag": self.tag,
        }


@dataclass(slots=True)
class Domain:
    """A custom domain of a site."""

    id: str
    url: str
    published: int | None = None

    def shown(self) -> Row:
        return {"id": self.id, "url": self.url, "lastPublished": moment_text(self.published)}


@dataclass(slots=True)
class Site:
    """A site. ``published_subdomain`` is when it last went out to its webflow.io address, ``publish_call`` when the API
    was last asked to publish it (Unix seconds); ``imported`` are the URLs of files that were imported, by their id."""

    id: str
    workspace_id: str
    display_name: str
    short_name: str
    created: int
    updated: int
    locales: list[Locale]
    domains: list[Domain]
    published: int | None = None
    published_subdomain: int | None = None
    publish_call: float | None = None
    imported: dict[str, str] = field(default_factory=dict)

    @property
    def primary(self) -> str:
        """The ``cmsLocaleId`` that items have when none is given."""
        return self.locales[0].cms_id

    def shown(self) -> Row:
        primary, *secondary = self.locales
        return {
            "id": self.id,
            "workspaceId": self.workspace_id,
            "createdOn": moment_text(self.created),
            "displayName": self.display_name,
            "shortName": self.short_name,
            "lastPublished": moment_text(self.published),
            "lastUpdated": moment_text(self.updated),
            "previewUrl": f"https://screenshots.webflow.com/sites/{self.id}/preview.png",
            "timeZone": "Europe/Berlin",
            "parentFolderId": None,
            "customDomains": [domain.shown() for domain in self.domains],
            "locales": {
                "primary": primary.shown(primary=True),
                "secondary": [locale.shown(primary=False) for locale in secondary],
            },
            "dataCollectionEnabled": False,
            "dataCollectionType": "disabled",
        }


@dataclass(slots=True)
class StoredAsset:
    """A file. ``data`` is None between the registration and the upload."""

    id: str
    site: Site
    file_name: str
    content_type: str
    md5: str
    created: int
    updated: int
    folder: str | None = None
    display_name: str = ""
    alt: str | None = None
    data: bytes | None = None
    uploaded: float = 0.0


@dataclass(slots=True)
class Folder:
    """A folder for assets."""

    id: str
    site: Site
    display_name: str
    parent: str | None
    created: int
    updated: int


class Store:
    """Everything of one simulator. ``moment`` is the time of the request at hand, in Unix milliseconds.

    No two writes have the same moment, so that a later change shows in ``lastUpdated`` however fast it follows.
    """

    def __init__(self, clock: Now) -> None:
        self.clock = clock
        self.moment = 0
        self.sites: dict[str, Site] = {}
        self.collections: dict[str, Collection] = {}
        self.assets: dict[str, StoredAsset] = {}
        self.folders: dict[str, Folder] = {}
        #: Where files are looked at, and where they are uploaded.
        self.cdn = "https://cdn.webflow.test"
        self.uploads = "https://uploads.webflow.test"
        self._count = itertools.count(1)
        self.tick(clock.now())

    def tick(self, now: float) -> None:
        """A write begins."""
        self.moment = max(int(now * 1000), self.moment + 1)

    def new_id(self) -> str:
        """24 hexadecimal characters: seconds, a machine, a counter, as MongoDB makes them."""
        return f"{self.moment // 1000:08x}5e1f00d5ea{next(self._count):06x}"

    def add_field(self, collection: Collection, made: Field) -> StoredField:
        """A new field, whose slug is made unique."""
        wanted = made.slug or slugify(made.display_name) or "field"
        others = (f"{wanted}-{number}" for number in itertools.count(2))
        slug = next(slug for slug in itertools.chain([wanted], others) if slug not in collection.fields)
        options = {self.new_id(): name for name in made.options}
        stored = StoredField(
            id=self.new_id(),
            slug=slug,
            type=made.type,
            display_name=made.display_name,
            required=made.required,
            help_text=made.help_text,
            options=options,
            collection_id=made.collection_id,
            validations=dict(made.validations),
        )
        collection.fields[slug] = stored
        collection.updated = self.moment
        return stored


@lru_cache(maxsize=4096)
def moment_text(moment: int | None) -> str | None:
    """Unix milliseconds as Webflow writes them: ``2026-11-23T10:00:00.000Z``."""
    if moment is None:
        return None
    text = dt.datetime.fromtimestamp(moment / 1000, dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
