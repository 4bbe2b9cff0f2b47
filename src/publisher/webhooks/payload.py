"""What webhooks say: an envelope of Standard Webhooks around an item of JSON Feed 1.1.

    {"type": "article.published", "timestamp": "2026-01-02T03:04:05Z", "data": {"id": …, "_publisher": {…}, …}}

``article.published`` and ``article.updated`` carry the whole article, and readers may see it from then on.
``article.unpublished`` says that they may not: a draft, a private or a scheduled article, whole; or one that was taken
off, in which case nothing but its names and its new status is there. ``article.deleted`` is as short. Each names the
article by ``data.id``, which never changes, and has a ``revision``, which only grows: what is older than what you have
is late, and may be dropped. Fields without a value are left out; new fields may come, so ignore those you do not know.

Sources: https://www.jsonfeed.org/version/1.1/ and the payload section of the Standard Webhooks specification.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from publisher.errors import ContentError
from publisher.models import Status

__all__ = ["ArticleDeleted", "ArticlePublished", "ArticleUnpublished", "ArticleUpdated", "AssetUpload", "Event"]
__all__ += ["Item", "Names", "Ping", "encode", "schema"]

#: The version of the extension ``_publisher``. Raise it when a field changes its meaning, not when one is added.
VERSION = 1

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, ser_json_inf_nan="constants")


class Author(_Part):
    """Who wrote it."""

    name: str


class ImageFile(_Part):
    """One image of the article. Of those that were on the web already only ``url`` and ``alt`` are known."""

    url: str
    """Exactly as it stands in ``content_html``, ``image`` and ``seo.image``. Where ``data`` is there it is a relative
    address that holds the SHA-256: store the bytes and put your own address in its place, wherever it stands."""
    src: str
    """As ``content_markdown`` spells it."""
    alt: str = ""
    name: str | None = None
    """A readable file name with the right extension."""
    mime_type: str | None = None
    sha256: Sha256 | None = None
    """Of the bytes."""
    bytes: int | None = None
    """The size of the file."""
    width: int | None = None
    height: int | None = None
    data: str | None = Field(default=None, json_schema_extra={"contentEncoding": "base64"})
    """The bytes themselves, where they are small enough to travel along."""


class SearchFields(_Part):
    """What search engines and previews shall see."""

    title: str
    description: str | None = None
    canonical_url: str | None = None
    noindex: bool = False
    image: str | None = None


class Person(_Part):
    """A person as schema.org describes one."""

    type: Literal["Person"] = Field(default="Person", alias="@type")
    name: str


class JsonLd(_Part):
    """The article as schema.org describes it, ready for a ``<script type="application/ld+json">``.

    Source: https://schema.org/Article
    """

    context: Literal["https://schema.org"] = Field(default="https://schema.org", alias="@context")
    type: Literal["Article"] = Field(default="Article", alias="@type")
    headline: str
    description: str | None = None
    url: str | None = None
    image: list[str] | None = None
    author: list[Person] | None = None
    date_published: AwareDatetime | None = Field(default=None, alias="datePublished")
    date_modified: AwareDatetime | None = Field(default=None, alias="dateModified")
    in_language: str | None = Field(default=None, alias="inLanguage")
    keywords: list[str] | None = None
    article_section: list[str] | None = Field(default=None, alias="articleSection")
    word_count: int = Field(alias="wordCount")


class Names(_Part):
    """How the article is known, and which of its versions this is."""

    version: int = Field(default=VERSION, alias="schema")
    """The version of this extension."""
    key: str
    """The article's stable name at the author's; the same as ``data.id``."""
    slug: str
    revision: int
    """Grows with every event about the article: Unix milliseconds, or more."""
    status: Status | None = None
    remote_id: str | None = None
    """The id that you answered with, if you did."""


class Extension(Names):
    """What JSON Feed has no field for."""

    content_markdown: str
    """As the author wrote it."""
    categories: list[list[str]] = []
    """Each as a path of names, from the outermost parent on."""
    word_count: int
    seo: SearchFields
    json_ld: JsonLd
    images: list[ImageFile] = []
    type: str | None = None
    template: str | None = None
    parent: str | None = None
    sticky: bool = False
    meta: dict[str, Any] = {}
    """The author's own fields."""


class Item(_Part):
    """An item of JSON Feed 1.1."""

    id: str
    url: str | None = None
    """Where you said that it stands, if you did."""
    title: str
    content_html: str
    content_text: str
    """The words of ``content_html``."""
    summary: str | None = None
    image: str | None = None
    """The cover."""
    date_published: AwareDatetime | None = None
    date_modified: AwareDatetime | None = None
    authors: list[Author] | None = None
    tags: list[str] | None = None
    language: str | None = None
    publisher: Extension = Field(alias="_publisher")


class Removal(_Part):
    """Which article it is."""

    id: str
    url: str | None = None
    publisher: Names = Field(alias="_publisher")


class ArticlePublished(_Part):
    """Readers may see the article; until now they could not."""

    type: Literal["article.published"] = "article.published"
    timestamp: AwareDatetime
    data: Item


class ArticleUpdated(_Part):
    """Readers may see the article, and it changed."""

    type: Literal["article.updated"] = "article.updated"
    timestamp: AwareDatetime
    data: Item


class ArticleUnpublished(_Part):
    """Readers may not see the article, or not yet. Keep it: it may be published again."""

    type: Literal["article.unpublished"] = "article.unpublished"
    timestamp: AwareDatetime
    data: Item | Removal


class ArticleDeleted(_Part):
    """Nothing shall be left of the article. Where nothing is, that is a success."""

    type: Literal["article.deleted"] = "article.deleted"
    timestamp: AwareDatetime
    data: Removal


class UploadedFile(_Part):
    """One image, whole. Answer with ``{"url": …}``, the address where readers find it."""

    id: Sha256
    """Names the image and how it was fitted; the same one may come again."""
    name: str
    mime_type: str
    sha256: Sha256
    bytes: int
    width: int
    height: int
    data: str = Field(json_schema_extra={"contentEncoding": "base64"})


class AssetUpload(_Part):
    """An image that is too large to travel along with its article; sent before the article."""

    type: Literal["asset.upload"] = "asset.upload"
    timestamp: AwareDatetime
    data: UploadedFile


class PingData(_Part):
    """Nothing of importance."""

    sender: str = "publisher"


class Ping(_Part):
    """Somebody tries out whether you are there. Answer with any 2xx."""

    type: Literal["ping"] = "ping"
    timestamp: AwareDatetime
    data: PingData = PingData()


Event = ArticlePublished | ArticleUpdated | ArticleUnpublished | ArticleDeleted | AssetUpload | Ping

#: Reads what was sent: ``events.validate_json(body)``.
events: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def encode(event: Event) -> bytes:
    """The bytes of an event, to be signed and sent as they are.

    UTF-8 without escapes or blanks. Raises :class:`ContentError` for what JSON cannot say: NaN, infinity, and halves of
    characters.
    """
    values = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    try:
        return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:  # a UnicodeEncodeError is one
        raise ContentError(f"it cannot be said in JSON: {error}", hint="Use plain text and finite numbers.") from None


def schema() -> dict[str, Any]:
    """The JSON Schema of all events. ``article-event.schema.json`` beside this file is the same."""
    made = events.json_schema(by_alias=True, mode="validation")
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:publisher:article-event:{VERSION}",
        "title": "Events of publisher's webhooks",
    }
    return about | made


def write_schema() -> None:
    """Write ``article-event.schema.json`` anew, after a change of the models."""
    place = Path(__file__).with_name("article-event.schema.json")
    place.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
