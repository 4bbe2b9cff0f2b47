"""``publisher deliveries``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.exits import Exit
from publisher.cli.options import AsJson, Ledger, Quiet, Since, To, Verbose
from publisher.cli.saying import Voice

Failed = Annotated[
    bool, typer.Option("--failed", help="Only what never arrived, unless something newer about the same did.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")]


def deliveries(
    to: To = None,
    failed: Failed = False,
    since: Since = None,
    limit: Limit = 100,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what was sent to webhooks.

    Every attempt, the newest first: when, what, how it was answered, and when the next one is due. It is open,
    delivered, failed or given up. With --verbose also what the receiver answered. By the ledger, which keeps it for 30
    days; nothing is sent. The exit code is 1 where --failed finds something.
    With --json: {"deliveries": [{"id", "target", "key", "event", "number", "trigger", "at", "state", "status", "why",
    "seconds", "answer", "next_at", "replay_of", "kept"}], "exit_code"}.

    \b
    Examples:
      publisher deliveries
      publisher deliveries --failed --to hook
      publisher deliveries --since 2026-01-31 --json
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), None, ledger)
    with reporting(asked, "deliveries"):
        names = asked.targets if asked.to else None
        found = asked.call(
            lambda publisher: publisher.deliveries(names, failed=failed, since=since, limit=limit), targets=()
        )
        for one in found:
            asked.voice.result(str(one), one.state)
            if verbose and one.answer:
                asked.voice.result("  " + one.answer.strip().replace("\n", "\n  "))
        asked.voice.note(f"{len(found)} attempt{'s' * (len(found) != 1)}" if found else "nothing of that is in the log")
        code = Exit.FAILED if failed and found else Exit.FINE
        told = [one.record() for one in found]
        raise asked.voice.end(code, {"command": "deliveries", "deliveries": told})
