"""Looks at the target before anything is written: what would change there, and what is not as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio.to_thread

from publisher.backends.base import OnConflict, Preview
from publisher.content.locating import with_lines
from publisher.driving.looking import Looking, with_stand_ins
from publisher.errors import ConflictError, PublisherError
from publisher.models import Action, Difference, Job, PlannedAction
from publisher.planning import Standing
from publisher.publishing.jobs import job_to_write
from publisher.publishing.laying import Planned

#: What may be written, and is worth a look.
_WRITES = (Action.CREATE, Action.UPDATE, Action.IN_DOUBT, Action.CONFLICT)


async def with_differences(
    run: Looking, plan: Sequence[Planned], standing: dict[str, Standing], on_conflict: OnConflict
) -> list[Planned]:
    """The plan with what each write would change at the target, as far as the target shows that."""
    jobs: dict[int, Job] = {}
    shown: dict[int, Planned] = {}
    for place, planned in enumerate(plan):
        if planned.action.action in _WRITES and planned.action.error is None:
            try:
                article = await anyio.to_thread.run_sync(planned.entry.load)
                there = standing.get(planned.action.key)
                jobs[place] = job_to_write(run.backend, article, there, 0, run.clock.now())
            except PublisherError as error:
                shown[place] = _failed(planned, error)
    size = run.backend.capabilities.batch
    places = list(jobs)
    for start in range(0, len(places), size):
        some = places[start : start + size]
        try:
            previews = await _previews(run, [jobs[place] for place in some])
        except PublisherError as error:
            shown |= {place: _failed(plan[place], error) for place in some}
            continue
        for place in some:
            preview = previews.get(jobs[place].key)
            action = plan[place].action
            if preview is not None:
                shown[place] = replace(plan[place], action=_shown(action, preview, on_conflict))
            else:
                why = "shows no differences" if run.backend.capabilities.reads else "cannot be read"
                said = f"{action.reason}; what would change there is not known, since this target {why}"
                shown[place] = replace(plan[place], action=replace(action, reason=said))
    return [await _with_lines(shown.get(place, planned)) for place, planned in enumerate(plan)]


async def refreshed(
    run: Looking, plan: Sequence[Planned], on_conflict: OnConflict, *, for_good: bool = False
) -> list[Planned]:
    """The plan after a look at what is unchanged here: what was edited or deleted there is a conflict.

    ``for_good`` is for plans that are carried out: the ledger is told, and the conflict is planned as an update, about
    which the backend then does what is to be done about conflicts. A target that cannot be asked shows nothing.
    """
    if not run.backend.capabilities.reads:
        return list(plan)
    keys = [planned.action.key for planned in plan if planned.action.action is Action.NO_OP]
    found: dict[str, Planned] = {}
    versions: dict[str, str] = {}
    places = {planned.action.key: planned for planned in plan}
    size = run.backend.capabilities.batch
    for start in range(0, len(keys), size):
        some = keys[start : start + size]
        publications = await run.from_ledger(run.ledger.publications, run.target, some)
        try:
            there = await run.drive(run.backend.read(list(publications.values()), await run.known([])))
        except PublisherError as error:
            found |= {key: _failed(places[key], error) for key in some}
            continue
        for key, publication in publications.items():
            stands = there.get(key)
            edits = () if stands is None else run.backend.edits(publication, stands)
            if stands is None:
                reason = f"it was published as {publication.remote_id}, and somebody deleted it there"
            elif edits:
                reason = f"it was edited there: {', '.join(edit.field for edit in edits)}"
            else:
                continue
            differences = tuple(Difference(edit.field, edit.stored, edit.sent) for edit in edits)
            said = Action.UPDATE if for_good or on_conflict == "overwrite" else Action.CONFLICT
            action = replace(places[key].action, action=said, reason=reason, differences=differences)
            found[key], versions[key] = replace(places[key], action=action), publication.version
    if for_good:
        await run.in_ledger(run.ledger.unsettle, run.target, versions)
    return [found.get(planned.action.key, planned) for planned in plan]


async def _previews(run: Looking, jobs: Sequence[Job]) -> dict[str, Preview]:
    run.work_on(jobs)
    known = await run.known(jobs, run.needs(jobs))
    # Whatever is done about conflicts: they are to be seen.
    known = replace(with_stand_ins(run, known, jobs), on_conflict="fail")
    return dict(await run.drive(run.backend.preview(jobs, known)))


def _shown(action: PlannedAction, preview: Preview, on_conflict: OnConflict) -> PlannedAction:
    there = preview.there or {}
    differences = tuple(
        Difference(name, there.get(name, ""), text)
        for name, text in preview.wanted.items()
        if there.get(name, "") != text
    )
    if preview.error is None:
        lost = "; ".join(f"{one.field}: {one.sent} ({one.stored or 'it has no place there'})" for one in preview.losses)
        reason = f"{action.reason}; not kept as written: {lost}" if lost else action.reason
        return replace(action, reason=reason, differences=differences)
    error = preview.error.located(target=action.target, article=action.key)
    if not isinstance(error, ConflictError):
        return replace(action, action=Action.BLOCKED, reason=error.what, error=error, differences=differences)
    if on_conflict == "overwrite" and preview.wanted:
        return replace(action, reason=f"overwrites: {error.what}", differences=differences)
    return replace(action, action=Action.CONFLICT, reason=error.what, error=error, differences=differences)


async def _with_lines(planned: Planned) -> Planned:
    """What only the target finds fault with gets its line in the file as well."""
    if planned.action.error is None:
        return planned
    error = await anyio.to_thread.run_sync(with_lines, planned.action.error)
    return replace(planned, action=replace(planned.action, error=error))


def _failed(planned: Planned, error: PublisherError) -> Planned:
    located = error.located(target=planned.action.target, article=planned.action.key)
    return replace(planned, action=replace(planned.action, error=located))
