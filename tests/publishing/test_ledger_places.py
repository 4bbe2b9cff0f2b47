"""Where the ledger lies when nobody says so, and when somebody does."""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs import user_state_path

import publisher
from publisher.publishing.places import VARIABLE, ledger_path


@pytest.fixture
def project(tmp_path, write, monkeypatch):
    """A project with an article; the working folder is somewhere else."""
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    write("site/publisher.toml")
    return write("site/posts/a.md", "# A").parent.parent


def test_an_argument_counts_most(project, monkeypatch, tmp_path):
    """Before the environment and the project."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "env.db"))
    assert ledger_path(tmp_path / "arg.db", [project / "posts" / "a.md"]) == tmp_path / "arg.db"
    assert ledger_path("arg.db") == tmp_path / "elsewhere" / "arg.db"


def test_then_the_environment_counts(project, monkeypatch, tmp_path):
    """Before the project."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "env.db"))
    assert ledger_path(None, [project / "posts" / "a.md"]) == tmp_path / "env.db"


def test_then_the_project_of_the_first_article_counts(project, write, make_article):
    """Of the first that has a file, however it is given; the working folder does not matter then."""
    file = project / "posts" / "a.md"
    expected = project / ".publisher" / "ledger.db"
    for found in ([file], [project], [publisher.Article.from_file(file)], [make_article(), file]):
        assert ledger_path(None, found) == expected


def test_then_the_working_folder_s_project_counts(project, monkeypatch, make_article):
    """For articles that have no file."""
    monkeypatch.chdir(project / "posts")
    assert ledger_path(None, [make_article()]) == project / ".publisher" / "ledger.db"
    assert ledger_path(None) == project / ".publisher" / "ledger.db"


def test_at_last_the_user_s_state_folder_counts(project, write):
    """Where there is no project at all."""
    lone = write("lone/a.md", "# A")
    assert ledger_path(None, [lone]) == user_state_path("publisher", appauthor=False) / "ledger.db"
    assert ledger_path(None, []) == ledger_path(None, [lone])


def test_a_ledger_in_the_home_folder_is_meant(project, tmp_path):
    """A tilde is the home folder, as everywhere."""
    assert ledger_path("~/ledger.db") == tmp_path / "home" / "ledger.db"


def test_the_ledger_is_made_where_it_belongs(project, make_target, make_article):
    """Beside publisher.toml, and out of git."""
    publisher.publish(project / "posts" / "a.md", make_target())
    assert sorted(path.name for path in (project / ".publisher").iterdir()) == [".gitignore", "ledger.db"]
    assert not Path("ledger.db").exists()
