"""``python -m publisher.cli``, where no script ``publisher`` is installed."""

from __future__ import annotations

from publisher.cli import main

main()
