"""Where the links of an article lead to: within the page, and to the files beside it where such links are allowed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from publisher.content.articles import gathered_from_file
from publisher.content.checking.anatomy import Anatomy, Link, anatomy
from publisher.errors import PublisherError
from publisher.models.article import Leak
from publisher.models.checkup import Finding, Verdict

__all__ = ["Pages", "about_links"]

_MARKDOWN = (".md", ".markdown")
# What a site generator makes of other files: nothing beside the article has such a name.
_MADE = (".html", ".htm", ".php", ".xml", ".aspx")
_NO_HOST = re.compile(r"https?:(?!//[^/?#])", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)


class Pages:
    """The ids of other articles, for links that lead into them. The last few thousand are remembered."""

    def __init__(self) -> None:
        self.ids = lru_cache(4096)(_ids)


def _ids(file: Path) -> frozenset[str] | None:
    """What a link can lead to within an article; ``None`` where it cannot be read, which its own check tells."""
    try:
        values = gathered_from_file(file, images=False).values
    except PublisherError:
        return None
    return anatomy(values["body"], values.get("raw_html", "trust")).ids


def about_links(parts: Anatomy, allow: Collection[Leak], path: Path | None, pages: Pages) -> Iterator[Finding]:
    """What is wrong with the links of a body, with its lines. ``path`` is the article's file, if it has one.

    A link to a file beside the article is a leak already, unless it is allowed; then the file has to be there.
    """
    for link in parts.links:
        if not link.href:
            yield _finding("broken link", "the link has no address", "Write where it leads to.", link, "warning")
        elif link.href.startswith("#"):
            yield from _anchor(link, link.href[1:], parts.ids, "here")
        elif _NO_HOST.match(link.href):
            what = f"the address {link.href!r} names no site"
            yield _finding("broken link", what, "Write the whole address.", link)
        elif path is not None and "relative-link" in allow and not _ELSEWHERE.match(link.href):
            yield from _file(link, path, pages)


def _file(link: Link, article: Path, pages: Pages) -> Iterator[Finding]:
    parts = urlsplit(link.href)
    spelled = unquote(parts.path)
    suffix = Path(spelled).suffix.lower()
    if not suffix or suffix in _MADE or "\0" in spelled:
        return  # an address of the site, as far as anybody can tell
    file = article.parent / spelled
    if not file.is_file():
        yield _finding("broken link", f"there is no file {spelled!r} beside the article", "Correct the link.", link)
    elif suffix in _MARKDOWN:
        ids = pages.ids(file)
        if ids is not None:
            yield from _anchor(link, parts.fragment, ids, f"in {spelled}")


def _anchor(link: Link, fragment: str, ids: Collection[str], where: str) -> Iterator[Finding]:
    # "#:~:text=…" marks words in the page: https://wicg.github.io/scroll-to-text-fragment/
    wanted = fragment.partition(":~:")[0]
    # An empty one and "top" lead to the top of every page.
    # https://html.spec.whatwg.org/multipage/browsing-the-web.html#the-indicated-part-of-the-document
    if not wanted or wanted in ids or unquote(wanted) in ids or wanted.lower() == "top":
        return
    # Comparing takes its time; who has so many ids has an index of them.
    close = get_close_matches(unquote(wanted).lower(), sorted(ids), 1) if len(ids) < 500 else []
    hint = f"Is {close[0]!r} meant?" if close else "Link to the id of a heading, or write one: ## Setup {#setup}."
    yield _finding("broken anchor", f"nothing {where} has the id {unquote(wanted)!r}", hint, link)


def _finding(subject: str, what: str, remedy: str, link: Link, verdict: Verdict = "problem") -> Finding:
    return Finding(verdict=verdict, subject=subject, what=what, remedy=remedy, line=link.line)
