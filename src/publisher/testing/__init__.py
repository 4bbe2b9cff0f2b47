"""For the tests of backends, and of programs that publish: a conformance suite, a clock, ways to die, and a
simulated Webflow.

Needs the extra ``testing``. Everything is loaded when it is first used: the simulator does without pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.testing.clock import FakeClock
    from publisher.testing.crash import Crash, CrashPoints
    from publisher.testing.faults import Fault, FaultyTransport, make_faulty
    from publisher.testing.rig import Copy, Rig
    from publisher.testing.suite import BackendSuite
    from publisher.testing.walk import CrashWalk, Report
    from publisher.testing.webflow import WebflowSimulator

_HOMES = {
    "BackendSuite": "suite",
    "Copy": "rig",
    "Crash": "crash",
    "CrashPoints": "crash",
    "CrashWalk": "walk",
    "FakeClock": "clock",
    "Fault": "faults",
    "FaultyTransport": "faults",
    "Report": "walk",
    "Rig": "rig",
    "WebflowSimulator": "webflow",
    "make_faulty": "faults",
}

#: The modules with assertions of tests. A failing one shows what it compared, in whatever project it runs.
_JUDGES = tuple(f"publisher.testing.{name}" for name in ("suite", "checkups", "conflicts", "denials"))

__all__ = [
    "BackendSuite",
    "Copy",
    "Crash",
    "CrashPoints",
    "CrashWalk",
    "FakeClock",
    "Fault",
    "FaultyTransport",
    "Report",
    "Rig",
    "WebflowSimulator",
    "make_faulty",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'publisher.testing' has no attribute {name!r}")
    if name == "BackendSuite":
        import pytest

        pytest.register_assert_rewrite(*_JUDGES)
    value = getattr(import_module(f"publisher.testing.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
