"""A folder with ten planted faults: check names each of them, with its file and line."""

from __future__ import annotations

import pytest

#: File, its text, and the line that is told; the eleventh file is what the slug of another collides with.
FAULTS = [
    ("a-status.md", "---\ntitle: A\nstatus: publised\n---\nWords.\n", ":3, status: problem"),
    ("b-date.md", "---\ntitle: B\ndate: 2025-02-30\n---\nWords.\n", ":3, date: problem"),
    ("c-image.md", "---\ntitle: C\n---\nWords.\n\n![Gone](gone.png)\n", ":6: problem: broken image"),
    ("d-broken.md", "---\ntitle: D\n---\n![Half](half.png)\n", ":4: problem: broken image"),
    ("e-anchor.md", "---\ntitle: E\n---\nSee [below](#set-up).\n\n## Setup\n\nWords.\n", ":4: problem: broken anchor"),
    ("f-slug.md", "---\ntitle: F\nslug: same\n---\nWords.\n", ":3, slug: problem: slug collision"),
    ("g-shortcode.md", "---\ntitle: G\n---\nWords.\n\n{{< youtube abc >}}\n", ":6: problem: leak"),
    ("h-path.md", "---\ntitle: H\n---\nSee [my notes](/home/ana/notes.txt).\n", ":4: problem: broken link"),
    ("i-twice.md", "---\ntitle: I\n---\nWords.\n\n---\ntitle: Again\ndraft: true\n---\n\nMore.\n", ":6: problem: leak"),
    ("j-yaml.md", '---\ntitle: "Open\ntags: [a, b\n---\nWords.\n', ":2: problem: front matter"),
    ("k-slug.md", "---\ntitle: K\nslug: same\n---\nWords.\n", ":3, slug: problem: slug collision"),
]


@pytest.fixture
def told(run, tmp_path, monkeypatch):
    """What check says of the folder."""
    (tmp_path / "publisher.toml").write_text('content_root = "."\n')
    for name, text, _ in FAULTS:
        (tmp_path / name).write_text(text)
    (tmp_path / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    monkeypatch.chdir(tmp_path)
    return run("check")


def test_all_of_them_are_named_at_once(told):
    """Each with its file, its line and its kind."""
    assert told.code == 5
    missing = [
        name
        for name, _, place in FAULTS
        if not any(line.startswith(f"  {name}{place}") for line in told.out.split("\n"))
    ]
    assert missing == [], told.out


def test_nothing_else_is(told):
    """One line for each file."""
    assert told.out.count("problem: ") == len(FAULTS)
