"""The workflow of the examples: what it runs exists, and does on the real WordPress what its text says."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

import httpx
import pytest
import yaml

from publisher.cli.app import app


@pytest.fixture
def workflow(examples):
    """The workflow as GitHub reads it. YAML 1.1 takes its key ``on`` for true."""
    return yaml.safe_load((examples / "ci" / ".github" / "workflows" / "posts.yml").read_text())


@pytest.fixture
def commands(workflow):
    """The command lines of `publisher`, in the order of the jobs."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    return [shlex.split(step["run"])[1:] for step in steps if step.get("run", "").startswith("publisher ")]


def test_pull_requests_are_checked_without_secrets_and_only_main_is_published(workflow):
    check, publish = workflow["jobs"]["check"], workflow["jobs"]["publish"]
    assert set(workflow[True]) == {"pull_request", "push", "workflow_dispatch"}
    assert "secrets." not in yaml.safe_dump(check)
    assert (publish["needs"], publish["concurrency"]["cancel-in-progress"]) == ("check", False)
    assert "github.event_name != 'pull_request'" in publish["if"]
    assert workflow["permissions"] == {"contents": "read"}


def test_the_ledger_is_restored_before_and_saved_after_publishing_even_where_that_fails(workflow):
    steps = workflow["jobs"]["publish"]["steps"]
    [restore] = [step for step in steps if step.get("uses", "").startswith("actions/cache/restore@")]
    [save] = [step for step in steps if step.get("uses", "").startswith("actions/cache/save@")]
    [publish] = [step for step in steps if "publisher publish" in step.get("run", "")]
    assert steps.index(restore) < steps.index(publish) < steps.index(save)
    assert (restore["with"]["path"], restore["with"]["key"]) == (save["with"]["path"], save["with"]["key"])
    assert save["with"]["key"].startswith(restore["with"]["restore-keys"])
    assert save["if"] == "always()"


def test_the_command_line_knows_every_command_of_the_workflow(commands):
    import typer

    group = typer.main.get_command(app)
    context = group.make_context("publisher", [], resilient_parsing=True)
    parsed = {}
    for command, *arguments in commands:
        known = group.get_command(context, command)
        assert known is not None, command
        parsed[command] = known.make_context(command, list(arguments), parent=context).params
    assert list(parsed) == ["check", "publish"]
    assert [str(one) for one in parsed["publish"]["articles"]] == ["posts"]
    assert list(parsed["publish"]["to"]) == ["blog"]


@pytest.mark.real
def test_the_commands_publish_once_also_when_the_ledger_is_lost(commands, examples, wordpress, posts, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(examples / "ci", project)
    settings = (project / "publisher.toml").read_text()
    settings = settings.replace("https://blog.example.com", wordpress.url).replace('"publisher"', '"admin"')
    (project / "publisher.toml").write_text(settings)
    environment = {name: value for name, value in os.environ.items() if name != "PUBLISHER_LEDGER"}
    environment["BLOG_APP_PASSWORD"] = wordpress.users["admin"]

    def run():
        for arguments in commands:
            subprocess.run(
                [sys.executable, "-m", "publisher.cli", *arguments], cwd=project, env=environment, check=True
            )

    run()
    [(slug, first)] = posts().items()
    # As the README says: nothing is doubled, and an edit made meanwhile is overwritten, but kept as a revision.
    admin = ("admin", wordpress.users["admin"])
    address = f"{wordpress.url}/wp-json/wp/v2/posts/{first['id']}"
    httpx.post(address, json={"title": "Edited there"}, auth=admin).raise_for_status()
    shutil.rmtree(project / ".publisher")
    run()
    assert {slug: (post["id"], post["title"]["raw"]) for slug, post in posts().items()} == {
        slug: (first["id"], "Published from a branch")
    }
    revisions = httpx.get(f"{address}/revisions", auth=admin).json()
    assert "Edited there" in [one["title"]["rendered"] for one in revisions]
