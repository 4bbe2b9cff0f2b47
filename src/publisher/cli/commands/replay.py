"""``publisher replay``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.exits import Exit, of_errors
from publisher.cli.options import AsJson, Ledger, Quiet, Since, To, Verbose
from publisher.cli.saying import Voice

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="The ids of deliveries: see publisher deliveries.")]
Failed = Annotated[bool, typer.Option("--failed", help="What publisher deliveries --failed shows.")]
Every = Annotated[bool, typer.Option("--all", help="All of it in the old order, not only the newest of each article.")]


def replay(
    ids: Ids = None,
    since: Since = None,
    failed: Failed = False,
    every: Every = False,
    to: To = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Send to webhooks again what was sent.

    For a receiver that lost its data: the same bytes, each under a new webhook-id, so that it is no repeat. Of each
    article the newest delivery only. A replay does not bring an old revision over a newer one: a receiver that goes by
    _publisher.revision drops what is older than what it holds. Nor does it settle anything here: what failed is done
    again by publisher retry, on its schedule. What was sent is kept for 30 days. A target that does not answer, or
    wants nothing more, is left out and stops no other; the exit code is 1 then.
    With --json: {"deliveries": [{"id", "target", "key", "event", "number", "trigger", "at", "state", "status", "why",
    "seconds", "answer", "next_at", "replay_of", "kept"}], "left_out": [error], "exit_code"}.

    \b
    Examples:
      publisher replay msg_0a1b2c-1767323045000
      publisher replay --since 2026-01-31 --to hook
      publisher replay --failed
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), None, ledger)
    with reporting(asked, "replay", writes=True):
        found = asked.call(lambda publisher: publisher.replay(ids or (), since=since, failed=failed, every=every))
        for one in found:
            if one.ok:
                if not quiet:
                    asked.voice.result(str(one), one.state)
            else:
                asked.voice.trouble(str(one))
        for error in found.left_out:
            asked.voice.trouble(f"left out  {error}")
        taken = sum(one.ok for one in found)
        asked.voice.note(
            f"{taken} of {len(found)} attempts delivered"
            if found or found.left_out
            else "nothing of that is in the log"
        )
        about = {"deliveries": [one.record() for one in found], "left_out": [one.record() for one in found.left_out]}
        code = of_errors(found.left_out) or (Exit.FINE if found.ok else Exit.FAILED)
        raise asked.voice.end(code, {"command": "replay", **about})
