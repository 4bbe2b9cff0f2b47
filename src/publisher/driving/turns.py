"""Lets the tasks of one publisher use its ledger, one worker thread at a time.

What was committed has to be on the disk, and that wait is by far the longest part of a small transaction. Calls that
come while another one waits therefore share the next transaction, each as if it had one of its own: none returns before
it is committed, and if one of them fails, the others are done without it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar

import anyio
import anyio.to_thread

from publisher.ledger import Ledger

P = ParamSpec("P")
R = TypeVar("R")

#: Seconds between looks at a call that a thread has, whose task was cancelled.
_LOOK = 0.01


class Call(Generic[R]):
    """A call of a method of the ledger that waits for its turn, or had it."""

    def __init__(self, method: Callable[[], R]) -> None:
        self.method = method
        self._came: Future[R] = Future()

    @property
    def done(self) -> bool:
        return self._came.done()

    def settle(self, value: R) -> None:
        self._came.set_result(value)

    def alone(self) -> None:
        """Do it now, whatever comes of it."""
        try:
            self._came.set_result(self.method())
        except BaseException as error:  # noqa: BLE001 - it is raised where the call came from
            self._came.set_exception(error)

    def result(self) -> R:
        """What came of it."""
        return self._came.result(0)


class Turns:
    """The turns at one ledger. A ``Ledger`` and those that it made for runs share them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._turn = anyio.Lock()
        self._waiting: list[Call[Any]] = []
        self._unheard: list[Call[Any]] = []

    async def call(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method in a worker thread."""
        mine = Call(partial(method, *args, **kwargs))
        self._waiting.append(mine)
        try:
            async with self._turn:
                if mine in self._waiting:
                    calls, self._waiting = self._waiting, []
                    await anyio.to_thread.run_sync(self._do, calls)
                while not mine.done:  # noqa: ASYNC110 - a thread settles it, whose task was cancelled
                    await anyio.sleep(_LOOK)
        except anyio.get_cancelled_exc_class():
            if mine in self._waiting:
                self._waiting.remove(mine)
            raise
        for call in [call for call in self._unheard if call.done]:
            self._unheard.remove(call)
            call.result()
        return mine.result()

    def later(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Call[R]:
        """Have a method called before the next one is, in the same transaction. Nobody waits for it: if it fails, the
        next call raises that."""
        mine = Call(partial(method, *args, **kwargs))
        self._waiting.append(mine)
        self._unheard.append(mine)
        return mine

    async def last(self, method: Callable[[], None]) -> None:
        """Call a method that closes the ledger, when everybody else had their turn."""
        async with self._turn:
            calls, self._waiting = self._waiting, []
            await anyio.to_thread.run_sync(self._do, calls)
            await anyio.to_thread.run_sync(method)

    def _do(self, calls: list[Call[Any]]) -> None:
        if len(calls) > 1:
            try:
                values = self._ledger.together([call.method for call in calls])
            except Exception:  # noqa: BLE001, S110 - whichever caused it raises it below
                pass
            else:
                for call, value in zip(calls, values, strict=True):
                    call.settle(value)
                return
        for call in calls:
            call.alone()
