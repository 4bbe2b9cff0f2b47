"""``publisher retry``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.options import AsJson, Ledger, OnConflict, Quiet, Rule, To, Verbose
from publisher.cli.outcomes import say_outcomes
from publisher.cli.saying import Voice

Now = Annotated[
    bool, typer.Option("--now", help="Also what is not due yet at a receiver of events, or was given up there.")
]


def retry(
    to: To = None,
    now: Now = False,
    on_conflict: OnConflict = Rule.FAIL,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Do again what failed, and settle doubts.

    It finds out what is in doubt, and carries out again what failed or was interrupted. By the ledger: it needs no
    list of articles. Their files are read again, and nothing is sent twice.

    Receivers of events (webhooks) have a schedule: 5 s after the first run failed, then 5 min, 30 min, 2, 5, 10, 14, 20
    and 24 h, each from the one before. What is not due yet says so and is left alone; so is what was given up after the
    last. Let cron run this command every few minutes.
    With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher retry
      publisher retry --to blog --on-conflict skip
      publisher retry --to hook --now          a receiver is well again
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), None, ledger, on_conflict.value)
    with reporting(asked, "retry", writes=True):
        raise say_outcomes(asked.voice, "retry", asked.call(lambda publisher: publisher.retry(now=now)))
