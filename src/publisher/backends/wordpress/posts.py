"""Posts: what is sent for an article, what is read of one, and how our own is recognised.

Source: https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self
from urllib.parse import quote, unquote

from pydantic import BaseModel, ValidationError
from slugify import slugify

from publisher.backends.base import Known, mark
from publisher.backends.comparing import Fields, changes
from publisher.backends.steps import Evidence, Flow, Written
from publisher.backends.wordpress.site import Facts, Site, ask, ask_dated
from publisher.backends.wordpress.terms import names_of
from publisher.errors import UnexpectedAnswerError
from publisher.models import Action, Article, Job, Status, Subject
from publisher.rendering import Placed as PlacedImage
from publisher.rendering import render, words

ROUTE = "/wp/v2/posts"
READ = (
    "id,slug,status,link,date_gmt,modified_gmt,author,title.raw,content.raw,excerpt.raw,tags,categories,featured_media"
)
EDIT = {"context": "edit", "_fields": READ}

#: Every status but the trash, in which nothing of ours is looked for.
STATUSES = "publish,future,draft,pending,private"

#: How many characters of slugs one look-up asks for, so that its address stays within what servers take.
_LOOK_UP_CHARACTERS = 4_000

_STATUS = {
    Status.DRAFT: "draft",
    Status.PUBLISHED: "publish",
    Status.SCHEDULED: "future",
    Status.PRIVATE: "private",
}


class _Raw(BaseModel):
    raw: str


class Post(BaseModel):
    """A post as WordPress tells it to those who may edit it; what else it tells is ignored."""

    id: int
    slug: str
    status: str
    link: str
    date_gmt: str | None
    modified_gmt: str
    author: int
    title: _Raw
    content: _Raw
    excerpt: _Raw
    tags: list[int]
    categories: list[int]
    featured_media: int

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


def payload(job: Job, known: Known, form: str, server_time: str | None) -> dict[str, Any]:
    """The fields to send for a job, in WordPress's words. ``form`` is ``blocks`` or ``html``."""
    if job.article is None or job.action in (Action.UNPUBLISH, Action.DELETE):
        return {"status": "draft"}
    article = job.article
    placed = {src: known.placed[Subject("asset", asset.id)] for src, asset in article.assets.items()}
    images = {src: PlacedImage(at.url, at.remote_id) for src, at in placed.items()}
    publication = known.publications.get(job.key)
    fields: dict[str, Any] = {
        "title": article.title,
        "slug": article.slug,
        "status": _STATUS[article.status],
        "content": render(article, form, images, mark=mark(article.key)),
        "excerpt": article.excerpt,
        "tags": _ids(article, "tags", known),
    }
    categories = _ids(article, "categories", known)
    if categories or (publication is not None and publication.baseline.get("categories")):
        # Left out, WordPress chooses its default category; an empty list would leave the post without any.
        fields["categories"] = categories
    if article.image is not None and article.image.src in placed:
        fields["featured_media"] = int(placed[article.image.src].remote_id)
    elif publication is not None and publication.baseline.get("featured_media"):
        fields["featured_media"] = 0
    return fields | _date(article, publication.status if publication else None, server_time, job.created)


def _ids(article: Article, kind: str, known: Known) -> list[int]:
    return sorted({int(known.placed[subject].remote_id) for subject in names_of(article, kind)})


def _date(article: Article, status_there: str | None, server_time: str | None, created: float) -> dict[str, str]:
    if article.date is not None and article.date.tzinfo is None:
        return {"date": article.date.replace(microsecond=0).isoformat()}
    if article.date is not None:
        return {"date_gmt": _gmt(article.date)}
    first_shown = article.status in (Status.PUBLISHED, Status.PRIVATE) and status_there not in ("publish", "private")
    if first_shown:
        # By the server's clock: by ours the date might lie in its future, and the post would be scheduled.
        now = (
            email.utils.parsedate_to_datetime(server_time)
            if server_time
            else dt.datetime.fromtimestamp(created, dt.UTC)
        )
        return {"date_gmt": _gmt(now)}
    return {}


def _gmt(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat()


def evidence(job: Job, fields: Fields, facts: Facts) -> Evidence:
    """What a post is recognised by later: its mark, or else its words, title, date and author."""
    return {
        "mark": mark(job.key),
        "slug": job.slug,
        "date_gmt": fields.get("date_gmt"),
        "author": facts["user"],
        "fields": essence(fields),
    }


def essence(fields: Fields) -> dict[str, Any]:
    """What is left of fields when WordPress, or a role without unfiltered_html, has rewritten them."""
    kept = dict(fields)
    if "content" in kept:
        kept["content"] = hashlib.sha256(words(kept["content"]).encode()).hexdigest()
    for name in ("title", "excerpt"):
        if name in kept:
            kept[name] = words(kept[name])
    return kept


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
        "date_gmt": post.date_gmt,
    }


def written(post: Post, sent: Fields) -> Written:
    """What stands there now; ``sent`` is what is compared with it and becomes the baseline."""
    there = stored(post)
    compared = {name: value for name, value in sent.items() if name in there}
    for name, spelled in (
        ("title", html.unescape),
        ("excerpt", html.unescape),
        ("content", _as_kses_spells),
        ("slug", unquote),
    ):
        # For some roles it is stored in another spelling, which readers see the same.
        if name in compared and spelled(there[name]) == spelled(compared[name]):
            compared[name] = there[name]
    return Written(
        remote_id=str(post.id),
        url=post.link,
        version=version(post),
        slug=post.slug,
        status=post.status,
        baseline={name: there[name] for name in compared},
        changes=changes(compared, there),
    )


