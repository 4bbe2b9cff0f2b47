"""A clock that only moves when somebody waits."""

from __future__ import annotations

import anyio.lowlevel


class FakeClock:
    """Unix seconds from ``start``; waiting takes no time at all, and moves the clock."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await anyio.lowlevel.checkpoint()
