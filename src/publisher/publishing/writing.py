"""Carries out what is planned for one target, a portion at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import anyio.to_thread

from publisher.content.locating import with_lines
from publisher.driving.carrying import carry_out
from publisher.driving.run import Run
from publisher.errors import PublisherError
from publisher.models import Job, Outcome
from publisher.planning import Standing
from publisher.publishing.jobs import job_to_write, taken_up
from publisher.publishing.laying import Planned, failed

#: How many jobs are carried out before the next are loaded, so that a large folder does not fill the memory.
CHUNK = 500


async def write_all(
    run: Run,
    todo: Mapping[int, Planned],
    standing: Mapping[tuple[str, str], Standing],
    revisions: Mapping[str, int],
    earlier: Mapping[str, Job],
) -> dict[int, Outcome]:
    """The outcomes of what is to be done, by its place in the plan.

    ``revisions`` are the last ones, by key, and ``earlier`` the jobs that are taken up again where they want the same.
    """
    outcomes: dict[int, Outcome] = {}
    numbers = list(todo)
    # Also without anything to do: what earlier runs left in doubt is looked for.
    for start in range(0, max(1, len(numbers)), CHUNK):
        jobs: dict[int, Job] = {}
        for place in numbers[start : start + CHUNK]:
            planned = todo[place]
            try:
                article = await anyio.to_thread.run_sync(planned.entry.load)
                there, last = standing.get((run.target, article.key)), revisions.get(article.key, 0)
                job = job_to_write(run.backend, article, there, last, run.clock.now())
                jobs[place] = taken_up(job, earlier.get(article.key))
            except PublisherError as error:
                outcomes[place] = failed(planned.action, error)
        done = await carry_out(run, list(jobs.values()), {job.id for job in earlier.values()})
        outcomes |= {place: await _with_lines(done[job.key]) for place, job in jobs.items()}
    return outcomes


async def _with_lines(outcome: Outcome) -> Outcome:
    """What only the target finds fault with gets its line in the file as well."""
    if outcome.error is None:
        return outcome
    return replace(outcome, error=await anyio.to_thread.run_sync(with_lines, outcome.error))
