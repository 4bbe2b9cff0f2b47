"""``publisher unpublish``."""

from __future__ import annotations

from publisher.cli.asked import Asked, reporting
from publisher.cli.options import Article, AsJson, Ledger, Quiet, To, Verbose
from publisher.cli.saying import Voice
from publisher.cli.takingoff import take_off
from publisher.models import Action


def unpublish(
    article: Article,
    to: To = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take an article off the site.

    It is kept there as a draft, and publish shows it again. Twice is once.
    With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher unpublish posts/first-loaf.md
      publisher unpublish first-loaf --to blog   by its key, where the file is gone
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), article, ledger)
    with reporting(asked, "unpublish", writes=True):
        raise take_off(asked, Action.UNPUBLISH, article, lambda publisher, target: publisher.unpublish(article, target))
