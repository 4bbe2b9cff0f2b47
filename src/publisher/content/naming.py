"""What the path of an article says of it: its key, its slug, its date."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from slugify import slugify

from publisher.content.fields.dates import date_from_text
from publisher.errors import ContentError

__all__ = ["date_of", "key_of", "own_name", "slug_of"]

_JEKYLL = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})-(?P<name>.+)")
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 190


def own_name(path: Path) -> str:
    """What a file is called: its name without the extension, or its folder's name if it is an index."""
    stem = os.path.splitext(os.path.basename(path))[0]  # noqa: PTH119, PTH122 - for every article
    if stem.lower() != "index":
        return stem
    return path.absolute().parent.name or stem


def slug_of(name: str) -> str:
    """The slug of a name without the date that Jekyll puts before it; may be empty."""
    dated = _JEKYLL.fullmatch(name)
    plain = dated["name"] if dated else name
    return plain if len(plain) <= _LONGEST and _PLAIN.fullmatch(plain) else slugify(plain, max_length=_LONGEST)


def date_of(name: str) -> dt.datetime | None:
    """The date that Jekyll puts before a name."""
    dated = _JEKYLL.fullmatch(name)
    try:
        return date_from_text(dated["date"]) if dated else None
    except ValueError:
        return None  # 2026-13-45-report.md: digits, but no day


def key_of(path: Path, root: Path) -> str:
    """The path under the content root, without the extension; an index takes its folder's.

    Raises :class:`ContentError` for a file outside of it.
    """
    # Links are followed only if they must be: the key is the path that the author sees.
    name = _below(os.path.abspath(path), os.path.abspath(root)) or _below(  # noqa: PTH100 - for every article
        os.path.realpath(path), os.path.realpath(root)
    )
    if name is None:
        raise ContentError(
            f"the article lies outside the content root {root}",
            path=path,
            hint="Move it there, or give it an id in its front matter.",
            code="outside content root",
        )
    folder, _, file = name.rpartition("/")
    return folder if folder and file.lower() == "index" else name


def _below(file: str, folder: str) -> str | None:
    """The path of a file within a folder, without its extension, parted by ``/``."""
    inside = folder.rstrip(os.sep) + os.sep
    if not file.startswith(inside):
        return None
    return os.path.splitext(file[len(inside) :])[0].replace(os.sep, "/")  # noqa: PTH122
