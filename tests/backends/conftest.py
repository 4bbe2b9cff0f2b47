"""What the tests of backends share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from webflow_desk import WebflowDesk
from webflow_rig import WebflowRig
from webhook_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One receiver of webhooks and one ledger."""
    return Desk(tmp_path)


@pytest.fixture
def make_webflow(tmp_path: Path) -> Callable[..., WebflowDesk]:
    """Makes a simulated Webflow with an empty ledger; takes the quirks and the settings of the target."""
    count = iter(range(100))

    def make(quirks: Any = None, **settings: Any) -> WebflowDesk:
        folder = tmp_path / str(next(count))
        folder.mkdir()
        return WebflowDesk(folder, WebflowRig(quirks, **settings))

    return make


@pytest.fixture
def webflow(make_webflow: Callable[..., WebflowDesk]) -> WebflowDesk:
    """One of them, as it is by itself."""
    return make_webflow()
