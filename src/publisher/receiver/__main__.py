"""``python -m publisher.receiver``: see :mod:`publisher.receiver.command`. Needs the extra ``cli``, too."""

from __future__ import annotations

import sys

try:
    import typer
except ImportError:
    sys.exit("error: typer is not installed. Install publisher with the extras: pip install 'publisher[receiver,cli]'")

from publisher.receiver.command import receive

if __name__ == "__main__":
    typer.run(receive)
