"""Several writes in one request, where the site takes that: POST /batch/v1.

Each item has an answer of its own, and its own fate: there is no transaction. Where a site refuses batches the same
writes go out one by one. Source: https://make.wordpress.org/core/2020/11/20/rest-api-batch-framework-in-wordpress-5-6/
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from publisher.backends.base import Verdict
from publisher.backends.steps import Evidence, Fact, Flow, Lost, done, send, together
from publisher.backends.wordpress.answers import classify_error, error_in, excerpt, refusal, status_of, value_of
from publisher.backends.wordpress.site import Facts, Site, inner_path
from publisher.errors import PublisherError, UnexpectedAnswerError, UnreachableError
from publisher.models import Effect, Intent, Subject

#: WordPress takes no more in one batch.
LIMIT = 25

#: How many writes go at a time where they go singly.
_AT_ONCE = 4

#: That a batch got no usable answer lately. A box in front may let no batch through, so the next tries go singly.
LOST = Subject("fact", "batch lost")
_SINGLY_SECONDS = 600.0

#: The name in the evidence of an attempt that says with how many it went in one batch.
_TOGETHER = "together"

#: Answers to a batch after which each of its writes is worth a request of its own.
_TURNED_AWAY = {400, 403, 404, 405, 406, 413, 501}


@dataclass(frozen=True, slots=True)
class Write:
    """One write: a JSON body sent to a route, about one subject.

    ``unsendable`` is what was wanted beside it and cannot be said to WordPress; ``owned`` names fields that are ours
    although this write leaves them as they are.
    """

    subject: Subject
    route: str
    params: Mapping[str, str]
    body: Mapping[str, Any]
    evidence: Evidence
    method: str = "POST"
    unsendable: Mapping[str, Any] = field(default_factory=dict)
    owned: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one write: a ``value`` that was stored, or an ``error``; with neither it is not known.

    ``code`` and ``data`` are WordPress's own words about an error; ``reached`` is False where the request got nowhere,
    and ``lost`` tells that it may have arrived, but no usable answer came.
    """

    value: dict[str, Any] | None = None
    error: PublisherError | None = None
    code: str = ""
    data: Any = None
    reached: bool = True
    lost: bool = False


def write(
    site: Site, facts: Facts, writes: Sequence[Write], effect: Effect, at_once: int = _AT_ONCE
) -> Flow[list[Answered]]:
    """Send up to 25 writes; what became of each, in order.

    Where the site turns a batch away they go singly, ``at_once`` at a time: on the spot when that is certain, and else,
    when it is known what became of it, for the next ten minutes.
    """
    if len(writes) == 1 or not facts["batch"]:
        return (yield from _singly(site, facts, writes, effect, at_once))
    items = [
        {"method": one.method, "path": inner_path(one.route, one.params), "body": dict(one.body)} for one in writes
    ]
    payload = {"requests": items, "validation": "normal"}
    answer = yield from send(
        lambda now: site.request(facts, "POST", "/batch/v1", json=payload),
        effect,
        {one.subject: {**one.evidence, _TOGETHER: len(writes)} for one in writes},
    )
    if isinstance(answer, Lost):
        if answer.sent:
            told = {"sent": len(writes), "effect": effect, "after": answer.after}
            yield from done(LOST, Fact(told, ttl=_SINGLY_SECONDS))
        return [_lost(answer, effect)] * len(writes)
    if _is_turned_away(answer):
        return (yield from _singly(site, facts, writes, effect, at_once))
    value = value_of(answer)
    error = error_in(value)
    if error is not None:
        return [Answered(error=refusal(answer.status_code, error), code=error["code"])] * len(writes)
    answers = value.get("responses") if isinstance(value, dict) else None
    if not isinstance(answers, list) or len(answers) != len(writes):
        raise UnexpectedAnswerError("a batch was answered without an answer for each of its items", status=207)
    return [_read(one["status"], one["body"], effect) for one in answers]


def arrived_after_all(
    facts: Mapping[str, Mapping[str, Any]], looks: Iterable[tuple[Intent, bool]], patience: float
) -> Flow[None]:
    """Have the next writes go in batches again, if what was found shows that nothing keeps batches from this site.

    ``facts`` are those that are known, ``looks`` the last attempts that were looked for, each with whether its effect
    was found, and ``patience`` how many seconds an answer is waited for. A batch that was lost may be one that a box in
    front never lets through, that is too long for PHP or for a gateway, or that holds an article over which PHP dies.
    None of these is behind it if each of its members stands there, and if it was lost long before anybody's patience
    ended: what a batch does once more takes about as long as it took before.
    """
    lost = facts.get(LOST.name, {})
    members = [found for intent, found in looks if _TOGETHER in intent.evidence]
    if lost.get("effect") == "create" and lost["after"] < patience / 3 and members and all(members):
        yield from done(LOST, Fact({}, ttl=0.0))


def _is_turned_away(answer: httpx.Response) -> bool:
    """Whether a batch as such was refused: its route, its size or its length. Nothing of it was stored then.

    What cannot be read comes here for replaces, which can be sent again, or as a refusal of the web server.
    """
    try:
        error = error_in(value_of(answer))
    except UnexpectedAnswerError:
        return True
    return error is not None and status_of(answer.status_code, error) in _TURNED_AWAY


def _singly(site: Site, facts: Facts, writes: Sequence[Write], effect: Effect, at_once: int) -> Flow[list[Answered]]:
    results = yield from together([_one(site, facts, one, effect) for one in writes], at_once)
    return [one if isinstance(one, Answered) else Answered(error=one.error) for one in results]


def _one(site: Site, facts: Facts, one: Write, effect: Effect) -> Flow[Answered]:
    def build(now: float) -> httpx.Request:
        return site.request(facts, one.method, one.route, one.params, json=dict(one.body))

    answer = yield from send(build, effect, {one.subject: one.evidence})
    if isinstance(answer, Lost):
        return _lost(answer, effect)
    return _read(answer.status_code, value_of(answer), effect)


def _read(status: int, value: Any, effect: Effect) -> Answered:
    error = error_in(value)
    if error is None:
        if isinstance(value, dict) and status < 400:
            return Answered(value=value)
        if effect == "create" and not 400 <= status < 500:
            return Answered()
        said = f"a write was answered {status} with what WordPress does not say: {excerpt(json.dumps(value))}"
        unexpected = UnexpectedAnswerError(said, status=status)
        return Answered(error=unexpected)
    verdict: Verdict = classify_error(status_of(status, error), error["code"], effect)
    if verdict == "ambiguous" and effect == "create":
        return Answered()
    return Answered(error=refusal(status, error), code=error["code"], data=error.get("data"))


def _lost(lost: Lost, effect: Effect) -> Answered:
    if effect == "create" and lost.sent:
        return Answered()
    error = UnreachableError(f"the site gave no usable answer: {lost.why}", hint="Run again.")
    return Answered(error=error, reached=lost.sent, lost=lost.sent)
