"""A budget of memory that threads share, so that several huge images are not decoded side by side."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["Budget", "budget"]

_Result = TypeVar("_Result")

# What takes less is done where it is called; giving its memory back is not worth the milliseconds.
_LARGE = 8_000_000
_HUGE = 48_000_000


class Budget:
    """So many bytes that threads may hold together; who asks for more waits, in the order of asking.

    More than all of it is given to one thread alone, or a single huge image could never be decoded.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._free = total
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    def spend(self, amount: int, work: Callable[[], _Result]) -> _Result:
        """What ``work`` returns, which takes about this many bytes for as long as it runs.

        Must not be nested: two threads that each hold half would wait for ever.
        """
        with self._held(min(amount, self.total)):
            try:
                if amount < _HUGE:
                    return work()
                # glibc keeps up to 64 MB of what a thread has freed for that thread's next wish (mallopt(3),
                # M_TRIM_THRESHOLD). A thread of its own hands that on to the next one of this kind when it ends.
                with ThreadPoolExecutor(1, thread_name_prefix="publisher-huge-image") as alone:
                    return alone.submit(work).result()
            finally:
                if amount >= _LARGE:
                    _give_back()

    @contextmanager
    def _held(self, share: int) -> Iterator[None]:
        turn = object()
        with self._changed:
            self._queue.append(turn)
            try:
                self._changed.wait_for(lambda: self._queue[0] is turn and self._free >= share)
                self._free -= share
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += share
                self._changed.notify_all()


def _trim() -> Callable[[], object]:
    """What returns freed memory to the system.

    glibc keeps what a thread has freed for that thread, up to all that it ever had: without this, four threads that
    take turns at 200 MB hold 800 MB in the end (malloc_trim(3)). Others need no such help.
    """
    if sys.platform != "linux":
        return lambda: None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return (lambda: None) if trim is None else (lambda: trim(ctypes.c_size_t(0)))


_give_back = _trim()

#: What decoded pixels of all threads together may take, in bytes.
budget = Budget(160_000_000)
