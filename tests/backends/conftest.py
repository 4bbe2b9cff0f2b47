"""What the tests of backends share."""

from __future__ import annotations

from pathlib import Path

import pytest
from webhook_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One receiver of webhooks and one ledger."""
    return Desk(tmp_path)
