"""publish, plan, status, retry, unpublish and delete on targets in memory."""

from __future__ import annotations

import httpx
import pytest

from publisher.backends.memory import MemorySite


def test_publish_takes_all_articles_to_all_targets(project, run, memory_sites):
    """Those of the project, without naming anything; each on a line, and a count on stderr."""
    told = run("publish")
    assert told.code == 0
    assert len(told.out.splitlines()) == 4
    assert "create a -> memory:one.invalid: published as 1, https://memory.invalid/a" in told.out
    assert told.err == "4 create\n"
    assert [len(site.articles) for site in memory_sites.values()] == [2, 2]


def test_what_is_unchanged_is_counted_and_not_listed(project, run):
    """Unless every step is asked for."""
    run("publish")
    told = run("publish")
    assert (told.code, told.out, told.err) == (0, "", "4 unchanged\n")
    assert "no-op a -> memory:one.invalid" in run("publish", "--verbose").out
    assert run("publish", "--quiet").err == ""


@pytest.mark.parametrize("name", ["one", "https://one.invalid"])
def test_a_target_is_named_by_name_or_address(project, run, name):
    """And an article by its path."""
    told = run("publish", "posts/a.md", "--to", name)
    assert told.out.startswith("create a -> memory:one.invalid")
    assert len(told.out.splitlines()) == 1


def test_json_is_one_object_and_nothing_else_on_stdout(project, run):
    """Also where something failed."""
    (project / "posts" / "b.md").write_text("---\ntitle: [\n---\n")
    told = run("publish", "--to", "one", "--json")
    assert told.code == told.json["exit_code"] == 1
    a, b = told.json["outcomes"]
    assert (a["key"], a["action"], a["ok"], a["receipt"]["remote_id"]) == ("a", "create", True, "1")
    assert (b["key"], b["ok"], b["error"]["type"], b["error"]["line"]) == ("b", False, "ContentError", 3)
    assert "b.md:3" in told.err


def test_a_dry_run_sends_no_write(project, run, memory_sites):
    """And says what would be done."""
    memory_sites["one"] = site = MemorySite()
    told = run("publish", "--dry-run", "--to", "one")
    assert (told.code, told.err) == (0, "2 create\n")
    assert "create    a -> memory:one.invalid: not in the ledger" in told.out
    assert site.requests == []
    assert run("plan", "--diff", "--to", "one", "--json").json["actions"][0]["differences"][0] == {
        "field": "slug",
        "there": "",
        "wanted": "a",
    }
    assert site.requests
    assert site.writes == []
    assert run("status").out == ""


def test_plan_shows_what_would_change(project, run):
    """With --diff, below each action."""
    run("publish", "--to", "one")
    (project / "posts" / "a.md").write_text("# Another title\n\nOther words.\n")
    assert run("plan", "--to", "one", "--diff").out.splitlines() == [
        "update    a -> memory:one.invalid: the article, its images or the target's settings changed",
        "  title: 'A' -> 'Another title'",
        "  --- body at the target",
        "  +++ body of the article",
        "  @@ -1 +1 @@",
        "  -<p>Words.</p>",
        "  +<p>Other words.</p>",
    ]


def test_a_conflict_has_an_exit_code_of_its_own(project, run, memory_sites):
    """In a plan and in a run; and it can be overwritten."""
    run("publish", "--to", "one")
    memory_sites["one"].edit("1", title="Edited there")
    assert run("publish", "--to", "one").code == 0
    told = run("plan", "--to", "one", "--refresh")
    assert told.code == 3
    assert told.out.splitlines() == [
        "conflict  a -> memory:one.invalid: it was edited there: title",
        "  title: 'Edited there' -> 'A'",
    ]
    told = run("publish", "--to", "one", "--refresh")
    assert told.code == 3
    assert told.err.startswith("conflict  a -> memory:one.invalid:")
    assert run("publish", "--to", "one", "--on-conflict", "skip").code == 0
    assert run("publish", "--to", "one", "--on-conflict", "overwrite").code == 0
    assert memory_sites["one"].articles["1"]["title"] == "A"


