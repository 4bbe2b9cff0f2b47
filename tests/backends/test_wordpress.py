"""The WordPress backend keeps the contract of all backends, on a real WordPress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wordpress_rig import WordPressRig

from publisher.testing import BackendSuite

pytestmark = pytest.mark.real


class TestWordPress(BackendSuite):
    @pytest.fixture
    def make_rig(self, wordpress_server: Any) -> Callable[[], WordPressRig]:
        def make() -> WordPressRig:
            wordpress_server.reset()
            return WordPressRig(wordpress_server)

        return make

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        """A sample: every eleventh step. 'make crash-walk' takes them all."""
        return lambda points: iter(range(1, points + 1, 11))
