"""Posts: what is sent for an article, and what is read of one. A page and a custom type are posts as well.

Source: https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import html
import json
import re
from collections.abc import Collection
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from publisher.backends.base import Known, mark
from publisher.backends.comparing import Fields, changes
from publisher.backends.steps import Written
from publisher.backends.wordpress.kinds import Kind
from publisher.backends.wordpress.site import Facts, zone_of
from publisher.backends.wordpress.slugs import findable
from publisher.backends.wordpress.terms import names_of
from publisher.errors import UnexpectedAnswerError
from publisher.models import Action, Article, Job, Status, Subject
from publisher.rendering import Placed as PlacedImage
from publisher.rendering import render

READ = (
    "id,type,slug,status,link,date_gmt,modified_gmt,author,title.raw,content.raw,excerpt.raw,tags,categories,"
    "featured_media,parent,template,sticky"
)
EDIT = {"context": "edit", "_fields": READ}

_STATUS = {
    Status.DRAFT: "draft",
    Status.PUBLISHED: "publish",
    Status.SCHEDULED: "future",
    Status.PRIVATE: "private",
}


class _Raw(BaseModel):
    raw: str


class Post(BaseModel):
    """A post as WordPress tells it to those who may edit it; what else it tells is ignored.

    What a post type does not have stays None, or empty.
    """

    id: int
    type: str
    slug: str
    status: str
    link: str
    date_gmt: str | None
    modified_gmt: str
    author: int = 0
    title: _Raw = _Raw(raw="")
    content: _Raw = _Raw(raw="")
    excerpt: _Raw = _Raw(raw="")
    tags: list[int] = []
    categories: list[int] = []
    featured_media: int = 0
    parent: int = 0
    template: str = ""
    sticky: bool = False

    @classmethod
    def read(cls, value: Any) -> Self:
        """Raises :class:`UnexpectedAnswerError` for what is not a post."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise UnexpectedAnswerError(
                f"WordPress told of a post without a usable {field!r}: {first['msg'].lower()}",
                field=field,
                hint="A plugin may change the answers of the REST API; see whether it helps to switch plugins off.",
            ) from None


class Setting(NamedTuple):
    """What the fields of a job follow from, beside its article.

    ``form`` is a format of :mod:`publisher.rendering`, ``author`` and ``parent`` are ids there (None where the article
    names none), ``server_time`` is the server's own time as an HTTP date. ``status`` (None where nothing stands there)
    and ``before`` are what stands there already, of fields that are ours.
    """

    facts: Facts
    kind: Kind
    form: str
    author: int | None = None
    parent: int | None = None
    server_time: str | None = None
    status: str | None = None
    before: Fields = MappingProxyType({})


def payload(job: Job, known: Known, at: Setting) -> dict[str, Any]:
    """The fields to send for a job, in WordPress's words."""
    if job.article is None or job.action in (Action.UNPUBLISH, Action.DELETE):
        return {"status": "draft"}
    article = job.article
    placed = {src: known.placed[Subject("asset", asset.id)] for src, asset in article.assets.items()}
    images = {src: PlacedImage(one.url, one.remote_id) for src, one in placed.items()}
    fields: dict[str, Any] = {
        "title": article.title,
        "slug": findable(article.slug),
        "status": _STATUS[article.status],
        "content": render(article, at.form, images, mark=mark(article.key)),
        "excerpt": article.excerpt,
    }
    cover = article.image.src if article.image else None
    optional = {
        "tags": _ids(article, "tags", known, at.kind),
        # Left out, WordPress chooses its default category; an empty list would leave the post without any.
        "categories": _ids(article, "categories", known, at.kind),
        "featured_media": int(placed[cover].remote_id) if cover in placed else 0,
        "author": at.author,
        "parent": at.parent or 0,
        "template": article.template,
        "sticky": article.sticky,
    }
    # What an article never had is not sent: a site may have an answer of its own, and a post type no such field.
    fields |= {name: value for name, value in optional.items() if value or (value is not None and at.before.get(name))}
    return fields | _date(article, at, job.created)


