"""The demo publishes to places of its own, and says what it needs where that is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from publisher.cli.commands import demo

pytestmark = pytest.mark.usefixtures("folder")

ROOT = Path(__file__).parent.parent.parent


def test_three_articles_go_to_two_places_and_the_second_run_sends_nothing(run, folder):
    """Nothing is left in the working folder."""
    told = run("demo", "--json")
    assert told.code == 0, told.err
    assert [place["target"] for place in told.json["places"]] == ["webflow", "site"]
    assert {action["action"] for action in told.json["actions"]} == {"create"}
    first, second = told.json["runs"]
    assert first["requests"] > 0
    assert second["requests"] == 0
    states = {(one["key"], one["target"]): one["receipt"]["status"] for one in first["outcomes"]}
    assert states == {
        ("halley", "webflow"): "draft",
        ("halley", "site"): "scheduled",
        ("rain-barrel", "webflow"): "published",
        ("rain-barrel", "site"): "published",
        ("two-kettles", "webflow"): "draft",
        ("two-kettles", "site"): "draft",
    }
    assert {one["action"] for one in second["outcomes"]} == {"no-op"}
    assert list(folder.iterdir()) == []


def test_people_see_what_became_of_a_table(run):
    """And that the second run sent nothing."""
    told = run("demo")
    assert told.code == 0, told.err
    assert "body: sent '1 table, line 13', the target stored 'an embed'" in told.out
    assert told.out.rstrip().endswith("0 requests were sent")
    assert "ALLOWED" not in told.err  # this machine's own addresses are meant


def test_articles_of_ones_own_leave_their_ledger_alone(run, folder, monkeypatch):
    """And what is wrong with one is the outcome of that one."""
    monkeypatch.delenv("PUBLISHER_LEDGER")
    (folder / "publisher.toml").write_text('content_root = "."\n')
    (folder / "good.md").write_text("# Good\n\nWords.\n")
    (folder / "bad.md").write_text("# Bad\n\n![Gone](gone.png)\n")
    told = run("demo", folder)
    assert told.code == 1
    assert "create good -> site: published" in told.out
    assert "gone.png" in told.err
    assert not (folder / ".publisher").exists()


def test_with_serve_the_site_can_be_looked_at(run, monkeypatch):
    """At the address that was printed, until Ctrl-C."""
    from publisher.cli.saying import Voice

    said, seen = [], []
    plain = Voice.result
    monkeypatch.setattr(Voice, "result", lambda self, text, word="": said.append(text) or plain(self, text, word))
    monkeypatch.setattr(demo, "until_ctrl_c", lambda: seen.append(httpx.get(said[-1].strip()).text))
    assert run("demo", "--serve").code == 0
    [page] = seen
    assert "A barrel for the rain" in page
    assert "The comet is back" not in page
    assert "Two kettles" not in page


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "jinja2", "python_multipart"])
def test_without_an_extra_it_says_what_to_install(missing):
    """Instead of a traceback."""
    gone = f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['publisher', 'demo']"
    told = subprocess.run(
        [sys.executable, "-c", f"{gone}; from publisher.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert told.returncode == 2, told.stderr
    assert f"the demo needs the package {missing}" in told.stderr
    assert "pip install 'publisher[cli,testing,receiver]'" in told.stderr


def test_the_simulator_does_without_pytest():
    """Who only wants to see something does not test anything."""
    code = "import sys; sys.modules['pytest'] = None; from publisher.testing.webflow import WebflowSimulator"
    subprocess.run([sys.executable, "-c", f"{code}; WebflowSimulator()"], check=True, cwd=ROOT)
