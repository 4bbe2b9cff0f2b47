"""A site's blog as people build it in the Designer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from publisher.testing.webflow.store import Field

AUTHORS: Sequence[Field] = (
    Field("Bio", "RichText"),
    Field("Bio summary"),
    Field("Picture", "Image"),
    Field("Email", "Email"),
    Field("Website", "Link"),
)

CATEGORIES: Sequence[Field] = (Field("Description"), Field("Color", "Color"))

TAGS: Sequence[Field] = ()


class Blog(NamedTuple):
    """The ids of a blog's collections."""

    posts: str
    authors: str
    categories: str
    tags: str


def post_fields(authors: str, categories: str, tags: str) -> Sequence[Field]:
    """The fields of the posts, which refer to the other collections."""
    line = {"singleLine": True}
    return (
        Field("Post Body", "RichText"),
        Field("Excerpt", "PlainText", validations={"maxLength": 500}),
        Field("Main Image", "Image"),
        Field("Thumbnail", "Image"),
        Field("Gallery", "MultiImage"),
        Field("Date", "DateTime"),
        Field("Author", "Reference", collection_id=authors),
        Field("Category", "Reference", collection_id=categories),
        Field("Tags", "MultiReference", collection_id=tags),
        Field("Source ID", help_text="Written by a program; leave it alone", validations=line),
        Field("SEO Title", validations=line | {"maxLength": 120}),
        Field("SEO Description", validations={"maxLength": 320}),
        Field("Kind", "Option", options=("Article", "News", "Tutorial")),
        Field("Featured", "Switch"),
        Field("Reading Minutes", "Number", validations={"format": "integer", "allowNegative": False}),
        Field("Canonical URL", "Link"),
        Field("Video", "VideoLink"),
        Field("Attachment", "File"),
    )
