"""Lets the tasks of one publisher use its ledger, one worker thread at a time.

What was committed has to be on the disk, and that wait is by far the longest part of a small transaction. Calls that
come while another one waits therefore share the next transaction, each as if it had one of its own: none returns before
it is committed, and if one of them fails, the others are done without it. None is ever carried out twice.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar

import anyio
import anyio.to_thread

from publisher.driving.redaction import redact
from publisher.ledger import Ledger

_log = logging.getLogger("publisher.ledger")

P = ParamSpec("P")
R = TypeVar("R")

#: Seconds between looks at a call that a thread has, whose task was cancelled.
_LOOK = 0.01


class _CallFailedError(Exception):
    """A call in a joint transaction failed before its end, so that nothing of the transaction was done."""


class Call(Generic[R]):
    """A call of a method of the ledger that waits for its turn, or had it."""

    def __init__(self, method: Callable[[], R]) -> None:
        self.method = method
        self.came: Future[R] = Future()

    def alone(self) -> None:
        """Do it now, whatever comes of it."""
        try:
            self.came.set_result(self.method())
        except BaseException as error:  # noqa: BLE001 - it is raised where the call came from
            self.came.set_exception(error)

    def joined(self) -> R:
        """Do it as a part of a joint transaction, whose end decides what comes of it."""
        try:
            return self.method()
        except Exception as error:
            raise _CallFailedError from error

    def result(self) -> R:
        """What came of it."""
        return self.came.result(0)

    def failed_with(self) -> BaseException | None:
        """What it raised; None if it went well, or waits for its turn."""
        return self.came.exception() if self.came.done() else None


class Turns:
    """The turns at one ledger. A ``Ledger`` and those that it made for runs share them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._turn = anyio.Lock()
        self._thread = anyio.CapacityLimiter(1)
        self._waiting: deque[Call[Any]] = deque()

    async def call(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method in a worker thread."""
        mine = Call(partial(method, *args, **kwargs))
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not mine.came.done():
                    await self._in_thread(self._do_all)
                while not mine.came.done():  # noqa: ASYNC110 - a thread has it whose task was cancelled
                    await anyio.sleep(_LOOK)
        except anyio.get_cancelled_exc_class():
            mine.came.cancel()  # unless a thread has it already
            raise
        return mine.result()

    def later(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Call[R]:
        """Have a method called before the next one is, in the same transaction. Nobody waits for it: what came of it is
        known when the next call is over, and whoever wanted it has to ask."""
        mine = Call(partial(method, *args, **kwargs))
        self._waiting.append(mine)
        return mine

    async def last(self, method: Callable[[], None]) -> None:
        """Call a method that closes the ledger, when everybody else had their turn."""
        async with self._turn:
            await self._in_thread(self._do_all)
            await self._in_thread(method)

    async def _in_thread(self, what: Callable[[], None]) -> None:
        with anyio.CancelScope(shield=True):  # others may depend on it
            await anyio.to_thread.run_sync(what, limiter=self._thread)

    def _do_all(self) -> None:
        """Do what waits; in a worker thread, while tasks add to it."""
        calls = []
        while self._waiting:
            call = self._waiting.popleft()
            if call.came.set_running_or_notify_cancel():
                calls.append(call)
        if len(calls) < 2 or not self._done_together(calls):
            for call in calls:
                call.alone()

    def _done_together(self, calls: Sequence[Call[Any]]) -> bool:
        """Do ``calls`` in one transaction; False if nothing was done, because one of them failed."""
        try:
            values = self._ledger.together([call.joined for call in calls])
        except _CallFailedError as failed:
            # It fails again when each is done by itself, and is raised where it came from.
            said = redact(str(failed.__cause__))
            _log.debug("one of %d calls failed in a joint transaction, each is made alone: %s", len(calls), said)
            return False
        except BaseException as error:  # noqa: BLE001 - it is raised where the calls came from
            # The transaction itself failed. Whether a commit took effect that failed nobody knows, as with one alone.
            for call in calls:
                call.came.set_exception(error)
        else:
            for call, value in zip(calls, values, strict=True):
                call.came.set_result(value)
        return True
