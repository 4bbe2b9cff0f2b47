"""A budget of memory that threads share, so that several huge images are not decoded side by side."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Budget", "budget"]


class Budget:
    """So many bytes that threads may hold together; who asks for more waits, in the order of asking.

    More than all of it is given to one thread alone, or a single huge image could never be decoded.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._free = total
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def held(self, amount: int) -> Iterator[None]:
        """Hold about this many bytes. Must not be nested: two threads that each hold half would wait for ever."""
        amount = min(amount, self.total)
        turn = object()
        with self._changed:
            self._queue.append(turn)
            try:
                self._changed.wait_for(lambda: self._queue[0] is turn and self._free >= amount)
                self._free -= amount
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += amount
                self._changed.notify_all()


#: What decoded pixels of all threads together may take, in bytes.
budget = Budget(160_000_000)