def _as_kses_spells(content: str) -> str:
    """Content as WordPress spells it for roles without unfiltered_html, as far as only the spelling differs."""
    return re.sub(r"&#(\d\d);", r"&#0\1;", re.sub(r"\s*/>", " />", content)).replace("<br />", "<br>")


def version(post: Post) -> str:
    """The version token: the time of the last save has whole seconds only, so what was saved goes with it."""
    saved = json.dumps(stored(post), sort_keys=True)
    return f"{post.modified_gmt} {hashlib.sha256(saved.encode()).hexdigest()[:16]}"


def is_ours(post: Post, proof: Evidence, claimed: frozenset[str]) -> bool:
    """Whether a post is provably the one that the evidence speaks of, and no other article's."""
    if str(post.id) in claimed:
        return False
    marks = re.findall(r'"publisher":"([0-9a-f]+)"', post.content.raw)
    if marks:
        return bool(marks[0] == proof["mark"])
    found, wished = essence(stored(post)), proof["fields"]
    same = all(found[name] == wished.get(name) for name in ("title", "content"))
    same_date = proof["date_gmt"] is None or proof["date_gmt"] == post.date_gmt
    return same and same_date and post.author == proof["author"] and is_slug_of(post.slug, proof["slug"])


def is_slug_of(found: str, wanted: str, *, numbered: bool = True) -> bool:
    """Whether WordPress may have made ``found`` of ``wanted``, with a number behind it if that was taken.

    It lowers case, drops accents, writes other scripts in percent and cuts at 200 bytes; compared is what all of that
    leaves.
    """
    plain, wish = _bare(found), _bare(wanted)
    if numbered:
        plain = re.sub(rf"^({re.escape(wish)})-\d+$", r"\1", plain)
    return plain == wish or (len(quote(unquote(wanted))) > 190 and wish.startswith(re.sub(r"-\d+$", "", plain)))


def _bare(slug: str) -> str:
    return slugify(unquote(slug)) or unquote(slug)


class Seen(NamedTuple):
    """Posts that were found, and the server's own time then.

    ``foreign`` are id and slug of those that this user may not edit: a list for editing leaves them out.
    """

    posts: Sequence[Post]
    date: str | None
    foreign: Sequence[tuple[str, str]] = ()


def look_up(site: Site, facts: Facts, slugs: Iterable[str]) -> Flow[Seen]:
    """All posts under these slugs, or under what WordPress makes of a slug that is taken."""
    found: list[Post] = []
    foreign: list[tuple[str, str]] = []
    date = None
    for some in _portions([f"{slug},{slug}-2,{slug}-3" for slug in dict.fromkeys(slugs)]):
        params = {**EDIT, "slug": ",".join(some), "status": STATUSES, "per_page": "100"}
        told = yield from ask_dated(site, facts, ROUTE, params)
        found, date = found + [Post.read(one) for one in told.value], told.date
        foreign += yield from _not_ours_to_edit(site, facts, {"slug": params["slug"]}, found)
    return Seen(found, date, foreign)


def search(site: Site, facts: Facts, phrase: str) -> Flow[list[Post]]:
    """The posts that hold a phrase, a mark for example, whatever became of their slugs."""
    params = {**EDIT, "search": phrase, "status": STATUSES, "per_page": "5"}
    found = yield from ask(site, facts, ROUTE, params)
    return [Post.read(one) for one in found]


def by_ids(site: Site, facts: Facts, ids: Sequence[str]) -> Flow[Seen]:
    """Posts by id, those in the trash too."""
    found: list[Post] = []
    foreign: list[tuple[str, str]] = []
    date = None
    for start in range(0, len(ids), 100):
        some = ",".join(ids[start : start + 100])
        params = {**EDIT, "include": some, "status": f"{STATUSES},trash", "per_page": "100"}
        told = yield from ask_dated(site, facts, ROUTE, params)
        found, date = found + [Post.read(one) for one in told.value], told.date
        foreign += yield from _not_ours_to_edit(site, facts, {"include": some}, found)
    return Seen(found, date, foreign)


def _not_ours_to_edit(
    site: Site, facts: Facts, chosen: Mapping[str, str], seen: Sequence[Post]
) -> Flow[list[tuple[str, str]]]:
    """Id and slug of the posts that readers see and this user may not edit."""
    if facts["edits_others"]:
        return []
    rows = yield from ask(site, facts, ROUTE, {**chosen, "_fields": "id,slug", "per_page": "100"})
    known = {post.id for post in seen}
    return [(str(row["id"]), row["slug"]) for row in rows if row["id"] not in known]


def _portions(slugs: Sequence[str]) -> list[list[str]]:
    """Slugs in portions of so many characters, and of so few that all variants fit on one page."""
    portions: list[list[str]] = [[]]
    for slug in slugs:
        last = portions[-1]
        if last and (len(last) >= 33 or sum(map(len, last)) + len(slug) > _LOOK_UP_CHARACTERS):
            portions.append(last := [])
        last.append(slug)
    return [portion for portion in portions if portion]
