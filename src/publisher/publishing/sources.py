"""What callers hand over (articles, files, folders) as articles that are wanted, read only when they must be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from publisher.content.articles import article_files, article_from_file, reviewed
from publisher.content.images.finding import THREADS
from publisher.content.project import Project, find_project
from publisher.errors import ConfigurationError, ContentError, PublisherError
from publisher.ledger import SourceFile
from publisher.models import Article
from publisher.models.article import readable
from publisher.planning import Wanted

Articles = Article | str | Path | Iterable[Article | str | Path]

#: A file that was written less than this long before it was read may change again within one tick of its mtime.
_FRESH_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that is wanted, and how to get it whole. ``source`` is what the ledger may remember of its file."""

    wanted: Wanted
    load: Callable[[], Article]
    source: SourceFile | None = None


def places(articles: Articles) -> list[Article | Path]:
    """The single articles and files that are meant: folders are looked into, sorted by path."""
    if isinstance(articles, Article):
        return [articles]
    if not isinstance(articles, str | Path):
        return [place for one in articles for place in places(one)]
    path = Path(articles)
    if not _is_dir(path):
        return [path]
    files = article_files(path)
    if not files:
        raise ContentError(
            "there is no article in this folder",
            path=path,
            hint="Articles are files that end in .md or .markdown.",
            code="no articles",
        )
    return list(files)


def _is_dir(path: Path) -> bool:
    """Raises :class:`ContentError` for what can be no path at all, such as the text of an article."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    except (OSError, ValueError):
        shown = str(path) if len(str(path)) < 60 else f"{str(path)[:60]}…"
        raise ContentError(
            f"{shown!r} is no path of a file",
            hint="For the text of an article use Article.from_text(…).",
            code="unreadable file",
        ) from None
    return path.is_dir()


def is_file(path: str) -> bool:
    """Whether there is a file of that name; False also for what can be no path."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def entries(found: Sequence[Article | Path], remembered: Mapping[str, SourceFile], now_ns: int) -> list[Entry]:
    """Every article that is wanted. A file that is what the ledger remembers is not read; the others are in threads.

    Looking into images is most of the work of reading, and it releases the interpreter's lock.
    """
    context_of = cache(lambda folder: _context(find_project(Path(folder))))  # once a folder, not once a file
    known = [
        _of_article(one) if isinstance(one, Article) else _as_remembered(one, remembered, context_of) for one in found
    ]

    def entry(one: Article | Path, known: Entry | None) -> Entry:
        if known is not None:
            return known
        assert isinstance(one, Path)
        return _read(one, now_ns, context_of)

    if known.count(None) < 2:
        return [entry(one, there) for one, there in zip(found, known, strict=True)]
    with ThreadPoolExecutor(THREADS, thread_name_prefix="publisher-reading") as pool:
        return list(pool.map(entry, found, known))


def _of_article(article: Article) -> Entry:
    where = str(article.source.path) if article.source else None
    return Entry(_wanted(article, where), lambda: reviewed(article))


def _as_remembered(path: Path, remembered: Mapping[str, SourceFile], context_of: Callable[[str], str]) -> Entry | None:
    """The entry of a file that the ledger knows as it is now; ``None`` for one that has to be read."""
    path = path.absolute()
    known = remembered.get(str(path))
    try:
        if known is None or known.context != context_of(os.path.dirname(known.path)) or not _is_as_it_was(known):  # noqa: PTH120
            return None
    except PublisherError:
        return None  # reading it says what is wrong
    wanted = Wanted(known.key, known.slug, known.digest, str(path), slugs=known.slugs)
    return Entry(wanted, lambda: article_from_file(path))


def _read(path: Path, now_ns: int, context_of: Callable[[str], str]) -> Entry:
    path = path.absolute()
    try:
        context = context_of(str(path.parent))
        before = _stamp(path)
        article = article_from_file(path)
    except PublisherError as error:
        return Entry(Wanted(error.article or readable(path.stem), "", "", str(path), error), _raising(error))
    stamps = [(str(asset.path), *asset.stamp) for asset in article.assets.values() if asset.path and asset.stamp]
    newest = max([before[1] if before else now_ns, *(mtime_ns for _, _, mtime_ns in stamps)])
    wanted = _wanted(article, str(path))
    source = None
    if before is not None and now_ns - newest > _FRESH_NS:
        source = SourceFile(str(path), context, *before, wanted.key, wanted.slug, wanted.slugs, wanted.digest, stamps)
    return Entry(wanted, lambda: article, source)


def _context(project: Project | None) -> str:
    """What else the key and the digest of a file follow from."""
    return f"{_version()} {project.content_root if project else ''} {project.rules if project else ''}"


def _wanted(article: Article, where: str | None) -> Wanted:
    slugs = {name: str(fields["slug"]) for name, fields in article.targets.items() if fields.get("slug")}
    return Wanted(article.key, article.slug, article.digest, where, slugs=slugs)


@cache
def _version() -> str:
    return version("publisher")


def _is_as_it_was(known: SourceFile) -> bool:
    files = [(known.path, known.size, known.mtime_ns), *known.assets]
    return all(_stamp(path) == (size, mtime_ns) for path, size, mtime_ns in files)


def _stamp(path: str | Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 - for every file of every plan: making a Path costs as much again
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _raising(error: PublisherError) -> Callable[[], Article]:
    def load() -> Article:
        raise error

    return load


def one_article(article: Article | str | Path) -> Article | Path:
    """Exactly one article. Raises :class:`ConfigurationError` for a folder."""
    if isinstance(article, Article):
        return article
    path = Path(article)
    if _is_dir(path):
        raise ConfigurationError(
            f"{path} is a folder, and publish takes one article", hint="Use publish_many for a folder."
        )
    return path
