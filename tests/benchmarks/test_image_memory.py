"""Memory: a folder of photographs is published in a bounded part of it. 'make bench' prints the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = str(Path(__file__).with_name("image_memory.py"))
LIMIT = 400_000_000


@pytest.mark.parametrize(
    ("count", "orientation", "coding", "max_width"),
    [
        pytest.param(300, 1, "baseline", 1600, id="scaled"),
        # The most that such photos can take, at a second each: all pixels are needed twice, and all coefficients of
        # the file once. After the first few dozen nothing changes any more.
        pytest.param(40, 6, "progressive", 0, id="progressive-and-turned-at-full-size"),
    ],
)
def test_photos_take_less_than_400_megabytes(
    tmp_path: Path, count: int, orientation: int, coding: str, max_width: int
) -> None:
    """Peak memory of the whole process with the interpreter, in four threads."""
    subprocess.run([sys.executable, SCRIPT, "make", tmp_path, str(count), str(orientation), coding], check=True)
    run = subprocess.run(
        [sys.executable, SCRIPT, "measure", tmp_path, "4", str(max_width)], capture_output=True, text=True, check=True
    )
    said = json.loads(run.stdout)
    print(
        f"\n{said['images']} photos of 12 megapixels: peak {said['peak'] / 1e6:.0f} MB "
        f"({said['idle'] / 1e6:.0f} MB before the first), {said['seconds']:.0f} s, "
        f"{said['uploaded'] / 1e6:.0f} MB to upload"
    )
    assert said["images"] == count
    assert said["peak"] < LIMIT
