"""The local images of an article: found in its tokens, and proved to be files that it may use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.content import rawhtml
from publisher.content.images.assets import asset_from_file
from publisher.content.markdown import parse, with_lines
from publisher.errors import ContentError
from publisher.models.asset import Asset

__all__ = ["Mention", "Place", "image_sources", "is_local", "resolve", "resolve_all"]

#: Images of one article that are looked into at a time: decoding releases the interpreter's lock.
THREADS = min(4, os.cpu_count() or 1)

_ELSEWHERE = re.compile(r"(?:https?|data|ftp|blob|cid):|//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Use(NamedTuple):
    """One use of an image: its source as the article spells it, and the line of the body (from 1)."""

    src: str
    line: int


class Mention(NamedTuple):
    """Where an article's file names an image: its source, the line of the file (from 1), and the front-matter field."""

    src: str
    line: int | None = None
    field: str | None = None


class Place(NamedTuple):
    """From where an article's image paths count, and the folders that they must stay in.

    Paths that begin with ``/`` count from ``static_root``, if there is one.
    """

    article: Path
    roots: tuple[Path, ...]
    static_root: Path | None = None


def is_local(src: str) -> bool:
    """Whether a source means a file beside the article, not something on the web or inside the article."""
    return bool(src.strip()) and not src.startswith("#") and not _ELSEWHERE.match(src.strip())


def image_sources(body: str) -> list[Use]:
    """The local images of a body, in their order: Markdown images, inline or by reference, and ``<img>`` tags."""
    return [use for use in _uses(parse(body), body) if is_local(use.src)]


def _uses(tokens: Sequence[Token], body: str) -> Iterator[Use]:
    lines = body.split("\n")
    for token, start, end in with_lines(tokens):
        if token.type == "html_block":
            yield from _raw(token.content, start + 1)
        line = start + 1
        for child in token.children or ():
            if child.type == "image":
                use = _markdown(child, body, line)
                # Code and link titles may hide line ends; the source itself tells, where it stands in the paragraph.
                seen = (number for number in range(line, end + 1) if use.src in lines[number - 1])
                yield use._replace(line=next(seen, line))
            elif child.type == "html_inline":
                yield from _raw(child.content, line)
            line += child.content.count("\n") + (child.type in ("softbreak", "hardbreak"))


def _markdown(image: Token, body: str, line: int) -> Use:
    src = str(image.attrs["src"])
    # The parser percent-encodes; the author's spelling is the one that stands in the body.
    return Use(src if src in body else unquote(src), line)


def _raw(markup: str, line: int) -> Iterator[Use]:
    for tag in rawhtml.images(markup):
        yield Use(tag.src, line + markup.count("\n", 0, tag.start))


def resolve(src: str, place: Place, *, line: int | None, field: str | None = None) -> Asset:
    """The file that a local source means.

    Raises :class:`ContentError` naming the article, ``line`` (of the source) and ``field`` if the source is an
    absolute path (but for one that begins with ``/`` where there is a static root), if there is no such file, if it
    lies outside the folders of ``place``, or if it is no image.
    """

    def wrong(what: str, hint: str) -> ContentError:
        return ContentError(what, hint=hint, path=place.article, line=line, field=field, code="broken image")

    static = place.static_root if src.startswith("/") else None
    if static is None and (_SCHEME.match(src) or src.startswith(("/", "\\"))):
        raise wrong(
            f"the image {src!r} is an absolute path, which says nothing about where the file is",
            "Write its path relative to the article, or set static_root in publisher.toml to the folder of such paths.",
        )
    file = _file(src.lstrip("/"), static) if static else _file(src, place.article.parent)
    if file is None:
        where = f"in {static}" if static else "beside the article"
        raise wrong(f"there is no image {src!r} {where}", "Correct the path, or add the file.")
    real = file.resolve()
    roots = (static,) if static else place.roots
    if not any(real.is_relative_to(root.resolve()) for root in roots):
        inside = " or ".join(str(root) for root in roots)
        raise wrong(f"the image {src!r} lies outside {inside}", "Move it there, so that nothing else is published.")
    try:
        return asset_from_file(real, file.name)
    except ContentError as error:
        raise wrong(f"image {src!r}: {error.what}", error.hint) from None


def resolve_all(mentions: Sequence[Mention], place: Place) -> list[Asset | ContentError]:
    """What :func:`resolve` says of each mention, in their order, from up to :data:`THREADS` threads.

    Faults are handed back and not raised, so that all faults of an article can be told at once.
    """

    def one(mention: Mention) -> Asset | ContentError:
        try:
            return resolve(mention.src, place, line=mention.line, field=mention.field)
        except ContentError as fault:
            return fault

    if len(mentions) < 2 or THREADS < 2:
        return [one(mention) for mention in mentions]
    with ThreadPoolExecutor(min(len(mentions), THREADS), thread_name_prefix="publisher-images") as pool:
        return list(pool.map(one, mentions))


def _file(src: str, folder: Path) -> Path | None:
    """The file of a source as it is written, percent-decoded, or without what follows ``?`` or ``#``."""
    bare = re.split(r"[?#]", src, maxsplit=1)[0]
    for spelling in (src, unquote(src), bare, unquote(bare)):
        if spelling and "\0" not in spelling and (folder / spelling).is_file():
            return folder / spelling
    return None
