"""Finds out what came of creates whose answers were lost.

What is found is adopted at once. What is not found is believed to be absent only when the target had its settle time
since the request was sent: a server may work on after our time-out.

A target that cannot be asked is asked again, because it may only be restarting; but no longer than it may be silent, or
each article in doubt would hold the run up for the whole of its deadline. What is in doubt then stays so, and the next
run finds out: nothing is lost by that but time, while a target that is dead is seldom back within a run.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_exponential

from publisher.backends.steps import Absent, Half, Unsure
from publisher.driving.circuit import SILENCE
from publisher.driving.run import Run
from publisher.errors import PublisherError, UnreachableError
from publisher.models import Intent, Job, Subject

#: What to do about something that stays in doubt.
HINT = "Run again to find out, or: publisher retry. Nothing is sent twice."

_pause = wait_exponential(multiplier=0.5, max=10)


async def resolve(run: Run, subjects: Collection[Subject] | None, *, wait: bool) -> dict[Subject, str]:
    """What is in doubt about ``subjects`` (None: about anything), looked into until it is settled or time is up.

    Time is up at the run's deadline, and after a look in vain when nothing could be asked for ``SILENCE`` seconds, in
    one look or in several. The first look in vain had all its tries; those after it, one each: together they are few
    requests, and a target that is back before those seconds are over is always asked once more. One that says when it
    may be asked again is waited for as it says, as with any other request.

    Returns what is still in doubt, each with the reason. Without ``wait`` it looks once. The leases must be held.
    """
    started = run.clock.now()
    silent_since: float | None = None

    async def look() -> dict[Subject, str]:
        nonlocal silent_since
        began = run.clock.now()
        doubts, asked = await _look(run, subjects, once=silent_since is not None)
        silent_since = None if asked else began if silent_since is None else silent_since
        return doubts

    def enough(state: RetryCallState) -> bool:
        now = run.clock.now()
        silent = silent_since is not None and now - silent_since >= SILENCE
        return not wait or silent or now + state.upcoming_sleep - started > run.deadline

    def remaining(state: RetryCallState) -> dict[Subject, str]:
        assert state.outcome is not None
        doubts: dict[Subject, str] = state.outcome.result()
        return doubts

    looking = AsyncRetrying(
        retry=retry_if_result(bool),
        wait=_pause,
        stop=enough,
        sleep=run.clock.sleep,
        retry_error_callback=remaining,
    )
    still: dict[Subject, str] = await looking(look)
    return still


async def _look(run: Run, subjects: Collection[Subject] | None, *, once: bool) -> tuple[dict[Subject, str], bool]:
    """What is still in doubt, and whether the target could be asked."""
    intents = await run.from_ledger(run.ledger.open_creates, run.target, subjects)
    if not intents:
        return {}, True
    started = run.clock.now()
    run.looks.clear()
    for key in {intent.subject.name for intent in intents if intent.subject.kind == "article"}:
        run.emit("in doubt", key, "looking for what a lost answer left at the target")
    trouble = await _find(run, intents, once=once)
    settled = started - run.backend.connection.settle
    young = {intent.subject for intent in intents if intent.sent_at > settled}
    for subject, look in list(run.looks.items()):
        if isinstance(look, Half):
            await run.in_ledger(run.ledger.settle_absent, run.target, subject, started)
        elif isinstance(look, Absent) and subject not in young:
            await run.in_ledger(run.ledger.settle_absent, run.target, subject, settled)
    left = await run.from_ledger(run.ledger.open_creates, run.target, subjects)
    run.out_of_doubt({intent.subject for intent in intents} - {intent.subject for intent in left})
    return {intent.subject: _reason(run, intent, trouble) for intent in left}, trouble is None


async def _find(run: Run, intents: Sequence[Intent], *, once: bool) -> PublisherError | None:
    jobs = {intent.job.key: intent.job for intent in intents if intent.job is not None}
    known = await run.known(list(jobs.values()), [intent.subject for intent in intents])
    run.work_on(_journaled(run, intents))
    run.looking, run.once = True, once
    try:
        await run.drive(run.backend.find(intents, known))
    except PublisherError as error:
        return error
    finally:
        run.looking = run.once = False
    return None


def _journaled(run: Run, intents: Sequence[Intent]) -> list[Job]:
    """The jobs that the attempts belong to, where this run has none of its own about the same article."""
    return [intent.job for intent in intents if intent.job is not None and not run.works_on(intent.subject)]


def _reason(run: Run, intent: Intent, trouble: PublisherError | None) -> str:
    look = run.looks.get(intent.subject)
    if isinstance(trouble, UnreachableError) and run.circuit.error is not None:
        return f"the target does not answer any more: {trouble.what}"
    if trouble is not None:
        return f"the target could not be asked: {trouble.what}"
    if isinstance(look, Unsure):
        return look.why
    return f"nothing is there yet, but the target may still be at work on it ({run.backend.connection.settle:g} s)"
