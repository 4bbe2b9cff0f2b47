"""When a job that failed is tried again by a later run."""

from __future__ import annotations

import random
from collections.abc import Sequence

#: By how much each member of a schedule is moved either way, so that what failed together does not come back together.
JITTER = 0.2

#: The longest that a target may ask to be left alone for, in seconds.
LONGEST = 86_400.0


def next_try(schedule: Sequence[float], now: float, not_before: float, failures: int) -> float | None:
    """When the next attempt is due after so many ``failures`` (Unix seconds); None where that was the last one.

    ``schedule`` is that of :class:`publisher.backends.base.Connection`; ``not_before`` is what the target asked for.
    """
    if failures >= len(schedule):
        return None
    due = now + schedule[failures] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return max(due, min(not_before, now + LONGEST))
