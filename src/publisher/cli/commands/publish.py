"""``publisher publish``."""

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
from publisher.cli.outcomes import say_outcomes, say_plan
from publisher.cli.saying import Voice

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be done, and send nothing but reads.")]


def publish(
    articles: Articles = None,
    to: To = None,
    dry_run: DryRun = False,
    on_conflict: OnConflict = Rule.FAIL,
    refresh: Refresh = False,
    rerender: Rerender = False,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make the targets match the articles, exactly once.

    What is unchanged costs no request. Each article at each target has an outcome of its own; one that fails stops no
    other. With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher publish                          all articles of the project, to all of its targets
      publisher publish posts/first-loaf.md --to blog
      publisher publish --dry-run                what it would do
      publisher publish --on-conflict overwrite  also over what somebody edited there
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
    with reporting(asked, "publish", writes=True):
        meant = articles_or_all(articles)
        if dry_run:
            raise say_plan(asked.voice, "publish", asked.call(lambda publisher: publisher.plan(meant)))
        raise say_outcomes(asked.voice, "publish", asked.call(lambda publisher: publisher.publish_many(meant)))
