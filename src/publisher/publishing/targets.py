"""Targets as callers give them: backends, or the names of targets of publisher.toml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

from publisher.backends.base import Backend
from publisher.config import backends, choose, read_targets
from publisher.errors import ConfigurationError
from publisher.models import Article
from publisher.publishing.places import project_of, start_of

#: A backend, the name of a target of publisher.toml (or the address of one of them), or several of these.
Targets = Backend | str | Iterable[Backend | str]


def listed(targets: Targets) -> list[Backend | str]:
    """The single targets. Raises :class:`ConfigurationError` for what is none."""
    several = [targets] if isinstance(targets, Backend | str) else list(targets)
    for one in several:
        if not isinstance(one, Backend | str):
            raise ConfigurationError(
                f"{one!r} is not a target",
                hint="A target is for example WordPress('https://…'), or the name of one in publisher.toml.",
            )
    return several


class Targeting:
    """Finds the backends that are meant, and makes one of each name once for as long as a publisher is open.

    ``default`` are those that calls without a target mean; ``own`` those that the publisher keeps: the ones it was
    given, and those that it made.
    """

    def __init__(self, targets: Targets) -> None:
        self.default = listed(targets)
        self.own: list[Backend] = [one for one in self.default if isinstance(one, Backend)]
        self._made: dict[tuple[Path, str, bool], Backend] = {}
        self._making = Lock()

    def chosen(
        self, meant: Sequence[Backend | str], articles: Sequence[Article | Path], *, secrets: bool = True
    ) -> list[Backend]:
        """The backends that are meant. Blocks for files and the keyring where they are named.

        Names are looked up in the project of the first article, else in that of the working folder. ``secrets`` is
        False where nothing will be sent. Raises :class:`ConfigurationError`.
        """
        if not meant:
            raise ConfigurationError(
                "no target is given", hint="Pass one, for example WordPress('https://…') or a name of publisher.toml."
            )
        named = [one for one in meant if isinstance(one, str)]
        made = self._named(named, articles, secrets) if named else {}
        found = [made[one] if isinstance(one, str) else one for one in meant]
        identities = [backend.target.identity for backend in found]
        twice = next((name for name in identities if identities.count(name) > 1), None)
        if twice is not None:
            raise ConfigurationError(
                f"the target {twice} is given twice", hint="Give two places on one site an id= of their own."
            )
        return found

    def _named(self, names: Sequence[str], articles: Sequence[Article | Path], secrets: bool) -> dict[str, Backend]:
        project = project_of(articles)
        if project is None:
            raise ConfigurationError(
                f"{names[0]!r} is to be a target of a publisher.toml, and none is in {start_of(articles)} or above it",
                hint="Make one with 'publisher init', or pass a target such as WordPress('https://…').",
            )
        with self._making:
            configured = read_targets(project.file)
            entries = {name: choose(configured, name, project.file) for name in names}
            new = [
                entry
                for entry in dict.fromkeys(entry.name for entry in entries.values())
                if (project.file, entry, secrets) not in self._made
            ]
            made = backends([configured[name] for name in new], secrets=secrets)
            self._made |= {(project.file, name, secrets): backend for name, backend in zip(new, made, strict=True)}
            self.own += made
            return {name: self._made[project.file, entry.name, secrets] for name, entry in entries.items()}
