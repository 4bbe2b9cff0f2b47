"""An image made here, so that no test depends on a file of somebody else."""

from __future__ import annotations

import io

import pytest
from PIL import Image


@pytest.fixture
def png() -> bytes:
    """The bytes of a small PNG."""
    into = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(into, "PNG")
    return into.getvalue()
