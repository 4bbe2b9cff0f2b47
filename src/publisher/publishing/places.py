"""Where the ledger of a call lies, and the project whose targets it may name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_state_path

from publisher.content.project import Project, find_project
from publisher.models import Article

#: The environment variable that names the ledger.
VARIABLE = "PUBLISHER_LEDGER"


def ledger_path(given: str | Path | None, articles: Sequence[Article | Path] = ()) -> Path:
    """``given``, else ``$PUBLISHER_LEDGER``, else the ledger of the first article's project (or of the working
    folder's), else ``publisher/ledger.db`` in the user's state folder."""
    named = given or os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    project = project_of(articles)
    return project.ledger if project else user_state_path("publisher", appauthor=False) / "ledger.db"


def start_of(articles: Sequence[Article | Path]) -> Path:
    """The folder from which a project is looked for: that of the first article with a file, else the working folder."""
    start = next((place for place in map(_file, articles) if place is not None), Path.cwd())
    return start if start.is_dir() else start.parent


def project_of(articles: Sequence[Article | Path]) -> Project | None:
    """The project that a call about these articles belongs to."""
    return find_project(start_of(articles))


def _file(article: Article | Path) -> Path | None:
    if isinstance(article, Path):
        return article.absolute()
    return article.source.path.absolute() if article.source else None
