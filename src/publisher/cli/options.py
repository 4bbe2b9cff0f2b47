"""The options that several commands share, each described once."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Article",
    "Articles",
    "AsJson",
    "Ledger",
    "OnConflict",
    "Quiet",
    "Refresh",
    "Rerender",
    "Rule",
    "Since",
    "To",
    "ToOne",
    "Verbose",
    "target_names",
]


class Rule(StrEnum):
    """What is done about a conflict."""

    FAIL = "fail"
    SKIP = "skip"
    OVERWRITE = "overwrite"


def target_names(incomplete: str) -> list[str]:
    """The names of the targets of this folder's project, for completion. Silent where there are none."""
    from publisher.config import read_targets
    from publisher.content.project import find_project
    from publisher.errors import PublisherError

    try:
        project = find_project(Path.cwd())
        names = read_targets(project.file) if project is not None else {}
    except (PublisherError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)]


Articles = Annotated[
    list[str] | None,
    typer.Argument(metavar="ARTICLE", help="Files or folders. Default: the content_root of publisher.toml."),
]
Article = Annotated[str, typer.Argument(metavar="ARTICLE", help="The file of an article, or its key.")]
#: For commands that are about a single target.
ToOne = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="TARGET",
        help="The target of publisher.toml, by its name or address. May be left out where there is only one.",
        autocompletion=target_names,
    ),
]
To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="TARGET",
        help="A target of publisher.toml, by its name or address; may be repeated. Default: all.",
        autocompletion=target_names,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and nothing else there.")]
Ledger = Annotated[
    Path | None,
    typer.Option("--ledger", metavar="FILE", help="The ledger. Default: that of the project, or $PUBLISHER_LEDGER."),
]
OnConflict = Annotated[
    Rule, typer.Option("--on-conflict", help="What to do about an article that somebody edited at the target.")
]
Rerender = Annotated[bool, typer.Option("--rerender", help="Write again also what an older renderer wrote.")]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="Look at unchanged articles at the target too: were they edited or deleted?")
]
Since = Annotated[
    dt.datetime | None,
    typer.Option(
        "--since",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        help="What left at this time or later; without a zone it is local time.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say every step, and what is unchanged.")]
