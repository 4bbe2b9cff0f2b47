"""CPU time of work beside that of a peer in the same run."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def ratio(work: Callable[[], object], peer: Callable[[], object]) -> float:
    """How many times as long ``work`` takes as ``peer``: the median of rounds in which both take turns.

    In CPU seconds of this process, after one round to warm up; a machine that is busy or slow slows both alike. What
    earlier benchmarks left in memory is kept from the collector, which would else look through it in these rounds.
    """
    work()
    peer()
    gc.collect()
    gc.freeze()
    try:
        return statistics.median(_seconds(work) / _seconds(peer) for _ in range(ROUNDS))
    finally:
        gc.unfreeze()


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