def test_status_says_what_is_left_and_retry_does_it(project, run, memory_sites):
    """The exit code of status is that of the worst."""
    memory_sites["one"] = MemorySite()
    memory_sites["one"].refuses = lambda slug: slug == "b"
    assert run("publish", "--to", "one").code == 1
    told = run("status")
    assert told.code == 1
    assert told.out.splitlines()[0].startswith("settled    a -> memory:one.invalid: published as 1")
    assert told.out.splitlines()[1].startswith("failed     b -> memory:one.invalid: nothing confirmed there")
    assert told.err == "1 settled, 1 failed\n"
    assert run("status", "--to", "two").err == "nothing was published by this ledger\n"
    memory_sites["one"].refuses = lambda slug: False
    assert run("retry").out.startswith("create b -> memory:one.invalid")
    assert run("retry").err == "nothing to do\n"
    told = run("status", "--json")
    assert told.code == 0
    assert [one["state"] for one in told.json["articles"]] == ["settled", "settled"]


def test_what_is_in_doubt_has_an_exit_code_of_its_own(project, run, memory_sites, monkeypatch):
    """The run could not find out in time."""
    from publisher.publishing import session

    memory_sites["one"] = site = MemorySite()
    site.loses, site.late = (lambda request: request.method == "POST"), 3600.0
    monkeypatch.setitem(session.AsyncPublisher.__init__.__kwdefaults__, "deadline", 0.5)
    told = run("publish", "posts/a.md", "--to", "one")
    assert told.code == 4
    assert "in doubt  a -> memory:one.invalid" in told.err
    told = run("status", "--json")
    assert (told.code, told.json["articles"][0]["state"]) == (4, "in doubt")


def test_unpublish_and_delete_go_by_path_or_key(project, run, memory_sites):
    """At each target that is meant."""
    run("publish")
    assert run("unpublish", "posts/a.md", "--to", "one").out.startswith("unpublish a -> memory:one.invalid: draft")
    told = run("unpublish", "b", "--json")
    assert [(one["action"], one["target"]) for one in told.json["outcomes"]] == [
        ("unpublish", "memory:one.invalid"),
        ("unpublish", "memory:two.invalid"),
    ]
    assert run("delete", "b").code == 0
    assert [len(site.articles) for site in memory_sites.values()] == [1, 1]


def test_a_post_that_is_there_is_adopted(project, run, memory_sites):
    """At one target, which has to be said where there are several."""
    memory_sites["one"] = site = MemorySite()
    row = {"mark": "", "slug": "a", "title": "Theirs", "body": "", "status": "draft", "version": "1"}
    site.articles["9"] = {"id": "9", **row}
    assert run("publish", "posts/a.md", "--to", "one").code == 3
    assert "Say which with --to" in run("adopt", "posts/a.md", "--remote-id", "9").err
    told = run("adopt", "posts/a.md", "--remote-id", "9", "--to", "one")
    assert (told.code, told.out) == (0, "update a -> memory:one.invalid: draft as 9, https://memory.invalid/a\n")
    assert run("publish", "posts/a.md", "--to", "one").code == 0
    assert [row["title"] for row in site.articles.values()] == ["A"]


def test_a_site_that_moved_is_the_same_for_the_ledger(project, run, memory_sites):
    """What was published to one is unchanged at two."""
    run("publish", "--to", "one")
    assert run("move", "memory:one.invalid").code == 2
    told = run("move", "memory:one.invalid", "--to", "two", "--json")
    assert told.json == {"command": "move", "from": "memory:one.invalid", "to": "two", "articles": 2, "exit_code": 0}
    assert run("publish", "--to", "two").err == "2 unchanged\n"


def test_a_target_that_refuses_stops_no_other(project, run):
    """It was never published there."""
    run("publish", "--to", "two")
    told = run("unpublish", "a")
    assert told.code == 1
    assert told.out.startswith("unpublish a -> memory:two.invalid")
    assert "memory:one.invalid: the ledger knows of no such article" in told.err


