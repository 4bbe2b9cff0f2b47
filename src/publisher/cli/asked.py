"""What a command was asked to do: with which articles, at which targets, by which ledger."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.backends.base import Backend, OnConflict
from publisher.cli.exits import Exit, of_errors
from publisher.cli.interrupts import run_until_interrupted
from publisher.cli.progress import Progress
from publisher.cli.saying import Voice
from publisher.config import backends, choose, read_targets
from publisher.content.project import Project, find_project
from publisher.errors import ConfigurationError, PublisherError
from publisher.models import Overview

if TYPE_CHECKING:
    from publisher import AsyncPublisher

R = TypeVar("R")

__all__ = ["Asked", "articles_or_all", "reporting"]


@dataclass
class Asked:
    """``targets`` are names; where none is given, all of the project. ``about`` is what says which project that is: the
    first path that was named, else the working folder."""

    voice: Voice
    to: Sequence[str] = ()
    about: str | None = None
    ledger: Path | None = None
    on_conflict: OnConflict = "fail"
    rerender: bool = False
    refresh: bool = False
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.voice)

    @property
    def targets(self) -> list[str]:
        """The names of the targets. Raises :class:`ConfigurationError` where there are none."""
        if self.to:
            return list(dict.fromkeys(self.to))
        project = project_at(self.about)
        if project is None:
            raise ConfigurationError(
                "no target is given, and there is no publisher.toml here that has some",
                hint="Make one with: publisher init",
            )
        found = list(read_targets(project.file))
        if not found:
            raise ConfigurationError(
                "the project has no targets", path=project.file, hint="Add one with: publisher init"
            )
        return found

    def call(self, what: Callable[[AsyncPublisher], Awaitable[R]], targets: Sequence[str | Backend] | None = None) -> R:
        """Let a publisher do something, with its progress on stderr.

        It runs in the event loop of this thread, so that Ctrl-C cancels it where it stands and it cleans up; a second
        one ends the process.
        """
        from publisher import AsyncPublisher  # half a second, for which help and completion do not wait

        meant = self.targets if targets is None else targets

        async def run() -> R:
            async with AsyncPublisher(
                meant,
                ledger=self.ledger,
                on_conflict=self.on_conflict,
                rerender=self.rerender,
                refresh=self.refresh,
                on_event=self.progress.tell,
            ) as publisher:
                return await what(publisher)

        with self.progress:
            return run_until_interrupted(run)

    def backends(self, *, secrets: bool) -> list[Backend]:
        """The targets themselves. Raises :class:`ConfigurationError`."""
        project = project_at(self.about)
        if project is None:
            raise ConfigurationError(
                "there is no publisher.toml here that has targets", hint="Make one with: publisher init"
            )
        configured = read_targets(project.file)
        return backends([choose(configured, name, project.file) for name in self.targets], secrets=secrets)

    def left(self) -> Overview:
        """What the ledger has of these targets now."""
        from publisher import AsyncPublisher
        from publisher.publishing.places import ledger_path

        about = [Path(self.about)] if self.about is not None and os.path.lexists(self.about) else []

        async def run() -> Overview:
            async with AsyncPublisher(ledger=ledger_path(self.ledger, about)) as publisher:
                return await publisher.status(self.backends(secrets=False))

        return run_until_interrupted(run)


def project_at(about: str | None) -> Project | None:
    """The project of a path, or of the working folder."""
    start = Path(about) if about is not None and os.path.lexists(about) else Path.cwd()
    return find_project(start if start.is_dir() else start.absolute().parent)


def articles_or_all(articles: Sequence[str] | None) -> list[str]:
    """The articles that were named, or the content_root of the project."""
    if articles:
        return list(articles)
    project = project_at(None)
    if project is None:
        raise ConfigurationError(
            "no article is given, and there is no publisher.toml here",
            hint="Name a file or a folder, or make a project with: publisher init",
        )
    # From here on, as somebody would name it who is here: messages say paths as they were given.
    return [os.path.relpath(project.content_root)]


@contextmanager
def reporting(asked: Asked, command: str, *, writes: bool = False) -> Iterator[None]:
    """Inside, an error becomes a message and an exit code, and Ctrl-C tells what it left where the command writes."""
    voice = asked.voice
    try:
        yield
    except PublisherError as error:
        voice.trouble(f"{command}: {error}")
        raise voice.end(of_errors([error]), {"command": command, "error": error.record()}) from None
    except KeyboardInterrupt:
        left = _left(asked) if writes else {}
        if not writes:
            voice.trouble("interrupted; nothing was written")
        raise voice.end(Exit.INTERRUPTED, {"command": command, "interrupted": True, **left}) from None


def _left(asked: Asked) -> dict[str, Any]:
    try:
        overview = asked.left()
    except PublisherError as error:
        asked.voice.trouble(f"interrupted; what it left is not known: {error}")
        return {}
    begun = [one for one in overview if one.state in ("in doubt", "unfinished")]
    asked.voice.trouble("interrupted" if begun or overview.in_doubt else "interrupted; nothing is left half-done")
    for one in begun:
        asked.voice.trouble(f"  {one.state}: {one.key} -> {one.target}")
    for target, subject in overview.in_doubt:
        asked.voice.trouble(f"  in doubt: {subject} -> {target}")
    if begun or overview.in_doubt:
        asked.voice.trouble("The next run settles it, or: publisher retry. Nothing is sent twice.")
    return {"left": overview.record()}
