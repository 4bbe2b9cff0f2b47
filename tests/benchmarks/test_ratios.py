"""Speed, as ratios against named peers that do their work in the same run. 'make bench' prints them."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import frontmatter
import pytest
from measuring import ratio

import publisher
from publisher.backends.memory import Memory
from publisher.models import Action

ARTICLES = Path(__file__).parent.parent.parent / "examples" / "articles"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two thousand articles without images that were written a while ago."""
    text = (ARTICLES / "night-train" / "index.md").read_text()
    text = re.sub(r"^(image:|!\[).*\n", "", text, flags=re.MULTILINE)
    long_ago = time.time_ns() - 3_600_000_000_000
    for number in range(2_000):
        file = tmp_path / "posts" / f"{number // 100:02}" / f"post-{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("---\n", f"---\nid: post-{number}\nslug: post-{number}\n", 1))
        os.utime(file, ns=(long_ago, long_ago))
    return tmp_path


def test_unchanged_folder_is_planned_about_as_quickly_as_it_is_read(folder: Path) -> None:
    """A plan of unchanged articles costs at most half again what python-frontmatter needs to load them."""
    target = Memory()
    with publisher.Publisher(target, ledger=folder / "ledger.db") as p:
        p.publish_many(folder / "posts")
        assert p.plan(folder / "posts").counts == {Action.NO_OP: 2_000}
        files = list((folder / "posts").rglob("*.md"))
        found = ratio(lambda: p.plan(folder / "posts"), lambda: [frontmatter.load(str(file)) for file in files])
    print(f"\nplan of 2,000 unchanged articles / python-frontmatter loading them: {found:.2f}")
    assert found < 1.5
