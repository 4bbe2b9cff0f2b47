"""WordPress: articles as posts, through the REST API that every WordPress since 5.6 has.

Source: https://developer.wordpress.org/rest-api/
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

import httpx
from pydantic import SecretStr

from publisher.backends.base import Backend, Capabilities, Connection, Guard, Known, Preview, RateLimit, Verdict
from publisher.backends.steps import Failed, Flow, Removed, Written, done, together
from publisher.backends.wordpress import posts
from publisher.backends.wordpress.answers import classify
from publisher.backends.wordpress.batches import LIMIT, LOST, Answered, Write, arrived_after_all, write
from publisher.backends.wordpress.checking import check
from publisher.backends.wordpress.deciding import Batch, as_time_made_it, look, type_of
from publisher.backends.wordpress.finding import find_posts
from publisher.backends.wordpress.kinds import POST, kind_of, kinds
from publisher.backends.wordpress.looking import PAGE_ROWS, by_ids
from publisher.backends.wordpress.media import find_media, place_media
from publisher.backends.wordpress.people import authors
from publisher.backends.wordpress.posts import Post
from publisher.backends.wordpress.previewing import preview
from publisher.backends.wordpress.reviewing import review
from publisher.backends.wordpress.site import Credentials, Facts, Site, learn
from publisher.backends.wordpress.terms import find_terms, parent_of, place_terms, terms_of
from publisher.errors import ConfigurationError, PublisherError
from publisher.models import (
    Action,
    Article,
    Change,
    Effect,
    Finding,
    ImageLimits,
    Intent,
    Job,
    Publication,
    Subject,
    Target,
)
from publisher.models.target import web_address
from publisher.rendering import RENDERER

__all__ = ["WordPress"]

Form = Literal["auto", "blocks", "html"]

#: How many batches of writes are under way at a time.
_AT_ONCE = 2

#: How many members of a batch that got no answer are tried singly before the others are.
_FIRST = 4


#: WordPress scales what is larger by itself: https://make.wordpress.org/core/2019/10/09/introducing-handling-of-big-images-in-wordpress-5-3/
IMAGES = ImageLimits(max_width=2560, max_height=2560)

#: A hundred posts in one answer are long, and an upload to a slow site takes its time.
GUARD = Guard(deadline=300.0, max_answer=64_000_000)


class WordPress(Backend):
    """A WordPress site as a target.

    ``url`` is the site's address as WordPress itself spells it. ``username`` is the login or e-mail, ``app_password``
    an application password (made in wp-admin under Users, Profile); or ``token``, for sites with a plugin that takes
    Bearer tokens. ``body`` is the form of what is written: ``"blocks"`` (what ``"auto"`` means) or ``"html"`` for sites
    with the Classic Editor. ``timeout`` is seconds for each phase of a request; ``settle`` how many seconds PHP may
    work on after it (default 60). ``images`` are the limits to which images are made smaller: above the default of 2560
    pixels a side WordPress itself would scale them, in PHP's memory. ``guarded`` is for applications whose customers
    say where their sites are: public addresses over https only, see :class:`publisher.backends.base.Guard`. ``id`` is
    an identity for the ledger in place of the address. ``rate`` is how many requests the site shall get at most;
    without it they are not counted.

    Raises :class:`ConfigurationError` for an address or credentials that cannot be right.

    ``headers`` are added to every request, ``verify`` may be an SSL context for a private CA, and ``transport``
    replaces the network in tests. An ``id`` is for a site that moves, and for two targets on one site.
    """

    kind: ClassVar[str] = "wordpress"
    # Reads are joined for all of them; what is written goes out in portions of 25, two at once.
    capabilities: ClassVar[Capabilities] = Capabilities(batch=500, parallel=1)

    def __init__(
        self,
        url: str,
        *,
        username: str | None = None,
        app_password: str | SecretStr | None = None,
        token: str | SecretStr | None = None,
        body: Form = "auto",
        images: ImageLimits | None = None,
        guarded: bool = False,
        id: str = "",
        timeout: float = 30.0,
        settle: float = 60.0,
        headers: Mapping[str, str] | None = None,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.AsyncBaseTransport | None = None,
        rate: RateLimit | None = None,
    ) -> None:
        if body not in ("auto", "blocks", "html"):
            raise ConfigurationError(f"there is no body form {body!r}", field="body", hint="Use 'blocks' or 'html'.")
        if re.search(r"/wp-(admin|login)\b", url):
            raise ConfigurationError(
                f"{url} is the address of the dashboard", field="url", hint="Give the address that visitors use."
            )
        connection = Connection(
            timeout=timeout,
            settle=settle,
            verify=verify,
            headers=headers or {},
            transport=transport,
            guard=GUARD if guarded else None,
            rate=rate,
        )
        super().__init__(Target(kind=self.kind, url=web_address(url), id=id), connection, images or IMAGES)
        self._body = body
        self._form = "classic" if body == "html" else "blocks"
        self._credentials = Credentials(username, app_password, token)
        self._site = Site(self.target.url, self._credentials)

    @property
    def renderer(self) -> str:
        return f"{self._form}-{RENDERER[self._form]}"

    def settings(self) -> Mapping[str, Any]:
        return {"body": "html" if self._form == "classic" else "blocks"}

    def secrets(self) -> Sequence[str]:
        return [*self._credentials.secrets(), *self.connection.hidden]

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        return check(self._site, self._body, self._form)

    def classify(self, answer: httpx.Response, effect: Effect) -> Verdict:
        return classify(answer, effect)

    def review(self, article: Article) -> Sequence[Finding]:
        return list(review(article))

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
        about = yield from self._about(batch, known)
        silent: list[PublisherError] = []
        for some in _looked_at_together(batch, known):
            looked = yield from look(self._site, about, some)
            yield from self._carry_out(looked, some, silent)

    def preview(self, jobs: Sequence[Job], known: Known) -> Flow[Mapping[str, Preview]]:
        about = yield from self._about(jobs, known)
        shown: dict[str, Preview] = {}
        for some in _looked_at_together(jobs, known):
            looked = yield from look(self._site, about, some)
            shown |= {job.key: preview(looked, job) for job in some}
        return shown

    def edits(self, publication: Publication, there: Written) -> tuple[Change, ...]:
        return super().edits(as_time_made_it(publication, there.status), there)

    def adopted(self, there: Written) -> Written:
        # Not its categories, one of which WordPress may have given it.
        kept = {name: value for name, value in there.baseline.items() if name != "categories"}
        return replace(there, baseline=kept)

    def _about(self, batch: Sequence[Job], known: Known) -> Flow[Batch]:
        """What is to be known of the site before one looks at what stands there of these jobs."""
        facts = yield from self._facts(known)
        there = yield from kinds(self._site, facts, known, {type_of(job, known) for job in batch})
        articles = [job.article for job in batch if job.article is not None]
        people = yield from authors(self._site, facts, known, articles)
        return Batch(facts, known, self._form, there, people)

    def _carry_out(self, there: Batch, batch: Sequence[Job], silent: list[PublisherError]) -> Flow[None]:
        writes: dict[Effect, list[tuple[Job, Write]]] = {"create": [], "replace": []}
        for job in batch:
            try:
                one = there.write(job)
            except PublisherError as error:
                yield from done(job.subject, Failed(error))
                continue
            if one is None:
                yield from done(job.subject, Removed())
            else:
                writes["create" if there.is_new(one) else "replace"].append((job, one))
        singly: list[bool] = []
        portions = [
            self._write(there.facts, some[start : start + LIMIT], effect, silent, singly)
            for effect, some in writes.items()
            for start in range(0, len(some), LIMIT)
        ]
        for result in (yield from together(portions, _AT_ONCE)):
            if isinstance(result, Failed):
                raise result.error

    def _write(
        self,
        facts: Facts,
        some: Sequence[tuple[Job, Write]],
        effect: Effect,
        silent: list[PublisherError],
        singly: list[bool],
    ) -> Flow[None]:
        """Write one portion. A site that could not be reached, as ``silent`` says then, is not asked again for each.

        A batch of replaces that got no answer, however often it was sent, goes once more singly, on the spot: one of
        its articles may be what PHP dies of, and the others are none the worse for it. ``singly`` tells the portions
        after it. That may come while PHP is still at work on the batch, which writes the same. A create is never sent
        again here: what became of it has to be looked for first.
        """
        writes = [one for _, one in some]
        if silent:
            answers = [Answered(error=silent[0])] * len(some)
        elif effect == "replace" and singly:
            answers = yield from _one_by_one(self._site, facts, writes)
        else:
            answers = yield from write(self._site, facts, writes, effect)
            if effect == "replace" and len(writes) > 1 and facts["batch"] and all(one.lost for one in answers):
                singly.append(True)
                answers = yield from _one_by_one(self._site, facts, writes)
        for (job, one), answer in zip(some, answers, strict=True):
            yield from _settle(job, one, answer)
        silent += [answer.error for answer in answers if answer.error is not None and not answer.reached]

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        facts = yield from self._facts(known)
        about: dict[Subject, list[Intent]] = {}
        for intent in intents:
            about.setdefault(intent.subject, []).append(intent)
        articles = {subject: sent for subject, sent in about.items() if subject.kind == "article"}
        found = yield from find_posts(self._site, facts, known, articles, self._form, self.connection.settle)
        terms = {subject: sent[-1] for subject, sent in about.items() if subject.kind == "term"}
        found |= yield from find_terms(self._site, facts, terms, self.connection.settle)
        yield from find_media(self._site, facts, [subject for subject in about if subject.kind == "asset"])
        looks = [(sent[-1], subject in found) for subject, sent in about.items()]
        yield from arrived_after_all(known.facts, looks, self.connection.timeout)

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        facts = yield from self._facts(known)
        by_type: dict[str, list[str]] = {}
        for one in publications:
            by_type.setdefault(str(one.baseline.get("type") or POST.name), []).append(one.remote_id)
        there = yield from kinds(self._site, facts, known, by_type)
        found: dict[str, Post] = {}
        for name, ids in by_type.items():
            seen = yield from by_ids(self._site, facts, kind_of(name, there), ids)
            found |= {str(post.id): post for post in seen.posts if post.status != "trash"}
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
        return {**facts, "batch": facts["batch"] and LOST.name not in known.facts}


def _looked_at_together(batch: Sequence[Job], known: Known) -> Iterator[Sequence[Job]]:
    """New articles all at once, so that their slugs fill the look-ups; others as many as one read tells of."""
    there = [job for job in batch if job.key in known.publications]
    new = [job for job in batch if job.key not in known.publications]
    if new:
        yield new
    for start in range(0, len(there), PAGE_ROWS):
        yield there[start : start + PAGE_ROWS]


def _one_by_one(site: Site, facts: Facts, writes: Sequence[Write]) -> Flow[list[Answered]]:
    """Send replaces singly. Where none of the first few is answered either, it is the site and not one of them."""
    alone = {**facts, "batch": False}
    answers = yield from write(site, alone, writes[:_FIRST], "replace")
    left = writes[_FIRST:]
    if all(one.lost or not one.reached for one in answers):
        return [*answers, *answers[:1] * len(left)]
    return [*answers, *(yield from write(site, alone, left, "replace"))]


def _settle(job: Job, sent: Write, answer: Answered) -> Flow[None]:
    if job.action is Action.DELETE and answer.code in ("rest_already_trashed", "rest_post_invalid_id"):
        yield from done(job.subject, Removed())
    elif answer.error is not None:
        yield from done(job.subject, Failed(answer.error))
    elif answer.value is not None and job.action is Action.DELETE:
        yield from done(job.subject, Removed())
    elif answer.value is not None:
        wanted = {**sent.body, **sent.unsendable}
        yield from done(job.subject, posts.written(Post.read(answer.value), wanted, sent.owned))
