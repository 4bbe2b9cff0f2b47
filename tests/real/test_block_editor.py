"""The demo's articles, published to a real WordPress, are opened in its block editor: nothing has to be repaired."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from block_samples import BAD, BAD_IN_6_1, GOOD, REWRITTEN
from block_validator import BlockValidator
from node_packages import HERE, installed, needed, node

from publisher import Publisher, WordPress

pytestmark = pytest.mark.real

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
# As the local WordPress is installed; the editor cannot be opened with an application password.
LOGIN = {"user": "admin", "password": "admin-pass"}
NOTICE = "unexpected or invalid content"


@dataclass(frozen=True)
class Opened:
    """What the editor says of a post. The fields are those of tests/blocks/browser/editor.mjs."""

    id: int
    names: dict[str, int]
    invalid: list[str]
    warnings: list[str]
    said: list[str]


@pytest.fixture
def open_in_editor(wordpress, browser, tmp_path):
    """Opens posts (picture names by post ids) and takes their pictures: into PUBLISHER_PICTURES if that is set."""
    pictures = Path(os.environ.get("PUBLISHER_PICTURES") or tmp_path / "pictures").absolute()
    pictures.mkdir(parents=True, exist_ok=True)

    def opened(posts: Mapping[int, str]) -> list[Opened]:
        with needed("the block editor in a browser"):
            command = [node(), str(HERE / "browser" / "editor.mjs"), str(installed("browser")), browser]
        asked = [{"id": post, "picture": str(pictures / f"editor-{name}.png")} for post, name in posts.items()]
        task = json.dumps({"site": wordpress.url, "posts": asked} | LOGIN)
        done = subprocess.run(command, input=task, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert all(Path(post["picture"]).stat().st_size for post in asked)
        return [Opened(**json.loads(line)) for line in done.stdout.splitlines()]

    return opened


@pytest.fixture
def published(wordpress, tmp_path):
    """The articles of the demo on the site: what was published of each, by its slug."""
    articles = tmp_path / "articles"
    shutil.copytree(ARTICLES, articles)
    blog = WordPress(wordpress.url, username="admin", app_password=wordpress.users["admin"])
    with Publisher(blog, ledger=tmp_path / "ledger.db") as publisher:
        outcomes = publisher.publish_many(articles)
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    return {int(outcome.receipt.remote_id): outcome.key.replace("/", "-") for outcome in outcomes}


def test_the_editor_opens_every_article_of_the_demo_without_a_complaint(published, open_in_editor):
    assert len(published) >= 2
    posts = open_in_editor(published)
    assert [post.id for post in posts] == list(published)
    for post in posts:
        name = published[post.id]
        assert (name, post.invalid, post.warnings, post.said) == (name, [], [], [])
        assert not {"core/missing", "core/freeform"} & set(post.names)
        assert sum(post.names.values()) > 5


def test_the_editor_complains_of_what_the_validator_calls_invalid(wordpress, open_in_editor):
    """So that the test above can fail, and that the validator can be believed: both see the same in one long post."""
    samples = [*GOOD.values(), *(bad[0] for bad in (BAD | BAD_IN_6_1).values()), *REWRITTEN.values()]
    answer = httpx.post(
        f"{wordpress.url}/wp-json/wp/v2/posts",
        json={"title": "Broken", "content": "\n\n".join(samples)},
        auth=("admin", wordpress.users["admin"]),
    )
    (post,) = open_in_editor({answer.raise_for_status().json()["id"]: "broken"})
    with needed("the block editor's validator"), BlockValidator("6.1") as validator:
        (verdict,) = validator.verdicts({"samples": answer.json()["content"]["raw"]})
    invalid = [message["block"] for message in verdict.messages if message["what"] == "invalid"]
    assert len(invalid) > 8
    assert post.invalid == invalid
    assert [NOTICE in warning for warning in post.warnings].count(True) == len(invalid)
    assert post.names == verdict.names
    assert sum(said.startswith("Updated Block") for said in post.said) == verdict.migrated > 1
