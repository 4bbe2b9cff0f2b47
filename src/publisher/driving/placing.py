"""Places what articles need, before any of them is written: the target's facts, terms and assets."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.backends.base import Known, assets_of
from publisher.driving.doubt import HINT, resolve
from publisher.driving.run import Run
from publisher.errors import InDoubtError, UnreachableError
from publisher.models import Job, Subject

#: Seconds between two looks at whether another publisher has finished.
PATIENCE = 1.0

#: How often a create is sent in one run when what it made was looked for and found absent.
CREATES = 3


async def place(run: Run, jobs: Sequence[Job]) -> None:
    """Place the needs of ``jobs``. What cannot be placed ends up in ``run.failed``; see there.

    Raises :class:`publisher.errors.PublisherError` where nothing at all can be published.
    """
    tries: dict[Subject, int] = {}
    waited_since = run.clock.now()
    learned = False
    while True:
        # One that turned out to be unfit for the target needs nothing any more.
        jobs = [job for job in jobs if job.key not in run.outcomes]
        needs = run.needs(jobs)
        known = await run.known(jobs, needs)
        missing = [need for need in needs if need not in known.placed and need not in run.failed]
        if learned and not missing:
            return
        missing = _whose_parents_stand(run, missing, known)
        async with run.leased(missing) as mine:
            if mine or not learned:
                await _place_held(run, jobs, mine, needs)
                learned = True
                waited_since = run.clock.now()
            for need in mine:
                tries[need] = tries.get(need, 0) + 1
        for need in missing:
            if tries.get(need, 0) >= CREATES and need not in run.failed:
                await _fail_unless_placed(run, need, jobs)
        if missing and not mine:
            if run.clock.now() - waited_since > run.deadline:
                for need in missing:
                    run.failed[need] = InDoubtError(
                        f"another publisher is at work on {_named(need, jobs)} and has not finished", hint="Run again."
                    )
            await run.clock.sleep(PATIENCE)


def _whose_parents_stand(run: Run, missing: Sequence[Subject], known: Known) -> list[Subject]:
    """Those whose turn it is. What stands below something that failed has failed as well."""
    ready = []
    for need in missing:
        parent = run.backend.parent_of(need)
        if parent in run.failed:
            run.failed[need] = run.failed[parent]
        elif parent is None or parent in known.placed or parent not in missing:
            ready.append(need)
    return ready


async def _place_held(run: Run, jobs: Sequence[Job], held: Sequence[Subject], needs: Sequence[Subject]) -> None:
    """Place needs whose leases are held, after finding out what earlier tries left of them."""
    await _resolve(run, held, jobs)
    known = await run.known(jobs, needs)
    missing = [need for need in held if need not in run.failed and need not in known.placed]
    await run.drive(run.backend.prepare(missing, jobs, known))
    await _resolve(run, missing, jobs)


async def _resolve(run: Run, needs: Sequence[Subject], jobs: Sequence[Job]) -> None:
    if not needs:
        return
    for need, why in (await resolve(run, needs, wait=True)).items():
        run.failed[need] = InDoubtError(
            f"{_named(need, jobs)}, which it needs, is in doubt: {why}",
            hint=HINT,
        )


async def _fail_unless_placed(run: Run, need: Subject, jobs: Sequence[Job]) -> None:
    if need not in (await run.known([], [need])).placed:
        run.failed[need] = UnreachableError(
            f"{_named(need, jobs)} could not be placed in {CREATES} tries: {run.reasons.get(need, 'no answer')}",
            hint="See the target's log; something before it, a firewall for example, may stop the request.",
        )


def _named(need: Subject, jobs: Sequence[Job]) -> str:
    """A need in the author's words: an image by its file name, not by its id."""
    asset = assets_of(jobs).get(need.name) if need.kind == "asset" else None
    return f"the {need}" if asset is None else f"the image {asset.name!r}"
