"""A target may be given by its name in publisher.toml."""

from __future__ import annotations

import anyio
import pytest

from publisher import AsyncPublisher, Publisher, plan, publish, publish_many, status, unpublish
from publisher.errors import ConfigurationError

TOML = '[targets.one]\nkind = "memory"\nname = "one"\n[targets.two]\nkind = "memory"\nname = "two"\n'


@pytest.fixture
def project(write, memory_sites):
    """A project with two targets and one article."""
    write("publisher.toml", TOML)
    return write("posts/a.md", "# A\n\nWords.")


def test_the_project_is_that_of_the_article(project, memory_sites):
    """Wherever the process stands."""
    assert publish(project, "one").target == "memory:one.invalid"
    assert [row["title"] for row in memory_sites["one"].articles.values()] == ["A"]


def test_without_a_file_the_project_is_that_of_the_working_folder(
    project, memory_sites, make_article, monkeypatch, tmp_path
):
    """An article of a program is of no folder."""
    with pytest.raises(ConfigurationError, match=r"'one' is to be a target of a publisher.toml, and none is in"):
        publish(make_article(), "one")
    monkeypatch.chdir(tmp_path / "posts")
    assert publish(make_article(), "one").action == "create"
    assert unpublish("a", "one").action == "unpublish"


def test_names_and_backends_may_stand_side_by_side(project, memory_sites, make_target):
    """And a name may be an address."""
    outcomes = publish_many(project.parent, ["one", "https://two.invalid", make_target("three")])
    assert [outcome.target for outcome in outcomes] == [f"memory:{name}.invalid" for name in ("one", "two", "three")]


@pytest.mark.parametrize("both", [["one", "one"], ["one", "https://one.invalid"]])
def test_one_target_named_twice_is_an_error(project, memory_sites, both):
    """As for two backends of one place."""
    with pytest.raises(ConfigurationError, match=r"memory:one.invalid is given twice"):
        publish_many(project, both)


def test_what_is_no_target_is_an_error(project):
    """And says what a target is."""
    with pytest.raises(ConfigurationError, match="7 is not a target"):
        publish_many(project, [7])
    with pytest.raises(ConfigurationError, match=r"no target 'three'. It has one, two"):
        publish(project, "three")


def test_a_publisher_keeps_the_targets_that_it_named(project, memory_sites):
    """One backend for each name, for as long as it is open, in threads and tasks."""
    with Publisher("one") as publisher:
        assert publisher.publish(project).action == "create"
        assert publisher.publish(project).action == "no-op"
        assert publisher.unpublish(project, "one").action == "unpublish"
        assert [backend.target.name for backend in publisher._publisher._targeting.own] == ["one"]

    async def by_two_tasks():
        async with AsyncPublisher(["one", "two"]) as publisher, anyio.create_task_group() as group:
            group.start_soon(publisher.publish_many, project)
            group.start_soon(publisher.publish_many, project)

    anyio.run(by_two_tasks)
    assert [len(site.articles) for site in memory_sites.values()] == [1, 1]


def test_an_article_may_say_something_else_for_a_name(write, project, memory_sites):
    """As it may for a kind, a host or an identity."""
    write("posts/a.md", "---\ntitle: A\ntargets: {two: {title: For two}}\n---\nWords.")
    publish_many(project, ["one", "two"])
    assert {name: row["title"] for name, site in memory_sites.items() for row in site.articles.values()} == {
        "one": "A",
        "two": "For two",
    }


def test_a_plan_and_the_status_need_no_secrets(write, tmp_path, monkeypatch):
    """They are asked for where something is sent."""
    write(
        "publisher.toml", '[targets.blog]\nkind = "wordpress"\nurl = "https://b.example"\ntoken = { env = "NO_SUCH" }\n'
    )
    article = write("posts/a.md", "# A\n\nWords.")
    monkeypatch.chdir(tmp_path)
    assert plan(article, "blog").counts == {"create": 1}
    with Publisher("blog") as publisher:
        assert len(publisher.status()) == 0
        with pytest.raises(ConfigurationError, match="NO_SUCH is not set"):
            publisher.publish(article)
        with pytest.raises(ConfigurationError, match="NO_SUCH is not set"):
            publisher.plan(article, diff=True)
    assert len(status()) == 0
