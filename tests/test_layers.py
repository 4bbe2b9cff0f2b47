"""The layers point one way; an import upwards fails this test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_layers_point_one_way():
    """Every contract of import-linter in pyproject.toml is kept."""
    command = [str(Path(sys.executable).with_name("lint-imports"))]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)
    assert shown.returncode == 0, shown.stdout
