"""The Memory backend keeps the contract of all backends."""

from __future__ import annotations

import pytest
from memory_rig import MemoryRig

from publisher.testing import BackendSuite


class TestMemory(BackendSuite):
    @pytest.fixture
    def make_rig(self) -> type[MemoryRig]:
        return MemoryRig
