"""Ctrl-C leaves nothing worse than in doubt, says what, and the next run settles it. With real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from publisher.backends.memory import MemorySite

#: A backend that somebody else's package brings: a site like the one in memory, somewhere on the network.
BACKEND = """
from publisher.backends.base import Backend, Connection
from publisher.backends.memory import Memory
from publisher.models import Target


class Far(Memory):
    kind = "far"

    def __init__(self, url: str, *, settle: float = 60.0) -> None:
        Backend.__init__(self, Target(kind=self.kind, url=url), Connection(settle=settle))
"""


class SlowSite:
    """A site that takes its time over the first article: ``arrived`` is set, and it waits to be ``released``. When that
    has taken effect, ``done`` is set."""

    url: str
    connection: socket.socket

    def __init__(self) -> None:
        self.site = MemorySite()
        self.arrived, self.released, self.done = threading.Event(), threading.Event(), threading.Event()
        self._one_at_a_time = threading.Lock()

    def answer(self, handler: Any) -> httpx.Response:
        if handler.command == "POST" and handler.path.startswith("/articles"):
            self.connection = handler.connection
            self.arrived.set()
            self.released.wait(300)
        with self._one_at_a_time:
            answer = self.site.answer(handler.asked)
        if handler.command == "POST":
            self.done.set()
        return answer


@pytest.fixture
def slow(serve: Callable[..., str]) -> Iterator[SlowSite]:
    """It is served at its ``url``."""
    slow = SlowSite()
    slow.url = serve(slow.answer)
    yield slow
    slow.released.set()


@pytest.fixture
def far(tmp_path: Path) -> Path:
    """The package with the backend, as it would be installed."""
    folder = tmp_path / "installed"
    (folder / "far-1.0.dist-info").mkdir(parents=True)
    (folder / "far_backend.py").write_text(BACKEND)
    (folder / "far-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: far\nVersion: 1.0\n")
    (folder / "far-1.0.dist-info" / "entry_points.txt").write_text("[publisher.backends]\nfar = far_backend:Far\n")
    return folder


@pytest.mark.parametrize(("flags", "inside"), [((), True), (("--json",), False)])
def test_ctrl_c_says_what_is_in_doubt_and_retry_settles_it(tmp_path, monkeypatch, start, far, slow, flags, inside):
    """One article, whatever the site made of the request that was cut off; from inside the project and from outside."""
    monkeypatch.delenv("PUBLISHER_LEDGER")
    monkeypatch.chdir(tmp_path if inside else far)
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    settings = f'[targets.far]\nkind = "far"\nurl = "{slow.url}"\nsettle = 1.0\n'
    (tmp_path / "publisher.toml").write_text(settings)
    process = start("publish", tmp_path / "a.md", *flags, path=far)
    assert slow.arrived.wait(300)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.startswith("interrupted\n  in doubt: a -> far:127.0.0.1")
    assert "publisher retry" in err
    if flags:
        told = json.loads(out)
        assert (told["interrupted"], told["exit_code"]) == (True, 130)
        assert told["left"]["articles"][0]["state"] == "in doubt"
    slow.released.set()
    assert slow.done.wait(60)  # a second request that overtakes it is not what this is about
    monkeypatch.chdir(tmp_path)
    retry = start("retry", "--json", path=far)
    told = json.loads(retry.communicate(timeout=300)[0])
    assert retry.returncode == 0
    assert [(one["key"], one["ok"]) for one in told["outcomes"]] == [("a", True)]
    assert [row["slug"] for row in slow.site.articles.values()] == ["a"]


def test_ctrl_c_of_what_only_reads_says_so(tmp_path, monkeypatch, start, far, slow):
    """While the site was only asked."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    held = slow.site.answer
    slow.site.answer = lambda request: (slow.arrived.set(), slow.released.wait(300), held(request))[2]
    (tmp_path / "publisher.toml").write_text(f'[targets.far]\nkind = "far"\nurl = "{slow.url}"\n')
    process = start("plan", "a.md", "--diff", path=far)
    assert slow.arrived.wait(300)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (130, "interrupted; nothing was written\n")


def test_ctrl_c_twice_ends_at_once_and_the_next_run_goes_on(tmp_path, monkeypatch, start, far, slow):
    """Whatever is under way then, and without a word of Python's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    settings = f'[targets.far]\nkind = "far"\nurl = "{slow.url}"\nsettle = 1.0\n'
    (tmp_path / "publisher.toml").write_text(settings)
    process = start("publish", "a.md", path=far)
    assert slow.arrived.wait(300)
    with closing(sqlite3.connect(os.environ["PUBLISHER_LEDGER"], isolation_level=None)) as ledger:
        ledger.execute("BEGIN IMMEDIATE")  # which is what cleaning up waits for
        process.send_signal(signal.SIGINT)
        assert slow.connection.recv(1, socket.MSG_PEEK) == b""  # it cleans up; two at the same moment would be one
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=300)
        ledger.execute("ROLLBACK")
    assert process.returncode == 130
    assert err == "\npublisher: stopped at once. The next run settles what was begun, or: publisher retry\n"
    slow.released.set()
    assert slow.done.wait(60)
    retry = start("retry", path=far)
    retry.communicate(timeout=300)
    assert (retry.returncode, [row["slug"] for row in slow.site.articles.values()]) == (0, ["a"])
