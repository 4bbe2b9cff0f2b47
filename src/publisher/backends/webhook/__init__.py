"""Webhook: articles as signed events, sent to a receiver of your own.

What is sent is described in :mod:`publisher.webhooks.payload`, how it is signed in :mod:`publisher.webhooks`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from publisher.backends.base import Backend, Capabilities, Connection, Guard, Known, RateLimit, Verdict, assets_of
from publisher.backends.steps import (
    Fact,
    Failed,
    Flow,
    Lost,
    Parcel,
    Placed,
    Removed,
    Unsure,
    Written,
    done,
    fit,
    send,
    settling,
    together,
)
from publisher.backends.webhook.answers import ACCEPTED, GONE, acknowledged, refusal, status_address
from publisher.backends.webhook.checking import findings
from publisher.backends.webhook.settings import Place, Scheme, Seal, Secret, checked
from publisher.backends.webhook.size import too_large
from publisher.errors import (
    ConfigurationError,
    PublisherError,
    RefusedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from publisher.models import (
    Action,
    Article,
    Asset,
    Effect,
    Finding,
    ImageLimits,
    Intent,
    Job,
    Publication,
    Status,
    Subject,
    Target,
)
from publisher.rendering import RENDERER
from publisher.webhooks.payload import VERSION, encode
from publisher.webhooks.signing import GITHUB_HEADER
from publisher.webhooks.telling import Picture, article_event, status_told, upload_event

__all__ = ["Webhook"]

#: Larger images would be too much for one event; more pixels are seldom shown.
IMAGES = ImageLimits(max_width=2560, max_height=2560)

#: Many a server takes no body above 1 MiB, and base64 makes three bytes into four.
INLINE = 512 * 1024
LONGEST = 1024 * 1024

HOUR = 3600.0

#: When a delivery that failed is made again: the example of Standard Webhooks, in seconds after the one before.
SCHEDULE = (0, 5, 5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)

#: How often, and for how many seconds, a run tries by itself before it leaves a delivery to the schedule.
TRIES, DEADLINE = 3, 30.0

_GONE = "gone"
_TEN_YEARS = 315_576_000.0
_AGAIN = "Run again; a receiver that drops ids it knows takes it once."


class Webhook(Backend):
    """A receiver of signed events as a target.

    ``url`` is where events are posted to. ``secret`` is ``whsec_…`` (see :func:`publisher.webhooks.new_secret`), or
    several of them while they are being changed, the newest first. ``scheme`` is

    - ``"standard"``: Standard Webhooks v1;
    - ``"github"``: ``X-Hub-Signature-256``, or ``signature_header``, over the body with any text as secret;
    - ``"bearer"``: the secret is a token in ``Authorization``;
    - ``"none"``: nothing, for addresses that are secrets themselves. Their path is shown and stored nowhere.

    ``headers`` are sent along. ``images`` are the limits that images are fitted to. Those of an article travel inside
    its event up to ``inline`` bytes together; above that each goes ahead of it in an ``asset.upload`` of its own, which
    the receiver answers with its ``url``. ``largest`` is how many bytes the event of an article may have. ``timezone``
    is that of dates without one. ``timeout`` is seconds for each phase of a request and for a whole try; ``settle`` how
    many seconds the receiver may still work on a request without an answer before an older version is followed by a
    newer one; ``rate`` how many requests it shall get at most. ``allow_http`` and ``allow_private`` are for development
    on this machine. A receiver that answers 410 gets no more, until somebody passes ``resume=True`` or runs
    ``publisher resume``. ``id`` is an identity for the ledger in place of the address.

    A run tries each event three times within 30 seconds; what failed then is sent again by ``retry``, with the same
    ``webhook-id`` and the same bytes, on the schedule of Standard Webhooks: ten attempts over three days. ``publish``
    sends the same event, too, where nothing else was wanted since. All attempts are in the ledger's log for
    ``log_days``, and what was sent in them, which ``replay`` sends again.

    An answer of 202 says *accepted, not done yet*, and so does the receipt. With ``poll`` the address that such an
    answer tells (``status_url`` in its JSON, or ``Location``; of the same origin only) is asked what became of it, by
    signed GETs within the time of a run's tries; an answer of 202 there says *not yet*.

    An event may arrive more than once, with the same ``webhook-id``. Nothing can be asked of a receiver, so that what
    somebody changed there is overwritten. Raises :class:`ConfigurationError` for what cannot be right.
    """

    kind: ClassVar[str] = "webhook"
    stop_fact: ClassVar[str] = _GONE
    capabilities: ClassVar[Capabilities] = Capabilities(batch=1, parallel=8, terms=False, reads=False)

    def __init__(
        self,
        url: str,
        *,
        secret: Secret | Sequence[Secret] | None = None,
        scheme: Scheme = "standard",
        signature_header: str = GITHUB_HEADER,
        images: ImageLimits | None = None,
        inline: int = INLINE,
        largest: int = LONGEST,
        timezone: str = "UTC",
        id: str = "",
        timeout: float = 30.0,
        settle: float = 60.0,
        headers: Mapping[str, str] | None = None,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.AsyncBaseTransport | None = None,
        rate: RateLimit | None = None,
        allow_http: bool = False,
        allow_private: bool = False,
        resume: bool = False,
        log_days: float = 30.0,
        poll: bool = False,
    ) -> None:
        self._seal = Seal.made(scheme, secret, signature_header)
        self._place = Place.of(url, open_to_all=scheme == "none", allow_http=allow_http)
        self._guard = Guard(deadline=timeout, allow_http=allow_http, allow_private=allow_private)
        self._inline = inline
        self._largest = largest
        self._resume = resume
        self._poll = poll
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ConfigurationError(
                f"there is no time zone {timezone!r}", field="timezone", hint="Write for example 'Europe/Berlin'."
            ) from None
        connection = Connection(
            timeout=timeout,
            settle=settle,
            verify=verify,
            headers=checked(headers or {}, self._seal),
            transport=transport,
            rate=rate,
            guard=self._guard,
            tries=TRIES,
            deadline=DEADLINE,
            schedule=SCHEDULE,
            log_days=log_days,
        )
        target = Target(kind=self.kind, url=self._place.shown, collection=self._place.collection, id=id)
        super().__init__(target, connection, images or IMAGES)

    @property
    def renderer(self) -> str:
        return f"event-{VERSION}-html-{RENDERER['html']}"

    def settings(self) -> Mapping[str, Any]:
        return {"timezone": self._zone.key}

    def secrets(self) -> Sequence[str]:
        keys = [secret.removeprefix("whsec_") for secret in self._seal.secrets]
        return [*self._seal.secrets, *keys, *self._place.secrets, *self.connection.hidden]

    def classify(self, answer: httpx.Response, effect: Effect) -> Verdict:
        if effect == "read" and answer.status_code == ACCEPTED:  # the only reads ask what became of an event
            return "transient"
        return super().classify(answer, effect)

    def needs(self, job: Job) -> Sequence[Subject]:
        if job.article is None or self._travel_along(job.article):
            return ()
        return [Subject("asset", name) for name in _assets(job.article)]

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        self._refuse_if_gone(known)
        yield from together([settling([need], self._upload(need, jobs, known)) for need in needs], limit=2)

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        self._refuse_if_gone(known)
        for job in batch:
            silent: UnreachableError | None = None
            try:
                parcel = yield from self._event(job, known)
                answer = yield from self._post(job.subject, parcel)
                if isinstance(answer, Lost):
                    lost = UnreachableError(answer.why, hint=answer.remedy or _AGAIN)
                    silent = None if answer.sent else lost
                    raise lost
                yield from self._settle(job, answer, known)
            except PublisherError as error:
                yield from done(job.subject, Failed(error))
            if silent is not None:  # nobody is there, so that the other articles need not be tried
                raise silent

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        # An event may be sent again, so nothing here is ever a create whose answer has to be looked for.
        for intent in intents:
            yield from done(intent.subject, Unsure("a webhook cannot be asked what it holds"))

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        """Nothing is known: a webhook cannot be asked."""
        yield from ()
        return {}

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        ours = self.connection.transport is None
        return (yield from findings(self._place, self._seal, self._guard if ours else None, known, _GONE))

    def replay(self, about: Subject, parcel: Parcel, known: Known) -> Flow[None]:
        self._refuse_if_gone(known)
        answer = yield from self._post(about, parcel)
        if isinstance(answer, httpx.Response) and answer.status_code == GONE:
            yield from done(Subject("fact", _GONE), Fact({}, ttl=_TEN_YEARS))

    def _event(self, job: Job, known: Known) -> Flow[Parcel]:
        pictures = yield from self._pictures(job, known)
        event = article_event(job, pictures, known.publications.get(job.key), self._zone)
        body = encode(event)
        if len(body) > self._largest:
            raise too_large(event, len(body), self._largest, _size(job.article) if job.article else 0)
        return Parcel(_id(job), event.type, job.key, body, job.id)

    def _post(self, about: Subject, parcel: Parcel) -> Flow[httpx.Response | Lost]:
        """Sending an event twice is like sending it once: that is what its id is for."""
        build = partial(self._request, parcel.id, parcel.body)
        return (yield from send(build, "replace", {about: {"webhook-id": parcel.id}}, parcel))

    def _settle(self, job: Job, answer: httpx.Response, known: Known) -> Flow[None]:
        yield from self._accept(answer, job, known)
        if self._poll and answer.status_code == ACCEPTED:
            answer = yield from self._became(job, answer)
        if job.action is Action.DELETE:
            yield from done(job.subject, Removed())
        else:
            yield from done(job.subject, _written(job, answer, known.publications.get(job.key), self._zone))

    def _became(self, job: Job, accepted: httpx.Response) -> Flow[httpx.Response]:
        """What became of an event that was accepted; the same answer where that is not known yet."""
        where = status_address(accepted)
        if where is None:
            return accepted
        told = yield from send(partial(self._status_request, f"{_id(job)}_status", where), "read")
        return told if isinstance(told, httpx.Response) and told.is_success else accepted

    def _status_request(self, id: str, where: httpx.URL, now: float) -> httpx.Request:
        return httpx.Request("GET", where, headers={"Accept": "application/json"} | self._seal.headers(id, now, b""))

    def _pictures(self, job: Job, known: Known) -> Flow[dict[str, Picture]]:
        if job.article is None or job.action not in (Action.CREATE, Action.UPDATE):
            return {}
        made: dict[str, Picture] = {}
        for src, asset in job.article.assets.items():
            rendition = yield from fit(asset)
            if isinstance(rendition, Failed):
                raise rendition.error
            placed = known.placed.get(Subject("asset", asset.id))
            made[src] = Picture(rendition, placed.url if placed and not self._travel_along(job.article) else None)
        return made

    def _upload(self, need: Subject, jobs: Sequence[Job], known: Known) -> Flow[None]:
        asset = assets_of(jobs)[need.name]
        job = next(job for job in jobs if job.article is not None and need.name in _assets(job.article))
        made = yield from fit(asset)
        if isinstance(made, Failed):
            raise made.error
        event = upload_event(asset.id, made, job.created)
        parcel = Parcel(f"{_id(job)}_{asset.id[:16]}", event.type, job.key, encode(event), job.id)
        answer = yield from self._post(need, parcel)
        if isinstance(answer, Lost):
            raise UnreachableError(answer.why, hint=answer.remedy or _AGAIN)
        yield from self._accept(answer, job, known, f"the image {asset.name!r} was not taken: ")
        url = acknowledged(answer).url
        if url is None:
            raise UnexpectedAnswerError(
                f"the receiver took the image {asset.name!r} and did not say where it stands",
                hint='Have it answer an asset.upload with {"url": "https://…"}, or pass a larger inline= for images '
                "that travel along with their article.",
            )
        yield from done(need, Placed(asset.id, url))

    def _accept(self, answer: httpx.Response, job: Job, known: Known, about: str = "") -> Flow[None]:
        """Raise what an answer refuses, and remember whether the receiver wants more."""
        if answer.status_code == GONE:
            yield from done(Subject("fact", _GONE), Fact({"at": job.created}, ttl=_TEN_YEARS))
            raise _gone()
        if not answer.is_success:
            raise refusal(answer, about)
        if _GONE in known.facts:
            yield from done(Subject("fact", _GONE), Fact({}, ttl=0.0))

    def _refuse_if_gone(self, known: Known) -> None:
        if _GONE in known.facts and not self._resume:
            raise _gone()

    def _travel_along(self, article: Article) -> bool:
        """Whether the images of an article are small enough to be part of its event, by the size of their sources."""
        return _size(article) <= self._inline

    def _request(self, id: str, body: bytes, now: float) -> httpx.Request:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return httpx.Request("POST", self._place.url, headers=headers | self._seal.headers(id, now, body), content=body)


def _id(job: Job) -> str:
    """The same for every try of one job."""
    return f"msg_{job.id}"


def _assets(article: Article) -> dict[str, Asset]:
    return {asset.id: asset for asset in article.assets.values()}


def _size(article: Article) -> int:
    """Bytes of the images of an article, as they were found."""
    return sum(asset.size for asset in _assets(article).values())


def _written(job: Job, answer: httpx.Response, before: Publication | None, zone: ZoneInfo) -> Written:
    told = acknowledged(answer)
    shown = job.article is not None and job.action is not Action.UNPUBLISH
    status = status_told(job, job.article, zone) if shown and job.article is not None else Status.DRAFT
    return Written(
        # A receiver that says nothing knows the article by its key.
        remote_id=told.id or (before.remote_id if before else job.key),
        url=told.url or (before.url if before else None),
        version=str(job.revision),
        slug=job.slug,
        status="accepted" if answer.status_code == ACCEPTED else status.value,
        baseline={"status": status.value, "slug": job.slug},
    )


def _gone() -> RefusedError:
    return RefusedError(
        "the receiver answered 410: it wants no more events, and gets none",
        status=GONE,
        hint="Ask those who run it. If that was a mistake: publisher resume, or pass resume=True once.",
    )
