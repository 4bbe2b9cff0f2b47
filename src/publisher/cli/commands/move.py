"""``publisher move``."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.exits import Exit
from publisher.cli.options import AsJson, Ledger, ToOne
from publisher.cli.saying import Voice
from publisher.errors import ConfigurationError

Old = Annotated[str, typer.Argument(metavar="OLD", help="The identity that the target had, as status shows it.")]


def move(old: Old, to: ToOne = None, ledger: Ledger = None, as_json: AsJson = False) -> None:
    """Tell the ledger that a site has moved.

    What it knows of the target OLD is from now on about the target of publisher.toml that --to names: its articles are
    unchanged there, and not new. Nothing is sent.
    With --json: {"from", "to", "articles", "exit_code"}; articles is how many stand there.

    \b
    Examples:
      publisher move wordpress:old.example.com --to blog
    """
    asked = Asked(Voice(as_json=as_json), to or (), None, ledger)
    with reporting(asked, "move"):
        if len(asked.targets) != 1:
            raise ConfigurationError("a site moves to a single place", field="--to", hint="Say which with --to.")
        [name] = asked.targets
        number = asked.call(lambda publisher: publisher.move_target(old, name))
        asked.voice.result(f"{old} is {name} now: {number} article{'s' * (number != 1)}")
        raise asked.voice.end(Exit.FINE, {"command": "move", "from": old, "to": name, "articles": number})
