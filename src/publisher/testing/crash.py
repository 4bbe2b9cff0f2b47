"""Dying at a chosen moment, as a process does that is killed."""

from __future__ import annotations


class Crash(BaseException):
    """The process died. Not an Exception: nothing that publishes may catch it."""


class CrashPoints:
    """A checkpoint for ``Publisher(checkpoint=…)`` that dies at its ``at``-th point, and stays dead.

    After the crash every further point raises too, so that no clean-up code of the dead can reach ledger or target.
    ``seen`` names the points that were passed, the fatal one last.
    """

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.seen: list[str] = []

    def __call__(self, point: str) -> None:
        if self.dead:
            raise Crash(f"already dead, at {point}")
        self.seen.append(point)
        if self.dead:
            raise Crash(f"at {point}")

    @property
    def dead(self) -> bool:
        """Whether the fatal point was reached."""
        return self.at is not None and len(self.seen) >= self.at
