"""``python -m publisher.receiver``: a real process on a real port, and how it is told its secret."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest
import typer
from typer.testing import CliRunner

from publisher import Article, Webhook, publish
from publisher.receiver.command import receive
from publisher.webhooks import new_secret


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "publisher.receiver", *map(str, words)]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def running(*words: object, **environment: str):
    """A receiver that listens; its port, and what it said at first. Another process may be quicker at a free port."""
    while True:
        port = free_port()
        with subprocess.Popen(
            command(*words, "--port", port), stderr=subprocess.PIPE, text=True, env=os.environ | environment
        ) as process:
            said = process.stderr.readline()
            if not listens(process, port):
                assert "choose another port" in process.stderr.read()
                continue
            try:
                yield port, said
            finally:
                process.send_signal(signal.SIGINT)
                process.stderr.read()
            return


def listens(process: subprocess.Popen[str], port: int) -> bool:
    """Whether the process has the port; waits until it has it, or has ended."""
    while process.poll() is None:
        try:
            # What another program answers there is no page of ours.
            if "Nothing is published here yet" in httpx.get(f"http://127.0.0.1:{port}/", timeout=60).text:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("way", ["environment", "file"])
def test_article_is_received_by_a_process_and_shown(tmp_path, way):
    """From publish() to the page, and the secret is in no process list."""
    secret = new_secret()
    (tmp_path / "secret").write_text(f"{secret}\n")
    words = {"environment": ["--secret-env", "HOOK"], "file": ["--secret-file", tmp_path / "secret"]}[way]
    environment = {"HOOK": secret} if way == "environment" else {}
    with running("--into", tmp_path / "site", "--title", "Mine", *words, **environment) as (port, said):
        address = f"http://127.0.0.1:{port}"
        assert f"{address}/hooks/articles" in said
        hook = Webhook(f"{address}/hooks/articles", secret=secret, allow_http=True, allow_private=True)
        receipt = publish(Article(title="Sent", body="From afar."), hook, ledger=tmp_path / "ledger.db")
        assert receipt.url == f"{address}/articles/sent"
        page = httpx.get(receipt.url).text
    assert "From afar." in page
    assert "Mine" in page


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "new_secret"),
        (["--secret-env", "NOT_SET"], 2, "NOT_SET"),
        (["--secret-env", "SHORT"], 2, "whsec_"),
        (["--secret-file", "nothing-here"], 2, "nothing-here"),
        (["--secret-env", "GOOD", "--port", "taken"], 2, "choose another port"),
        (["--secret-env", "GOOD", "--host", "nowhere.invalid"], 2, "nowhere.invalid"),
        (["--secret-env", "GOOD", "--secret", "x"], 2, "No such option"),
    ],
)
def test_what_is_missing_is_said_before_anything_listens(tmp_path, monkeypatch, words, code, said):
    """On one line or in typer's box, without a secret."""
    good = new_secret()
    for name, value in {"GOOD": good, "SHORT": "hunter2", "TERM": "dumb", "COLUMNS": "300"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PUBLISHER_WEBHOOK_SECRET", raising=False)
    application = typer.Typer()
    application.command()(receive)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = [str(taken.getsockname()[1]) if word == "taken" else word for word in words]
        done = CliRunner().invoke(application, ["--into", str(tmp_path / "site"), *words])
    assert (done.exit_code, said in re.sub(r"\x1b\[[0-9;]*m", "", done.output)) == (code, True), done.output
    assert "shows what is sent" not in done.output
    for bad in ("hunter2", good.removeprefix("whsec_")):
        assert bad not in done.output