def test_deleting_for_good_asks_first(project, run, memory_sites):
    """A script has to say --yes."""
    run("publish", "--to", "one")
    assert run("delete", "a", "--to", "one", "--force", answers="n\n").code == 1
    assert run("delete", "a", "--to", "one", "--force").code == 1
    told = run("delete", "a", "--to", "one", "--force", "--json", answers="y\n")
    assert (told.code, told.json["error"]["hint"]) == (2, "Give --yes, if it is meant.")
    assert len(memory_sites["one"].articles) == 2
    assert run("delete", "a", "--to", "one", "--force", answers="y\n").code == 0
    assert run("delete", "b", "--to", "one", "--force", "--yes").code == 0
    assert memory_sites["one"].articles == {}


def test_the_ledger_may_lie_elsewhere(project, run, tmp_path):
    """And knows nothing of the other one."""
    run("publish", "--to", "one", "--ledger", "other.db")
    assert (tmp_path / "other.db").is_file()
    assert run("status").out == ""
    assert len(run("status", "--ledger", "other.db").out.splitlines()) == 2


@pytest.mark.parametrize(
    "command", ["plan", "plan --diff", "publish --dry-run", "status", "retry", "deliveries", "replay --failed", "check"]
)
def test_what_only_looks_writes_nothing(project, run, monkeypatch, command):
    """No ledger, and no folder for one."""
    monkeypatch.delenv("PUBLISHER_LEDGER")
    before = sorted(project.rglob("*"))
    assert run(*command.split()).code == 0
    assert sorted(project.rglob("*")) == before


def test_why_it_takes_so_long_is_told_as_it_happens(project, run, memory_sites):
    """In a pipe on lines of its own, on stderr; every step only on request."""
    memory_sites["one"] = MemorySite()
    memory_sites["one"].fails = [httpx.Response(503, headers={"retry-after": "0"})]
    told = run("publish", "posts/a.md", "--to", "one")
    assert told.err.startswith("retrying: memory:one.invalid: GET /")
    memory_sites.clear()
    assert "planned: b -> memory:two.invalid: create: not in the ledger" in run("publish", "-v").err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["publish", "nowhere.md"], 1, "there is no such file"),
        (["publish", "nowhere/"], 1, "there is no such file"),
        (["publish", "--to", "three"], 2, "publish: {}/publisher.toml, targets: there is no target 'three'"),
        (["plan", "--to", "one", "--to", "https://one.invalid"], 2, "given twice"),
        (["publish", "--on-conflict", "win"], 2, "Invalid value for '--on-conflict'"),
        (["publsh"], 2, "No such command 'publsh'"),
        (["unpublish"], 2, "Missing argument 'ARTICLE'"),
        (["status", "--ledger", "publisher.toml"], 1, "status: {}/publisher.toml: the ledger cannot be used"),
        (["unpublish", "nothing"], 1, "the ledger knows of no such article there"),
    ],
)
def test_what_is_wrong_is_one_message_and_an_exit_code(project, run, arguments, code, said):
    """Never a traceback."""
    told = run(*arguments)
    assert told.code == code
    assert said.format(project) in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_without_a_project_the_message_says_how_to_make_one(run, tmp_path, monkeypatch):
    """Nothing is guessed."""
    monkeypatch.chdir(tmp_path)
    for command in ("publish", "plan", "retry", "doctor", "check"):
        told = run(command)
        assert told.code == 2
        assert "publisher init" in told.err
    (tmp_path / "publisher.toml").write_text("")
    assert "the project has no targets. Add one with: publisher init" in run("publish").err


def test_faults_of_the_project_file_are_all_told(project, run):
    """With their lines; as JSON too."""
    (project / "publisher.toml").write_text('[targets.a]\nkind = "memory"\nnam = 1\n[targets.b]\nkind = "nope"\n')
    told = run("publish", "--json")
    assert told.code == 2
    assert [fault["line"] for fault in [told.json["error"], *told.json["error"]["others"]]] == [3, 5]
    assert "publisher.toml:5, targets.b.kind" in told.err


def test_what_comes_from_elsewhere_is_no_command_to_the_terminal(project, run):
    """Control characters of a title, a slug or an answer are shown as what they are: nothing readable."""
    (project / "posts" / "a.md").write_text('---\ntitle: "x"\nid: "evil\\e[31mred\\a"\n---\nWords.\n')
    told = run("publish", "posts/a.md", "--to", "one")
    assert "\x1b" not in told.out + told.err
    assert "\x07" not in told.out + told.err
    assert "\ufffd[31mred" in told.out + told.err
