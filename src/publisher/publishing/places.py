"""Where the ledger of a call lies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_state_path

from publisher.content.project import find_project
from publisher.models import Article

#: The environment variable that names the ledger.
VARIABLE = "PUBLISHER_LEDGER"


def ledger_path(given: str | Path | None, articles: Sequence[Article | Path] = ()) -> Path:
    """``given``, else ``$PUBLISHER_LEDGER``, else the ledger of the first article's project (or of the working
    folder's), else ``publisher/ledger.db`` in the user's state folder."""
    named = given or os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    start = next((place for place in map(_file, articles) if place is not None), Path.cwd())
    project = find_project(start if start.is_dir() else start.parent)
    return project.ledger if project else user_state_path("publisher", appauthor=False) / "ledger.db"


def _file(article: Article | Path) -> Path | None:
    if isinstance(article, Path):
        return article.absolute()
    return article.source.path.absolute() if article.source else None
