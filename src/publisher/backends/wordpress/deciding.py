"""What becomes of each job of a batch: the post that it replaces, the fields that are sent, or why it may not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.backends.base import Known
from publisher.backends.comparing import edited, edits, gone, removed_by_us, taken
from publisher.backends.steps import Flow
from publisher.backends.wordpress import posts
from publisher.backends.wordpress.batches import Write
from publisher.backends.wordpress.kinds import POST, Kind, kind_of
from publisher.backends.wordpress.looking import Seen, by_ids, look_up
from publisher.backends.wordpress.people import author_id
from publisher.backends.wordpress.posts import Post, Setting
from publisher.backends.wordpress.recognising import essence, evidence, is_ours, is_slug_of
from publisher.backends.wordpress.site import Facts, Site
from publisher.errors import ConflictError, RefusedError
from publisher.models import Action, Article, Job, Publication

__all__ = ["Batch", "as_time_made_it", "look", "type_of"]


@dataclass(frozen=True)
class Batch:
    """What the jobs of one batch are decided by. ``there`` holds, by route, what stands at the site."""

    facts: Facts
    known: Known
    form: str
    kinds: Mapping[str, Kind]
    authors: Mapping[str, list[int]]
    there: Mapping[str, Seen] = field(default_factory=dict)

    def write(self, job: Job) -> Write | None:
        """The request for a job; None where nothing is left to do. Raises why the job may not be carried out."""
        kind = self._kind(job)
        setting = self._setting(job, kind)
        fields = posts.payload(job, self.known, setting)
        post = self._to_replace(job, kind, fields)
        if post is None and job.action in (Action.UNPUBLISH, Action.DELETE):
            return None
        if post is None and job.article is None:
            raise gone(job.slug)
        route = kind.route if post is None else f"{kind.route}/{post.id}"
        if job.action is Action.DELETE:
            params = {"_fields": "id,slug,deleted", **({"force": "true"} if job.force else {})}
            return Write(job.subject, route, params, {}, {}, method="DELETE")
        publication, wanted = self.known.publications.get(job.key), {}
        if job.article is not None and job.action is not Action.UNPUBLISH:
            wanted = posts.unsendable(job.article, kind)
            if post is not None and publication is None:
                fields = posts.payload(job, self.known, _adopting(setting, post))
        return Write(
            job.subject,
            route,
            posts.EDIT,
            fields,
            evidence(job, fields, self.facts),
            unsendable=wanted,
            owned=[*publication.baseline] if publication is not None and job.action is Action.UNPUBLISH else (),
        )

    def replaced_by(self, write: Write) -> Post | None:
        """The post that a request changes; None for one that it makes."""
        return next(
            (post for route, seen in self.there.items() for post in seen.posts if write.route == f"{route}/{post.id}"),
            None,
        )

    def is_new(self, write: Write) -> bool:
        """Whether a request makes a post, rather than changing one."""
        return any(write.route == kind.route for kind in self.kinds.values())

    def _kind(self, job: Job) -> Kind:
        standing, wanted = type_of(job, self.known), (job.article.type if job.article else "") or POST.name
        if job.article is not None and job.action in (Action.CREATE, Action.UPDATE) and standing != wanted:
            raise RefusedError(
                f"it was published as a {standing}, and WordPress cannot make a {wanted} of it",
                field="type",
                hint=f"Delete it first (publisher.delete), then publish it as a {wanted}.",
            )
        return kind_of(standing, self.kinds)

    def _setting(self, job: Job, kind: Kind) -> Setting:
        seen, publication = self.there[kind.route], self.known.publications.get(job.key)
        setting = Setting(self.facts, kind, self.form, server_time=seen.date)
        if job.article is None or job.action in (Action.UNPUBLISH, Action.DELETE):
            return setting
        if publication is not None:
            setting = setting._replace(status=publication.status, before=publication.baseline)
        return setting._replace(author=author_id(job.article, self.authors), parent=self._parent(job.article, kind))

    def _parent(self, article: Article, kind: Kind) -> int | None:
        """The id of the page that an article stands below: named by its slug, or by a path of slugs."""
        if not article.parent:
            return None
        if not kind.hierarchical:
            raise RefusedError(
                f"a {kind.name} has no parent on WordPress", field="parent", hint="Leave it out, or write type: page."
            )
        lines = _lines(article.parent, self.there[kind.route].posts)
        # A path that begins at the top means the page there, whatever has such slugs further below.
        found = [line[0] for line in [line for line in lines if not line[-1].parent] or lines]
        if len(found) != 1:
            many = f"{len(found)} of them are called" if found else "none is called"
            raise RefusedError(
                f"the {kind.name} that it stands below is not to be found: {many} {article.parent!r}",
                field="parent",
                hint="Publish the parent first, and name it by its slug, or by a path of slugs such as docs/setup.",
            )
        return found[0].id

    def _to_replace(self, job: Job, kind: Kind, fields: Mapping[str, Any]) -> Post | None:
        """The post that stands for a job; None for none. Raises :class:`ConflictError` where it is not ours."""
        publication = self.known.publications.get(job.key)
        seen = self.there[kind.route]
        if publication is None:
            return self._to_adopt(job, seen, fields)
        post = next((post for post in seen.posts if str(post.id) == publication.remote_id), None)
        if post is None and any(publication.remote_id == remote_id for remote_id, _ in seen.foreign):
            raise RefusedError(
                f"the post {publication.remote_id} belongs to another user, and this one may not edit it",
                status=403,
                hint="Publish as its author, or as an editor.",
            )
        if post is not None and post.status == "trash" and job.action is Action.DELETE and job.force:
            return post
        unanswered = self.known.unanswered.get(job.key, ())
        if post is None or post.status == "trash":
            if job.action is Action.DELETE or self.known.on_conflict == "overwrite" or removed_by_us(unanswered):
                return None
            raise gone(publication.remote_id) if post is None else _trashed(publication.remote_id)
        if posts.version(post) != publication.version and self.known.on_conflict != "overwrite":
            found = edits(as_time_made_it(publication, post.status), posts.stored(post), unanswered, essence)
            # What stands there as we want it is nothing to lose: WordPress itself may have gone on with our own create.
            there, wanted = essence(posts.stored(post)), essence(fields)
            found = tuple(one for one in found if one.field not in wanted or there[one.field] != wanted[one.field])
            if found:
                raise edited(found)
        return post

    def _to_adopt(self, job: Job, seen: Seen, fields: Mapping[str, Any]) -> Post | None:
        if job.article is None:
            return None
        proof = {**evidence(job, fields, self.facts), "date_gmt": None}
        ours = next((post for post in seen.posts if is_ours(post, proof, self.known.claimed)), None)
        others = [(str(post.id), post.slug) for post in seen.posts if post.parent == fields.get("parent", 0)]
        if ours is None and job.action not in (Action.UNPUBLISH, Action.DELETE):
            for remote_id, slug in (*others, *seen.foreign):
                if is_slug_of(slug, job.slug, numbered=False):
                    raise taken(job.slug, remote_id)
        return ours


def look(site: Site, about: Batch, batch: Sequence[Job]) -> Flow[Batch]:
    """Ask for what stands there already of these jobs, in joined reads."""
    facts, known = about.facts, about.known
    seen: dict[str, Seen] = {}
    for name in sorted({type_of(job, known) for job in batch} & about.kinds.keys()):
        kind = about.kinds[name]
        jobs = [job for job in batch if type_of(job, known) == name]
        new = [job.slug for job in jobs if job.key not in known.publications]
        ids = [known.publications[job.key].remote_id for job in jobs if job.key in known.publications]
        above = [step for job in jobs if job.article for step in job.article.parent.split("/") if step]
        under_slug = yield from look_up(site, facts, kind, new, above)
        under_id = yield from by_ids(site, facts, kind, ids)
        seen[kind.route] = seen.get(kind.route, Seen()) + under_slug + under_id
    return replace(about, there=seen)


def type_of(job: Job, known: Known) -> str:
    """The post type of what stands for a job, or shall."""
    publication = known.publications.get(job.key)
    if publication is not None:
        return str(publication.baseline.get("type") or POST.name)
    return (job.article.type if job.article is not None else "") or POST.name


def _lines(path: str, pages: Sequence[Post]) -> list[list[Post]]:
    """The pages that a path of slugs may mean, each with those above it that the path names."""
    by_id = {page.id: page for page in pages if page.slug}
    last, *above = [step for step in reversed(path.split("/")) if step]
    lines = [[page] for page in by_id.values() if is_slug_of(page.slug, last, numbered=False)]
    for step in above:
        higher = [(line, by_id.get(line[-1].parent)) for line in lines]
        lines = [[*line, page] for line, page in higher if page and is_slug_of(page.slug, step, numbered=False)]
    return lines


def _trashed(remote_id: str) -> ConflictError:
    return ConflictError(
        f"it was published as {remote_id}, and somebody deleted it there: it is in the trash",
        hint="Publish with on_conflict='overwrite' to create it anew beside that, or delete it here as well.",
    )


def _adopting(setting: Setting, post: Post) -> Setting:
    """Of a post that is ours and that no ledger knows: what the article has no longer goes as well.

    But for its categories, one of which WordPress may have given it.
    """
    before = {name: value for name, value in posts.stored(post).items() if name != "categories"}
    return setting._replace(status=post.status, before=before)


def as_time_made_it(publication: Publication, status: str) -> Publication:
    """The baseline as it is by now: what was scheduled has been published by WordPress itself."""
    if publication.baseline.get("status") != "future" or status != "publish":
        return publication
    return publication.model_copy(update={"baseline": {**publication.baseline, "status": "publish"}})
