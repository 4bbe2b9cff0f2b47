"""A run that only looks: it refuses whatever would change something at the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import httpx

from publisher.backends.base import Known, assets_of
from publisher.backends.steps import Done, Fact, Lost, Placed, Send
from publisher.driving.run import Run
from publisher.errors import PublisherError
from publisher.models import Job

__all__ = ["Looking", "with_stand_ins"]


class Looking(Run):
    """Reads at the target, and remembers of what it sees the facts alone."""

    async def send(self, step: Send) -> httpx.Response | Lost:
        if step.effect != "read":
            raise PublisherError(
                f"the backend {self.backend.kind!r} wanted to send a {step.effect} where only reads may be sent",
                target=self.target,
                hint="This is a fault of the backend: its methods preview and read may send nothing but reads.",
            )
        return await super().send(step)

    async def settle(self, step: Done) -> None:
        if isinstance(step.result, Fact):
            await super().settle(step)


def with_stand_ins(run: Run, known: Known, jobs: Sequence[Job]) -> Known:
    """What is known, with a stand-in for each need that is not placed: an asset under its own name, ids of 0."""
    assets = assets_of(jobs)
    missing = {
        need: Placed("0", assets[need.name].name if need.kind == "asset" else "")
        for need in run.needs(jobs)
        if need not in known.placed
    }
    return replace(known, placed={**known.placed, **missing})
