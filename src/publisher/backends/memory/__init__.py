"""Memory: a target in memory. For tests, examples and as the smallest backend that does everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx

from publisher.backends.base import Backend, Capabilities, Connection, Known, Preview, RateLimit, assets_of, mark
from publisher.backends.comparing import Fields, changes, edited, edits, gone, removed_by_us, taken
from publisher.backends.memory.site import MemorySite, MemoryTransport
from publisher.backends.steps import (
    Absent,
    Fact,
    Failed,
    Flow,
    Found,
    Lost,
    Placed,
    Removed,
    Written,
    done,
    fit,
    send,
    settling,
    together,
)
from publisher.errors import PublisherError, RefusedError, UnexpectedAnswerError, UnreachableError
from publisher.models import Action, Article, Effect, Finding, Intent, Job, Publication, Status, Subject, Target
from publisher.rendering import RENDERER, render
from publisher.rendering import Placed as PlacedImage
from publisher.rendering.text import words

__all__ = ["Memory", "MemorySite"]

_NO_SITE = "Look at what answers there: it is no site in memory."

_FIELDS = ("slug", "title", "body", "status", "excerpt", "terms", "image")


class Memory(Backend):
    """A target in memory: nothing leaves the process. What it holds is in ``site.articles``, by id.

    ``site`` is the place itself, a new one by default; two ``Memory`` targets on one site share it. ``name`` tells
    targets apart in one ledger. ``settle`` is in seconds. ``rate`` is how many requests the site shall get at most.
    """

    kind: ClassVar[str] = "memory"
    capabilities: ClassVar[Capabilities] = Capabilities(batch=5, parallel=2)

    def __init__(
        self,
        name: str = "memory",
        *,
        site: MemorySite | None = None,
        settle: float = 60.0,
        rate: RateLimit | None = None,
    ) -> None:
        self.site = site or MemorySite()
        connection = Connection(settle=settle, transport=MemoryTransport(self.site), rate=rate)
        super().__init__(Target(kind=self.kind, url=f"https://{name}.invalid"), connection)

    @property
    def renderer(self) -> str:
        return f"html-{RENDERER['html']}"

    def needs(self, job: Job) -> Sequence[Subject]:
        if job.article is None:
            return ()
        assets = [Subject("asset", asset.id) for asset in job.article.assets.values()]
        return [*assets, *_terms_of(job.article)]

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        if "site" not in known.facts:
            answer = yield from self._ask("GET", "/site")
            yield from done(Subject("fact", "site"), Fact(answer))
        terms = [need for need in needs if need.kind == "term"]
        flows = [settling(terms, self._place_terms(terms))] if terms else []
        flows += [settling([need], self._place_asset(need, jobs)) for need in needs if need.kind == "asset"]
        yield from together(flows, limit=4)

    def _place_terms(self, terms: Sequence[Subject]) -> Flow[None]:
        answer = yield from self._ask("GET", "/terms", params={"name": [term.name for term in terms]})
        there = {row["name"]: row["id"] for row in answer["terms"]}
        new = [term for term in terms if term.name not in there]
        if new:
            about: dict[Subject, Mapping[str, Any]] = {term: {} for term in new}
            body = {"terms": [term.name for term in new]}
            made = yield from send(lambda now: self._request("POST", "/terms", json=body), "create", about)
            if not isinstance(made, Lost):
                there |= {row["name"]: row["id"] for row in _json(made)["terms"]}
            elif not made.sent:
                for term in new:
                    yield from done(term, Failed(UnreachableError(made.why)))
        for term in terms:
            if term.name in there:
                yield from done(term, Placed(there[term.name]))

    def _place_asset(self, need: Subject, jobs: Sequence[Job]) -> Flow[None]:
        answer = yield from self._ask("GET", "/assets", params={"asset": need.name})
        if answer["assets"]:
            row = answer["assets"][0]
            yield from done(need, Placed(row["id"], row["url"]))
            return
        asset = assets_of(jobs)[need.name]
        params = {"asset": asset.id, "name": asset.name}
        made_of_it = yield from fit(asset)
        if isinstance(made_of_it, Failed):
            yield from done(need, made_of_it)
            return
        made = yield from send(
            lambda now: self._request("POST", "/assets", params=params, content=made_of_it.data), "create", {need: {}}
        )
        if not isinstance(made, Lost):
            row = _json(made)
            yield from done(need, Placed(row["id"], row["url"]))
        elif not made.sent:
            yield from done(need, Failed(UnreachableError(made.why)))

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        there = yield from self._look(batch, known)
        creates: list[Job] = []
        replaces: dict[str, Job] = {}
        for job in batch:
            found = self._decide(job, there, known)
            if isinstance(found, PublisherError):
                yield from done(job.subject, Failed(found))
            elif found is None and job.action in (Action.UNPUBLISH, Action.DELETE):
                yield from done(job.subject, Removed())
            elif found is None:
                creates.append(job)
            elif job.action is Action.DELETE:
                yield from self._delete(job, found)
            else:
                replaces[found] = job
        if creates:
            bodies = [self._fields(job, known) for job in creates]
            yield from self._write("POST", "create", creates, bodies)
        if replaces:
            bodies = [{"id": found, **self._fields(job, known)} for found, job in replaces.items()]
            yield from self._write("PUT", "replace", list(replaces.values()), bodies)

    def _look(self, batch: Sequence[Job], known: Known) -> Flow[list[Fields]]:
        """What stands at the site under our ids, our marks and our slugs."""
        params = {
            "id": [publication.remote_id for publication in known.publications.values()],
            "mark": [mark(job.key) for job in batch],
            "slug": [job.slug for job in batch],
        }
        answer = yield from self._ask("GET", "/articles", params=params)
        rows: list[Fields] = answer["articles"]
        return rows

    def _decide(self, job: Job, there: Sequence[Fields], known: Known) -> str | PublisherError | None:
        """The id of what is to be replaced, None for nothing, or why nothing may be done."""
        publication = known.publications.get(job.key)
        if publication is None:
            ours = next((row for row in there if row["mark"] == mark(job.key)), None)
            if ours is not None:
                return str(ours["id"])
            other = next((row for row in there if row["slug"] == job.slug), None)
            return taken(job.slug, other["id"]) if other and job.article is not None else None
        row = next((row for row in there if row["id"] == publication.remote_id), None)
        if row is None:
            unanswered = known.unanswered.get(job.key, ())
            forget = job.action is Action.DELETE or known.on_conflict == "overwrite" or removed_by_us(unanswered)
            return None if forget else gone(publication.remote_id)
        if row["version"] != publication.version and known.on_conflict != "overwrite":
            found = edits(publication, _owned(row), known.unanswered.get(job.key, ()), _essence)
            if found:
                return edited(found)
        return publication.remote_id

    def _fields(self, job: Job, known: Known) -> dict[str, Any]:
        if job.article is None or job.action is Action.UNPUBLISH:
            return {"mark": mark(job.key), "status": Status.DRAFT.value}
        article = job.article
        placed = {src: known.placed[Subject("asset", asset.id)] for src, asset in article.assets.items()}
        images = {src: PlacedImage(at.url, at.remote_id) for src, at in placed.items()}
        terms = [known.placed[term].remote_id for term in _terms_of(article)]
        return {
            "mark": mark(job.key),
            "slug": article.slug,
            "title": article.title,
            "body": render(article, "html", images),
            "status": article.status.value,
            "excerpt": article.excerpt,
            "terms": terms,
            "image": placed[article.image.src].url if article.image and article.image.src in placed else "",
        }

    def _write(self, method: str, effect: Effect, jobs: Sequence[Job], bodies: Sequence[Fields]) -> Flow[None]:
        about = {job.subject: {"fields": _essence(body)} for job, body in zip(jobs, bodies, strict=True)}
        payload = {"articles": bodies}
        answer = yield from send(lambda now: self._request(method, "/articles", json=payload), effect, about)
        if isinstance(answer, Lost):
            if effect == "replace" or not answer.sent:
                for job in jobs:
                    yield from done(job.subject, Failed(UnreachableError(answer.why, hint="Run again.")))
            return
        for job, body, row in zip(jobs, bodies, _json(answer)["articles"], strict=True):
            if "error" in row:
                yield from done(job.subject, Failed(RefusedError(row["error"], field="slug")))
            else:
                yield from done(job.subject, _written(row, {n: v for n, v in body.items() if n in _FIELDS}))

    def _delete(self, job: Job, remote_id: str) -> Flow[None]:
        about: dict[Subject, Mapping[str, Any]] = {job.subject: {}}
        params = {"id": remote_id}
        answer = yield from send(lambda now: self._request("DELETE", "/articles", params=params), "replace", about)
        if isinstance(answer, Lost):
            yield from done(job.subject, Failed(UnreachableError(answer.why, hint="Run again.")))
        else:  # also when it is gone already: an earlier try may have worked
            yield from done(job.subject, Removed())

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        articles = {intent.subject for intent in intents if intent.subject.kind == "article"}
        if articles:
            marks = [mark(subject.name) for subject in articles]
            answer = yield from self._ask("GET", "/articles", params={"mark": marks})
            rows = {row["mark"]: row for row in answer["articles"]}
            for subject in articles:
                row = rows.get(mark(subject.name))
                yield from done(subject, Found(_written(row, {})) if row else Absent())
        for kind, path, name in (("asset", "/assets", "asset"), ("term", "/terms", "name")):
            subjects = {intent.subject for intent in intents if intent.subject.kind == kind}
            if subjects:
                answer = yield from self._ask("GET", path, params={name: [subject.name for subject in subjects]})
                rows = {row[name]: row for row in answer[f"{kind}s"]}
                for subject in subjects:
                    row = rows.get(subject.name)
                    yield from done(subject, Found(Placed(row["id"], row.get("url", ""))) if row else Absent())

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        ids = [publication.remote_id for publication in publications]
        answer = yield from self._ask("GET", "/articles", params={"id": ids})
        rows = {row["id"]: _written(row, {}) for row in answer["articles"]}
        return {publication.key: rows.get(publication.remote_id) for publication in publications}

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        try:
            told = yield from self._ask("GET", "/site")
        except PublisherError as error:
            return [Finding(verdict="problem", subject="site", what=error.what, remedy=error.hint)]
        if not isinstance(told, dict) or "software" not in told:
            what = "what answers there does not say what it is"
            return [Finding(verdict="problem", subject="site", what=what, remedy=_NO_SITE)]
        what = "it answers; what is published there is gone when the program ends"
        return [Finding(verdict="good", subject="site", what=what)]

    def preview(self, jobs: Sequence[Job], known: Known) -> Flow[Mapping[str, Preview]]:
        there = yield from self._look(jobs, known)
        return {job.key: self._preview(job, there, known) for job in jobs}

    def _preview(self, job: Job, there: Sequence[Fields], known: Known) -> Preview:
        decided = self._decide(job, there, known)
        publication = known.publications.get(job.key)
        remote_id = publication.remote_id if publication is not None else decided
        row = next((_owned(row) for row in there if row["id"] == remote_id), None)
        error = decided if isinstance(decided, PublisherError) else None
        try:
            wanted = {name: value for name, value in self._fields(job, known).items() if name in _FIELDS}
        except PublisherError as fault:
            return Preview(None, error=fault)
        names = {at.remote_id: subject.name for subject, at in known.placed.items() if subject.kind == "term"}
        if job.article is not None:
            wanted["terms"] = [subject.name for subject in _terms_of(job.article)]
        if row is not None:
            row["terms"] = [names.get(one, f"#{one}") for one in row.get("terms", ())]
        return Preview(None if row is None else _told(row), _told(wanted), error)

    def _ask(self, method: str, path: str, **parts: Any) -> Flow[dict[str, Any]]:
        answer = yield from send(lambda now: self._request(method, path, **parts), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(answer.why, target=self.target.identity, hint="Run again.")
        return _json(answer)

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Request:
        return httpx.Request(method, f"{self.target.url}{path}", **parts)


def _terms_of(article: Article) -> list[Subject]:
    names = [*article.tags, *(" / ".join(path) for path in article.categories)]
    return [Subject("term", name) for name in dict.fromkeys(names)]


def _json(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise UnexpectedAnswerError(
            f"{answer.request.url.path} answered {answer.status_code}", status=answer.status_code, hint=_NO_SITE
        )
    try:
        value: dict[str, Any] = answer.json()
    except ValueError:
        raise UnexpectedAnswerError(f"{answer.request.url.path} answered what is not JSON", hint=_NO_SITE) from None
    return value


def _owned(row: Fields) -> dict[str, Any]:
    return {name: row[name] for name in _FIELDS if name in row}


def _told(fields: Fields) -> dict[str, str]:
    return {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in fields.items()}


def _written(row: Fields, sent: Fields) -> Written:
    return Written(
        remote_id=row["id"],
        url=f"https://memory.invalid/{row['slug']}",
        version=row["version"],
        slug=row["slug"],
        status=row["status"],
        baseline=_owned(row),
        changes=changes(sent, row),
    )


def _essence(fields: Fields) -> dict[str, Any]:
    """What is left of fields when the site has rewritten them: of a body, its words."""
    kept = {name: fields[name] for name in _FIELDS if name in fields}
    return kept | {"body": words(kept["body"])} if "body" in kept else kept
