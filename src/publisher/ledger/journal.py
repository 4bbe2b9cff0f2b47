"""Jobs and attempts: what was begun, what left, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from publisher.backends.steps import Evidence
from publisher.errors import PublisherError, error_from_record
from publisher.ledger import deliveries
from publisher.ledger.schema import MANY, attempts, jobs, publications
from publisher.models import Effect, Intent, Job, Subject

#: When a job that failed so many times, this one included, is tried again (Unix seconds); None where it is given up.
NextTry = Callable[[int], float | None]


# What is executed for every article is put together once: that takes longer than the execution.
_THERE = select(jobs.c.id).where(jobs.c.id == bindparam("b_id"))
_LAST = select(func.max(jobs.c.revision)).where(
    jobs.c.target == bindparam("b_target"), jobs.c.key == bindparam("b_key")
)
_newer = jobs.alias()
_TAKE_UP = (
    update(jobs)
    .where(jobs.c.id == bindparam("b_id"), jobs.c.state.in_(("pending", "failed")))
    .where(
        ~exists().where(
            _newer.c.target == jobs.c.target, _newer.c.key == jobs.c.key, _newer.c.revision > jobs.c.revision
        )
    )
    .values(state="pending")
)
_SUPERSEDE = (
    update(jobs)
    .where(jobs.c.target == bindparam("b_target"), jobs.c.key == bindparam("about"), jobs.c.state == "pending")
    .values(state="superseded")
)
_FINISH = update(jobs).where(jobs.c.id == bindparam("b_id"))
_NOBODY_KNOWS = (
    update(publications)
    .where(publications.c.target == bindparam("b_target"), publications.c.key.in_(bindparam("keys", expanding=True)))
    .values(wish="")
)
_ANSWERED = update(attempts).where(attempts.c.id.in_(bindparam("ids", expanding=True))).values(state="answered")
_MINE = (
    (attempts.c.target == bindparam("b_target"))
    & (attempts.c.kind == bindparam("b_kind"))
    & (attempts.c.name == bindparam("b_name"))
)
_OTHERS_LATE = update(attempts).where(_MINE, attempts.c.state == "open").values(state="late")
_REST_ANSWERED = update(attempts).where(_MINE, attempts.c.state == "open").values(state="answered")
_PENDING_LATE = update(attempts).where(_MINE, attempts.c.state.in_(("unanswered", "lost"))).values(state="late")


_INTENTS = (
    select(attempts, jobs.c.job.label("job_record"))
    .join(jobs, jobs.c.id == attempts.c.job, isouter=True)
    .where(attempts.c.target == bindparam("b_target"), attempts.c.effect.in_(bindparam("effects", expanding=True)))
    .where(attempts.c.state.in_(bindparam("states", expanding=True)), attempts.c.sent_at > bindparam("since"))
    .order_by(attempts.c.id)
)


class Unfinished(NamedTuple):
    """The last job about an article, which came to nothing: it failed with ``error``, or was never finished (None).

    Where its target has a schedule, ``failures`` is how often it was tried, ``due`` (Unix seconds) when it is to be
    tried again, and ``given_up`` tells that it is not, unless somebody wants it.
    """

    job: Job
    error: PublisherError | None
    failures: int = 0
    due: float | None = None
    given_up: bool = False

    @property
    def told(self) -> PublisherError | None:
        """The error, with what becomes of it."""
        if self.error is None or not (self.given_up or self.due):
            return self.error
        record = self.error.record()
        if self.given_up:
            record["what"] += f"; given up after {self.failures} attempts"
            record["hint"] = "When the target is well again: publisher retry --now. See publisher deliveries --failed."
        else:
            due = dt.datetime.fromtimestamp(self.due or 0.0, dt.UTC)
            record["what"] += f"; next attempt due at {due:%Y-%m-%d %H:%M:%SZ}"
            record["hint"] = "publisher retry makes it then, and with --now at once."
        return error_from_record(record)


def begin(connection: Connection, begun: Iterable[Job], again: Collection[str] = ()) -> list[Job]:
    """Write jobs down as pending; unfinished older ones of the same article are superseded.

    Returns them as they were written: of two with one revision, planned within the same millisecond, the second gets
    the next one. Those with an id in ``again`` failed, or were not finished, and are taken up once more; unless
    somebody did that meanwhile, or wanted something else of the same article: then it is a new one, which comes last.
    """
    written = []
    for planned in begun:
        job = planned
        if job.id in again:
            if connection.execute(_TAKE_UP, {"b_id": job.id}).rowcount:
                written.append(job)
                continue
            job = _numbered(job, connection.scalars(_LAST, {"b_target": job.target, "b_key": job.key}).one() + 1)
        while connection.scalars(_THERE, {"b_id": job.id}).first() is not None:
            job = _numbered(job, job.revision + 1)
        written.append(job)
        connection.execute(_SUPERSEDE, {"b_target": job.target, "about": job.key})
        connection.execute(
            insert(jobs),
            {
                "id": job.id,
                "target": job.target,
                "key": job.key,
                "revision": job.revision,
                "state": "pending",
                "job": job.model_dump_json(),
            },
        )
    return written


def finish(
    connection: Connection, job: Job, error: PublisherError | None = None, next_try: NextTry | None = None
) -> None:
    """A job succeeded or, with ``error``, failed. The article of one that succeeded need not be kept any more.

    ``next_try`` is that of a target with a schedule.
    """
    if error is None:
        kept = job.model_copy(update={"article": None}).model_dump_json()
        connection.execute(_FINISH, {"b_id": job.id, "state": "succeeded", "job": kept})
    else:
        values: dict[str, Any] = {"state": "failed", "error": error.record(), "due": None, "given_up": 0}
        if next_try is not None:
            failures = 1 + (connection.scalar(select(jobs.c.failures).where(jobs.c.id == job.id)) or 0)
            due = next_try(failures)
            values |= {"failures": failures, "due": due, "given_up": int(due is None)}
            deliveries.schedule(connection, job, due, given_up=due is None)
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(**values))


def _numbered(job: Job, revision: int) -> Job:
    return job.model_copy(update={"revision": revision, "id": Job.identify(job.target, job.key, revision)})


def supersede(connection: Connection, job: Job) -> None:
    """A job needs no doing any more."""
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(state="superseded"))


def last_revisions(connection: Connection, target: str, keys: Sequence[str]) -> dict[str, int]:
    """The highest revision that was ever begun about these articles, by key; about others too where they are many."""
    query = select(jobs.c.key, func.max(jobs.c.revision).label("last")).where(jobs.c.target == target)
    if len(keys) <= MANY:
        query = query.where(jobs.c.key.in_(keys))
    return {row.key: row.last for row in connection.execute(query.group_by(jobs.c.key))}


def unfinished(connection: Connection, targets: Sequence[str], keys: Sequence[str] | None = None) -> list[Unfinished]:
    """The last jobs about articles that are pending or failed, by target and key; of these ``keys`` alone, if given
    and not too many."""
    about: ColumnElement[bool] = jobs.c.target.in_(targets)
    if keys is not None and len(keys) <= MANY:
        about &= jobs.c.key.in_(keys)
    last = (
        select(jobs.c.target, jobs.c.key, func.max(jobs.c.revision).label("revision"))
        .where(about)
        .group_by(jobs.c.target, jobs.c.key)
        .subquery()
    )
    same = (jobs.c.target == last.c.target) & (jobs.c.key == last.c.key) & (jobs.c.revision == last.c.revision)
    columns = (jobs.c.job, jobs.c.state, jobs.c.error, jobs.c.failures, jobs.c.due, jobs.c.given_up)
    query = select(*columns).join(last, same).order_by(jobs.c.target, jobs.c.key)
    return [
        Unfinished(
            Job.model_validate_json(row.job),
            error_from_record(row.error) if row.state == "failed" else None,
            row.failures,
            row.due if row.state == "failed" else None,
            bool(row.given_up) and row.state == "failed",
        )
        for row in connection.execute(query.where(jobs.c.state.in_(("pending", "failed"))))
    ]


def targets(connection: Connection) -> list[str]:
    """The targets that any job was about, sorted."""
    return list(connection.scalars(select(jobs.c.target).distinct().order_by(jobs.c.target)))


def record(
    connection: Connection,
    target: str,
    about: Mapping[Subject, Evidence],
    effect: Effect,
    job_ids: Mapping[Subject, str],
    now: float,
    owner: str,
    token: int,
) -> list[int]:
    """Write down what is about to leave; the ids of the new attempts."""
    written = []
    for subject, evidence in about.items():
        row = connection.execute(
            insert(attempts),
            {
                "target": target,
                "kind": subject.kind,
                "name": subject.name,
                "job": job_ids.get(subject),
                "effect": effect,
                "evidence": dict(evidence),
                "sent_at": now,
                "state": "open",
                "owner": owner,
                "token": token,
            },
        )
        assert row.inserted_primary_key is not None
        written.append(int(row.inserted_primary_key[0]))
    if effect == "replace":
        # From now until an answer comes nobody knows what stands there: no wish counts as fulfilled.
        keys = [subject.name for subject in about if subject.kind == "article"]
        connection.execute(_NOBODY_KNOWS, {"b_target": target, "keys": keys})
    return written


def sent_again(connection: Connection, ids: Sequence[int], now: float, *, lost: bool) -> list[int]:
    """The same request leaves once more; the ids of its attempts from now on.

    An earlier try that was ``lost`` may take effect later than this one, so it is kept as an attempt of its own.
    """
    these = attempts.c.id.in_(ids)
    if not lost:
        connection.execute(update(attempts).where(these).values(sent_at=now))
        return list(ids)
    copied = connection.execute(select(attempts).where(these).order_by(attempts.c.id)).mappings().all()
    connection.execute(update(attempts).where(these).values(state="lost"))
    again = []
    for values in copied:
        row = connection.execute(insert(attempts).values({**values, "id": None, "sent_at": now}))
        assert row.inserted_primary_key is not None
        again.append(int(row.inserted_primary_key[0]))
    return again


def close(connection: Connection, ids: Sequence[int], state: str) -> None:
    """Attempts are not open any more, but in ``state``."""
    connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(state=state))


def close_known(connection: Connection, target: str, subject: Subject, answered: Sequence[int] | None) -> None:
    """What stands at the target about ``subject`` is known again.

    ``answered`` are the attempts that an answer settled (None: all that are open). What another one, unanswered, wanted
    may still come after it. That goes for a create too whose effect was found: WordPress stores a post first, and its
    terms and its image afterwards.
    """
    about = {"b_target": target, "b_kind": subject.kind, "b_name": subject.name}
    if answered is not None:
        connection.execute(_ANSWERED, {"ids": answered})
        connection.execute(_OTHERS_LATE, about)
    connection.execute(_REST_ANSWERED, about)
    connection.execute(_PENDING_LATE, about)


def close_failed(connection: Connection, target: str, subject: Subject, answered: Sequence[int] | None) -> None:
    """``subject`` failed. A replace that may have arrived is kept, to recognise its effect before the next write."""
    connection.execute(update(attempts).where(attempts.c.id.in_(answered or ())).values(state="answered"))
    still_open = _about(target, subject) & (attempts.c.state == "open")
    connection.execute(update(attempts).where(still_open, attempts.c.effect == "create").values(state="answered"))
    connection.execute(update(attempts).where(still_open).values(state="unanswered"))


def close_absent(connection: Connection, target: str, subject: Subject, sent_before: float) -> bool:
    """Believe that the creates about ``subject`` never arrived, if the last was sent before ``sent_before``."""
    still_open = _about(target, subject) & (attempts.c.state == "open") & (attempts.c.effect == "create")
    if connection.scalars(select(attempts.c.id).where(still_open, attempts.c.sent_at > sent_before).limit(1)).first():
        return False
    connection.execute(update(attempts).where(still_open).values(state="absent"))
    return True


def open_creates(connection: Connection, target: str, subjects: Iterable[Subject] | None = None) -> list[Intent]:
    """The creates whose effect is not known, oldest first; about ``subjects`` only, if given."""
    return _intents(connection, target, ("open",), ("create",), subjects)


def unanswered_replaces(connection: Connection, target: str, subjects: Iterable[Subject]) -> list[Intent]:
    """The replaces since the last known state that may or may not have arrived, oldest first."""
    return _intents(connection, target, ("open", "unanswered", "lost"), ("replace",), subjects)


def still_arriving(connection: Connection, target: str, keys: Iterable[str], since: float) -> list[Intent]:
    """What was sent after ``since`` about these articles, was not answered and may have arrived: the target may be at
    work on it yet, and what it writes may come after what is written now."""
    articles = {Subject("article", key) for key in keys}
    states = ("open", "unanswered", "lost", "late")
    return _intents(connection, target, states, ("create", "replace"), articles, since)


def _intents(
    connection: Connection,
    target: str,
    states: Sequence[str],
    effects: Sequence[Effect],
    subjects: Iterable[Subject] | None,
    since: float = 0.0,
) -> list[Intent]:
    asked = {"b_target": target, "states": states, "effects": effects, "since": since}
    wanted = None if subjects is None else set(subjects)
    found = []
    for row in connection.execute(_INTENTS, asked):
        subject = Subject(row.kind, row.name)
        if wanted is None or subject in wanted:
            job = Job.model_validate_json(row.job_record) if row.job_record else None
            found.append(
                Intent(subject=subject, effect=row.effect, evidence=row.evidence, sent_at=row.sent_at, job=job)
            )
    return found


def _about(target: str, subject: Subject) -> ColumnElement[bool]:
    return (attempts.c.target == target) & (attempts.c.kind == subject.kind) & (attempts.c.name == subject.name)
