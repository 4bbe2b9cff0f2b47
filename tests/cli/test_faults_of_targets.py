"""What keeps several articles from a target for one reason is told once; as JSON each has its own outcome."""

from __future__ import annotations

import pytest

from publisher.errors import AuthenticationError, ConfigurationError, ConflictError


@pytest.fixture
def many(project):
    """Seven articles more, in a folder of their own."""
    for number in range(7):
        file = project / "posts" / "more" / f"m{number}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"# M{number}\n\nWords.\n")
    return project


@pytest.fixture
def refusing(memory_sites, monkeypatch):
    """The target one refuses everything with this error, whatever the article."""
    from publisher.backends.memory import Memory

    def refuse(error):
        publish, preview = Memory.publish, Memory.preview

        def refused(self, batch, known, then=publish):
            if self.target.url == "https://one.invalid":
                raise error
            return (yield from then(self, batch, known))

        monkeypatch.setattr(Memory, "publish", refused)
        monkeypatch.setattr(Memory, "preview", lambda self, batch, known: refused(self, batch, known, preview))

    return refuse


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("this is not the address of the site", hint="Correct it."), 2),
        (AuthenticationError("the password is wrong", hint="Correct it."), 1),
    ],
)
def test_a_fault_of_a_target_is_told_once_with_the_articles_that_it_keeps_back(many, run, refusing, error, code):
    """Their number and some names; the other target is not touched by it."""
    refusing(error)
    told = run("publish")
    assert told.code == code
    assert told.err == (
        f"failed    9 articles -> memory:one.invalid: {error.what}. Correct it.\n"
        "  a, b, more/m0, more/m1, more/m2 and 4 more\n"
        "9 failed, 9 create\n"
    )
    assert len(told.out.splitlines()) == 9
    assert "more/m2, more/m3, more/m4, more/m5, more/m6\n" in run("publish", "--verbose").err
    outcomes = run("publish", "--json").json["outcomes"]
    assert [(one["key"], one["error"]["article"]) for one in outcomes if not one["ok"]] == [
        (key, key) for key in ["a", "b", *(f"more/m{number}" for number in range(7))]
    ]


def test_status_plan_and_retry_tell_it_once_too(many, run, refusing):
    """Each with the number of articles."""
    refusing(ConfigurationError("this is not the address of the site"))
    run("publish", "--to", "one")
    said = "9 articles -> memory:one.invalid:"
    assert run("retry", "--to", "one").err.count(said) == 1
    for command, word in (("status", "failed    "), ("plan --diff --to one", "create   ")):
        told = run(*command.split()).out
        assert told.startswith(f"{word} {said}")
        assert told.count("not the address of the site") == 1
        assert "a, b, more/m0, more/m1, more/m2 and 4 more" in told


def test_a_project_file_further_down_is_told_once_for_each_target(many, run):
    """It keeps back the articles below it, and no other."""
    (many / "posts" / "more" / "publisher.toml").write_text("nonsense = 1\n")
    told = run("publish")
    assert told.code == 2
    assert told.err.count("there is no setting 'nonsense'") == 2
    assert told.err.count("failed    7 articles -> memory:") == 2
    assert told.err.endswith("14 failed, 4 create\n") or told.err.endswith("4 create, 14 failed\n")
    assert run("plan").out.count("blocked   7 articles -> memory:") == 2


def test_what_is_wrong_with_articles_is_told_of_each(project, run, refusing):
    """Each has to be looked at by itself, also where the words are the same."""
    refusing(ConflictError("somebody edited it there"))
    told = run("publish", "--to", "one")
    assert [line[:34] for line in told.err.splitlines() if "edited" in line] == [
        "conflict  a -> memory:one.invalid:",
        "conflict  b -> memory:one.invalid:",
    ]
