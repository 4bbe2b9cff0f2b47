"""What a job would change at the site, field by field, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from publisher.backends.base import Known, Preview
from publisher.backends.wordpress import posts
from publisher.backends.wordpress.deciding import Batch
from publisher.backends.wordpress.terms import spellings_of
from publisher.errors import PublisherError
from publisher.models import Article, Job, Subject

__all__ = ["preview"]

#: Fields that hold the ids of terms, and those that hold an id or nothing.
_TERMS = ("tags", "categories")
_IDS = ("featured_media", "author", "parent")


def preview(there: Batch, job: Job) -> Preview:
    """What becomes of one job. An article that may not be written is compared all the same, where that can be."""
    error: PublisherError | None = None
    try:
        write = there.write(job)
    except PublisherError as refusal:
        error = refusal
        try:
            write = replace(there, known=replace(there.known, on_conflict="overwrite")).write(job)
        except PublisherError:
            return Preview(None, error=error)
    if write is None or job.article is None:
        return Preview(None, error=error)
    named = _named(job.article, there.known)
    wanted = _told(write.body, {}) | {
        name: text for name, text in _of_the_article(job.article).items() if name in write.body
    }
    post = there.replaced_by(write)
    if post is None:
        return Preview(None, wanted, error)
    stored = posts.stored(post)
    same = {name for name, value in posts.as_spelled(write.body, stored).items() if value == stored[name]}
    told = _told({name: stored[name] for name in wanted if name in stored}, named)
    return Preview(told, {name: told[name] if name in same else text for name, text in wanted.items()}, error)


def _told(fields: Mapping[str, Any], named: Mapping[tuple[str, int], str]) -> dict[str, str]:
    told = {}
    for field, value in fields.items():
        if field in _TERMS:
            told[field] = ", ".join(sorted(named.get((field, one), f"#{one}") for one in value))
        elif field in _IDS:
            told[field] = named.get((field, value), f"#{value}") if value else ""
        else:
            told[field] = "" if value is None else str(value)
    return told


def _of_the_article(article: Article) -> dict[str, str]:
    """What an article calls the things that it sends as ids: they may not be there yet."""
    spelled = spellings_of(article)
    told = {
        kind: ", ".join(sorted(name for subject, name in spelled.items() if subject.name.startswith(f"{kind}:")))
        for kind in _TERMS
    }
    cover = article.assets.get(article.image.src) if article.image is not None else None
    return told | ({} if cover is None else {"featured_media": cover.name})


def _named(article: Article, known: Known) -> dict[tuple[str, int], str]:
    """What the article calls the things at the site, by field and id."""
    spelled = spellings_of(article)
    assets = {Subject("asset", asset.id): asset.name for asset in article.assets.values()}
    named = {}
    for subject, at in known.placed.items():
        if subject in spelled:
            named[subject.name.partition(":")[0], int(at.remote_id)] = spelled[subject]
        elif subject in assets:
            named["featured_media", int(at.remote_id)] = assets[subject]
    return named
