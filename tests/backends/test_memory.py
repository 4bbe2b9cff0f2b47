"""The Memory backend keeps the contract of all backends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from memory_rig import MemoryRig

from publisher.testing import BackendSuite


class TestMemory(BackendSuite):
    @pytest.fixture
    def make_rig(self) -> type[MemoryRig]:
        return MemoryRig

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        """Every step of one article, and every third of five. 'make crash-walk' takes them all."""
        return lambda points: iter(range(1, points + 1, 1 if points < 80 else 3))
