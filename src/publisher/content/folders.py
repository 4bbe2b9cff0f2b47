"""The articles of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from publisher.errors import ContentError

__all__ = ["article_files"]

_EXTENSIONS = (".md", ".markdown")


def article_files(folder: Path) -> list[Path]:
    """All ``*.md`` and ``*.markdown`` files in a folder and below it, sorted; hidden files and folders are skipped.

    A folder is visited once, whatever links lead to it. Raises :class:`ContentError` if there is no such folder, or if
    one below it cannot be looked into.
    """
    if not folder.is_dir():
        raise ContentError("there is no such folder", path=folder, hint="Name a folder that holds articles.")
    # As paths are sorted, by their parts, but parting each of them once.
    return [Path(file) for file in sorted(_walk(folder), key=lambda file: file.split("/"))]


def _unreadable(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return  # it went away in the meantime
    raise ContentError(
        f"the folder cannot be read ({error.strerror})",
        path=error.filename,
        hint="Check its permissions.",
        code="unreadable folder",
    ) from None


def _walk(top: Path) -> Iterator[str]:
    real_top = top.resolve()
    seen: set[Path] = set()
    for name, folders, files in os.walk(top, onerror=_unreadable, followlinks=True):
        here = Path(name)
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for folder in list(folders):
            if (here / folder).is_symlink():
                real = (here / folder).resolve()
                # What lies below the top is visited anyway, and what lies around it would come back to it.
                if real in seen or real.is_relative_to(real_top) or real_top.is_relative_to(real):
                    folders.remove(folder)
                seen.add(real)
        for file in files:
            if not file.startswith(".") and file.lower().endswith(_EXTENSIONS):
                found = os.path.join(name, file)  # noqa: PTH118 - thousands of them
                if os.path.isfile(found):  # noqa: PTH113
                    yield found
