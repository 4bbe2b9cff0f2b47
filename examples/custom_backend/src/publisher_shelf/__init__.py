"""Shelf as a target of publisher: one plain flow for each article.

from publisher import publish
from publisher_shelf import Shelf

receipt = publish("post.md", Shelf("https://shelf.example.com", token="…"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx
from pydantic import SecretStr

from publisher.backends.base import Backend, Capabilities, Connection, Known, mark
from publisher.backends.comparing import changes, edited, edits, gone, removed_by_us, taken
from publisher.backends.steps import (
    Absent,
    Evidence,
    Flow,
    Found,
    Lost,
    Removed,
    Written,
    done,
    send,
    settling,
)
from publisher.errors import AuthenticationError, ContentError, PublisherError, UnexpectedAnswerError, UnreachableError
from publisher.models import Action, Effect, Finding, Intent, Job, Publication, Status, Subject, Target
from publisher.rendering import RENDERER, render, words

__all__ = ["Shelf"]

Note = Mapping[str, Any]

#: The fields of a note that are ours: a conflict is about these.
OWNED = ("slug", "title", "html", "state")


class Shelf(Backend):
    """A shelf as a target.

    ``url`` is its address and ``token`` what its owner hands out. ``timeout`` is seconds for each phase of a request,
    ``settle`` how many seconds the shelf may still work on a request whose answer was lost.
    """

    kind: ClassVar[str] = "shelf"
    # Said honestly, and proved by the suite: a shelf takes no images and knows no tags.
    capabilities: ClassVar[Capabilities] = Capabilities(batch=1, parallel=4, assets=False, terms=False)

    def __init__(
        self,
        url: str,
        *,
        token: str | SecretStr,
        id: str = "",
        timeout: float = 30.0,
        settle: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        connection = Connection(timeout=timeout, settle=settle, transport=transport)
        super().__init__(Target(kind=self.kind, url=url, id=id), connection)
        self._token = SecretStr(token) if isinstance(token, str) else token

    @property
    def renderer(self) -> str:
        return f"html-{RENDERER['html']}"

    def secrets(self) -> Sequence[str]:
        return [self._token.get_secret_value()]

    def prepare(self, needs: Sequence[Subject], jobs: Sequence[Job], known: Known) -> Flow[None]:
        yield from ()  # there is nothing to learn about a shelf

    def publish(self, batch: Sequence[Job], known: Known) -> Flow[None]:
        for job in batch:
            yield from settling([job.subject], self._carry_out(job, known))

    def _carry_out(self, job: Job, known: Known) -> Flow[None]:
        note = yield from self._what_is_there(job, known)
        if note is None and (job.article is None or job.action in (Action.UNPUBLISH, Action.DELETE)):
            yield from done(job.subject, Removed())
        elif note is not None and job.action is Action.DELETE:
            yield from self._write(job, "replace", "DELETE", f"/notes/{note['id']}", {})
        elif note is not None:
            yield from self._write(job, "replace", "PATCH", f"/notes/{note['id']}", _fields(job))
        else:
            yield from self._write(job, "create", "POST", "/notes", _fields(job))

    def _what_is_there(self, job: Job, known: Known) -> Flow[Note | None]:
        """The note that is to be replaced, None for nothing. Raises why nothing may be done."""
        publication = known.publications.get(job.key)
        unanswered = known.unanswered.get(job.key, ())
        if publication is not None:
            note = yield from self._note(publication.remote_id)
            if note is not None:
                differs = str(note["edition"]) != publication.version and known.on_conflict != "overwrite"
                found = edits(publication, _owned(note), unanswered, _essence) if differs else ()
                if found:
                    raise edited(found)
                return note
            forget = job.action is Action.DELETE or known.on_conflict == "overwrite" or removed_by_us(unanswered)
            if not forget:
                raise gone(publication.remote_id)
        # Every create begins with a look: is it there already, whatever the ledger says, and is the slug free?
        ours = yield from self._notes(source=mark(job.key))
        if not ours and job.article is not None:
            others = yield from self._notes(slug=job.slug)
            if others:
                raise taken(job.slug, others[0]["id"])
        return ours[0] if ours else None

    def _write(self, job: Job, effect: Effect, method: str, path: str, fields: Mapping[str, Any]) -> Flow[None]:
        about: dict[Subject, Evidence] = {job.subject: {"fields": _essence(fields)}}
        answer = yield from send(lambda now: self._request(method, path, json=fields), effect, about)
        if isinstance(answer, Lost):
            # A create that may have arrived is left open: the driver calls find().
            if effect == "replace" or not answer.sent:
                raise UnreachableError(answer.why, hint="Run again.")
        elif method == "DELETE" and answer.status_code in (204, 404):  # an earlier try may have worked
            yield from done(job.subject, Removed())
        elif answer.status_code == 409:
            raise taken(job.slug, "another note")
        else:
            note = _value(answer)
            sent = {name: value for name, value in fields.items() if name in OWNED}
            yield from done(job.subject, self._written(note, sent))

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        for subject in {intent.subject for intent in intents}:
            ours = yield from self._notes(source=mark(subject.name))
            yield from done(subject, Found(self._written(ours[0], {})) if ours else Absent())

    def read(self, publications: Sequence[Publication], known: Known) -> Flow[Mapping[str, Written | None]]:
        found: dict[str, Written | None] = {}
        for publication in publications:
            note = yield from self._note(publication.remote_id)
            found[publication.key] = None if note is None else self._written(note, {})
        return found

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        try:
            yield from self._notes(slug="publisher-looks-whether-it-may")
        except AuthenticationError as error:
            return [Finding(verdict="problem", subject="token", what=error.what, remedy=error.hint)]
        except PublisherError as error:
            return [Finding(verdict="problem", subject="address", what=error.what, remedy=error.hint)]
        return [Finding(verdict="good", subject="token", what="the shelf answers, and knows us")]

    # Requests and answers

    def _note(self, note_id: str) -> Flow[Note | None]:
        answer = yield from self._ask(f"/notes/{note_id}")
        return None if answer.status_code == 404 else _value(answer)

    def _notes(self, **asked: str) -> Flow[Sequence[Note]]:
        answer = yield from self._ask("/notes", params=asked)
        notes: Sequence[Note] = _value(answer, list)
        return notes

    def _ask(self, path: str, **parts: Any) -> Flow[httpx.Response]:
        answer = yield from send(lambda now: self._request("GET", path, **parts), "read")
        if isinstance(answer, Lost):
            raise UnreachableError(answer.why, hint="Check the address and run again.")
        return answer

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Request:
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        return httpx.Request(method, f"{self.target.url}{path}", headers=headers, **parts)

    def _written(self, note: Note, sent: Note) -> Written:
        return Written(
            remote_id=note["id"],
            url=f"{self.target.url}/notes/{note['id']}",
            version=str(note["edition"]),
            slug=note["slug"],
            status=note["state"],
            baseline=_owned(note),
            changes=changes(sent, note),
        )


def _fields(job: Job) -> dict[str, str]:
    """What is written of a job's article. Raises :class:`ContentError` for what a shelf cannot take."""
    if job.article is None or job.action is Action.UNPUBLISH:
        return {"state": "draft"}
    article = job.article
    if article.assets:
        raise ContentError(
            f"it shows the image {min(article.assets)!r}, and a shelf takes no images",
            hint="Refer to an image on the web by its address, or publish it elsewhere.",
        )
    return {
        "source": mark(job.key),
        "slug": article.slug,
        "title": article.title,
        "html": render(article, "html"),
        "state": "live" if article.status is Status.PUBLISHED else "draft",
    }


def _value(answer: httpx.Response, kind: type = dict) -> Any:
    """The JSON of an answer. Raises what an answer means that is none."""
    if answer.status_code in (401, 403):
        raise AuthenticationError(
            "the shelf does not know the token", status=answer.status_code, hint="Make a new one."
        )
    try:
        value = answer.json() if answer.is_success else None
    except ValueError:
        value = None
    rows = value if kind is list and isinstance(value, list) else [value]
    if not isinstance(value, kind) or not all(isinstance(row, dict) for row in rows):
        path = answer.request.url.path
        raise UnexpectedAnswerError(
            f"{path} answered {answer.status_code} and nothing that a shelf says",
            status=answer.status_code,
            hint="Check that the address is that of a shelf.",
        )
    return value


def _owned(note: Note) -> dict[str, Any]:
    return {name: note[name] for name in OWNED if name in note}


def _essence(fields: Note) -> dict[str, Any]:
    """What is left of fields should a shelf tidy them: of the text, its words."""
    kept = _owned(fields)
    return kept | {"html": words(kept["html"])} if "html" in kept else kept
