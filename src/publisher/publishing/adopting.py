"""Binds what stands at a target already to an article."""

from __future__ import annotations

from publisher.backends.steps import Found
from publisher.driving.run import Run
from publisher.errors import ConflictError, InDoubtError, RefusedError
from publisher.models import Job, Publication, Receipt


async def adopt(run: Run, job: Job, remote_id: str) -> Receipt:
    """Remember that ``remote_id`` is the article of a job. It is read, and not written: that is for the next run."""
    assert job.article is not None
    async with run.leased_for([job]) as mine:
        doubts = await run.from_ledger(run.ledger.open_creates, run.target, [job.subject])
        if doubts or not mine:
            raise InDoubtError("it is being published, or in doubt", hint="Run publisher retry first.")
        claims = await run.from_ledger(run.ledger.claims, run.target)
        owner = claims.get(remote_id, job.key)
        if owner != job.key:
            raise ConflictError(
                f"{remote_id} is the article {owner!r} by this ledger",
                hint="Check the id, or use that article.",
            )
        mine_already = next((at for at, key in claims.items() if key == job.key), remote_id)
        if mine_already != remote_id:
            raise ConflictError(
                f"it is published as {mine_already} there", hint="Delete that first, or leave it as it is."
            )
        asked = Publication(key=job.key, remote_id=remote_id, baseline={"type": job.article.type})
        there = (await run.drive(run.backend.read([asked], await run.known([job])))).get(job.key)
        if there is None:
            raise RefusedError(
                f"there is no {remote_id} at the target, or this user may not edit it",
                hint="Check the id, and the type that the article says.",
            )
        [begun] = await run.in_ledger(run.ledger.begin, [job])
        found = Found(run.backend.adopted(there))
        about = (run.target, begun, found, run.names([job.subject]), run.clock.now(), ())
        return await run.in_ledger(run.ledger.settle_article, *about)
