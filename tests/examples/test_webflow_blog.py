"""The example that publishes a folder to a Webflow blog."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.testing import WebflowSimulator

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(tmp_path):
    """Runs the example as people do, with a ledger of its own."""

    def run_it(*arguments, **environment):
        command = [
            sys.executable,
            str(EXAMPLES / "webflow" / "publish_blog.py"),
            str(EXAMPLES / "articles"),
            *arguments,
        ]
        environment = os.environ | {"PUBLISHER_LEDGER": str(tmp_path / "ledger.db")} | environment
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run_it


def test_folder_is_published_once(run):
    """On a port of this machine, in two runs: the second sends nothing."""
    simulator = WebflowSimulator(requests_per_minute=None)
    blog = simulator.add_blog()
    with simulator.serving() as url:
        where = {"WEBFLOW_TOKEN": simulator.token, "WEBFLOW_COLLECTION": blog.posts, "WEBFLOW_API": url}
        first = run(**where)
        assert first.returncode == 0, first.stdout + first.stderr
        sent = len(simulator.requests)
        second = run(**where)
    slugs = {row["fieldData"]["slug"] for row in simulator.live(blog.posts)}
    assert slugs >= {"first-loaf", "night-train"}
    count = len(simulator.items(blog.posts))
    assert "https://www.example.com/blog/first-loaf" in first.stdout
    assert (second.returncode, second.stdout.count("no-op"), len(simulator.requests)) == (0, 2 * count, sent)
    assert simulator.token not in first.stdout + first.stderr


def test_simulated_site_needs_nothing(run):
    """To see what it does."""
    done = run("--simulated")
    assert (done.returncode, "published as" in done.stdout) == (0, True), done.stdout + done.stderr
