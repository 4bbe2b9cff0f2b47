"""Projects with targets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from memory_keyring import memory_keyring

__all__ = ["memory_keyring"]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """Write a publisher.toml; its path."""

    def write(text: str) -> Path:
        file = tmp_path / "publisher.toml"
        file.write_text(text)
        return file

    return write
