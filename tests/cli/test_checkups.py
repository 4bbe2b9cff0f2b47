"""Checkups are printed for people, for machines and for GitHub."""

from __future__ import annotations

import pytest

import publisher
from publisher.cli.checkups import annotation
from publisher.models import Checkup, Finding

GOOD = Finding(verdict="good", subject="permalinks", what="They are readable.")
WARNING = Finding(
    verdict="warning", subject="alt text", what="An image has none", remedy="Add one.", path="posts/a.md", line=7
)
PROBLEM = Finding(
    verdict="problem", subject="broken image", what="No such file: 100%", path="posts/a, b.md", line=3, field="image"
)
UNKNOWN = Finding(verdict="unknown", subject="zone", what="It did not say.", target="wordpress:b.example")


@pytest.fixture
def found(monkeypatch):
    """Set what check and doctor find, where only what becomes of their findings counts."""
    asked = []

    def set_to(*findings, about="posts"):
        checkup = Checkup(about, findings)
        monkeypatch.setattr(publisher, "check", lambda *given: asked.append(given) or checkup)
        monkeypatch.setattr(publisher, "doctor", lambda *given, ledger: asked.append(given) or checkup)
        return asked

    return set_to


def test_in_a_pipe_there_are_plain_lines(project, run, found):
    """One for each finding, and a count on stderr."""
    found(GOOD, WARNING, PROBLEM)
    told = run("check")
    assert told.code == 5
    assert told.out.splitlines() == [
        "posts:",
        "  good: permalinks: They are readable.",
        "  posts/a.md:7: warning: alt text: An image has none. Add one.",
        "  posts/a, b.md:3, image: problem: broken image: No such file: 100%",
    ]
    assert told.err == "posts: 1 problem, 1 warning\n"
    assert "good" not in run("check", "--quiet").out


def test_warnings_alone_are_no_problem(project, run, found):
    """The exit code is 0."""
    found(GOOD, WARNING, UNKNOWN)
    assert run("check").code == 0


@pytest.mark.parametrize(("given", "targets"), [([], ["one", "two"]), (["--to", "two"], ["two"])])
def test_check_takes_the_articles_and_targets_of_the_project(project, run, found, given, targets):
    """Made without their secrets, as nothing is sent."""
    asked = found()
    assert run("check", *given).code == 0
    articles, backends = asked[0]
    assert articles == [str(project / "posts")]
    assert [backend.target.name for backend in backends] == targets


def test_check_needs_no_project(run, found, tmp_path, monkeypatch):
    """Nor a target."""
    asked = found()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("# A")
    assert run("check", "a.md").code == 0
    assert asked == [(["a.md"], [])]
    assert run("check", "a.md", "--to", "one").code == 2


def test_doctor_looks_at_each_target(project, run, found):
    """Of the project, or those that are named."""
    asked = found(PROBLEM)
    assert run("doctor").code == 5
    assert [target.target.name for (target,) in asked] == ["one", "two"]
    asked.clear()
    run("doctor", "two")
    assert [target.target.name for (target,) in asked] == ["two"]


def test_doctor_asks_the_targets_themselves(project, run):
    """Each is looked at, and has something to say."""
    told = run("doctor", "--json")
    assert (told.code, [one["ok"] for one in told.json["checkups"]]) == (0, [True, True])
    assert [one["about"] for one in told.json["checkups"]] == ["memory:one.invalid", "memory:two.invalid"]
    assert all(one["findings"] for one in told.json["checkups"])


def test_json_has_every_field(project, run, found):
    """In one object."""
    found(GOOD, PROBLEM)
    told = run("check", "--json")
    assert told.json == {
        "command": "check",
        "checkups": [{"about": "posts", "ok": False, "findings": [GOOD.record(), PROBLEM.record()]}],
        "exit_code": 5,
    }


def test_github_shows_findings_at_their_lines(project, run, found):
    """What is good is none of its business."""
    found(GOOD, WARNING, PROBLEM, UNKNOWN)
    assert run("check", "--format", "github").out.splitlines() == [
        "::warning file=posts/a.md,line=7,title=alt text::An image has none. Add one.",
        "::error file=posts/a%2C b.md,line=3,title=broken image%3A image::No such file: 100%25",
        "::notice title=zone::wordpress:b.example: It did not say.",
    ]


def test_an_annotation_is_one_line_whatever_a_finding_says(tmp_path, monkeypatch):
    """A line break would end it, and the next line could be a command of its own."""
    monkeypatch.chdir(tmp_path)
    evil = Finding(
        verdict="problem", subject="x\n::error::", what="a\r\n::stop-commands::b", path=str(tmp_path / "p:1.md")
    )
    line = annotation(evil, "posts")
    assert line == "::error file=p%3A1.md,title=x%0A%3A%3Aerror%3A%3A::a%0D%0A::stop-commands::b"


def test_on_a_terminal_there_is_a_table(project, run, found, monkeypatch):
    """In colour, unless that is not wanted."""
    found(GOOD, WARNING, PROBLEM)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    assert "\x1b[1;31mproblem" in run("check").out
    monkeypatch.setenv("NO_COLOR", "1")
    told = run("check").out
    assert "31m" not in told
    assert "posts/a, b.md:3" in told


def test_no_colour_and_no_bar_in_a_pipe(project, run, monkeypatch):
    """A log is plain text."""
    told = run("publish")
    assert "\x1b" not in told.out + told.err
    monkeypatch.setenv("FORCE_COLOR", "1")
    told = run("publish", "--ledger", "new.db")
    assert "\x1b[32mcreate" in told.out
    assert "4/4" in told.err
