"""For the tests of backends, and of programs that publish: a conformance suite, a clock, ways to die, and a
simulated Webflow.

Needs the extra ``testing``.
"""

from __future__ import annotations

import pytest

# So that a failing test of the suite shows what it compared, in whatever project it runs.
pytest.register_assert_rewrite("publisher.testing.suite", "publisher.testing.checkups", "publisher.testing.denials")

from publisher.testing.clock import FakeClock  # noqa: E402
from publisher.testing.crash import Crash, CrashPoints  # noqa: E402
from publisher.testing.faults import Fault, FaultyTransport, make_faulty  # noqa: E402
from publisher.testing.rig import Copy, Rig  # noqa: E402
from publisher.testing.suite import BackendSuite  # noqa: E402
from publisher.testing.walk import CrashWalk, Report  # noqa: E402
from publisher.testing.webflow import WebflowSimulator  # noqa: E402

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
