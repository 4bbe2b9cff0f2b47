"""What the tests of the examples share: running one as its reader does, and a look at the site afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def examples():
    """The folder of the examples."""
    return EXAMPLES


@pytest.fixture
def run():
    """Runs a script of the examples in a process of its own."""

    def run_it(script, *arguments, **environment):
        return subprocess.run(
            [sys.executable, EXAMPLES / script, *map(str, arguments)],
            env=os.environ | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run_it


@pytest.fixture
def blog(wordpress):
    """The environment in which the scripts find the WordPress of the tests."""
    return {"BLOG_URL": wordpress.url, "BLOG_USER": "admin", "BLOG_APP_PASSWORD": wordpress.users["admin"]}


@pytest.fixture
def posts(wordpress):
    """The posts of the site by their slugs, but for the one that every WordPress begins with."""

    def look():
        asked = {"status": "any", "context": "edit", "per_page": 100}
        answer = httpx.get(
            f"{wordpress.url}/wp-json/wp/v2/posts", params=asked, auth=("admin", wordpress.users["admin"])
        )
        return {post["slug"]: post for post in answer.raise_for_status().json() if post["slug"] != "hello-world"}

    return look
