"""Articles from files and from text."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from slugify import slugify

from publisher.content.fields import Fields, date_from_text, read_fields
from publisher.content.frontmatter import Head, split
from publisher.content.images import Place, image_sources, is_local, resolve
from publisher.content.markdown import parse, plain_text
from publisher.content.project import Project, find_project
from publisher.errors import ContentError
from publisher.models.article import Article, Source
from publisher.models.asset import Asset

__all__ = ["article_files", "article_from_file", "article_from_text"]

_EXTENSIONS = (".md", ".markdown")
_JEKYLL = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})-(?P<name>.+)")


def article_files(folder: Path) -> list[Path]:
    """All ``*.md`` and ``*.markdown`` files in a folder and below it, sorted; hidden files and folders are skipped.

    A folder is visited once, whatever links lead to it. Raises :class:`ContentError` if there is no such folder.
    """
    if not folder.is_dir():
        raise ContentError("there is no such folder", path=folder, hint="Name a folder that holds articles.")
    return sorted(_walk(folder))


def _walk(top: Path) -> Iterator[Path]:
    real_top = top.resolve()
    seen: set[Path] = set()
    for name, folders, files in os.walk(top, followlinks=True):
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
            if not file.startswith(".") and file.lower().endswith(_EXTENSIONS) and (here / file).is_file():
                yield here / file


def article_from_file(path: Path, root: Path | None = None, project: Project | None = None) -> Article:
    """Read a Markdown file with front matter, and the local images that it uses.

    ``root`` is the folder that keys are relative to; by default the ``content_root`` of ``project``, which by default
    is the nearest publisher.toml above the file. Without either the key is the slug, and images must lie in the
    article's own folder. Raises :class:`ContentError` with file, line and field.
    """
    source = _read(path)
    project = project or find_project(path.parent)
    root = root or (project.content_root if project else None)
    roots = [folder for folder in (root, project.file.parent if project else None) if folder is not None]
    place = Place(path, tuple(dict.fromkeys(roots)) or (path.parent,))
    return _article(source, path=path, root=root, place=place)


def article_from_text(text: str | bytes, key: str = "") -> Article:
    """Read an article from text with front matter. Local images cannot be resolved without a file: they are left.

    ``key`` counts before the ``id`` of the front matter. Raises :class:`ContentError` with line and field.
    """
    return _article(text.encode() if isinstance(text, str) else text, key=key)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ContentError("there is no such file", path=path, hint="Check the path.") from None
    except IsADirectoryError:
        raise ContentError("this is a folder", path=path, hint="Name a Markdown file.") from None
    except OSError as error:
        raise ContentError(
            f"the file cannot be read ({error.strerror})", path=path, hint="Check its permissions."
        ) from None


def _article(
    source: bytes, *, key: str = "", path: Path | None = None, root: Path | None = None, place: Place | None = None
) -> Article:
    head = split(_decoded(source, path), path)
    fields = read_fields(head, path)
    title, head = (fields.title, head) if fields.title else _title_from_body(head, path)
    name = _JEKYLL.fullmatch(_own_name(path)) if path else None
    slug = fields.slug or (slugify(name["name"] if name else _own_name(path), max_length=190) if path else "")
    values: dict[str, Any] = {
        "key": key or fields.id or (_key(path, root) if path and root else ""),
        "title": title,
        "body": head.body,
        "slug": slug,
        "status": fields.status,
        "date": fields.date or (_date_of_name(name["date"]) if name else None),
        "excerpt": fields.excerpt,
        "tags": fields.tags,
        "categories": fields.categories,
        "image": fields.image,
        "assets": _assets(fields, head, place) if place else {},
        "extra": fields.extra,
        "source": Source(path=path, digest=hashlib.sha256(source).hexdigest()) if path else None,
        "first_line": head.first_line,
    }
    try:
        return Article(**values)
    except ContentError as error:
        if path is None or error.path is not None:
            raise
        raise ContentError(error.what, path=path, field=error.field, hint=error.hint) from None


def _decoded(source: bytes, path: Path | None) -> str:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(
            "the text is not UTF-8",
            path=path,
            line=1 + source.count(b"\n", 0, error.start),
            hint="Save the file as UTF-8.",
        ) from None
    if not text.strip():
        raise ContentError("the file is empty" if path else "the text is empty", path=path, hint="Write an article.")
    return text


def _title_from_body(head: Head, path: Path | None) -> tuple[str, Head]:
    """The first level-1 heading, and the head without it."""
    tokens = parse(head.body)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0 and token.map:
            title = " ".join(plain_text(inline.children).split())
            if not title:
                continue
            start, end = token.map
            lines = head.body.split("\n")
            if "".join(lines[:start]).strip():
                # Empty lines in its place keep what stands around it apart, and the numbers of the lines.
                lines[start:end] = [""] * (end - start)
                return title, head._replace(body="\n".join(lines))
            while end < len(lines) - 1 and not lines[end].strip():
                end += 1
            return title, head._replace(body="\n".join(lines[end:]), first_line=head.first_line + end)
    raise ContentError(
        "the article has no title",
        path=path,
        line=1,
        field="title",
        hint="Write a title in the front matter, or begin the text with '# Title'.",
    )


def _own_name(path: Path | None) -> str:
    """What a file is called: its name without the extension, or its folder's name if it is an index."""
    if path is None:
        return ""
    stem = path.absolute().stem
    return (path.absolute().parent.name or stem) if stem.lower() == "index" else stem


def _date_of_name(written: str) -> dt.datetime | None:
    try:
        return date_from_text(written)
    except ValueError:
        return None  # 2026-13-45-report.md: digits, but no day


def _key(path: Path, root: Path) -> str:
    # Links are followed only if they must be: the key is the path that the author sees.
    file, folder = (Path(os.path.abspath(one)) for one in (path, root))  # noqa: PTH100
    if not file.is_relative_to(folder):
        file, folder = file.resolve(), folder.resolve()
    if not file.is_relative_to(folder):
        raise ContentError(
            f"the article lies outside the content root {root}",
            path=path,
            hint="Move it there, or give it an id in its front matter.",
        )
    name = file.relative_to(folder).with_suffix("")
    if name.name.lower() == "index" and name.parent.name:
        name = name.parent
    return name.as_posix()


def _assets(fields: Fields, head: Head, place: Place) -> dict[str, Asset]:
    assets: dict[str, Asset] = {}
    if fields.image and is_local(fields.image.src):
        field = "image" if head.values.get("image") is not None else "cover"
        assets[fields.image.src] = resolve(fields.image.src, place, line=head.lines.get(field), field=field)
    for src, line in image_sources(head.body):
        if src not in assets:
            assets[src] = resolve(src, place, line=line + head.first_line - 1)
    return assets
