"""``publisher retry``."""

from __future__ import annotations

from publisher.cli.asked import Asked, reporting
from publisher.cli.options import AsJson, Ledger, OnConflict, Quiet, Rule, To, Verbose
from publisher.cli.outcomes import say_outcomes
from publisher.cli.saying import Voice


def retry(
    to: To = None,
    on_conflict: OnConflict = Rule.FAIL,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Do again what failed, and settle doubts.

    It finds out what is in doubt, and carries out again what failed or was interrupted. By the ledger: it needs no
    list of articles. Their files are read again, and nothing is sent twice.
    With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher retry
      publisher retry --to blog --on-conflict skip
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), None, ledger, on_conflict.value)
    with reporting(asked, "retry", writes=True):
        raise say_outcomes(asked.voice, "retry", asked.call(lambda publisher: publisher.retry()))
