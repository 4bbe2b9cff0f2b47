"""The events that jobs become: what is said of an article, whole or by its names alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import unquote

from publisher.errors import ContentError
from publisher.models import Action, Article, Job, Publication, Rendition, Status
from publisher.rendering import Placed, render, words
from publisher.rendering.images import alt_texts
from publisher.webhooks.payload import (
    ArticleDeleted,
    ArticlePublished,
    ArticleUnpublished,
    ArticleUpdated,
    AssetUpload,
    Author,
    Event,
    Extension,
    ImageFile,
    Item,
    JsonLd,
    Names,
    Person,
    Removal,
    SearchFields,
    UploadedFile,
)


class Picture(NamedTuple):
    """A local image of an article: what is shown of it and at which address, which is None if the bytes go along."""

    made: Rendition
    url: str | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.made.data).hexdigest()

    @property
    def address(self) -> str:
        # Without the file's name, so that it is spelled alike wherever it stands.
        return self.url or f"assets/{self.digest}{PurePath(self.made.name).suffix}"


def article_event(job: Job, pictures: Mapping[str, Picture], before: Publication | None, zone: dt.tzinfo) -> Event:
    """What is said of a job.

    ``pictures`` are the local images by their source; ``before`` is what was last sent; ``zone`` is that of times which
    have none. The same arguments make the same event. Raises :class:`ContentError` for what cannot be rendered.
    """
    now = _moment(job.created)
    if job.action is Action.DELETE:
        return ArticleDeleted(timestamp=now, data=_removal(job, before, None))
    if job.article is None or job.action is Action.UNPUBLISH:
        return ArticleUnpublished(timestamp=now, data=_removal(job, before, Status.DRAFT))
    item = _item(job, job.article, pictures, before, zone)
    if item.publisher.status is not Status.PUBLISHED:
        return ArticleUnpublished(timestamp=now, data=item)
    shown = before is not None and before.baseline.get("status") == Status.PUBLISHED
    return ArticleUpdated(timestamp=now, data=item) if shown else ArticlePublished(timestamp=now, data=item)


def status_told(job: Job, article: Article, zone: dt.tzinfo) -> Status:
    """The status of an article; one that is published with a date after the job was made is scheduled for it."""
    date = _in_utc(article, "date", zone)
    waits = article.status is Status.PUBLISHED and date is not None and date.timestamp() > job.created
    return Status.SCHEDULED if waits else article.status


def upload_event(asset_id: str, made: Rendition, created: float) -> AssetUpload:
    """What is said of an image that goes ahead of its article. ``created`` is Unix seconds."""
    file = UploadedFile(
        id=asset_id,
        name=made.name,
        mime_type=made.media_type,
        sha256=hashlib.sha256(made.data).hexdigest(),
        bytes=len(made.data),
        width=made.width,
        height=made.height,
        data=base64.b64encode(made.data).decode(),
    )
    return AssetUpload(timestamp=_moment(created), data=file)


def _removal(job: Job, before: Publication | None, status: Status | None) -> Removal:
    names = Names(
        key=job.key,
        slug=(before.slug if before else "") or job.slug,
        revision=job.revision,
        status=status,
        remote_id=_told_id(job, before),
    )
    return Removal(id=job.key, url=before.url if before else None, _publisher=names)


def _item(
    job: Job, article: Article, pictures: Mapping[str, Picture], before: Publication | None, zone: dt.tzinfo
) -> Item:
    html = render(article, "html", {src: Placed(picture.address) for src, picture in pictures.items()})
    text = words(html)
    cover = _address(article.image.src if article.image else "", pictures)
    published, updated = (_in_utc(article, name, zone) for name in ("date", "updated"))
    url = before.url if before else None
    count = len(text.split())
    extension = Extension(
        key=job.key,
        slug=article.slug,
        revision=job.revision,
        status=status_told(job, article, zone),
        remote_id=_told_id(job, before),
        content_markdown=article.body,
        categories=[list(path) for path in article.categories],
        word_count=count,
        seo=_seo(article, pictures, cover),
        json_ld=JsonLd(
            headline=article.title,
            description=article.seo.description or article.excerpt or None,
            url=article.seo.canonical or url,
            image=[cover] if cover else None,
            author=[Person(name=article.author)] if article.author else None,
            datePublished=published,
            dateModified=updated,
            inLanguage=article.language or None,
            keywords=list(article.tags) or None,
            articleSection=[" / ".join(path) for path in article.categories] or None,
            wordCount=count,
        ),
        images=_images(article, pictures),
        type=article.type or None,
        template=article.template or None,
        parent=article.parent or None,
        sticky=article.sticky,
        meta=dict(article.meta),
    )
    return Item(
        id=job.key,
        url=url,
        title=article.title,
        content_html=html,
        content_text=text,
        summary=article.excerpt or None,
        image=cover,
        date_published=published,
        date_modified=updated,
        authors=[Author(name=article.author)] if article.author else None,
        tags=list(article.tags) or None,
        language=article.language or None,
        _publisher=extension,
    )


def _told_id(job: Job, before: Publication | None) -> str | None:
    """The receiver's own id of the article. The key stands in for it where it told none."""
    return before.remote_id if before is not None and before.remote_id != job.key else None


def _seo(article: Article, pictures: Mapping[str, Picture], cover: str | None) -> SearchFields:
    return SearchFields(
        title=article.seo.title or article.title,
        description=article.seo.description or article.excerpt or None,
        canonical_url=article.seo.canonical or None,
        noindex=article.seo.noindex,
        image=_address(article.seo.image, pictures) or cover,
    )


def _images(article: Article, pictures: Mapping[str, Picture]) -> list[ImageFile]:
    texts = alt_texts(article.body)
    cover = {article.image.src: article.image.alt} if article.image else {}
    said = {unquote(src): alt for src, alt in texts.items()} | texts  # percent-encoded, or as the article spells it
    listed: list[ImageFile] = []
    for src, picture in pictures.items():
        # One image may stand there under several sources: its bytes go along once.
        bare = picture.url is not None or picture.address in {file.url for file in listed}
        listed.append(_file(src, picture, cover.get(src) or said.get(src, ""), bare=bare))
    elsewhere = {src: alt for src, alt in (cover | texts).items() if src.startswith(("https://", "http://"))}
    return listed + [ImageFile(url=src, src=src, alt=alt) for src, alt in elsewhere.items()]


def _file(src: str, picture: Picture, alt: str, *, bare: bool) -> ImageFile:
    made = picture.made
    return ImageFile(
        url=picture.address,
        src=src,
        alt=alt,
        name=made.name,
        mime_type=made.media_type,
        sha256=picture.digest,
        bytes=len(made.data),
        width=made.width,
        height=made.height,
        data=None if bare else base64.b64encode(made.data).decode(),
    )


def _address(src: str, pictures: Mapping[str, Picture]) -> str | None:
    return pictures[src].address if src in pictures else src or None


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def _in_utc(article: Article, field: str, zone: dt.tzinfo) -> dt.datetime | None:
    date: dt.datetime | None = getattr(article, field)
    if date is None:
        return None
    try:
        return (date if date.tzinfo else date.replace(tzinfo=zone)).astimezone(dt.UTC).replace(microsecond=0)
    except OverflowError:
        raise ContentError(f"{date} is no date in UTC", field=field, hint="Write a later year.") from None
