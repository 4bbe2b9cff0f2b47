"""For the tests of backends, and of programs that publish: a conformance suite, a clock, and ways to die.

Needs the extra ``testing``.
"""

from __future__ import annotations

from publisher.testing.clock import FakeClock
from publisher.testing.crash import Crash, CrashPoints
from publisher.testing.faults import Fault, FaultyTransport, make_faulty
from publisher.testing.rig import Copy, Rig
from publisher.testing.walk import CrashWalk, Report

__all__ = [
    "Copy",
    "Crash",
    "CrashPoints",
    "CrashWalk",
    "FakeClock",
    "Fault",
    "FaultyTransport",
    "Report",
    "Rig",
    "make_faulty",
]
