"""A clock that only moves when somebody waits."""

from __future__ import annotations

import anyio.lowlevel


class FakeClock:
    """Unix seconds from ``start``; waiting takes no time at all, and moves the clock."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """The time in Unix seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock; below 0 it is set back."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Move the clock instead of waiting, and let other tasks run."""
        self.advance(max(0.0, seconds))
        await anyio.lowlevel.checkpoint()
