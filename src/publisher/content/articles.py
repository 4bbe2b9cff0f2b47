"""Articles from files and from text: read once, and everything that is wrong with a file is told at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from publisher.content.fields import read_fields
from publisher.content.folders import article_files
from publisher.content.frontmatter import Head, split
from publisher.content.glance import is_plain, may_hold_images
from publisher.content.headings import title_of_body
from publisher.content.images.finding import Mention, Place, image_sources, is_local, resolve_all
from publisher.content.leaks import find_leaks, may_leak
from publisher.content.naming import date_of, key_of, own_name, slug_of
from publisher.content.project import Project, find_project
from publisher.content.rawhtml import refusals
from publisher.content.rules import DEFAULTS, LEAKS, Rules
from publisher.errors import ContentError
from publisher.models.article import Article, Leak, RawHtml, Source
from publisher.models.asset import Asset

__all__ = [
    "Gathered",
    "article_files",
    "article_from_file",
    "article_from_text",
    "article_of",
    "gathered_from_file",
    "reviewed",
]


class Gathered(NamedTuple):
    """What a file or a text says, before an article is made of it.

    ``values`` are those of :class:`publisher.Article`, as far as they could be read: ``body`` and ``first_line`` among
    them always. ``faults`` is all that is wrong; ``head`` answers the lines of fields, ``mentions`` are the images that
    are named.
    """

    values: dict[str, Any]
    faults: list[ContentError]
    head: Head
    mentions: Sequence[Mention]


def article_from_file(
    path: Path,
    root: Path | None = None,
    *,
    raw_html: RawHtml | None = None,
    allow: Sequence[Leak] | None = None,
    category_separator: str | None = None,
    project_of: Callable[[str], Project | None] = find_project,
) -> Article:
    """Read a Markdown file with front matter, and the local images that it uses.

    ``root`` is the folder that keys are relative to; by default the ``content_root`` of the nearest publisher.toml
    above the file, which ``project_of`` answers for its folder (who reads many files keeps the answers). Without either
    the key is the slug, and images must lie in the article's own folder. ``raw_html``, ``allow`` and
    ``category_separator`` count before those of the project; what the front matter allows is allowed besides.

    Raises :class:`ContentError` that names every fault of the file with line and field (see ``others``): of its front
    matter, its title, its images, and whatever of the author's tools would be seen on the page.
    """
    gathered = gathered_from_file(
        path, root, raw_html=raw_html, allow=allow, category_separator=category_separator, project_of=project_of
    )
    return article_of(gathered, path)


def gathered_from_file(
    path: Path,
    root: Path | None = None,
    *,
    raw_html: RawHtml | None = None,
    allow: Sequence[Leak] | None = None,
    category_separator: str | None = None,
    project_of: Callable[[str], Project | None] = find_project,
    images: bool = True,
) -> Gathered:
    """What a file says and all that is wrong with it. The arguments are those of :func:`article_from_file`; without
    ``images`` no other file is looked into.

    Raises :class:`ContentError` where nothing can be said but that: a file that cannot be read, a head that is not
    closed.
    """
    source = _read(path)
    here = os.path.dirname(path)  # noqa: PTH120 - for every article: Path.parent costs four times as much
    project = project_of(here)
    rules = (project.rules if project else DEFAULTS).but(raw_html, allow, category_separator)

    def place() -> Place:
        roots = [folder for folder in (root, project.file.parent if project else None) if folder is not None]
        static_root = project.static_root if project else None
        return Place(path, tuple(dict.fromkeys(roots)) or (Path(here),), static_root)

    root = root or (project.content_root if project else None)
    return _gathered(source, rules, path=path, root=root, place=place if images else None)


def article_from_text(
    text: str | bytes,
    key: str = "",
    *,
    raw_html: RawHtml | None = None,
    allow: Sequence[Leak] | None = None,
    category_separator: str | None = None,
) -> Article:
    """Read an article from text with front matter. Local images cannot be found without a file: they are left, and
    refused when the article is published without them among its assets.

    ``key`` counts before the ``id`` of the front matter. ``raw_html`` is "trust" by default, ``allow`` nothing, and
    categories are not parted. Raises as :func:`article_from_file`.
    """
    source = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return article_of(_gathered(source, DEFAULTS.but(raw_html, allow, category_separator), key=key), None)


def reviewed(article: Article) -> Article:
    """The same article, after a look at what a file is looked into for when it is read: a caller made this one.

    Raises :class:`ContentError` with the article's key, and the line of its body, for each leak that is not allowed and
    for each local image that is not among its assets; ``allow=("relative-link",)`` leaves such images as they are.
    """
    if article.source is not None and article.source.fields == article.fields_digest():
        return article
    faults = []
    if not is_plain(article.body):
        faults = _leaks(article.body, article.first_line, article.allow, article.raw_html, article=article.key)
        faults += _images_without_assets(article)
    if faults:
        raise ContentError.of(faults)
    return article


def _images_without_assets(article: Article) -> list[ContentError]:
    if "relative-link" in article.allow:
        return []
    return [
        ContentError(
            f"there is no image {src!r} among the article's assets",
            hint="Pass assets={…: Asset.from_bytes(…)} with the source as the body spells it, or write its address.",
            article=article.key,
            line=line + article.first_line - 1,
            code="broken image",
        )
        for src, line in image_sources(article.body)
        if src not in article.assets and unquote(src) not in article.assets
    ]


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - Path.open costs as much again
            return file.read()
    except FileNotFoundError:
        raise _unreadable("there is no such file", path, "Check the path.") from None
    except IsADirectoryError:
        raise _unreadable("this is a folder", path, "Name a Markdown file.") from None
    except OSError as error:
        raise _unreadable(f"the file cannot be read ({error.strerror})", path, "Check its permissions.") from None


def _unreadable(what: str, path: Path | None, hint: str, line: int | None = None) -> ContentError:
    return ContentError(what, hint=hint, path=path, line=line, code="unreadable file")


def _gathered(
    source: bytes,
    rules: Rules,
    *,
    key: str = "",
    path: Path | None = None,
    root: Path | None = None,
    place: Callable[[], Place] | None = None,
) -> Gathered:
    head = split(_decoded(source, path), path)
    name = own_name(path) if path else ""
    fields = read_fields(head, path, rules, date_of(name))
    values, body, first_line = fields.values, head.body, head.first_line
    faults = [*head.faults, *fields.faults]
    if values.get("title") == "" or "title" not in values:
        titled = title_of_body(body)
        if titled is None:
            faults += [] if any(fault.field == "title" for fault in faults) else [_no_title(path)]
        else:
            values["title"], body, first_line = titled.title, titled.body, first_line + titled.lines
    values["body"], values["first_line"] = body, first_line
    if rules.raw_html != DEFAULTS.raw_html:
        values["raw_html"] = rules.raw_html
    allow = values["allow"] = _allowed(rules.allow, fields.allow)
    values["key"] = key or fields.id
    plain = is_plain(body)
    if not plain:
        faults += _leaks(body, first_line, allow, rules.raw_html, path=path)
    if path is not None:
        values["source"] = Source(path=path, digest=_digest(source, rules))
        values["slug"] = values.get("slug") or slug_of(name)
    mentions: Sequence[Mention] = ()
    if place is not None:
        uses = [] if plain or not may_hold_images(body) else image_sources(body)
        mentions = [*fields.images, *(Mention(src, line + first_line - 1) for src, line in uses)]
        values["assets"], wrong = _assets(mentions, place) if mentions else ({}, [])
        faults += wrong
    if path is not None and root is not None and not values["key"]:
        try:
            values["key"] = key_of(path, root)
        except ContentError as fault:
            faults.append(fault)
    return Gathered(values, faults, head, mentions)


def article_of(gathered: Gathered, path: Path | None) -> Article:
    """The article that was gathered. Raises :class:`ContentError` that names every fault."""
    if gathered.faults:
        raise ContentError.of(gathered.faults)
    try:
        return Article(**gathered.values)
    except ContentError as error:
        line = gathered.head.line_of((error.field,)) if error.field else None
        raise ContentError(error.what, path=path, line=line, field=error.field, hint=error.hint) from None


def _digest(source: bytes, rules: Rules) -> str:
    """SHA-256 of the bytes alone, or of them and the rules where these are not the defaults."""
    said = str(rules)
    # No article that is read holds a NUL.
    return hashlib.sha256(source + b"\0" + said.encode() if said else source).hexdigest()


def _decoded(source: bytes, path: Path | None) -> str:
    try:
        text = source.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = 1 + source.count(b"\n", 0, error.start)
        raise _unreadable("the text is not UTF-8", path, "Save the file as UTF-8.", line) from None
    if "\0" in text:
        line = 1 + text.count("\n", 0, text.index("\0"))
        what = "the text holds a NUL character, which no page can show"
        raise _unreadable(what, path, "Save the file as UTF-8, or remove the character.", line)
    if not text or text.isspace():
        raise _unreadable("the file is empty" if path else "the text is empty", path, "Write an article.")
    return text


def _no_title(path: Path | None) -> ContentError:
    return ContentError(
        "the article has no title",
        path=path,
        line=1,
        field="title",
        hint="Write a title in the front matter, or begin the text with '# Title'.",
        code="missing title",
    )


def _allowed(by_rules: Sequence[Leak], by_author: Sequence[Leak]) -> tuple[Leak, ...]:
    """What either of them allows, in one order; words that are no kinds of leaks are left for the article to refuse."""
    if not by_rules and not by_author:
        return ()
    both = dict.fromkeys((*by_rules, *by_author))
    return tuple(sorted(both, key=lambda kind: LEAKS.index(kind) if kind in LEAKS else len(LEAKS)))


def _leaks(
    body: str,
    first_line: int,
    allow: Sequence[Leak],
    raw_html: RawHtml,
    *,
    path: Path | None = None,
    article: str | None = None,
) -> list[ContentError]:
    """What may not be seen on a page; where raw HTML is refused, that as well."""
    faults = refusals(body) if raw_html == "refuse" else []
    for leak in find_leaks(body) if may_leak(body) else ():
        if leak.kind not in allow:
            what = f"{leak.found!r} must not be seen on a page ({leak.kind})"
            code = "broken link" if leak.kind in ("local-path", "relative-link") else "leak"
            faults.append(ContentError(what, hint=leak.hint, line=leak.line, code=code))
    return [
        ContentError(
            fault.what,
            hint=fault.hint,
            path=path,
            article=article,
            line=(fault.line or 1) + first_line - 1,
            code=fault.code,
        )
        for fault in faults
    ]


def _assets(mentions: Sequence[Mention], place: Callable[[], Place]) -> tuple[dict[str, Asset], list[ContentError]]:
    """The local images among the mentions, each looked into once, and what is wrong with them."""
    first: dict[str, Mention] = {}
    for mention in mentions:
        if is_local(mention.src):
            first.setdefault(mention.src, mention)
    if not first:
        return {}, []
    found = dict(zip(first, resolve_all(list(first.values()), place()), strict=True))
    return (
        {src: one for src, one in found.items() if isinstance(one, Asset)},
        [one for one in found.values() if isinstance(one, ContentError)],
    )
