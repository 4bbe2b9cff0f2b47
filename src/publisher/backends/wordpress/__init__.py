"""WordPress: articles as posts, through the REST API that every WordPress since 5.6 has.

Source: https://developer.wordpress.org/rest-api/
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import httpx
from pydantic import SecretStr

from publisher.backends.base import Backend, Capabilities, Connection, Known, Verdict, mark
from publisher.backends.comparing import edited, edits, gone, removed_by_us, taken
from publisher.backends.steps import Absent, Failed, Flow, Found, Removed, Written, done
from publisher.backends.wordpress import posts
from publisher.backends.wordpress.answers import classify
from publisher.backends.wordpress.batches import LIMIT, Answered, Write, write
from publisher.backends.wordpress.media import find_media, place_media
from publisher.backends.wordpress.posts import Post
from publisher.backends.wordpress.site import Credentials, Facts, Site, learn
from publisher.backends.wordpress.terms import find_terms, parent_of, place_terms, terms_of
from publisher.errors import ConfigurationError, PublisherError, RefusedError
from publisher.models import Action, Effect, ImageLimits, Intent, Job, Publication, Subject, Target
from publisher.rendering import RENDERER

__all__ = ["WordPress"]

Form = Literal["auto", "blocks", "html"]


#: WordPress scales what is larger by itself: https://make.wordpress.org/core/2019/10/09/introducing-handling-of-big-images-in-wordpress-5-3/
IMAGES = ImageLimits(max_width=2560, max_height=2560)


class WordPress(Backend):
    """A WordPress site as a target.

    ``url`` is the site's address as WordPress itself spells it. ``username`` is the login or e-mail, ``app_password``
    an application password (made in wp-admin under Users, Profile); or ``token``, for sites with a plugin that takes
    Bearer tokens. ``body`` is the form of what is written: ``"blocks"`` (what ``"auto"`` means) or ``"html"`` for sites
    with the Classic Editor. ``timeout`` is seconds for each phase of a request; ``settle`` how many seconds PHP may
    work on after it (default 60). ``images`` are the limits to which images are made smaller: above the default of 2560
    pixels a side WordPress itself would scale them, in PHP's memory. ``id`` is an identity for the ledger in place of
    the address.

    Raises :class:`ConfigurationError` for an address or credentials that cannot be right.
    """

    kind: ClassVar[str] = "wordpress"
    capabilities: ClassVar[Capabilities] = Capabilities(batch=LIMIT, parallel=2)

    def __init__(
        self,
        url: str,
        *,
        username: str | None = None,
        app_password: str | SecretStr | None = None,
        token: str | SecretStr | None = None,
        body: Form = "auto",
        images: ImageLimits | None = None,
        id: str = "",
        timeout: float = 30.0,
        settle: float = 60.0,
        headers: Mapping[str, str] | None = None,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if body not in ("auto", "blocks", "html"):
            raise ConfigurationError(f"there is no body form {body!r}", field="body", hint="Use 'blocks' or 'html'.")
        if re.search(r"/wp-(admin|login)\b", url):
            raise ConfigurationError(
                f"{url} is the address of the dashboard", field="url", hint="Give the address that visitors use."
            )
        connection = Connection(
            timeout=timeout, settle=settle, verify=verify, headers=headers or {}, transport=transport
        )
        super().__init__(Target(kind=self.kind, url=url, id=id), connection, images or IMAGES)
        self._form = "classic" if body == "html" else "blocks"
        self._credentials = Credentials(username, app_password, token)
        self._site = Site(self.target.url, self._credentials)

    @property
    def renderer(self) -> str:
        return f"{self._form}-{RENDERER[self._form]}"

    def settings(self) -> Mapping[str, Any]:
        return {"body": "html" if self._form == "classic" else "blocks"}

    def secrets(self) -> Sequence[str]:
        return self._credentials.secrets()

    def classify(self, answer: httpx.Response, effect: Effect) -> Verdict:
        return classify(answer, effect)

    def needs(self, job: Job) -> Sequence[Subject]:
        if job.article is None:
            return ()
        assets = dict.fromkeys(Subject("asset", asset.id) for asset in job.article.assets.values())
        return list(dict.fromkeys([*assets, *terms_of(job.article)]))

    def parent_of(self, need: Subject) -> Subject | None:
        return parent_of(need) if need.kind == "term" else None

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        facts = yield from self._facts(known)
        yield from place_terms(self._site, facts, [need for need in needs if need.kind == "term"], jobs, known)
        yield from place_media(self._site, facts, [need for need in needs if need.kind == "asset"], jobs)

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        facts = yield from self._facts(known)
        new = [job.slug for job in batch if job.key not in known.publications]
        under_slug = yield from posts.look_up(self._site, facts, new)
        ids = [publication.remote_id for publication in known.publications.values()]
        under_id = yield from posts.by_ids(self._site, facts, ids)
        by_id = {str(post.id): post for post in under_id.posts}
        there = _There(under_slug.posts, by_id, (*under_slug.foreign, *under_id.foreign))
        writes: dict[Effect, list[Write]] = {"create": [], "replace": []}
        for job in batch:
            try:
                post = self._to_replace(job, known, facts, there)
                if post is None and job.article is None and job.action is not Action.DELETE:
                    raise gone(job.slug)
                fields = posts.payload(job, known, self._form, under_slug.date or under_id.date)
            except PublisherError as error:
                yield from done(job.subject, Failed(error))
                continue
            if post is None and job.action in (Action.UNPUBLISH, Action.DELETE):
                yield from done(job.subject, Removed())
            else:
                writes["create" if post is None else "replace"].append(_write(job, post, fields, facts))
        jobs = {job.subject: job for job in batch}
        for effect, some in writes.items():
            if some:
                answers = yield from write(self._site, facts, some, effect)
                for one, answer in zip(some, answers, strict=True):
                    yield from _settle(jobs[one.subject], one, answer)

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        facts = yield from self._facts(known)
        about: dict[Subject, list[Intent]] = {}
        for intent in intents:
            about.setdefault(intent.subject, []).append(intent)
        yield from self._find_posts({s: i for s, i in about.items() if s.kind == "article"}, known, facts)
        terms = {subject: sent[-1].evidence for subject, sent in about.items() if subject.kind == "term"}
        yield from find_terms(self._site, facts, terms)
        yield from find_media(self._site, facts, [subject for subject in about if subject.kind == "asset"])

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        facts = yield from self._facts(known)
        seen = yield from posts.by_ids(self._site, facts, [publication.remote_id for publication in publications])
        found = {str(post.id): post for post in seen.posts if post.status != "trash"}
        return {
            one.key: posts.written(found[one.remote_id], posts.stored(found[one.remote_id]))
            if one.remote_id in found
            else None
            for one in publications
        }

    def _facts(self, known: Known) -> Flow[Facts]:
        facts = known.facts.get("site")
        if facts is None or facts.get("login") != self._site.login:
            facts = yield from learn(self._site)
        return facts

    def _to_replace(self, job: Job, known: Known, facts: Facts, there: _There) -> Post | None:
        """The post that stands for this article; None for none. Raises :class:`ConflictError` where it is not ours."""
        publication = known.publications.get(job.key)
        if publication is None:
            return self._to_adopt(job, known, facts, there)
        post = there.under_id.get(publication.remote_id)
        if post is None and any(publication.remote_id == remote_id for remote_id, _ in there.foreign):
            raise RefusedError(
                f"the post {publication.remote_id} belongs to another user, and this one may not edit it",
                status=403,
                hint="Publish as its author, or as an editor.",
            )
        if post is None or post.status == "trash":
            unanswered = known.unanswered.get(job.key, ())
            if job.action is Action.DELETE or known.on_conflict == "overwrite" or removed_by_us(unanswered):
                return None
            raise gone(publication.remote_id)
        if posts.version(post) != publication.version and known.on_conflict != "overwrite":
            unanswered = known.unanswered.get(job.key, ())
            found = edits(_as_time_made_it(publication, post), posts.stored(post), unanswered, posts.essence)
            if found:
                raise edited(found)
        return post

    def _to_adopt(self, job: Job, known: Known, facts: Facts, there: _There) -> Post | None:
        if job.article is None:
            return None
        fields = posts.payload(job, known, self._form, None)
        proof = {**posts.evidence(job, fields, facts), "date_gmt": None}
        ours = next((post for post in there.under_slug if posts.is_ours(post, proof, known.claimed)), None)
        others = [(str(post.id), post.slug) for post in there.under_slug]
        if ours is None and job.action not in (Action.UNPUBLISH, Action.DELETE):
            for remote_id, slug in (*others, *there.foreign):
                if posts.is_slug_of(slug, job.slug, numbered=False):
                    raise taken(job.slug, remote_id)
        return ours

    def _find_posts(self, about: Mapping[Subject, Sequence[Intent]], known: Known, facts: Facts) -> Flow[None]:
        slugs = [str(intent.evidence["slug"]) for intents in about.values() for intent in intents]
        seen = yield from posts.look_up(self._site, facts, slugs)
        for subject, intents in about.items():
            found = _recognised(seen.posts, intents, known.claimed)
            if found is None and self._form == "blocks":
                # WordPress may have stored it under a slug that nobody would guess.
                by_mark = yield from posts.search(self._site, facts, mark(subject.name))
                found = _recognised(by_mark, intents, known.claimed)
            yield from done(subject, Absent() if found is None else Found(posts.written(found, posts.stored(found))))


class _There(NamedTuple):
    """What stands at the site: posts under the slugs that are wanted, and those that the ledger knows, by id."""

    under_slug: Sequence[Post]
    under_id: Mapping[str, Post]
    foreign: Sequence[tuple[str, str]]


def _as_time_made_it(publication: Publication, post: Post) -> Publication:
    """The baseline as it is by now: what was scheduled has been published by WordPress itself."""
    if publication.baseline.get("status") != "future" or post.status != "publish":
        return publication
    return publication.model_copy(update={"baseline": {**publication.baseline, "status": "publish"}})


def _write(job: Job, post: Post | None, fields: Mapping[str, Any], facts: Facts) -> Write:
    route = posts.ROUTE if post is None else f"{posts.ROUTE}/{post.id}"
    if job.action is Action.DELETE:
        return Write(job.subject, route, {"_fields": "id"}, {}, {}, method="DELETE")
    return Write(job.subject, route, posts.EDIT, fields, posts.evidence(job, fields, facts))


def _settle(job: Job, sent: Write, answer: Answered) -> Flow[None]:
    if job.action is Action.DELETE and answer.code in ("rest_already_trashed", "rest_post_invalid_id"):
        yield from done(job.subject, Removed())
    elif answer.error is not None:
        yield from done(job.subject, Failed(answer.error))
    elif answer.value is not None and job.action is Action.DELETE:
        yield from done(job.subject, Removed())
    elif answer.value is not None:
        yield from done(job.subject, posts.written(Post.read(answer.value), sent.body))


def _recognised(found: Sequence[Post], intents: Sequence[Intent], claimed: frozenset[str]) -> Post | None:
    proofs = [intent.evidence for intent in intents]
    return next((post for post in found if any(posts.is_ours(post, proof, claimed) for proof in proofs)), None)
