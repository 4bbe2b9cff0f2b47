"""``publisher demo``."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.exits import of_errors
from publisher.cli.options import AsJson
from publisher.cli.outcomes import tell_outcomes, tell_plan
from publisher.cli.saying import Voice
from publisher.models import Outcome

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FOLDER]", help="Articles of your own. Default: three small ones, made for this.", exists=True
    ),
]
Serve = Annotated[bool, typer.Option("--serve", help="Leave the places up until Ctrl-C, to look at them.")]


def demo(folder: Folder = None, serve: Serve = False, as_json: AsJson = False) -> None:
    """Publish a few articles to places on this machine.

    To a simulated Webflow and to a small site that takes webhooks; no account is needed, and nothing leaves this
    machine. Shows a plan, a first run, and a second one that sends nothing. The ledger is a new one, and all of it is
    gone afterwards. Needs the extras testing and receiver.
    With --json: {"places": [...], "actions": [...], "runs": [{"requests", "outcomes": [...]}], "exit_code"}.

    \b
    Examples:
      publisher demo
      publisher demo --serve
    """
    voice = Voice(as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="publisher-demo-") as made:
        asked = Asked(voice, about=None if folder is None else str(folder), ledger=Path(made) / "ledger.db")
        with reporting(asked, "demo"):
            raise _demo(asked, Path(made), folder, serve=serve)


def _demo(asked: Asked, made: Path, folder: Path | None, *, serve: bool) -> typer.Exit:
    from publisher.cli.showing.articles import write_articles
    from publisher.cli.showing.places import places

    voice = asked.voice
    articles = folder or made / "posts"
    with places(made / "site") as shown:
        if folder is None:
            write_articles(articles)
        backends = [place.backend for place in shown]
        voice.result(f"The articles of {articles} go to:")
        for place in shown:
            voice.result(f"  {place.backend.target}: {place.name}")
        voice.result("\nThe plan, by the ledger alone. Nothing is sent:")
        plan = asked.call(lambda publisher: publisher.plan(articles), backends)
        tell_plan(voice, plan)
        runs: list[dict[str, Any]] = []
        outcomes: Sequence[Outcome] = []
        for heading in ("First run: everything is new", "Second run: nothing has changed"):
            before = sum(place.arrivals() for place in shown)
            voice.result(f"\n{heading}")
            outcomes = asked.call(lambda publisher: publisher.publish_many(articles), backends)
            tell_outcomes(voice, outcomes)
            sent = sum(place.arrivals() for place in shown) - before
            voice.result(f"{sent} requests were sent")
            runs.append({"requests": sent, "outcomes": [outcome.record() for outcome in outcomes]})
        if serve:
            voice.result("\nTo look at, until Ctrl-C:")
            for place in shown:
                voice.result(f"  {place.look}")
            until_ctrl_c()
        else:
            voice.note("\nWith --serve the places stay up. To publish to a place of your own: publisher init")
    about = {
        "places": [{"target": str(place.backend.target), "name": place.name} for place in shown],
        "actions": [action.record() for action in plan],
        "runs": runs,
    }
    return voice.end(of_errors(outcome.error for outcome in outcomes), {"command": "demo", **about})


def until_ctrl_c() -> None:
    """Wait."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
