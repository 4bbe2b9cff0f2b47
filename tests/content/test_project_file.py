"""The project is the nearest publisher.toml."""

from __future__ import annotations

import pytest

from publisher.content.project import find_project
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
        (b"content_root = 7\n", None, "content_root", "found 7"),
        (b'content_root = "nowhere"\n', None, "content_root", "no folder"),
        (b'a = "\xff"\n', None, None, "not UTF-8"),
    ],
)
def test_a_bad_project_file_is_an_error(tmp_path, text, line, field, said):
    """It names the file, and the line or the field."""
    (tmp_path / "publisher.toml").write_bytes(text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        find_project(tmp_path)
    assert caught.value.path == str(tmp_path / "publisher.toml")
    assert (caught.value.line, caught.value.field) == (line, field)
