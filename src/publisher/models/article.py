"""Article and Asset: what the author wrote, and the files beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import PydanticSerializationError
from slugify import slugify

from publisher.errors import ContentError
from publisher.models.base import Noun

#: Part of every asset id. A new value means that the same source bytes become another asset, so all are uploaded anew.
PROCESSING = "as-is"


class Status(StrEnum):
    """The state that the author wants an article to have at the target."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    PRIVATE = "private"


class Asset(Noun):
    """One file that articles refer to, on disk or in memory.

    ``id`` is the SHA-256 (64 hex digits) of the source bytes and the processing settings; ``name`` is the readable
    file name with its extension; ``media_type`` is proved from the bytes; ``size`` is in bytes.
    """

    id: str
    name: str
    media_type: str
    size: int
    path: Path | None = None
    data: bytes | None = Field(default=None, repr=False)
    stamp: tuple[int, int] | None = Field(default=None, repr=False, description="size and mtime of the file as read")

    @staticmethod
    def identify(source: bytes) -> str:
        """The id of an asset with these source bytes."""
        return hashlib.sha256(PROCESSING.encode() + b"\0" + source).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Asset:
        """An asset without a file. Raises :class:`ContentError` where the bytes are no image that can be published."""
        from publisher.content.assets import asset_from_bytes

        return asset_from_bytes(data, name)

    def read(self) -> bytes:
        """The bytes to upload. Raises :class:`ContentError` if the file went away or is another one now."""
        if self.data is not None:
            return self.data
        if self.path is None:
            raise ContentError(f"the asset {self.name!r} has neither bytes nor a file", hint="Make it with from_bytes.")
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ContentError(
                f"the image cannot be read any more ({error.strerror})",
                path=self.path,
                hint="Put it back and run again.",
            ) from None
        if self.identify(data) != self.id:
            raise ContentError(
                "the image changed while it was being published",
                path=self.path,
                hint="Run again to publish the new one.",
            )
        return data


class Image(Noun):
    """An image with its text: ``src`` is a URL, or the path as the article spells it."""

    src: str
    alt: str = ""
    caption: str = ""


class Source(Noun):
    """Where an article was read from: ``path`` and the SHA-256 of the file's bytes.

    ``fields`` is the digest of what was read: an article that says something else now is no longer what the file says.
    """

    path: Path
    digest: str
    fields: str = ""

    @field_validator("path")
    @classmethod
    def _name_can_be_written_down(cls, path: Path) -> Path:
        if readable(str(path)) != str(path):
            raise ContentError(
                "the name of this file is not UTF-8", path=readable(str(path)), hint="Give it another name."
            )
        return path


def readable(name: str) -> str:
    """A file name as text that can be shown and stored, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Article(Noun):
    """One article, as written.

    ``key`` is its stable name (front matter ``id``, else its path under the content root, else its slug); ``body`` is
    Markdown; ``slug`` defaults to the title's; ``date`` is when it is, was or shall be published (naive: the target
    site's zone); ``tags`` and ``categories`` are names; ``image`` is the cover; ``assets`` maps each local image
    source, as the article spells it, to its file; ``extra`` keeps front matter that has no meaning here.
    """

    key: str = ""
    title: str
    body: str = ""
    slug: str = ""
    status: Status = Status.PUBLISHED
    date: dt.datetime | None = None
    excerpt: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: Image | None = None
    assets: Mapping[str, Asset] = Field(default_factory=dict)
    extra: Mapping[str, Any] = Field(default_factory=dict)
    source: Source | None = None
    first_line: int = Field(default=1, description="the line of the source at which the body begins")

    @model_validator(mode="wrap")
    @classmethod
    def _errors_are_ours(cls, values: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return build(values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ContentError(
                f"{first['msg'].lower()}, found {first['input']!r}", field=field, hint="See Article for the fields."
            ) from None

    @field_validator("title")
    @classmethod
    def _title_says_something(cls, title: str) -> str:
        if not title.strip():
            raise ContentError("the title is empty", field="title", hint="Give the article a title.")
        return title.strip()

    @field_validator("tags", "categories")
    @classmethod
    def _names_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))

    @model_validator(mode="before")
    @classmethod
    def _names_follow_from_the_title(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        filled = dict(values)
        title = filled.get("title")
        if not isinstance(title, str) or not title.strip():
            # The title itself is what is wrong: not, on top of it, a slug that cannot be made of it.
            filled["slug"] = filled.get("slug") or "untitled"
        elif not filled.get("slug"):
            filled["slug"] = slugify(str(filled.get("title", "")), max_length=190, word_boundary=True)
        if not filled.get("key"):
            filled["key"] = filled["slug"]
        return filled

    @field_validator("slug")
    @classmethod
    def _slug_is_needed(cls, slug: str) -> str:
        if not slug:
            raise ContentError(
                "no slug can be made from the title", field="slug", hint="Write one in the front matter or pass slug=."
            )
        return slug

    def model_post_init(self, context: Any, /) -> None:
        """Remember what the source said, so that a changed copy is not taken for it."""
        fields = self.fields_digest()
        if self.status is Status.SCHEDULED and self.date is None:
            raise ContentError("a scheduled article has no date", field="date", hint="Say when it shall be published.")
        if self.source is not None and not self.source.fields:
            # The article is frozen for everybody else; here it is still being made.
            self.__dict__["source"] = self.source.model_copy(update={"fields": fields})

    @classmethod
    def from_file(cls, path: str | Path, root: str | Path | None = None) -> Article:
        """Read a Markdown file with front matter. Raises :class:`ContentError` with file and line.

        ``root`` is the content root that keys are relative to; by default it is the ``content_root`` of the nearest
        ``publisher.toml`` above the file, and without one the key is the slug.
        """
        from publisher.content.articles import article_from_file

        return article_from_file(Path(path), None if root is None else Path(root))

    @classmethod
    def from_text(cls, text: str, key: str = "") -> Article:
        """Read an article from text with front matter. Local images cannot be resolved without a file.

        Raises :class:`ContentError` with the line.
        """
        from publisher.content.articles import article_from_text

        return article_from_text(text, key=key)

    @property
    def digest(self) -> str:
        """SHA-256 of what was written: the source bytes where there is a file, else all fields; and the asset ids."""
        fields = self.fields_digest()
        written = self.source.digest if self.source is not None and self.source.fields == fields else fields
        parts = [self.key, self.slug, written, {src: asset.id for src, asset in sorted(self.assets.items())}]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def fields_digest(self) -> str:
        """SHA-256 of all that the article says. Raises :class:`ContentError` for what cannot be written down."""
        fields = hashlib.sha256()
        for name in type(self).model_fields:
            if name in ("assets", "source", "first_line"):
                continue
            try:
                fields.update(self.model_dump_json(include={name}).encode())
            except (PydanticSerializationError, UnicodeEncodeError) as error:
                raise ContentError(
                    f"its value cannot be written down as text: {error}", field=name, hint="Use plain text and numbers."
                ) from None
        return fields.hexdigest()
