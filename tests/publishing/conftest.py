"""Folders of articles, sites in memory, and publishers for both."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from publisher import Article, Memory
from publisher.backends.memory import MemorySite

LONG_AGO = time.time_ns() - 3_600_000_000_000


def picture(color: str = "red") -> bytes:
    """A PNG; those of all colours have the same size."""
    data = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(data, "BMP")
    data = io.BytesIO(data.getvalue())
    out = io.BytesIO()
    Image.open(data).save(out, "PNG", compress_level=0)
    return out.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the test's folder, as if an hour ago; its path."""

    def write_one(name: str, content: str | bytes = "", mtime_ns: int = LONG_AGO) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(file, ns=(mtime_ns, mtime_ns))
        return file

    return write_one


@pytest.fixture
def make_picture() -> Callable[..., bytes]:
    return picture


@pytest.fixture
def site() -> MemorySite:
    return MemorySite()


@pytest.fixture
def blog(site: MemorySite) -> Memory:
    return Memory(site=site)


@pytest.fixture
def make_target() -> Callable[..., Memory]:
    """A target in memory with a site of its own."""
    return lambda name="memory", **options: Memory(name, **options)


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return lambda key="a", **fields: Article(key=key, **{"title": f"Article {key}", "body": "Words.", **fields})


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"
