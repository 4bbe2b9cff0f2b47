"""Checkups are printed for people, for machines and for GitHub."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.cli.checkups import annotation
from publisher.models import Finding

WARNED = "---\ntitle: Bare\n---\nWords.\n\n![](https://example.com/a.png)\n"
WRONG = "---\ntitle: C\nstatus: publised\n---\nWords.\n"
NO_ALT = "the image 'https://example.com/a.png' has no alt text. "
NO_ALT += 'Say in a few words what it shows; if it is decoration, write it as <img src="…" alt="">.'
STATUS = "there is no status 'publised'. Use one of draft, published, scheduled, private."


@pytest.fixture
def faulty(project):
    """The project, with a good article, one with a warning and one with a problem."""
    (project / "posts" / "b.md").unlink()
    (project / "posts" / "bare.md").write_text(WARNED)
    (project / "posts" / "c, 100%.md").write_text(WRONG)
    return project


def test_in_a_pipe_there_are_plain_lines(faulty, run):
    """One for each finding, and a count on stderr."""
    told = run("check")
    assert told.code == 5
    assert told.out.splitlines() == [
        "3 articles:",
        f"  posts/bare.md:6: warning: missing alt text: {NO_ALT}",
        f"  posts/c, 100%.md:3, status: problem: front matter: {STATUS}",
        "  good: articles: nothing is wrong with 1 of 3 articles",
    ]
    assert told.err == "3 articles: 1 problem, 1 warning\n"
    assert "good" not in run("check", "--quiet").out


def test_warnings_alone_are_no_problem(faulty, run):
    """The exit code is 0."""
    told = run("check", "posts/bare.md")
    assert ("warning" in told.out, told.code) == (True, 0)


@pytest.mark.parametrize(("given", "collide_at"), [([], {"memory:one.invalid"}), (["--to", "two"], set())])
def test_check_takes_the_articles_and_targets_of_the_project(project, run, given, collide_at):
    """Of two articles that collide at one of its targets, none does at the other."""
    (project / "posts" / "c.md").write_text("---\ntitle: C\ntargets: {one: {slug: a}}\n---\nWords.\n")
    told = run("check", "--json", *given)
    [checkup] = told.json["checkups"]
    assert checkup["about"] == "3 articles"
    assert {one["target"] for one in checkup["findings"] if one["subject"] == "slug collision"} == collide_at
    assert told.code == (5 if collide_at else 0)


def test_check_asks_for_no_secret(project, run, monkeypatch):
    """As nothing is sent."""
    monkeypatch.delenv("BLOG_PASSWORD", raising=False)
    (project / "publisher.toml").write_text(
        '[targets.blog]\nkind = "wordpress"\nurl = "https://blog.example.com"\nusername = "ana"\n'
        'app_password = { env = "BLOG_PASSWORD" }\n'
    )
    assert run("check").code == 0
    assert run("doctor").code == 2


def test_check_needs_no_project(run, folder):
    """Nor a target."""
    (folder / "a.md").write_text("# A\n\nWords.\n")
    told = run("check", "a.md")
    assert (told.code, told.out) == (0, "1 article:\n  good: articles: nothing is wrong with 1 article\n")
    assert run("check", "a.md", "--to", "one").code == 2


def test_doctor_asks_the_targets_themselves(project, run, monkeypatch):
    """Each of the project is looked at, or those that are named; what is wrong with one of them is told."""
    told = run("doctor", "--json")
    assert (told.code, [one["ok"] for one in told.json["checkups"]]) == (0, [True, True])
    assert [one["about"] for one in told.json["checkups"]] == ["memory:one.invalid", "memory:two.invalid"]
    assert all(one["findings"] for one in told.json["checkups"])
    assert [one["about"] for one in run("doctor", "two", "--json").json["checkups"]] == ["memory:two.invalid"]
    with (project / "publisher.toml").open("a") as file:
        file.write('[targets.off]\nkind = "wordpress"\nurl = "http://127.0.0.1:9"\ntoken = { env = "OFF" }\n')
    monkeypatch.setenv("OFF", "a-token")
    told = run("doctor", "off", "one")
    assert told.code == 5, told.err
    assert "no server listens there" in told.out
    assert "memory:one.invalid" in told.out


def test_json_has_every_field(faulty, run):
    """In one object."""
    told = run("check", "posts/c, 100%.md", "--json")
    assert told.json == {
        "command": "check",
        "checkups": [
            {
                "about": "1 article",
                "ok": False,
                "findings": [
                    {
                        "verdict": "problem",
                        "subject": "front matter",
                        "what": "there is no status 'publised'",
                        "remedy": "Use one of draft, published, scheduled, private.",
                        "path": str(Path("posts", "c, 100%.md").absolute()),
                        "line": 3,
                        "field": "status",
                        "target": None,
                    }
                ],
            }
        ],
        "exit_code": 5,
    }


def test_github_shows_findings_at_their_lines(faulty, run):
    """What is good is none of its business."""
    assert run("check", "--format", "github").out.splitlines() == [
        f"::warning file=posts/bare.md,line=6,title=missing alt text::{NO_ALT}",
        f"::error file=posts/c%2C 100%25.md,line=3,title=front matter%3A status::{STATUS}",
    ]


@pytest.fixture
def broken(project, monkeypatch):
    """A folder in a checkout of GitHub's is the project, and two of its articles have one slug."""
    site = project / "site"
    (site / "posts").mkdir(parents=True)
    (site / "elsewhere").mkdir()
    (site / "publisher.toml").write_text('content_root = "posts"\n')
    for name in ("a", "b"):
        (site / "posts" / f"{name}.md").write_text(f"---\nslug: same\n---\n# {name}\n\nWords.\n")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project))
    return site


