"""The Webflow backend keeps the contract of all backends, whatever Webflow does where its documentation is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from webflow_rig import WebflowRig

from publisher.testing import BackendSuite


class TestWebflow(BackendSuite):
    @pytest.fixture
    def make_rig(self) -> type[WebflowRig]:
        return WebflowRig

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        """Four of each walk at most; 'make crash-walk WALK=webflow' takes them all."""
        return lambda points: iter(range(1, points + 1, -(-points // 4)))
