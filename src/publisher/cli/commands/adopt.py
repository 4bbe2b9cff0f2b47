"""``publisher adopt``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.options import AsJson, Ledger, Quiet, ToOne, Verbose
from publisher.cli.outcomes import say_outcomes
from publisher.cli.saying import Voice
from publisher.errors import ConfigurationError
from publisher.models import Outcome

File = Annotated[str, typer.Argument(metavar="ARTICLE", help="The file of the article.")]
RemoteId = Annotated[str, typer.Option("--remote-id", metavar="ID", help="The id of what stands at the target.")]


def adopt(
    article: File,
    remote_id: RemoteId,
    to: ToOne = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Bind an existing post to an article.

    For what stood at the target before publisher came. It is read and not written; the next publish makes it match the
    article, and plan --diff shows what that would change.
    With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher adopt posts/first-loaf.md --to blog --remote-id 17
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), article, ledger)
    with reporting(asked, "adopt", writes=True):
        if len(asked.targets) != 1:
            raise ConfigurationError("an id is one at a single target", field="--to", hint="Say which with --to.")
        receipt = asked.call(lambda publisher: publisher.adopt(article, remote_id))
        outcome = Outcome(receipt.key, receipt.target, receipt.action, receipt=receipt)
        raise say_outcomes(asked.voice, "adopt", [outcome])
