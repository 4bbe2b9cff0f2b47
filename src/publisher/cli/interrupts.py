"""Ctrl-C: once it cancels what runs, which cleans up; twice it ends the process at once."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import anyio

from publisher.cli.exits import Exit

R = TypeVar("R")

__all__ = ["run_until_interrupted"]

_AT_ONCE = b"\npublisher: stopped at once. The next run settles what was begun, or: publisher retry\n"
_SHOW_CURSOR = b"\x1b[?25h"


def run_until_interrupted(what: Callable[[], Awaitable[R]]) -> R:
    """Run ``what`` in an event loop of this thread. Raises :class:`KeyboardInterrupt` where Ctrl-C cancelled it.

    The event loop's own way, a second ``KeyboardInterrupt`` from wherever it stands then, may lose what a task waits
    for, which then waits for ever. A process that ends on the spot is what the ledger is made for.
    """
    came: list[R] = []

    async def run() -> None:
        with anyio.CancelScope() as scope, _cancelling(scope):
            came.append(await what())

    anyio.run(run)
    if not came:
        raise KeyboardInterrupt
    return came[0]


@contextmanager
def _cancelling(scope: anyio.CancelScope) -> Iterator[None]:
    """Inside, the first SIGINT cancels the scope, and the second ends the process."""
    loop = asyncio.get_running_loop()
    times = 0

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        if times > 1:
            _end_at_once()
        loop.call_soon_threadsafe(scope.cancel)

    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_at_once() -> None:
    """Whatever is under way, with nothing but what is safe in the middle of it."""
    os.write(2, (_SHOW_CURSOR if os.isatty(2) else b"") + _AT_ONCE)
    os._exit(Exit.INTERRUPTED)
