"""Article: what the author wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import PydanticSerializationError
from slugify import slugify

from publisher.errors import ContentError
from publisher.models.asset import Asset, ImageLimits
from publisher.models.base import Noun
from publisher.models.target import Target

#: What is done about raw HTML in a body: kept as it is, cleaned with nh3, or refused.
RawHtml = Literal["trust", "sanitize", "refuse"]

#: What belongs to the author's tools and must not be seen on a page.
Leak = Literal[
    "front-matter",
    "liquid",
    "shortcode",
    "mdx",
    "admonition",
    "attribute-list",
    "wiki-link",
    "local-path",
    "relative-link",
]

#: A category by its name, and by those of its parents before it: ``("News", "Local")``.
CategoryPath = tuple[str, ...]


class Status(StrEnum):
    """The state that the author wants an article to have at the target."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    PRIVATE = "private"


class Image(Noun):
    """An image with its text: ``src`` is a URL, or the path as the article spells it."""

    src: str
    alt: str = ""
    caption: str = ""


class Seo(Noun):
    """What search engines and previews shall see; empty fields follow from the article itself.

    ``canonical`` is a URL; ``noindex`` asks search engines to leave the page out; ``image`` is a URL, or a path as the
    article spells it.
    """

    title: str = ""
    description: str = ""
    canonical: str = ""
    noindex: bool = False
    image: str = ""


