"""Webflow: articles as items of a CMS collection, through the Data API v2.

Source: https://developers.webflow.com/data/reference
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import httpx
from pydantic import SecretStr

from publisher.backends.base import Backend, Capabilities, Connection, Known, Preview, RateLimit, Verdict, assets_of
from publisher.backends.steps import Failed, Flow, Placed, Removed, Written, done
from publisher.backends.webflow.answers import classify
from publisher.backends.webflow.assets import find_assets, place_assets
from publisher.backends.webflow.changing import take_off, update_items
from publisher.backends.webflow.checkup import checkup
from publisher.backends.webflow.creating import create_items
from publisher.backends.webflow.deciding import Deed, decide, look
from publisher.backends.webflow.fields import check_article, stale_terms, terms_of, used_terms
from publisher.backends.webflow.items import Place, written
from publisher.backends.webflow.looking import by_ids
from publisher.backends.webflow.mapping import CUSTOM, field_map
from publisher.backends.webflow.place import learn_collection, learn_site
from publisher.backends.webflow.previewing import previews
from publisher.backends.webflow.recognising import find_items
from publisher.backends.webflow.reviewing import review
from publisher.backends.webflow.site import Site, hundreds
from publisher.backends.webflow.terms import find_terms, place_terms
from publisher.errors import ConfigurationError, PublisherError
from publisher.models import Action, Article, Effect, Finding, ImageLimits, Intent, Job, Publication, Subject, Target
from publisher.models.target import web_address
from publisher.rendering import RENDERER

__all__ = ["Webflow"]

#: Webflow takes images of up to 4 MB: https://developers.webflow.com/data/docs/working-with-assets
IMAGES = ImageLimits(
    max_bytes=4_000_000, media_types=("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")
)

_ID = re.compile(r"[0-9a-f]{24}")


class Webflow(Backend):
    """A CMS collection of a Webflow site as a target.

    ``token`` is a site token (site settings, Apps & integrations, API access) with the scopes ``sites:read``,
    ``cms:read``, ``cms:write``, ``assets:read`` and ``assets:write``. ``collection_id`` is the collection's id, and
    ``site_id`` that of its site, which is looked for where it is left out.

    ``fields`` maps parts of articles to slugs of fields, for example ``{"body": "post-body", "cover": "main-image",
    "meta.colour": "colour", "excerpt": None}``; None leaves a part out. The parts are ``body cover excerpt date updated
    author category tags seo_title seo_description seo_image canonical noindex sticky language type template parent
    key``, and ``meta.…`` for custom fields. What is not mapped is guessed (see :meth:`check`). ``key`` is a plain text
    field, best hidden, by which articles are known again when the ledger is lost: a field of the slug ``source-id`` or
    ``source-key`` is taken for it.

    ``url`` is how the site builds the address of an item, such as ``https://example.com/blog/{slug}``: the API does not
    tell it, and without ``url`` receipts have none. With ``live=False`` nothing is put live: articles wait for the next
    publish of the site. With ``stage_first`` new items are stored before they are published, in a request of its own.

    ``images`` are the limits that images are fitted to (4 MB by default); ``timeout`` is seconds for each phase of a
    request, ``settle`` how many seconds Webflow may work on after it (default 60). ``headers`` go to the API only, and
    ``verify`` may be an SSL context. ``rate`` is a limit of your own below that of the plan, which the API tells.
    ``id`` is an identity for the ledger in place of the address and the collection.

    Raises :class:`ConfigurationError` for arguments that cannot be right.
    """

    kind: ClassVar[str] = "webflow"
    # Reads are joined for a whole batch; what is written goes out in portions of a hundred, one after the other.
    # Ownership is proved by the source-key field. In a collection without one an item that the ledger does not know is
    # never taken for ours: after a lost ledger it is a conflict.
    capabilities: ClassVar[Capabilities] = Capabilities(batch=500, parallel=1, schedules=False)

    def __init__(
        self,
        *,
        token: str | SecretStr,
        collection_id: str,
        site_id: str | None = None,
        fields: Mapping[str, str | None] | None = None,
        url: str | None = None,
        base_url: str = "https://api.webflow.com/v2",
        live: bool = True,
        stage_first: bool = False,
        images: ImageLimits | None = None,
        id: str = "",
        timeout: float = 30.0,
        settle: float = 60.0,
        rate: RateLimit | None = None,
        headers: Mapping[str, str] | None = None,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token = SecretStr(token) if isinstance(token, str) else token
        if not self._token.get_secret_value().strip():
            raise ConfigurationError(
                "Webflow needs a token",
                field="token",
                hint="Make a site token in the site settings under Apps & integrations, API access.",
            )
        if not re.fullmatch(r"[!-~]+", self._token.get_secret_value()):
            raise ConfigurationError(
                "the token holds characters that no token of Webflow's has, such as blanks",
                field="token",
                hint="Copy it once more, without what stands around it.",
            )
        for name, value in (("collection_id", collection_id), ("site_id", site_id)):
            if value is not None and not _ID.fullmatch(value):
                raise ConfigurationError(
                    f"{value!r} is no id of Webflow's: these have 24 digits and letters from a to f",
                    field=name,
                    hint="The Designer shows them in the settings of the collection and of the site.",
                )
        if url is not None and "{slug}" not in url:
            raise ConfigurationError(
                f"the address {url!r} does not say where the slug stands",
                field="url",
                hint="Write it with {slug}, such as https://example.com/blog/{slug}.",
            )
        connection = Connection(
            timeout=timeout, settle=settle, verify=verify, headers=headers or {}, transport=transport, rate=rate
        )
        target = Target(kind=self.kind, url=web_address(base_url), collection=collection_id, id=id)
        super().__init__(target, connection, images or IMAGES)
        self._site = Site(self.target.url, self._token)
        self._site_id = site_id
        self._collection_id = collection_id
        self._fields = dict(fields or {})
        self._url = url
        self._live = live
        self._stage_first = stage_first
        self._custom = [name.removeprefix(CUSTOM) for name, slug in self._fields.items() if slug and CUSTOM in name]

    @property
    def renderer(self) -> str:
        return f"webflow-{RENDERER['webflow']}"

    def settings(self) -> Mapping[str, Any]:
        return {"fields": self._fields, "live": self._live}

    def secrets(self) -> Sequence[str]:
        return [self._token.get_secret_value(), *self.connection.hidden]

    def rate(self) -> RateLimit:
        """What the smallest plans have; a token of a larger one is told so with the first answer."""
        return RateLimit(60, credential=self._token.get_secret_value())

    def classify(self, answer: httpx.Response, effect: Effect) -> Verdict:
        return classify(answer, effect) or super().classify(answer, effect)

    def review(self, article: Article) -> Sequence[Finding]:
        return list(review(article))

    def needs(self, job: Job) -> Sequence[Subject]:
        if job.article is None:
            return ()
        return [*_assets(job.article), *terms_of(job.article, self._custom)]

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        facts = yield from learn_site(self._site, self._site_id, self._collection_id, known)
        place = yield from self._place(facts, known)
        good = []
        for job in jobs:
            try:
                if job.action in (Action.CREATE, Action.UPDATE):
                    check_article(job, place.fields, place.zone)
                good.append(job)
            except PublisherError as error:
                yield from done(job.subject, Failed(error))
        named, used = set[Subject](), dict[Subject, str]()
        for job in reversed(good):  # as the first of them spells it
            if job.article is not None:
                named.update(terms_of(job.article, self._custom))
                used |= used_terms(job.article, place.fields, self._custom)
        for need in needs:
            if need in named and need not in used:  # what no field holds needs no item
                yield from done(need, Placed(""))
        yield from place_terms(place, {need: used[need] for need in needs if need in used}, known)
        files = assets_of(good)
        wanted = {need: files[need.name] for need in needs if need.kind == "asset" and need.name in files}
        yield from place_assets(self._site, facts["id"], wanted, known)

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        facts = yield from learn_site(self._site, self._site_id, self._collection_id, known)
        place = yield from self._place(facts, known)
        stale = {job.key: stale_terms(job, place.fields, known, self._custom) for job in batch if self._writes(job)}
        for need in dict.fromkeys(need for needs in stale.values() for need in needs):
            yield from done(need, Removed())
        ready = [job for job in batch if not stale.get(job.key)]
        seen = yield from look(place, ready, known)
        deeds: list[Deed] = []
        for job in ready:
            try:
                deed = decide(job, seen, place, known, self._uses(job, place) if self._writes(job) else ())
            except PublisherError as error:
                yield from done(job.subject, Failed(error))
                continue
            if deed is None:
                yield from done(job.subject, Removed())
            else:
                deeds.append(deed)
        yield from self._carry_out(place, deeds)

    def _carry_out(self, place: Place, deeds: Sequence[Deed]) -> Flow[None]:
        at_once, new, there, going = [], [], [], []
        for deed in deeds:
            if deed.wish is None:
                going.append(deed)
            elif deed.item is not None:
                there.append(deed)
            elif deed.wish.shown and place.live and not place.stage_first:
                at_once.append(deed)
            else:
                new.append(deed)
        steps = (
            (at_once, partial(create_items, live=True)),
            (new, partial(create_items, live=False)),
            (there, update_items),
            (going, take_off),
        )
        for some, carry_out in steps:
            for portion in hundreds(some):
                yield from carry_out(place, portion)

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        facts = yield from learn_site(self._site, self._site_id, self._collection_id, known)
        place = yield from self._place(facts, known)
        about: dict[Subject, list[Intent]] = {}
        for intent in intents:
            about.setdefault(intent.subject, []).append(intent)
        yield from find_items(place, {one: sent for one, sent in about.items() if one.kind == "article"}, known)
        yield from find_terms(place, {one: sent[-1].evidence for one, sent in about.items() if one.kind == "term"})
        yield from find_assets(self._site, facts["id"], [one for one in about if one.kind == "asset"])

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        facts = yield from learn_site(self._site, self._site_id, self._collection_id, known)
        place = yield from self._place(facts, known)
        found = yield from by_ids(place, {one.remote_id: one.version for one in publications})
        return {
            one.key: written(found[one.remote_id], place, owned=one.baseline) if one.remote_id in found else None
            for one in publications
        }

    def preview(self, jobs: Sequence[Job], known: Known) -> Flow[Mapping[str, Preview]]:
        facts = yield from learn_site(self._site, self._site_id, self._collection_id, known)
        place = yield from self._place(facts, known)
        seen = yield from look(place, jobs, known)
        return (yield from previews(place, seen, jobs, known, self._custom))

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        """What stands in the way of publishing: the token, the site, the collection, and which field takes what."""
        return (yield from checkup(self._site, self._site_id, self._collection_id, self._fields, url=self._url))

    def _place(self, facts: Mapping[str, Any], known: Known) -> Flow[Place]:
        collection = yield from learn_collection(self._site, self._collection_id, known)
        fields = field_map(collection, self._fields)
        return Place(self._site, fields, facts["zone"], self._live, self._stage_first, self._url)

    def _uses(self, job: Job, place: Place) -> list[Subject]:
        """Those of the needs that the item will refer to."""
        return [*_assets(job.article), *used_terms(job.article, place.fields, self._custom)] if job.article else []

    @staticmethod
    def _writes(job: Job) -> bool:
        return job.action in (Action.CREATE, Action.UPDATE)


def _assets(article: Article) -> dict[Subject, None]:
    return dict.fromkeys(Subject("asset", asset.id) for asset in article.assets.values())
