"""A run that only looks: it refuses whatever would change something at the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import httpx

from publisher.backends.base import Known, assets_of
from publisher.backends.steps import Done, Fact, Flow, Lost, Placed, Send
from publisher.driving.reads import OnlyReads
from publisher.driving.run import Run
from publisher.models import Job

__all__ = ["Looking", "with_stand_ins"]

R = TypeVar("R")


class Looking(Run):
    """Reads at the target, one flow after the other, and remembers of what it sees the facts alone."""

    _reads: OnlyReads

    async def drive(self, flow: Flow[R]) -> R:
        self._reads = OnlyReads(self.backend, "methods preview and read")
        return await self._reads.result(super().drive(flow))

    async def send(self, step: Send) -> httpx.Response | Lost:
        self._reads.admit(step)
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