@pytest.mark.parametrize(
    ("folder", "given", "shown"),
    [
        (".", [], "posts/"),
        (".", ["posts"], "posts/"),
        (".", ["{}/posts"], "posts/"),
        ("posts", [], ""),
        ("elsewhere", [], "../posts/"),
        ("elsewhere", ["../posts"], "../posts/"),
        ("elsewhere", ["{}/posts"], "{}/posts/"),
    ],
)
def test_paths_are_those_of_whoever_is_here(broken, run, monkeypatch, folder, given, shown):
    """From the working folder on, or as they were given. As JSON they are whole, and for GitHub from the checkout on,
    wherever in it the job runs."""
    monkeypatch.chdir(broken / folder)
    given, shown = [one.format(broken) for one in given], shown.format(broken)
    told = run("check", *given)
    assert told.code == 5
    lines = told.out.splitlines()[1:]
    assert [line.partition(":")[0] for line in lines] == [f"  {shown}a.md", f"  {shown}b.md"]
    if not (given and given[0].startswith("/")):
        assert str(broken) not in told.out + told.err
    annotations = run("check", *given, "--format", "github").out.splitlines()
    assert [line.partition(",")[0] for line in annotations] == [
        "::error file=site/posts/a.md",
        "::error file=site/posts/b.md",
    ]
    findings = run("check", *given, "--json").json["checkups"][0]["findings"]
    assert [one["path"] for one in findings] == [str(broken / "posts" / name) for name in ("a.md", "b.md")]


def test_a_fault_of_the_project_file_has_its_path_from_here_on(broken, run, monkeypatch):
    """It is found, and was given by nobody."""
    (broken / "posts" / "publisher.toml").write_text("nonsense = 1\n")
    monkeypatch.chdir(broken)
    assert "  posts/publisher.toml:1, nonsense: problem" in run("check").out
    assert "file=site/posts/publisher.toml,line=1" in run("check", "--format", "github").out


def test_outside_of_the_checkout_an_annotation_has_what_is_known(broken, run, monkeypatch):
    """Nor does anybody need to be in one."""
    monkeypatch.chdir(broken)
    for workspace in ("/nowhere", ""):
        monkeypatch.setenv("GITHUB_WORKSPACE", workspace)
        assert run("check", "--format", "github").out.startswith("::error file=posts/a.md,")


def test_an_annotation_is_one_line_whatever_a_finding_says(tmp_path, monkeypatch):
    """A line break would end it, and the next line could be a command of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    evil = Finding(
        verdict="problem", subject="x\n::error::", what="a\r\n::stop-commands::b", path=str(tmp_path / "p:1.md")
    )
    line = annotation(evil, "posts")
    assert line == "::error file=p%3A1.md,title=x%0A%3A%3Aerror%3A%3A::a%0D%0A::stop-commands::b"


def test_what_could_not_be_found_out_is_a_notice():
    """At no line, where it has none, and with its target."""
    unknown = Finding(verdict="unknown", subject="zone", what="It did not say.", target="wordpress:b.example")
    assert annotation(unknown, "posts") == "::notice title=zone::wordpress:b.example: It did not say."


def test_on_a_terminal_there_is_a_table(faulty, run, monkeypatch):
    """In colour, unless that is not wanted."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    assert "\x1b[1;31mproblem" in run("check").out
    monkeypatch.setenv("NO_COLOR", "1")
    told = run("check").out
    assert "31m" not in told
    assert "posts/bare.md:6" in told


def test_no_colour_and_no_bar_in_a_pipe(project, run, monkeypatch):
    """A log is plain text."""
    told = run("publish")
    assert "\x1b" not in told.out + told.err
    monkeypatch.setenv("FORCE_COLOR", "1")
    told = run("publish", "--ledger", "new.db")
    assert "\x1b[32mcreate" in told.out
    assert "4/4" in told.err
