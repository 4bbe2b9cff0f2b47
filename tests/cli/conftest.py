"""A project in the working folder, and a way to run the command line in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from memory_keyring import memory_keyring
from typer.testing import CliRunner

from publisher.cli.app import app

__all__ = ["memory_keyring"]

ROOT = Path(__file__).parent.parent.parent
TOML = '[targets.one]\nkind = "memory"\nname = "one"\n[targets.two]\nkind = "memory"\nname = "two"\n'


@pytest.fixture(autouse=True)
def no_terminal_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """How wide and how colourful the terminal is in which the tests are started changes nothing of what is said."""
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


class Told:
    """What a command said, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run() -> Callable[..., Told]:
    """Run a command in this process, as in a pipe."""

    def run_here(*arguments: str, answers: str | None = None) -> Told:
        done = CliRunner().invoke(app, [str(one) for one in arguments], input=answers, prog_name="publisher")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Told(done.exit_code, done.stdout, done.stderr)

    return run_here


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start the command line as a process."""

    def start_one(*arguments: str, path: str | Path = "", **environment: str) -> subprocess.Popen[str]:
        places = os.pathsep.join([str(path), str(ROOT / "src")])
        return subprocess.Popen(
            [sys.executable, "-m", "publisher.cli", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": places, **environment},
        )

    return start_one


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory_sites: Any) -> Path:
    """A project with two targets in memory and two articles, which is the working folder."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "publisher.toml").write_text(f'content_root = "posts"\n{TOML}')
    (tmp_path / "posts" / "a.md").write_text("# A\n\nWords.\n")
    (tmp_path / "posts" / "b.md").write_text("# B\n\nWords.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path
