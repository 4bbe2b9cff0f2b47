"""The receivers among the examples take what the Webhook target really sends, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from node_packages import installed, needed, node

from publisher import Article, Publisher, Webhook
from publisher.webhooks import new_secret, sign

NEXT_CENTURY = dt.datetime(2126, 1, 1, tzinfo=dt.UTC)
EXAMPLES = Path(__file__).parents[2] / "examples" / "webhook"

Start = Callable[[str, str], tuple[str, subprocess.Popen[str]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts an example on a port that is free; its address and its process."""
    processes = []

    def started(name: str, secret: str) -> tuple[str, subprocess.Popen[str]]:
        command = [sys.executable, str(EXAMPLES / name), "0"]
        if name.endswith(".mjs"):
            with needed("the example for Node"):
                command = [node(), str(tmp_path / name), "0"]
                packages = installed(str(Path("..", "..", "examples", "webhook")))
            shutil.copyfile(EXAMPLES / name, tmp_path / name)
            (tmp_path / "node_modules").symlink_to(packages / "node_modules")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"HOOK_SECRET": secret})
        processes.append(process)
        return process.stdout.readline().removeprefix("listening at ").strip(), process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", ["receiver.py", "receiver.mjs"])
def test_example_takes_what_the_webhook_target_sends(start, tmp_path, name):
    """A new article, a changed one, one of the future, and one that goes: with the real driver, over a real port."""
    secret = new_secret()
    url, process = start(name, secret)
    hook = Webhook(f"{url}hooks/articles", secret=secret, allow_http=True, allow_private=True)
    with Publisher(hook, ledger=tmp_path / "ledger.db") as publisher:
        receipt = publisher.publish(Article(title="Brot & Käse", body="One.", key="bread"))
        publisher.publish(Article(title="Brot & Käse", body="Two.", key="bread"))
        publisher.publish(Article(title="Later", body="Then.", key="later", date=NEXT_CENTURY))
        publisher.unpublish("bread")
        publisher.delete("bread")
    assert receipt.remote_id == "bread"
    assert [process.stdout.readline().strip() for _ in range(5)] == [
        "article.published bread Brot & Käse (1 kept)",
        "article.updated bread Brot & Käse (1 kept)",
        "article.unpublished later Later (2 kept)",  # for its time comes without another event
        "article.unpublished bread  (2 kept)",
        "article.deleted bread  (1 kept)",
    ]


@pytest.mark.parametrize("name", ["receiver.py", "receiver.mjs"])
def test_example_refuses_what_is_not_signed_with_its_secret(start, name):
    """401, and the same event with the right signature is taken; an older one does nothing."""
    secret = new_secret()
    url, process = start(name, secret)

    def send(title: str, revision: int, key: str) -> int:
        data = {"id": "a", "title": title, "_publisher": {"revision": revision}}
        body = json.dumps({"type": "article.published", "timestamp": "2026-01-02T03:04:05Z", "data": data}).encode()
        headers = sign(key, f"msg_{title}", int(time.time()), body)
        return httpx.post(url, content=body, headers=headers).status_code

    sent = [send("forged", 1, new_secret()), send("new", 3, secret), send("late", 2, secret), send("newer", 4, secret)]
    assert sent == [401, 200, 200, 200]
    lines = [process.stdout.readline().strip() for _ in range(2)]
    assert lines == ["article.published a new (1 kept)", "article.published a newer (1 kept)"]
