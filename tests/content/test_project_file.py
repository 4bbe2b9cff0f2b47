"""The project is the nearest publisher.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.project import find_project
from publisher.content.rules import Rules
from publisher.errors import ConfigurationError


def test_the_nearest_project_file_counts(tmp_path):
    """content_root is relative to it, and the ledger lies beside it."""
    (tmp_path / "publisher.toml").write_text("")
    inner = tmp_path / "site" / "posts" / "2026"
    inner.mkdir(parents=True)
    (tmp_path / "site" / "publisher.toml").write_text('content_root = "posts"\n')
    project = find_project(inner)
    assert project is not None
    assert project.file == tmp_path / "site" / "publisher.toml"
    assert project.content_root == (tmp_path / "site" / "posts").resolve()
    assert project.ledger == tmp_path / "site" / ".publisher" / "ledger.db"


def test_content_root_is_the_project_folder_by_default(tmp_path):
    """An empty publisher.toml is a project."""
    (tmp_path / "publisher.toml").write_text("")
    project = find_project(tmp_path / "post.md")
    assert project is not None
    assert project.content_root == tmp_path.resolve()


def test_a_changed_project_file_is_read_again(tmp_path):
    """The answer is remembered only as long as the file stays the same."""
    (tmp_path / "publisher.toml").write_text("")
    (tmp_path / "posts").mkdir()
    find_project(tmp_path)
    (tmp_path / "publisher.toml").write_text('content_root = "posts"')
    project = find_project(tmp_path)
    assert project is not None
    assert project.content_root.name == "posts"


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        (b"a = 1\nb = \n", 2, None, "not TOML"),
        (b"a = 1\ncontent_root = 7\n", 2, "content_root", "found 7"),
        (b'content_root = "nowhere"\n', 1, "content_root", "no folder"),
        (b'content_root = ""\n', 1, "content_root", "is empty"),
        (b'# x\nstatic_root = "nowhere"\n', 2, "static_root", "no folder"),
        (b"static_root = true\n", 1, "static_root", "found true"),
        (b'category_separator = ["/"]\n', 1, "category_separator", "found"),
        (b'\nraw_html = "clean"\n', 2, "raw_html", "Use one of trust, sanitize, refuse"),
        (b"raw_html = false\n", 1, "raw_html", "cannot be false"),
        (b'allow = "liquid"\n', 1, "allow", "is a list, found 'liquid'"),
        (b'allow = ["liquid", "liquids"]\n', 1, "allow", "cannot hold 'liquids'. Use some of front-matter, liquid"),
        (b'a = "\xff"\n', None, None, "not UTF-8"),
        (b'allow = []\nraw_htm = "refuse"\n', 2, "raw_htm", "no setting 'raw_htm'. There are content_root"),
    ],
)
def test_a_bad_project_file_is_an_error(tmp_path, text, line, field, said):
    """It names the file, the line and the field."""
    (tmp_path / "publisher.toml").write_bytes(text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        find_project(tmp_path)
    assert caught.value.path == str(tmp_path / "publisher.toml")
    assert (caught.value.line, caught.value.field) == (line, field)


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    """In one error."""
    (tmp_path / "publisher.toml").write_text('raw_html = "no"\nallow = ["x"]\nstatic_root = "nowhere"\n')
    with pytest.raises(ConfigurationError) as caught:
        find_project(tmp_path)
    assert {(fault.field, fault.line) for fault in caught.value.all} == {
        ("raw_html", 1),
        ("allow", 2),
        ("static_root", 3),
    }


def test_the_rules_are_those_of_the_file(tmp_path):
    """The targets are for others; what allow lists twice is allowed once."""
    (tmp_path / "static").mkdir()
    (tmp_path / "publisher.toml").write_text(
        'category_separator = "/"\nraw_html = "sanitize"\nallow = ["mdx", "liquid", "mdx"]\nstatic_root = "static"\n'
        '[targets.blog]\nkind = "wordpress"\n'
    )
    project = find_project(tmp_path)
    assert project is not None
    assert project.rules == Rules("/", "sanitize", ("liquid", "mdx"), "static")
    assert project.static_root == tmp_path / "static"


def test_rules_as_text_say_what_is_not_the_default(tmp_path):
    """So that a digest of the defaults is that of the bytes alone, and the same on every machine."""
    assert str(Rules()) == ""
    texts = {str(Rules(category_separator="/")), str(Rules(raw_html="refuse")), str(Rules(allow=("mdx",)))}
    texts |= {str(Rules(static_root="static")), str(Rules(static_root="public"))}
    assert len(texts) == 5
    assert str(tmp_path) not in "".join(texts)


def test_a_project_is_found_from_a_relative_path(tmp_path, monkeypatch):
    """Wherever the process stands."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "two" / "publisher.toml").write_text("")
    monkeypatch.chdir(tmp_path / "one")
    assert find_project(Path()) is None
    monkeypatch.chdir(tmp_path / "two")
    assert find_project(Path()) is not None
