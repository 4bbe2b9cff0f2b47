"""Carries out the jobs of one target: leases, doubts of earlier runs, needs, batches, doubts of this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from publisher.driving.doubt import HINT, resolve
from publisher.driving.flows import side_by_side
from publisher.driving.placing import CREATES, PATIENCE, place
from publisher.driving.run import Run
from publisher.errors import ConflictError, InDoubtError, LeaseLostError, PublisherError, RefusedError, UnreachableError
from publisher.models import Action, Job, Outcome, Subject


async def carry_out(run: Run, jobs: Sequence[Job], again: Collection[str] = ()) -> Mapping[str, Outcome]:
    """The outcomes by article key. One article that goes wrong stops no other.

    ``again`` are the ids of jobs that were begun by an earlier run.
    """
    jobs = await run.in_ledger(run.ledger.begin, jobs, again)
    waiting = {job.subject: job for job in jobs}
    tries: dict[Subject, int] = {}
    waited_since = run.clock.now()
    await _leftovers(run, waiting)
    while waiting:
        async with run.leased_for(list(waiting.values())) as mine:
            if mine:
                await _round(run, mine, tries)
                waited_since = run.clock.now()
        for subject in [subject for subject, job in waiting.items() if job.key in run.outcomes]:
            del waiting[subject]
        if waiting and not mine:
            if run.clock.now() - waited_since > run.deadline:
                for job in waiting.values():
                    await run.conclude(job, _taken(job))
                break
            await run.clock.sleep(PATIENCE)
    return run.outcomes


async def _leftovers(run: Run, ours: Mapping[Subject, Job]) -> None:
    """Look once at what earlier runs left in doubt about things that are not part of this one."""
    left = {intent.subject: intent for intent in await run.from_ledger(run.ledger.open_creates, run.target)}
    others = [subject for subject in left if subject not in ours]
    if not others or run.circuit.error is not None:
        return
    run.work_on([intent.job for subject in others if (intent := left[subject]).job is not None])
    async with run.leased(others) as mine:
        if mine:
            await resolve(run, mine, wait=False)


async def _round(run: Run, jobs: Sequence[Job], tries: dict[Subject, int]) -> None:
    """One turn for jobs whose leases are held. What has no outcome afterwards gets another turn."""
    # Nobody waits again for a target that did not come back when it was waited for.
    jobs = await _not_done_elsewhere(run, await _out_of_doubt(run, jobs, wait=run.circuit.error is None))
    if not jobs:
        return
    try:
        if run.circuit.error is not None:
            raise run.circuit.error
        await place(run, jobs)
    except LeaseLostError:
        return
    except PublisherError as error:
        if isinstance(error, UnreachableError):
            run.circuit.give_up(error)
        if not run.may_learn_again(error):
            for job in jobs:
                await run.conclude(job, error)
        return
    jobs = await _whose_needs_stand(run, [job for job in jobs if job.key not in run.outcomes])
    await _nothing_arrives_late(run, jobs)
    await _publish(run, jobs, tries)
    for job in await _out_of_doubt(run, [job for job in jobs if job.key not in run.outcomes]):
        if tries[job.subject] >= CREATES:
            await run.conclude(
                job,
                UnreachableError(
                    f"it was sent {tries[job.subject]} times, and every time nothing of it arrived: "
                    f"{run.reasons.get(job.subject, 'no answer')}",
                    hint="See the target's log; something before it, a firewall for example, may stop the request.",
                ),
            )


async def _not_done_elsewhere(run: Run, jobs: Sequence[Job]) -> list[Job]:
    """Leave out what another publisher has written since this run was planned."""
    standing = await run.from_ledger(run.ledger.standing, [run.target], [job.key for job in jobs])
    left = []
    for job in jobs:
        there = standing.get((run.target, job.key))
        same = there is not None and (there.wish, there.renderer) == (job.wish, job.renderer)
        if there is not None and same and not there.is_due(run.clock.now()):
            await run.conclude(job, there.receipt)
        elif there is not None and there.revision > job.revision:
            error = ConflictError(
                "a newer version of it was published meanwhile", hint="Run again to publish this one."
            )
            await run.conclude(job, error)
        elif there is None and job.action is Action.DELETE and job.article is None:
            await run.conclude(job, RefusedError("nothing of it stands there", hint="Nothing is left to do."))
        else:
            left.append(job)
    return left


async def _out_of_doubt(run: Run, jobs: Sequence[Job], *, wait: bool = True) -> list[Job]:
    """Resolve what is in doubt about ``jobs``; what stays in doubt gets that as its outcome."""
    if not jobs:
        return []
    doubts = await resolve(run, [job.subject for job in jobs], wait=wait)
    for job in jobs:
        if job.subject in doubts:
            await run.conclude(
                job,
                InDoubtError(
                    f"it was sent, and whether it took effect is not known: {doubts[job.subject]}",
                    hint=HINT,
                ),
            )
    return [job for job in jobs if job.subject not in doubts]


async def _whose_needs_stand(run: Run, jobs: Sequence[Job]) -> list[Job]:
    """A failed asset fails only the articles that use it."""
    left = []
    for job in jobs:
        failed = next((run.failed[need] for need in run.needs([job]) if need in run.failed), None)
        if failed is None:
            left.append(job)
        else:
            await run.conclude(job, failed)
    return left


async def _nothing_arrives_late(run: Run, jobs: Sequence[Job]) -> None:
    """Wait until the target is done with older requests that would overwrite what is written now."""
    by_key = {job.key: job for job in jobs}
    settle = run.backend.connection.settle
    now = run.clock.now()
    late = await run.from_ledger(run.ledger.still_arriving, run.target, by_key, now - settle)
    older = [i for i in late if i.job is not None and i.job.wish != by_key[i.subject.name].wish]
    if older:
        for intent in older:
            run.emit("waiting", intent.subject.name, "the target may still be at work on an older version")
        # A clock that was set back since must not make this longer.
        await run.clock.sleep(min(settle, max(intent.sent_at for intent in older) + settle - now))


async def _publish(run: Run, jobs: Sequence[Job], tries: dict[Subject, int]) -> None:
    size = run.backend.capabilities.batch
    for wave in _parents_first(jobs):
        batches = [wave[start : start + size] for start in range(0, len(wave), size)]
        await side_by_side(
            [partial(_publish_batch, run, batch, tries) for batch in batches], run.backend.capabilities.parallel
        )


def _parents_first(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in waves: what stands below another article of this run goes after it."""
    waves: list[list[Job]] = []
    left = list(jobs)
    while left:
        coming = {job.slug for job in left}
        later = {job.key: job for job in left if _parent(job) in coming and _parent(job) != job.slug}
        if len(later) == len(left):  # below each other in a circle: the target says what it thinks of that
            later = {}
        waves.append([job for job in left if job.key not in later])
        left = list(later.values())
    return waves


