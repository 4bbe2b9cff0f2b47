"""The project that an article belongs to: the nearest ``publisher.toml`` above it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from publisher.content.rules import DEFAULTS, LEAKS, RAW_HTML, Rules
from publisher.content.settings import read_settings
from publisher.errors import ConfigurationError

__all__ = ["PROJECT_FILE", "Project", "find_project", "read_project"]

PROJECT_FILE = "publisher.toml"

#: What a publisher.toml may say. Of its targets :mod:`publisher.config` knows.
_KEYS = ("content_root", "static_root", "category_separator", "raw_html", "allow", "targets")


class Project(NamedTuple):
    """What a publisher.toml says.

    ``file`` is that file, ``content_root`` the folder that keys are relative to, ``ledger`` the project's ledger.
    ``rules`` are those by which its articles are read, and ``static_root`` the folder of image paths that begin with
    ``/``: Hugo's ``static``, or the root of a Jekyll site.
    """

    file: Path
    content_root: Path
    ledger: Path
    rules: Rules = DEFAULTS
    static_root: Path | None = None


def find_project(start: str | Path) -> Project | None:
    """The project of a file or folder, or ``None`` where no folder above it has a publisher.toml.

    Raises :class:`ConfigurationError` if that file is not usable.
    """
    for file in _candidates(os.path.abspath(start)):  # noqa: PTH100 - asked for every article: Path costs ten times this
        if os.path.isfile(file):  # noqa: PTH113
            return read_project(Path(file))
    return None


@lru_cache(maxsize=1024)
def _candidates(folder: str) -> tuple[str, ...]:
    here = Path(folder)
    return tuple(str(above / PROJECT_FILE) for above in (here, *here.parents))


def read_project(file: Path) -> Project:
    """The project that a publisher.toml describes: of its keys ``content_root`` (default: its own folder),
    ``category_separator`` (default: none), ``raw_html`` ("trust", "sanitize" or "refuse"; default: trust), ``allow``
    (a list of leaks; default: none) and ``static_root`` (default: none).

    Raises :class:`ConfigurationError` with file, line and field; if several are wrong, one error says them all.
    """
    try:
        stat = file.stat()
        return _read(file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ConfigurationError(
            f"the project file cannot be read ({error.strerror})", path=file, hint="Check its permissions."
        ) from None


@lru_cache(maxsize=64)
def _read(file: Path, _mtime_ns: int, _size: int) -> Project:
    read = read_settings(file)
    content_root = read.folder("content_root", "posts")
    static_root = read.folder("static_root", "static")
    rules = Rules(
        category_separator=read.text("category_separator", "the sign between the names of a path", "/"),
        raw_html=read.one_of("raw_html", RAW_HTML, RAW_HTML[0]),
        allow=read.several_of("allow", LEAKS),
        static_root=read.values["static_root"] if static_root else "",
    )
    read.only(_KEYS)
    read.raise_faults()
    return Project(
        file, content_root or file.parent.resolve(), file.parent / ".publisher" / "ledger.db", rules, static_root
    )
