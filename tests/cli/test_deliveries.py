"""What was sent to a receiver of events, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from publisher.cli.exits import Exit


class Site:
    """A receiver on this machine that answers everything with ``status``, at its ``url``."""

    def __init__(self, serve: Callable[..., str]) -> None:
        self.status = 200
        self.bodies: list[bytes] = []
        self.url = f"{serve(self.answer)}/hook"

    def answer(self, handler: Any) -> httpx.Response:
        self.bodies.append(handler.asked.content)
        return httpx.Response(self.status, text="so it is")


@pytest.fixture
def site(serve: Callable[..., str]) -> Site:
    """A receiver that runs."""
    return Site(serve)


@pytest.fixture
def hook(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A project with one article and one receiver, which is the working folder."""
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    (tmp_path / "publisher.toml").write_text(
        'content_root = "."\n[targets.hook]\nkind = "webhook"\n'
        f'url = "{site.url}"\nsecret = {{ env = "HOOK_SECRET" }}\n'
        "allow_http = true\nallow_private = true\n"
    )
    monkeypatch.setenv("HOOK_SECRET", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    monkeypatch.chdir(tmp_path)
    return site


def test_deliveries_are_shown_and_replayed(run, hook):
    """As lines and as JSON; what was said by the receiver on request."""
    assert run("publish").code == Exit.FINE
    shown = run("deliveries", "--verbose")
    assert shown.code == Exit.FINE
    assert shown.out.startswith("delivered ")
    assert "so it is" in shown.out
    (one,) = run("deliveries", "--to", "hook", "--json").json["deliveries"]
    assert (one["state"], one["status"], one["event"]) == ("delivered", 200, "article.published")
    told = run("replay", one["id"], "--json")
    assert told.code == Exit.FINE
    assert told.json["deliveries"][0]["replay_of"] == one["id"]
    assert run("replay", "--since", "2020-01-31").code == Exit.FINE
    assert hook.bodies == [hook.bodies[0]] * 3
    assert json.loads(hook.bodies[0])["type"] == "article.published"


def test_what_never_arrived_is_shown_waits_and_is_sent_when_wanted(run, hook):
    """The exit code tells that there is something."""
    hook.status = 404
    assert run("publish").code == Exit.FAILED
    shown = run("deliveries", "--failed")
    assert (shown.code, "next attempt due at" in shown.out) == (Exit.FAILED, True)
    hook.status = 200
    early = run("retry")
    assert (early.code, "next attempt due at" in early.err) == (Exit.FAILED, True)
    assert "next attempt due at" in run("status").out
    assert run("retry", "--now").code == Exit.FINE
    assert run("deliveries", "--failed").code == Exit.FINE
    assert len(hook.bodies) == 2


def test_receiver_that_said_gone_is_resumed(run, hook):
    """The checkup shows it until then."""
    hook.status = 410
    assert run("publish").code == Exit.FAILED
    hook.status = 200
    assert "410" in run("doctor").out
    assert run("retry").code == Exit.FAILED
    assert len(hook.bodies) == 1
    assert run("resume", "hook", "--json").json["resumed"] is True
    assert run("resume", "hook", "--json").json["resumed"] is False
    assert run("retry").code == Exit.FINE
    assert "410" not in run("doctor").out


def test_replay_leaves_out_a_receiver_that_wants_no_more(run, hook, tmp_path):
    """It says which and why, and goes on with the next one."""
    here = hook.url.removesuffix("/hook")
    with (tmp_path / "publisher.toml").open("a") as file:
        settings = 'kind = "webhook"\nsecret = { env = "HOOK_SECRET" }\nallow_http = true\nallow_private = true\n'
        file.write(f'[targets.other]\nurl = "{here}/other"\n{settings}')
    assert run("publish").code == Exit.FINE
    hook.status = 410
    assert run("replay", "--since", "2020-01-31", "--to", "hook").code == Exit.FAILED
    hook.status = 200
    told = run("replay", "--since", "2020-01-31", "--json")
    assert told.code == told.json["exit_code"] == Exit.FAILED
    assert [(one["target"][-6:], one["state"]) for one in told.json["deliveries"]] == [("/other", "delivered")]
    assert [error["status"] for error in told.json["left_out"]] == [410]
    told = run("replay", "--since", "2020-01-31")
    assert f"left out  webhook:{here[7:]}/hook: the receiver answered 410" in told.err
    assert "0 of 1 deliveries were tried. Ask those who run it." in told.err
    assert f"-> webhook:{here[7:]}/other: answered 200" in told.out


@pytest.mark.parametrize("arguments", [("replay",), ("replay", "msg_unknown")])
def test_replay_of_nothing_is_a_wrong_call(run, hook, arguments):
    """It says what to give."""
    told = run(*arguments)
    assert told.code == Exit.USAGE
    assert hook.bodies == []


def test_only_receivers_of_events_can_be_resumed(run, project):
    """Others never ask for an end."""
    assert run("resume", "one").code == Exit.USAGE
