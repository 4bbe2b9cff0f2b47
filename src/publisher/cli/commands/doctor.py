"""``publisher doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.checkups import say_checkups
from publisher.cli.options import AsJson, Ledger, Quiet, To, Verbose, target_names
from publisher.cli.saying import Voice

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET",
        help="Targets of publisher.toml, by name or address. Default: all.",
        autocompletion=target_names,
    ),
]


def doctor(
    targets: Targets = None,
    to: To = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say how the targets stand.

    What works there, what will go wrong, and what to do about it. Only reads are sent. The exit code is 5 where
    problems were found.
    With --json: {"checkups": [{"about", "ok", "findings": [{"verdict", "subject", "what", "remedy", "path", "line",
    "field", "target"}]}], "exit_code"}.

    \b
    Examples:
      publisher doctor
      publisher doctor blog
    """
    import publisher

    asked = Asked(Voice(as_json=as_json, quiet=quiet, verbose=verbose), [*(targets or ()), *(to or ())])
    with reporting(asked, "doctor"):
        backends = asked.backends(secrets=True)
        raise say_checkups(asked.voice, "doctor", [publisher.doctor(backend, ledger=ledger) for backend in backends])
