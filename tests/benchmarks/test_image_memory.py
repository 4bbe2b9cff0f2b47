"""Memory: a folder of photographs is published in a bounded part of it. 'make bench' prints the figures."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

MEASURE = Path(__file__).with_name("image_memory.py")
LIMIT = 400_000_000


def photos(folder: Path, count: int, orientation: int = 1, *, progressive: bool = False) -> None:
    """Articles with one photograph of 12 megapixels each, all different to the bit.

    They are noise as a sensor's at ISO 3200, about 6 MB, encoded once; a comment makes each one of its own.
    """
    image = Image.merge("RGB", [Image.effect_noise((4000, 3000), 40) for _ in "RGB"])
    exif = Image.Exif()
    exif[0x0112] = orientation
    into = io.BytesIO()
    image.save(into, "JPEG", quality=85, exif=exif, progressive=progressive)
    data = into.getvalue()
    for number in range(count):
        post = folder / f"post-{number}"
        post.mkdir(parents=True)
        comment = f"{number:08}".encode()
        (post / "photo.jpg").write_bytes(data[:2] + b"\xff\xfe\0\x0a" + comment + data[2:])
        (post / "index.md").write_text(f"# Post {number}\n\n![A photo](photo.jpg)\n")
    (folder / "publisher.toml").write_text('content_root = "."\n')


def measured(folder: Path, max_width: int) -> dict[str, float]:
    """What a fresh process says of it."""
    command = [sys.executable, str(MEASURE), str(folder), "4", str(max_width)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    ("count", "orientation", "progressive", "max_width"),
    [
        pytest.param(300, 1, False, 1600, id="scaled"),
        pytest.param(300, 6, False, 1600, id="turned-and-scaled"),
        # The most that such photos can take, at a second each: all pixels are needed twice, and all coefficients of
        # the file once. After the first few dozen nothing changes any more.
        pytest.param(40, 6, True, 0, id="progressive-and-turned-at-full-size"),
    ],
)
def test_photos_take_less_than_400_megabytes(
    tmp_path: Path, count: int, orientation: int, progressive: bool, max_width: int
) -> None:
    """Peak memory of the whole process with the interpreter, in four threads."""
    photos(tmp_path, count, orientation, progressive=progressive)
    said = measured(tmp_path, max_width)
    print(
        f"\n{said['images']} photos of 12 megapixels: peak {said['peak'] / 1e6:.0f} MB "
        f"({said['idle'] / 1e6:.0f} MB before the first), {said['seconds']:.0f} s, "
        f"{said['uploaded'] / 1e6:.0f} MB to upload"
    )
    assert said["images"] == count
    assert said["peak"] < LIMIT