def unsendable(article: Article, kind: Kind) -> dict[str, Any]:
    """What an article wants and cannot have.

    Terms of a post type without, a cover that is no file, some slugs; and fields for search engines and custom fields,
    for which WordPress itself has no place in its REST API.
    """
    wanted: dict[str, Any] = {}
    if findable(article.slug) != article.slug:
        wanted["slug"] = article.slug
    if article.tags and "post_tag" not in kind.taxonomies:
        wanted["tags"] = list(article.tags)
    if article.categories and "category" not in kind.taxonomies:
        wanted["categories"] = ["/".join(path) for path in article.categories]
    if article.image is not None and article.image.src not in article.assets:
        wanted["featured_media"] = article.image.src
    wanted |= {f"seo.{name}": value for name, value in article.seo.model_dump(exclude_defaults=True).items()}
    return wanted | {f"meta.{name}": value for name, value in article.meta.items()}


def _ids(article: Article, kind: str, known: Known, of: Kind) -> list[int]:
    return sorted({int(known.placed[subject].remote_id) for subject in names_of(article, kind, of)})


def _date(article: Article, at: Setting, created: float) -> dict[str, str]:
    if article.date is not None:
        zone = zone_of(at.facts)
        if article.date.tzinfo is None and zone is None:
            return {"date": article.date.replace(microsecond=0).isoformat()}
        return {"date_gmt": _gmt(article.date if article.date.tzinfo else article.date.replace(tzinfo=zone))}
    first_shown = article.status in (Status.PUBLISHED, Status.PRIVATE) and at.status not in ("publish", "private")
    if first_shown:
        # By the server's clock: by ours the date might lie in its future, and the post would be scheduled.
        now = (
            email.utils.parsedate_to_datetime(at.server_time)
            if at.server_time
            else dt.datetime.fromtimestamp(created, dt.UTC)
        )
        return {"date_gmt": _gmt(now)}
    return {}


def _gmt(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat()


def stored(post: Post) -> dict[str, Any]:
    """The fields of a post as they are sent, from a post as it is read."""
    return {
        "title": post.title.raw,
        "slug": post.slug,
        "status": post.status,
        "content": post.content.raw,
        "excerpt": post.excerpt.raw,
        "tags": sorted(post.tags),
        "categories": sorted(post.categories),
        "featured_media": post.featured_media,
        "author": post.author,
        "parent": post.parent,
        "template": post.template,
        "sticky": post.sticky,
        "type": post.type,
        "date_gmt": post.date_gmt,
    }


def as_spelled(sent: Fields, there: Fields) -> dict[str, Any]:
    """What was sent, of fields that a post has, as WordPress spells it where readers see no difference.

    For some roles it is stored in another spelling.
    """
    compared = {name: value for name, value in sent.items() if name in there}
    for name, spelled in (
        ("title", html.unescape),
        ("excerpt", html.unescape),
        ("content", _as_kses_spells),
        ("slug", unquote),
    ):
        if name in compared and spelled(there[name]) == spelled(compared[name]):
            compared[name] = there[name]
    return compared


def written(post: Post, sent: Fields, owned: Collection[str] = ()) -> Written:
    """What stands there now; ``sent`` is compared with it. The baseline is of these and the ``owned`` fields."""
    there = stored(post)
    compared = as_spelled(sent, there)
    return Written(
        remote_id=str(post.id),
        url=post.link,
        version=version(post),
        slug=post.slug,
        status=post.status,
        baseline={name: there[name] for name in dict.fromkeys((*compared, *owned, "type"))},
        # What has no place there at all, by names of ours with a dot, was dropped.
        changes=changes({**compared, **{name: value for name, value in sent.items() if "." in name}}, there),
    )


def _as_kses_spells(content: str) -> str:
    """Content as WordPress spells it for roles without unfiltered_html, as far as only the spelling differs."""
    return re.sub(r"&#(\d\d);", r"&#0\1;", re.sub(r"\s*/>", " />", content)).replace("<br />", "<br>")


def version(post: Post) -> str:
    """The version token: the time of the last save has whole seconds only, so what was saved goes with it."""
    saved = json.dumps(stored(post), sort_keys=True)
    return f"{post.modified_gmt} {hashlib.sha256(saved.encode()).hexdigest()[:16]}"
