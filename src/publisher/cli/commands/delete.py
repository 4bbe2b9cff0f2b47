"""``publisher delete``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.options import Article, AsJson, Ledger, Quiet, To, Verbose
from publisher.cli.saying import Voice
from publisher.cli.takingoff import take_off
from publisher.errors import ConfigurationError
from publisher.models import Action

Force = Annotated[bool, typer.Option("--force", help="Delete for good, past the trash. Nobody can bring it back.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; --force in a script needs it.")]


def delete(
    article: Article,
    to: To = None,
    force: Force = False,
    yes: Yes = False,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Delete what was published of an article.

    It goes into the trash, where the target has one. Only what this ledger published, or what is provably the
    article, is touched; the file is not.
    With --json: {"outcomes": [{"key", "target", "action", "ok", "in_doubt", "receipt", "error"}], "exit_code"}.

    \b
    Examples:
      publisher delete first-loaf --to blog
      publisher delete posts/first-loaf.md --force --yes
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), to or (), article, ledger)
    with reporting(asked, "delete", writes=True):
        if force and not yes:
            named = ", ".join(asked.targets)
            if as_json:  # whoever reads that cannot answer
                raise ConfigurationError(
                    f"{article} would be deleted for good at {named}",
                    field="--force",
                    hint="Give --yes, if it is meant.",
                )
            typer.confirm(f"Delete {article} at {named} for good?", abort=True, err=True)
        raise take_off(
            asked, Action.DELETE, article, lambda publisher, target: publisher.delete(article, target, force=force)
        )
