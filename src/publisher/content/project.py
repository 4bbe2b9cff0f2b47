"""The project that an article belongs to: the nearest ``publisher.toml`` above it."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from publisher.errors import ConfigurationError

__all__ = ["PROJECT_FILE", "Project", "find_project", "read_project"]

PROJECT_FILE = "publisher.toml"


class Project(NamedTuple):
    """``file`` is the publisher.toml, ``content_root`` the folder that keys are relative to, ``ledger`` its ledger."""

    file: Path
    content_root: Path
    ledger: Path


def find_project(start: Path) -> Project | None:
    """The project of a file or folder, or ``None`` where no folder above it has a publisher.toml.

    Raises :class:`ConfigurationError` if that file is not usable.
    """
    here = Path(start).absolute()
    for folder in (here, *here.parents):
        file = folder / PROJECT_FILE
        if file.is_file():
            return read_project(file)
    return None


def read_project(file: Path) -> Project:
    """The project that a publisher.toml describes. Raises :class:`ConfigurationError` with file and line."""
    try:
        stat = file.stat()
        return _read(file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ConfigurationError(
            f"the project file cannot be read ({error.strerror})", path=file, hint="Check its permissions."
        ) from None


@lru_cache(maxsize=64)
def _read(file: Path, _mtime_ns: int, _size: int) -> Project:
    try:
        settings: dict[str, Any] = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigurationError("the project file is not UTF-8", path=file, hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        raise ConfigurationError(
            f"the project file is not TOML: {error}",
            path=file,
            line=int(place[1]) if place else None,
            hint="Correct that line.",
        ) from None
    root = settings.get("content_root", ".")
    if not isinstance(root, str) or not root:
        raise ConfigurationError(
            f"content_root is the path of a folder, found {root!r}",
            path=file,
            field="content_root",
            hint='Write for example content_root = "posts".',
        )
    content_root = (file.parent / root).resolve()
    if not content_root.is_dir():
        raise ConfigurationError(
            f"there is no folder {content_root}",
            path=file,
            field="content_root",
            hint="Make the folder, or correct content_root.",
        )
    return Project(file, content_root, file.parent / ".publisher" / "ledger.db")
