"""Webflow's shape as flows: the smallest backend that does all of it, to prove that the protocol carries it.

Not the real backend: one fixed schema, plain HTML, only the fields that the suite's articles have.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import httpx
from slugify import slugify

from publisher.backends.base import Backend, Capabilities, Connection, Known, mark
from publisher.backends.comparing import Fields, changes, edited, edits, gone, taken
from publisher.backends.steps import (
    Absent,
    Fact,
    Failed,
    Flow,
    Found,
    Lost,
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
from publisher.errors import (
    AuthenticationError,
    PublisherError,
    RefusedError,
    TargetError,
    UnexpectedAnswerError,
    UnreachableError,
)
from publisher.models import Action, Asset, Effect, Intent, Job, Publication, Status, Subject, Target
from publisher.rendering import Placed as PlacedImage
from publisher.rendering import render
from publisher.rendering.text import words

T = TypeVar("T")

#: How many slugs are looked up one by one; from there on the collection is listed.
_FEW = 3

#: How far the target's clock may be behind ours.
_CLOCKS = 300


class WebflowShape(Backend):
    """Items with a hidden field ``source-key``, tags as items of a second collection, assets in two steps.

    With ``keeps_halves`` a created item is committed before it is published; without, it is in doubt until then.
    """

    kind: ClassVar[str] = "webflow-shape"
    capabilities: ClassVar[Capabilities] = Capabilities(batch=3, parallel=2)
    keeps_halves: ClassVar[bool] = True

    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(Target(kind=self.kind, url=url, collection="articles"), Connection(transport=transport))
        self._token = token

    def secrets(self) -> Sequence[str]:
        return (self._token,)

    def needs(self, job: Job) -> Sequence[Subject]:
        if job.article is None or job.action in (Action.UNPUBLISH, Action.DELETE):
            return ()
        assets = [Subject("asset", asset.id) for asset in job.article.assets.values()]
        return [*assets, *(Subject("term", name) for name in job.article.tags)]

    # What articles need

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        if "schema" not in known.facts:
            schema = yield from self._ask("/collections/articles")
            yield from done(Subject("fact", "schema"), Fact({"fields": [field["slug"] for field in schema["fields"]]}))
        terms = [need for need in needs if need.kind == "term"]
        assets = [need for need in needs if need.kind == "asset"]
        files = {asset.id: asset for job in jobs if job.article for asset in job.article.assets.values()}
        flows = [settling(some, self._place_terms(some)) for some in _hundreds(terms)]
        if assets:
            there = yield from self._assets(assets)
            flows += [settling([need], self._place_asset(need, files[need.name], there[need])) for need in assets]
        yield from together(flows, limit=4)

    def _place_terms(self, terms: Sequence[Subject]) -> Flow[None]:
        slugs = {term: slugify(term.name) for term in terms}
        there = yield from self._by_slug("tags", slugs.values())
        new = [term for term in terms if slugs[term] not in there]
        if new:
            entries = [{"isDraft": False, "fieldData": {"name": term.name, "slug": slugs[term]}} for term in new]
            about = {term: {"slug": slugs[term]} for term in new}
            made = yield from self._change("POST", "/collections/tags/items", "create", about, items=entries)
            if isinstance(made, Lost):
                if not made.sent:
                    for term in new:
                        yield from done(term, Failed(UnreachableError(made.why)))
            else:
                there |= {row["fieldData"]["slug"]: row for row in _json(made)["items"]}
        standing = {term: there[slugs[term]] for term in terms if slugs[term] in there}
        refused = yield from self._go_live("tags", {term: row["id"] for term, row in standing.items()}, there)
        for term, row in standing.items():
            error = refused.get(term)
            yield from done(term, Failed(error) if error else Placed(row["id"]))

    def _place_asset(self, need: Subject, asset: Asset, there: Sequence[Fields]) -> Flow[None]:
        whole = next((row for row in there if row["size"]), None)
        if whole is not None:
            yield from done(need, Placed(whole["id"], whole["hostedUrl"]))
            return
        yield from self._clear(need, [row["id"] for row in there])
        fitted = yield from fit(asset)
        if isinstance(fitted, Failed):
            yield from done(need, fitted)
            return
        content = fitted.data
        body = {"fileName": _file_name(asset), "fileHash": hashlib.md5(content, usedforsecurity=False).hexdigest()}
        made = yield from self._change("POST", "/sites/site/assets", "create", {need: {}}, **body)
        if isinstance(made, Lost):
            if not made.sent:
                yield from done(need, Failed(UnreachableError(made.why)))
            return
        row = _json(made)
        upload = yield from send(lambda now: _upload(row, content), "replace", {need: {}})
        if not isinstance(upload, Lost) and upload.status_code == 201:
            yield from done(need, Placed(row["id"], row["hostedUrl"]))
            return
        yield from self._clear(need, [row["id"]])
        said = upload.why if isinstance(upload, Lost) else f"the upload was answered {upload.status_code}"
        yield from done(need, Failed(UnreachableError(said, hint="Run again.")))

    def _clear(self, need: Subject, orphans: Iterable[str]) -> Flow[None]:
        """Remove assets that were registered and never got their bytes."""
        for orphan in orphans:
            answer = yield from self._change("DELETE", f"/assets/{orphan}", "replace", {need: {}})
            _gone_now(answer)

    # Articles

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        there = yield from self._look(batch, known)
        creates: list[Job] = []
        updates: list[Job] = []
        removals: list[Job] = []
        for job in batch:
            row = there.get(job.key)
            trouble = self._trouble(job, row, known)
            if trouble is not None:
                yield from done(job.subject, Failed(trouble))
            elif row is None and job.action in (Action.UNPUBLISH, Action.DELETE):
                yield from done(job.subject, Removed())
            elif row is None:
                creates.append(job)
            elif job.action in (Action.UNPUBLISH, Action.DELETE):
                removals.append(job)
            else:
                updates.append(job)
        fields = {job.key: self._fields(job, known) for job in (*creates, *updates)}
        written = yield from self._create(creates, fields)
        written |= yield from self._update(updates, fields, there)
        yield from self._finish([job for job in batch if job.key in written], written)
        yield from self._take_off(removals, there)

    def _look(self, batch: Sequence[Job], known: Known) -> Flow[dict[str, Fields]]:
        """What stands there, by key: under our ids, else under our slugs."""
        there: dict[str, Fields] = {}
        published = [job for job in batch if job.key in known.publications]
        flows = [self._item("articles", known.publications[job.key].remote_id) for job in published]
        for job, row in zip(published, (yield from together(flows, limit=4)), strict=True):
            if isinstance(row, Failed):
                raise row.error
            if row is not None:
                there[job.key] = row
        new = [job for job in batch if job.key not in known.publications]
        by_slug = yield from self._by_slug("articles", [job.slug for job in new])
        return there | {job.key: by_slug[job.slug] for job in new if job.slug in by_slug}

    def _trouble(self, job: Job, row: Fields | None, known: Known) -> PublisherError | None:
        publication = known.publications.get(job.key)
        if row is not None and row["fieldData"].get("source-key") != mark(job.key):
            return taken(job.slug, row["id"]) if job.article is not None else None
        if publication is None:
            return None
        if row is None:
            forget = job.action is Action.DELETE or known.on_conflict == "overwrite"
            return None if forget else gone(publication.remote_id)
        if row["lastUpdated"] != publication.version and known.on_conflict != "overwrite":
            found = edits(publication, row["fieldData"], known.unanswered.get(job.key, ()), _essence)
            return edited(found) if found else None
        return None

    def _fields(self, job: Job, known: Known) -> dict[str, Any]:
        assert job.article is not None
        article = job.article
        placed = {src: known.placed[Subject("asset", asset.id)] for src, asset in article.assets.items()}
        return {
            "name": article.title,
            "slug": article.slug,
            "body": render(article, "html", {src: PlacedImage(at.url, at.remote_id) for src, at in placed.items()}),
            "excerpt": article.excerpt,
            "tags": [known.placed[Subject("term", name)].remote_id for name in article.tags],
            "source-key": mark(job.key),
        }

    def _create(self, jobs: Sequence[Job], fields: Mapping[str, Fields]) -> Flow[dict[str, Written]]:
        """Store new items. Those that were stored come back by key; the others are settled, or in doubt."""
        if not jobs:
            return {}
        about = {job.subject: {"fields": _essence(fields[job.key])} for job in jobs}
        entries = [{"isDraft": _is_draft(job), "fieldData": fields[job.key]} for job in jobs]
        made = yield from self._change("POST", "/collections/articles/items", "create", about, items=entries)
        if isinstance(made, Lost):
            if not made.sent:
                yield from _all_failed(jobs, UnreachableError(made.why))
            return {}
        if made.status_code == 400 and len(jobs) > 1:
            return (yield from self._create_singly(jobs, fields))
        if made.is_error:
            yield from _all_failed(jobs, _refusal(made))
            return {}
        rows = {row["fieldData"]["source-key"]: row for row in _json(made)["items"]}
        written = {job.key: _written(rows[mark(job.key)], fields[job.key]) for job in jobs}
        if self.keeps_halves:
            for job in jobs:
                yield from done(job.subject, Found(written[job.key]))
        return written

    def _create_singly(self, jobs: Sequence[Job], fields: Mapping[str, Fields]) -> Flow[dict[str, Written]]:
        """One bad entry had all refused, or only itself: look, then send each that is missing alone."""
        there = yield from self._by_slug("articles", [job.slug for job in jobs])
        written: dict[str, Written] = {}
        for job in jobs:
            row = there.get(job.slug)
            if row is None:
                written |= yield from self._create([job], fields)
            elif row["fieldData"].get("source-key") == mark(job.key):
                written[job.key] = _written(row, fields[job.key])
            else:
                yield from done(job.subject, Failed(taken(job.slug, row["id"])))
        return written

    def _update(
        self, jobs: Sequence[Job], fields: Mapping[str, Fields], there: Mapping[str, Fields]
    ) -> Flow[dict[str, Written]]:
        if not jobs:
            return {}
        about = {job.subject: {"fields": _essence(fields[job.key])} for job in jobs}
        entries = [
            {
                "id": there[job.key]["id"],
                "isDraft": _is_draft(job),
                # An unchanged slug is left out: it was once refused as its own duplicate.
                "fieldData": {
                    name: value
                    for name, value in fields[job.key].items()
                    if name != "slug" or value != there[job.key]["fieldData"]["slug"]
                },
            }
            for job in jobs
        ]
        answer = yield from self._change("PATCH", "/collections/articles/items", "replace", about, items=entries)
        if isinstance(answer, Lost):
            yield from _all_failed(jobs, UnreachableError(answer.why, hint="Run again."))
            return {}
        if answer.is_error and len(jobs) > 1:
            written: dict[str, Written] = {}
            for job in jobs:
                written |= yield from self._update([job], fields, there)
            return written
        if answer.is_error:
            yield from _all_failed(jobs, _refusal(answer))
            return {}
        rows = {row["id"]: row for row in _json(answer)["items"]}
        return {job.key: _written(rows[there[job.key]["id"]], fields[job.key]) for job in jobs}

    def _finish(self, jobs: Sequence[Job], written: Mapping[str, Written]) -> Flow[None]:
        """Publish what is stored and shall be seen, and settle it."""
        seen = {job.subject: written[job.key].remote_id for job in jobs if not _is_draft(job)}
        refused = yield from self._go_live("articles", seen)
        for job in jobs:
            error = refused.get(job.subject)
            yield from done(job.subject, Failed(error) if error else written[job.key])

    def _go_live(
        self, collection: str, items: Mapping[Subject, str], stored: Mapping[str, Fields] | None = None
    ) -> Flow[dict[Subject, PublisherError]]:
        """Publish items, but for those that ``stored`` shows published; why which could not be."""
        published = {row["id"] for row in (stored or {}).values() if row["lastPublished"]}
        missing = {subject: item for subject, item in items.items() if item not in published}
        if not missing:
            return {}
        about: dict[Subject, Fields] = {subject: {} for subject in missing}
        path, ids = f"/collections/{collection}/items/publish", list(missing.values())
        answer = yield from self._change("POST", path, "replace", about, itemIds=ids)
        if isinstance(answer, Lost):
            return {subject: UnreachableError(answer.why, hint="Run again.") for subject in missing}
        if answer.is_error:
            return {subject: _refusal(answer) for subject in missing}
        said = _json(answer)
        return {
            subject: RefusedError(f"it was stored but not published: {'; '.join(said['errors'])}")
            for subject, item in missing.items()
            if item not in said["publishedItemIds"]
        }

    def _take_off(self, jobs: Sequence[Job], there: Mapping[str, Fields]) -> Flow[None]:
        """Unpublish, and delete what shall be deleted: a deleted item that is live would stay live."""
        live = [job for job in jobs if there[job.key]["lastPublished"]]
        failed = yield from self._remove("/collections/articles/items/live", live, there)
        deletes = [job for job in jobs if job.action is Action.DELETE and job.key not in failed]
        failed |= yield from self._remove("/collections/articles/items", deletes, there)
        for job in jobs:
            row = {**there[job.key], "isDraft": True, "lastPublished": None}
            if job.key in failed:
                yield from done(job.subject, Failed(failed[job.key]))
            elif job.action is Action.DELETE:
                yield from done(job.subject, Removed())
            else:
                yield from done(job.subject, _written(row, {}))

    def _remove(self, path: str, jobs: Sequence[Job], there: Mapping[str, Fields]) -> Flow[dict[str, PublisherError]]:
        """``DELETE`` for all at once. A 404 may be the echo of our own lost first try: then each alone."""
        if not jobs:
            return {}
        about: dict[Subject, Fields] = {job.subject: {} for job in jobs}
        entries = [{"id": there[job.key]["id"]} for job in jobs]
        answer = yield from self._change("DELETE", path, "replace", about, items=entries)
        if not isinstance(answer, Lost) and answer.status_code == 404 and len(jobs) > 1:
            failed: dict[str, PublisherError] = {}
            for job in jobs:
                failed |= yield from self._remove(path, [job], there)
            return failed
        try:
            _gone_now(answer)
        except PublisherError as error:
            return {job.key: error for job in jobs}
        return {}

    # What became of it

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        flows = []
        for kind, look in (("article", self._find_articles), ("term", self._find_terms), ("asset", self._find_assets)):
            flows += [look(some) for some in _hundreds([one for one in intents if one.subject.kind == kind])]
        for result in (yield from together(flows, limit=3)):
            if isinstance(result, Failed):
                raise result.error

    def _find_articles(self, intents: Sequence[Intent]) -> Flow[None]:
        since = min(intent.sent_at for intent in intents) - _CLOCKS
        rows = yield from self._pages(
            "/collections/articles/items",
            "items",
            {"createdOn[gte]": dt.datetime.fromtimestamp(since, dt.UTC).isoformat()},
        )
        by_mark = {row["fieldData"].get("source-key"): row for row in rows}
        for subject in {intent.subject for intent in intents}:
            row = by_mark.get(mark(subject.name))
            yield from done(subject, Found(_written(row, {})) if row else Absent())

    def _find_terms(self, intents: Sequence[Intent]) -> Flow[None]:
        """A tag that is stored and not published is made whole here: no other step would know that it is not."""
        slugs = {intent.subject: intent.evidence["slug"] for intent in intents}
        there = yield from self._by_slug("tags", slugs.values())
        standing = {subject: there[slug]["id"] for subject, slug in slugs.items() if slug in there}
        refused = yield from self._go_live("tags", standing, there)
        for subject in slugs:
            if subject in refused:
                yield from done(subject, Unsure(refused[subject].what))
            elif subject in standing:
                yield from done(subject, Found(Placed(standing[subject])))
            else:
                yield from done(subject, Absent())

    def _find_assets(self, intents: Sequence[Intent]) -> Flow[None]:
        """An asset without bytes is removed here: the run that looks may not need it, and have no bytes for it."""
        there = yield from self._assets([intent.subject for intent in intents])
        for subject, rows in there.items():
            whole = next((row for row in rows if row["size"]), None)
            yield from self._clear(subject, [row["id"] for row in rows if not row["size"]])
            yield from done(subject, Found(Placed(whole["id"], whole["hostedUrl"])) if whole else Absent())

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        flows = [self._item("articles", publication.remote_id) for publication in publications]
        read: dict[str, Written | None] = {}
        for publication, row in zip(publications, (yield from together(flows, limit=4)), strict=True):
            if isinstance(row, Failed):
                raise row.error
            read[publication.key] = _written(row, {}) if row else None
        return read

    # Requests

    def _item(self, collection: str, item: str) -> Flow[Fields | None]:
        answer = yield from send(lambda now: self._request("GET", f"/collections/{collection}/items/{item}"), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(answer.why, hint="Run again.")
        return None if answer.status_code == 404 else _json(answer)

    def _by_slug(self, collection: str, slugs: Iterable[str]) -> Flow[dict[str, Fields]]:
        wanted = list(dict.fromkeys(slugs))
        path = f"/collections/{collection}/items"
        if not wanted:
            return {}
        if len(wanted) > _FEW:
            rows = yield from self._pages(path, "items", {})
        else:
            rows = []
            for found in (yield from together([self._pages(path, "items", {"slug": one}) for one in wanted], limit=4)):
                if isinstance(found, Failed):
                    raise found.error
                rows += found
        return {row["fieldData"]["slug"]: row for row in rows if row["fieldData"]["slug"] in wanted}

    def _assets(self, needs: Iterable[Subject]) -> Flow[dict[Subject, list[Fields]]]:
        """The assets of these ids, whole or not: their file names begin with it."""
        rows = yield from self._pages("/sites/site/assets", "assets", {})
        wanted = {need: f"{need.name[:16]}-" for need in needs}
        return {
            need: [row for row in rows if row["originalFileName"].startswith(prefix)] for need, prefix in wanted.items()
        }

    def _pages(self, path: str, name: str, params: Mapping[str, str]) -> Flow[list[Fields]]:
        rows: list[Fields] = []
        while True:
            page = yield from self._ask(path, {**params, "limit": "100", "offset": str(len(rows))})
            rows += page[name]
            if not page[name] or len(rows) >= page["pagination"]["total"]:
                return rows

    def _ask(self, path: str, params: Mapping[str, str] | None = None) -> Flow[dict[str, Any]]:
        answer = yield from send(lambda now: self._request("GET", path, params=params), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(answer.why, hint="Run again.")
        return _json(answer)

    def _change(
        self, method: str, path: str, effect: Effect, about: Mapping[Subject, Fields], **body: Any
    ) -> Flow[httpx.Response | Lost]:
        answer = yield from send(lambda now: self._request(method, path, json=body), effect, about)
        return answer

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Request:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.Request(method, f"{self.target.url}{path}", headers=headers, **parts)


def _hundreds(things: Sequence[T]) -> list[Sequence[T]]:
    return [things[start : start + 100] for start in range(0, len(things), 100)]


def _all_failed(jobs: Iterable[Job], error: PublisherError) -> Flow[None]:
    for job in jobs:
        yield from done(job.subject, Failed(error))


def _file_name(asset: Asset) -> str:
    return f"{asset.id[:16]}-{asset.name[-60:]}"


def _upload(row: Fields, content: bytes) -> httpx.Request:
    file = (row["originalFileName"], content, row["contentType"])
    return httpx.Request("POST", row["uploadUrl"], data=row["uploadDetails"], files={"file": file})


def _is_draft(job: Job) -> bool:
    return job.article is None or job.article.status is not Status.PUBLISHED


def _written(row: Fields, sent: Fields) -> Written:
    return Written(
        remote_id=row["id"],
        url=None,
        version=row["lastUpdated"],
        slug=row["fieldData"]["slug"],
        status="draft" if row["isDraft"] else "published",
        baseline=dict(row["fieldData"]),
        changes=changes(sent, row["fieldData"]),
    )


def _essence(fields: Fields) -> dict[str, Any]:
    return {**fields, **({"body": words(fields["body"])} if "body" in fields else {})}


def _gone_now(answer: httpx.Response | Lost) -> None:
    """A ``DELETE`` did its work, now or in a try whose answer was lost; raises if not."""
    if isinstance(answer, Lost):
        raise UnreachableError(answer.why, hint="Run again.")
    if answer.is_error and answer.status_code != 404:
        raise _refusal(answer)


def _json(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise _refusal(answer)
    try:
        value = answer.json()
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UnexpectedAnswerError(f"{answer.request.url.path} answered no JSON object", status=answer.status_code)
    return value


def _refusal(answer: httpx.Response) -> TargetError:
    kind = {401: AuthenticationError, 403: AuthenticationError}.get(answer.status_code, RefusedError)
    said = f"{answer.request.method} {answer.request.url.path} was answered {answer.status_code}: {answer.text}"
    return kind(said, status=answer.status_code)
