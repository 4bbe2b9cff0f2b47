"""What the tests of the receiver share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from receiver_desk import Desk


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[..., Desk]:
    """Makes a site and its sender, with other settings."""
    count = iter(range(99))
    return lambda **settings: Desk(tmp_path / f"site-{next(count)}", **settings)


@pytest.fixture
def desk(make_desk: Callable[..., Any]) -> Desk:
    """A site and its sender."""
    return make_desk()
