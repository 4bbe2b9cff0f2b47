"""``publisher plan``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, articles_or_all, reporting
from publisher.cli.options import (
    Articles,
    AsJson,
    Ledger,
    OnConflict,
    Quiet,
    Refresh,
    Rerender,
    Rule,
    To,
    Verbose,
)
from publisher.cli.outcomes import say_plan
from publisher.cli.saying import Voice

Diff = Annotated[
    bool, typer.Option("--diff", help="Read the targets, and show field by field what would change there.")
]


def plan(
    articles: Articles = None,
    to: To = None,
    diff: Diff = False,
    on_conflict: OnConflict = Rule.FAIL,
    refresh: Refresh = False,
    rerender: Rerender = False,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what publish would do. Nothing but reads is sent.

    By the ledger alone, without a request and without secrets, unless --diff or --refresh asks the targets.
    With --json: {"actions": [{"key", "target", "action", "reason", "error", "differences"}], "exit_code"}.

    \b
    Examples:
      publisher plan
      publisher plan posts/first-loaf.md --diff  the lines that would change at the targets
      publisher plan --refresh                   also what others edited or deleted there
    """
    asked = Asked(
        Voice(as_json=as_json, quiet=quiet, verbose=verbose),
        to or (),
        articles[0] if articles else None,
        ledger,
        on_conflict.value,
        rerender,
        refresh,
    )
    with reporting(asked, "plan"):
        meant = articles_or_all(articles)
        raise say_plan(asked.voice, "plan", asked.call(lambda publisher: publisher.plan(meant, diff=diff)))