def _parent(job: Job) -> str | None:
    """The slug of the article that this one stands below."""
    named = job.article.parent.rstrip("/") if job.article is not None else ""
    return named.rsplit("/", 1)[-1] if named else None


async def _publish_batch(run: Run, batch: Sequence[Job], tries: dict[Subject, int]) -> None:
    if run.circuit.error is not None:
        for job in batch:
            await run.conclude(job, run.circuit.error)
        return
    for job in batch:
        tries[job.subject] = tries.get(job.subject, 0) + 1
    known = await run.known(batch, run.needs(batch))
    try:
        await run.drive(run.backend.publish(batch, known))
    except LeaseLostError:
        return
    except PublisherError as error:
        if isinstance(error, UnreachableError):
            run.circuit.give_up(error)
        if run.may_learn_again(error):
            return
        intents = await run.from_ledger(run.ledger.open_creates, run.target, [job.subject for job in batch])
        doubtful = {intent.subject for intent in intents}
        for job in batch:
            if job.key not in run.outcomes and job.subject not in doubtful:
                await run.conclude(job, error)


def _taken(job: Job) -> InDoubtError:
    return InDoubtError(
        "another publisher is at work on it, or on its slug, and has not finished",
        article=job.key,
        hint="Run again: what the other one did is then known.",
    )
