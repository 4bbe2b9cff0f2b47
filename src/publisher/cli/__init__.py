"""The command line: ``publisher``. Needs the extra ``cli``."""

from __future__ import annotations

import sys

__all__ = ["main"]

#: What the extra brings; without one of these there is no command line.
_NEEDED = ("typer", "click", "rich", "keyring")


def main() -> None:
    """Run the command line with the arguments of the process."""
    try:
        from publisher.cli.app import run
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in _NEEDED:
            raise
        sys.stderr.write(
            f"publisher: the command line needs the package {package}, which is not installed.\n"
            "Install it with: pip install 'publisher[cli]'\n"
        )
        sys.exit(2)
    except KeyboardInterrupt:  # nothing had begun
        sys.exit(130)
    try:
        run()
    except KeyboardInterrupt:  # before a command begins, or after it has told what it left
        sys.exit(130)
