"""Finds out what came of creates whose answers were lost.

What is found is adopted at once. What is not found is believed to be absent only when the target had its settle time
since the request was sent: a server may work on after our time-out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_exponential

from publisher.backends.steps import Absent, Half, Unsure
from publisher.driving.run import Run
from publisher.errors import PublisherError
from publisher.models import Intent, Job, Subject

_pause = wait_exponential(multiplier=0.5, max=10)


async def resolve(run: Run, subjects: Collection[Subject] | None, *, wait: bool) -> dict[Subject, str]:
    """What is in doubt about ``subjects`` (None: about anything), looked into until it is settled or time is up.

    Returns what is still in doubt, each with the reason. Without ``wait`` it looks once. The leases must be held.
    """
    started = run.clock.now()

    def enough(state: RetryCallState) -> bool:
        return not wait or run.clock.now() + state.upcoming_sleep - started > run.deadline

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
    still: dict[Subject, str] = await looking(_look, run, subjects)
    return still


async def _look(run: Run, subjects: Collection[Subject] | None) -> dict[Subject, str]:
    intents = await run.from_ledger(run.ledger.open_creates, run.target, subjects)
    if not intents:
        return {}
    started = run.clock.now()
    run.looks.clear()
    for key in {intent.subject.name for intent in intents if intent.subject.kind == "article"}:
        run.emit("in doubt", key, "looking for what a lost answer left at the target")
    trouble = await _find(run, intents)
    settled = started - run.backend.connection.settle
    young = {intent.subject for intent in intents if intent.sent_at > settled}
    for subject, look in list(run.looks.items()):
        if isinstance(look, Half):
            await run.in_ledger(run.ledger.settle_absent, run.target, subject, started)
        elif isinstance(look, Absent) and subject not in young:
            await run.in_ledger(run.ledger.settle_absent, run.target, subject, settled)
    left = await run.from_ledger(run.ledger.open_creates, run.target, subjects)
    run.out_of_doubt({intent.subject for intent in intents} - {intent.subject for intent in left})
    return {intent.subject: _reason(run, intent, trouble) for intent in left}


async def _find(run: Run, intents: Sequence[Intent]) -> PublisherError | None:
    jobs = {intent.job.key: intent.job for intent in intents if intent.job is not None}
    known = await run.known(list(jobs.values()), [intent.subject for intent in intents])
    run.work_on(_journaled(run, intents))
    run.looking = True
    try:
        await run.drive(run.backend.find(intents, known))
    except PublisherError as error:
        return error
    finally:
        run.looking = False
    return None


def _journaled(run: Run, intents: Sequence[Intent]) -> list[Job]:
    """The jobs that the attempts belong to, where this run has none of its own about the same article."""
    return [intent.job for intent in intents if intent.job is not None and not run.works_on(intent.subject)]


def _reason(run: Run, intent: Intent, trouble: PublisherError | None) -> str:
    look = run.looks.get(intent.subject)
    if trouble is not None:
        return f"the target could not be asked: {trouble.what}"
    if isinstance(look, Unsure):
        return look.why
    return f"nothing is there yet, but the target may still be at work on it ({run.backend.connection.settle:g} s)"
