"""The application: its commands, its help, and how it is run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.commands.adopt import adopt
from publisher.cli.commands.check import check
from publisher.cli.commands.delete import delete
from publisher.cli.commands.deliveries import deliveries
from publisher.cli.commands.demo import demo
from publisher.cli.commands.doctor import doctor
from publisher.cli.commands.init import init
from publisher.cli.commands.move import move
from publisher.cli.commands.plan import plan
from publisher.cli.commands.publish import publish
from publisher.cli.commands.replay import replay
from publisher.cli.commands.resume import resume
from publisher.cli.commands.retry import retry
from publisher.cli.commands.status import status
from publisher.cli.commands.unpublish import unpublish
from publisher.cli.exits import MEANINGS, Exit
from publisher.receiver.command import receive

__all__ = ["app", "run"]

_CODES = "\n".join(f"  {code.value:3} {meaning}" for code, meaning in MEANINGS.items())

#: With ``\\b`` before them, lines stay lines.
_HELP = f"""Publish Markdown articles to WordPress and other targets, exactly once.

Targets are set up in publisher.toml: publisher init. Every command says more with --help.

\b
Exit codes:
{_CODES}
"""

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
_COMMANDS = (
    init,
    demo,
    publish,
    plan,
    status,
    retry,
    adopt,
    move,
    unpublish,
    delete,
    check,
    doctor,
    deliveries,
    replay,
    resume,
    receive,
)
for _command in _COMMANDS:
    app.command()(_command)


def _version(asked: bool) -> None:
    if asked:
        import publisher

        typer.echo(f"publisher {publisher.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run with the arguments of the process, and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter is no reason to fail.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        Path.cwd()
    except OSError as error:
        sys.stderr.write(f"publisher: the working folder cannot be used ({error.strerror}). Change into another one.\n")
        sys.exit(int(Exit.USAGE))
    app(prog_name="publisher")
