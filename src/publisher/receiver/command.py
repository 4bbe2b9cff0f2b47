"""The site from a shell: ``publisher receive --into site``, or ``python -m publisher.receiver``.

A command of typer's. It costs nothing before it is called.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from publisher.errors import ConfigurationError, PublisherError

__all__ = ["receive"]

#: Where a secret is looked for when nothing is said.
_DEFAULT = "PUBLISHER_WEBHOOK_SECRET"


def receive(
    into: Annotated[Path, typer.Option(help="The folder that articles and images are stored in.", file_okay=False)],
    secret_env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"An environment variable with the secret. Repeatable. [{_DEFAULT}]"),
    ] = None,
    secret_file: Annotated[
        list[Path] | None, typer.Option(help="A file with the secret. Repeatable.", exists=True, dir_okay=False)
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.", min=1, max=65535)] = 8000,
    title: Annotated[str, typer.Option(help="What the site is called.")] = "Articles",
    url: Annotated[str, typer.Option(help="The site's address as readers know it, if another one.")] = "",
    scheme: Annotated[
        Literal["standard", "github", "bearer"], typer.Option(help="How deliveries are signed.")
    ] = "standard",
) -> None:
    """Show what webhooks bring as a small site.

    Deliveries are verified and stored in a folder, and their articles shown, until Ctrl-C. The secret comes from the
    environment or from a file, never from the command line, where others could see it.

    \b
    Examples:
      publisher receive --into site/
      publisher receive --into site/ --secret-env HOOK_SECRET --port 8080
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        from publisher.receiver.serving import serve  # with all that a server needs
    except ImportError as error:
        typer.echo(f"error: {error.name} is not installed. Install publisher with the extra 'receiver'.", err=True)
        raise typer.Exit(2) from None
    try:
        secrets = _secrets(secret_env or (), secret_file or ())
        serve(into, secrets, host=host, port=port, title=title, scheme=scheme, url=url)
    except PublisherError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2 if isinstance(error, ConfigurationError) else 1) from None


def _secrets(names: Sequence[str], files: Sequence[Path]) -> list[str]:
    """The secrets, the first one named first. Raises :class:`ConfigurationError` for one that is not there."""
    asked = list(names) if names or files else [_DEFAULT]
    found = []
    for name in asked:
        value = os.environ.get(name, "").strip()
        if not value:
            raise ConfigurationError(
                f"there is no secret in the environment variable {name}",
                field="secret",
                hint="Make one with 'python -c \"from publisher.webhooks import new_secret; print(new_secret())\"', "
                "and give it to the sender, too.",
            )
        found.append(value)
    for file in files:
        try:
            value = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"the secret cannot be read: {error}", path=file, field="secret") from None
        if not value:
            raise ConfigurationError("the file is empty", path=file, field="secret", hint="Write the secret into it.")
        found.append(value)
    return found
