"""``publisher resume``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.exits import Exit
from publisher.cli.options import AsJson, Ledger, Quiet, Verbose, target_names
from publisher.cli.saying import Voice

Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET", help="A target of publisher.toml, by its name or address.", autocompletion=target_names
    ),
]


def resume(
    target: Target, ledger: Ledger = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Send to a webhook again that said 410.

    A receiver that answers 410 wants nothing more and gets nothing more, until those who run it say that this was a
    mistake. Nothing is sent by this command; publisher retry then sends what it missed.
    With --json: {"resumed", "exit_code"}; "resumed" is false where it had not been stopped.

    \b
    Examples:
      publisher resume hook
    """
    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), [target], None, ledger)
    with reporting(asked, "resume"):
        resumed = asked.call(lambda publisher: publisher.resume(target), targets=())
        if not quiet:
            missed = f"{target} gets events again; what it missed: publisher retry --to {target}"
            asked.voice.result(missed if resumed else f"{target} had not been stopped")
        raise asked.voice.end(Exit.FINE, {"command": "resume", "resumed": resumed})
