"""A process that publishes a folder once, and prints what came of it as one line of JSON. It is there to be killed.

The site's password comes in the environment, everything else as arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from publisher import WordPress, publish_many
from publisher.ledger import leases
from publisher.publishing import books

#: Tells the site which process a request is of.
HEADER = "X-Life"

#: The environment variable that holds the site's password.
PASSWORD = "SOAK_PASSWORD"


def start(
    url: str,
    password: str,
    folder: Path,
    ledger: Path,
    errors: TextIO,
    *,
    life: str = "",
    settle: float,
    timeout: float = 30.0,
    alive: float | None = None,
) -> subprocess.Popen[str]:
    """Start one. ``alive`` changes after how many seconds without a sign of life a publisher counts as dead."""
    options: dict[str, object] = {"life": life, "settle": settle, "timeout": timeout, "alive": alive}
    command = [sys.executable, __file__, url, str(folder), str(ledger)]
    command += [f"--{name}={value}" for name, value in options.items() if value not in (None, "")]
    environment = {**os.environ, PASSWORD: password}
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
    )


def outcomes_in(said: str) -> list[dict[str, Any]]:
    """The outcomes that a process told when it ended; nothing if it did not come to that."""
    lines = said.splitlines()
    found: list[dict[str, Any]] = json.loads(lines[-1]) if lines else []
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--life", default="")
    parser.add_argument("--settle", type=float, required=True)
    parser.add_argument("--timeout", type=float, default=30.0)
    parser.add_argument("--alive", type=float)
    chosen = parser.parse_args(arguments)
    if chosen.alive is not None:
        leases.ALIVE_SECONDS = books.ALIVE_SECONDS = chosen.alive
    blog = WordPress(
        chosen.url,
        username="admin",
        app_password=os.environ[PASSWORD],
        settle=chosen.settle,
        timeout=chosen.timeout,
        headers={HEADER: chosen.life},
    )
    told = [
        {"key": one.key, "action": str(one.action), "ok": one.ok, "in_doubt": one.in_doubt, "error": _said(one.error)}
        for one in publish_many(chosen.folder, blog, ledger=chosen.ledger)
    ]
    print(json.dumps(told), flush=True)


def _said(error: Exception | None) -> str:
    return "" if error is None else f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