class Source(Noun):
    """Where an article was read from: ``path``, and the SHA-256 of the file's bytes and the project's rules for them.

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
                "the name of this file is not UTF-8",
                path=readable(str(path)),
                hint="Give it another name.",
                code="unreadable file",
            )
        return path


def readable(name: str) -> str:
    """A file name as text that can be shown and stored, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Article(Noun):
    """One article, as written. Only ``title`` is needed; a published post is the default.

    ``key`` is its stable name (front matter ``id``, else its path under the content root, else its slug); ``body`` is
    Markdown; ``slug`` defaults to the title's; ``date`` is when it is, was or shall be published and ``updated`` when
    it was last changed (naive: the target site's zone); ``tags`` are names; ``categories`` are names, or paths of names
    from the outermost parent on; ``author`` is a name; ``image`` is the cover; ``type``, ``template`` and ``parent``
    are the target's own words; ``sticky`` keeps it on top of lists; ``language`` is a BCP 47 tag, and ``meta`` holds
    the target's custom fields.

    ``targets`` overrides fields for single targets: see :meth:`at`. ``assets`` maps each local image source, as the
    article spells it, to its file; ``extra`` keeps front matter that has no meaning here. ``raw_html`` says what is
    done about HTML in the body; ``allow`` lists what would otherwise be refused as a leak.

    Lists are taken for tuples, a name for a category's path and a source for an image. Raises :class:`ContentError`
    with the field for a value that is not one, for a scheduled article without a date and for a title of which no slug
    can be made.
    """

    key: str = ""
    title: str
    body: str = ""
    slug: str = ""
    status: Status = Status.PUBLISHED
    date: dt.datetime | None = None
    updated: dt.datetime | None = None
    excerpt: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[CategoryPath, ...] = ()
    author: str = ""
    image: Image | None = None
    seo: Seo = Seo()
    language: str = ""
    type: str = ""
    template: str = ""
    parent: str = ""
    sticky: bool = False
    meta: Mapping[str, Any] = Field(default_factory=dict)
    targets: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    assets: Mapping[str, Asset] = Field(default_factory=dict)
    extra: Mapping[str, Any] = Field(default_factory=dict)
    raw_html: RawHtml = "trust"
    allow: tuple[Leak, ...] = ()
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

    @field_validator("tags")
    @classmethod
    def _names_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))

    @field_validator("image", mode="before")
    @classmethod
    def _a_source_is_an_image(cls, written: Any) -> Any:
        return {"src": written} if isinstance(written, str) else written

    @field_validator("categories", mode="before")
    @classmethod
    def _a_name_is_a_path(cls, written: Any) -> Any:
        if not isinstance(written, list | tuple):
            return written
        return tuple((one,) if isinstance(one, str) else one for one in written)

    @field_validator("categories")
    @classmethod
    def _paths_once(cls, paths: tuple[CategoryPath, ...]) -> tuple[CategoryPath, ...]:
        named = (tuple(name.strip() for name in path if name.strip()) for path in paths)
        return tuple(dict.fromkeys(path for path in named if path))

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
            source = Source.model_construct(path=self.source.path, digest=self.source.digest, fields=fields)
            self.__dict__["source"] = source

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        root: str | Path | None = None,
        *,
        raw_html: RawHtml | None = None,
        allow: Sequence[Leak] | None = None,
        category_separator: str | None = None,
    ) -> Article:
        """Read a Markdown file with front matter.

        ``root`` is the content root that keys are relative to; by default it is the ``content_root`` of the nearest
        ``publisher.toml`` above the file, and without one the key is the slug. ``raw_html``, ``allow`` and
        ``category_separator`` (the sign in ``News/Local``) count before those of that ``publisher.toml``.

        Raises :class:`ContentError` with file and line; everything that is wrong with the file is in its ``all``.
        """
        from publisher.content.articles import article_from_file

        return article_from_file(
            Path(path),
            None if root is None else Path(root),
            raw_html=raw_html,
            allow=allow,
            category_separator=category_separator,
        )

    @classmethod
    def from_text(
        cls,
        text: str,
        key: str = "",
        *,
        raw_html: RawHtml | None = None,
        allow: Sequence[Leak] | None = None,
        category_separator: str | None = None,
    ) -> Article:
        """Read an article from text with front matter. Local images cannot be resolved without a file.

        By default ``raw_html`` is "trust", ``allow`` nothing, and categories are not parted. Raises
        :class:`ContentError` with the line.
        """
        from publisher.content.articles import article_from_text

        return article_from_text(text, key=key, raw_html=raw_html, allow=allow, category_separator=category_separator)

    @property
    def digest(self) -> str:
        """SHA-256 of what was written: the source bytes where there is a file, else all fields; and the asset ids."""
        fields = self.fields_digest()
        written = self.source.digest if self.source is not None and self.source.fields == fields else fields
        parts = [self.key, self.slug, written, {src: asset.id for src, asset in sorted(self.assets.items())}]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def fields_digest(self) -> str:
        """SHA-256 of all that the article says. Raises :class:`ContentError` for what cannot be written down."""
        try:
            # What model_dump_json() makes, without its way through text: it is made of every article that is read.
            written = self.__pydantic_serializer__.to_json(self, exclude=_NOT_SAID)
        except (PydanticSerializationError, UnicodeEncodeError):
            for name in type(self).model_fields.keys() - _NOT_SAID:
                self._prove_writable(name)
            raise
        return hashlib.sha256(written).hexdigest()

    def _prove_writable(self, name: str) -> None:
        try:
            self.model_dump_json(include={name}).encode()
        except (PydanticSerializationError, UnicodeEncodeError) as error:
            raise ContentError(
                f"its value cannot be written down as text: {error}", field=name, hint="Use plain text and numbers."
            ) from None

    def at(self, target: Target) -> Article:
        """The article as this target shall get it, with what ``targets`` says of it.

        A name in ``targets`` is a target's kind, its host, its identity or its id; what is said under the later of
        these counts. Raises :class:`ContentError` for a value that is not one.
        """
        if not self.targets:
            return self
        changed = self
        for name in target.names:
            changed = _with(changed, self.targets.get(name, {}), f"targets.{name}.")
        return _with(changed, {"targets": {}, "assets": self._assets_of(changed)}, "")

    def _assets_of(self, changed: Article) -> Mapping[str, Asset]:
        """The assets without the images that only other targets get."""
        named = [images_of(values) for values in ({"image": self.image, "seo": self.seo}, *self.targets.values())]
        others = frozenset[str]().union(*named) - images_of({"image": changed.image, "seo": changed.seo})
        return {src: asset for src, asset in self.assets.items() if src not in others or src in self.body}

    def fitted(self, limits: ImageLimits) -> Article:
        """The article with its images fitted to the limits of a target."""
        if all(asset.limits == limits for asset in self.assets.values()):
            return self
        return self.model_copy(update={"assets": {src: asset.fitted(limits) for src, asset in self.assets.items()}})


def _with(article: Article, values: Mapping[str, Any], place: str) -> Article:
    kept = {name: getattr(article, name) for name in Article.model_fields}
    try:
        return Article(**{**kept, **values}) if values else article
    except ContentError as error:
        path = article.source.path if article.source else None
        raise ContentError(error.what, path=path, field=f"{place}{error.field}", hint=error.hint) from None


#: Where an article came from and what stands beside it are no part of what it says.
_NOT_SAID = {"assets", "source", "first_line"}


def images_of(fields: Mapping[str, Any]) -> frozenset[str]:
    """The sources of the images that fields other than the body name: ``image`` and ``seo.image``."""
    cover, seo = fields.get("image"), fields.get("seo")
    named = (cover if isinstance(cover, str) else _part(cover, "src"), _part(seo, "image"))
    return frozenset(src for src in named if src)


def _part(value: Any, name: str) -> str:
    """A field of a noun, or of the mapping that it may be made of."""
    found = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return found if isinstance(found, str) else ""
