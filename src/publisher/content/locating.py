"""Where in its file a field of an article stands: for what is found to be wrong with it only at a target."""

from __future__ import annotations

from pathlib import Path

from publisher.content.fields.given import spellings
from publisher.content.frontmatter import split
from publisher.errors import ContentError, PublisherError, RefusedError, error_from_record

__all__ = ["with_lines"]


def with_lines(error: PublisherError) -> PublisherError:
    """The error with the line of each field that it is about, as far as the front matter of its file says it.

    Reads the file; one that cannot be read any more leaves the error as it is.
    """
    about_it = isinstance(error, ContentError | RefusedError)  # others may name a field of publisher.toml
    if not about_it or all(one.line or not (one.path and one.field) for one in error.all):
        return error
    record = error.record()
    for one in (record, *record["others"]):
        if one["path"] and one["field"] and not one["line"]:
            one["line"] = _line_of(Path(one["path"]), one["field"])
    return error_from_record(record)


def _line_of(path: Path, field: str) -> int | None:
    try:
        head = split(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError, ContentError):
        return None
    first, *inner = field.split(".")
    lines = [head.line_of((name, *inner)) for name in spellings(first)]
    lines += [head.line_of((name,)) for name in spellings(first)]
    return next((line for line in lines if line is not None), None)
