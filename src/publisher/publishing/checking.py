"""check: all that can be wrong with articles, found before anything is sent."""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cachetools import LRUCache, cached

from publisher.backends.base import Backend
from publisher.content.checking import Checker, Looked, finding_of
from publisher.content.images.finding import THREADS
from publisher.content.images.renditions import misfit
from publisher.errors import ContentError
from publisher.models import Article, Asset, Checkup, Finding, Target
from publisher.planning import Wanted, clashes
from publisher.publishing.sources import Articles, places

__all__ = ["checked"]

#: How many articles are read before the first of them is forgotten again.
CHUNK = 64


def checked(articles: Articles, targets: Sequence[Backend], now: dt.datetime) -> Checkup:
    """See :func:`publisher.check`. ``now`` has a zone."""
    folder = Folder(targets, now)
    each = _each(articles)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="publisher-checking") as pool:
        while some := list(islice(each, CHUNK)):
            for looked in pool.map(folder.look, some):
                folder.add(looked)
    about = str(articles) if isinstance(articles, str | Path) else _counted(folder.articles)
    return Checkup(about, tuple(folder.findings()))


class Folder:
    """Articles that are looked at one by one, of which only findings and claims are kept."""

    def __init__(self, targets: Sequence[Backend], now: dt.datetime) -> None:
        self._targets = targets
        self._checker = Checker(now)
        # By its id: an asset in memory holds its bytes.
        self._misfit = cached(LRUCache(4096), key=lambda asset: asset.id, condition=threading.Condition())(misfit)
        self._found: list[list[Finding]] = []
        self._right: list[bool] = []
        self._lines: list[Mapping[str, int | None]] = []
        self._titles: dict[tuple[str, str, str], str] = {}
        self._told: set[Finding] = set()
        self._wanted: list[Wanted] = []
        self.articles = 0

    def look(self, one: Article | Path | ContentError) -> Looked:
        """All about one article that can be said without the others. Several threads may call it."""
        if isinstance(one, ContentError):
            return Looked("", [finding_of(fault, "") for fault in one.all])
        looked = self._checker.look(one)
        looked.findings.extend(self._for_targets(looked))
        return looked

    def add(self, looked: Looked) -> None:
        """Remember what was found, and what the article claims for itself."""
        findings = looked.findings + list(self._same_title(looked))
        # What is wrong with the project is found with each of its articles, and told once.
        self._found.append([one for one in findings if one.subject != "project file" or one not in self._told])
        self._right.append(not findings)
        self.articles += bool(looked.where)
        self._told.update(one for one in findings if one.subject == "project file")
        overrides = looked.article.targets if looked.article else {}
        slugs = {name: str(fields["slug"]) for name, fields in overrides.items() if fields.get("slug")}
        where = looked.where if looked.article is None or looked.article.source else None
        unread = None if looked.key and looked.slug else ContentError("the article could not be read")
        self._wanted.append(Wanted(looked.key, looked.slug, "", where, unread, slugs))
        lines = {name: looked.line_of(("targets", name, "slug")) for name in slugs}
        self._lines.append({"id": looked.line_of(("id",)), "slug": looked.line_of(("slug",)), **lines})

    def findings(self) -> Iterator[Finding]:
        """Everything, in the order of the articles and their lines; what is right comes last, as one finding."""
        clashing = {number: _joined(at_targets) for number, at_targets in self._clashes().items()}
        for number, findings in enumerate(self._found):
            yield from sorted(findings + clashing.get(number, []), key=lambda finding: finding.line or 0)
        right = sum(is_right and number not in clashing for number, is_right in enumerate(self._right))
        if right:
            some = f"{right} of " if right < self.articles else ""
            said = f"nothing is wrong with {some}{_counted(self.articles)}"
            yield Finding(verdict="good", subject="articles", what=said)

    def _for_targets(self, looked: Looked) -> list[Finding]:
        if looked.article is None:
            return []
        return _joined([list(self._at(backend, looked, looked.article)) for backend in self._targets])

    def _at(self, backend: Backend, looked: Looked, article: Article) -> Iterator[Finding]:
        target = backend.target.identity
        try:
            theirs = article.at(backend.target)
        except ContentError as error:
            yield from (looked.placed(finding_of(fault, looked.where, target)) for fault in error.all)
            return
        for finding in backend.review(theirs):
            yield looked.placed(replace(finding, target=target))
        for src, asset in theirs.assets.items():
            fault = self._misfit(asset.fitted(backend.images))
            if fault is not None:
                yield self._of_image(looked, src, asset, fault, target)

    @staticmethod
    def _of_image(looked: Looked, src: str, asset: Asset, error: ContentError, target: str) -> Finding:
        mention = looked.mentions.get(src)
        return Finding(
            verdict="problem",
            subject="unfit image",
            what=f"image {src!r} ({asset.name}): {error.what}" if src != asset.name else f"image {src!r}: {error.what}",
            remedy=error.hint,
            path=looked.where,
            line=mention.line if mention else None,
            field=mention.field if mention else None,
            target=target,
        )

    def _same_title(self, looked: Looked) -> Iterator[Finding]:
        article = looked.article
        if article is None:
            return
        # A translation often keeps the title, and a page may be called as a post is.
        said = (article.title.casefold(), article.language.casefold(), article.type)
        other = self._titles.setdefault(said, looked.where)
        if other != looked.where:
            yield looked.placed(
                Finding(
                    verdict="warning",
                    subject="duplicate title",
                    what=f"{other} has the title {article.title!r} as well",
                    remedy="Give each article a title of its own, so that readers can tell them apart.",
                    field="title",
                )
            )

    def _clashes(self) -> dict[int, list[list[Finding]]]:
        """Articles with one key or one slug: by the article's place, for each target, or for none in particular."""
        targets: list[Target | None] = [backend.target for backend in self._targets] or [None]
        found: dict[int, list[list[Finding]]] = defaultdict(lambda: [[] for _ in targets])
        for at, target in enumerate(targets):
            names = target.names if target else ()
            wanted = [one.at(target) for one in self._wanted] if target else self._wanted
            for number, error in clashes(wanted).items():
                claim = self._wanted[number]
                slug = next((name for name in reversed(names) if name in claim.slugs), "slug")
                one = finding_of(error, claim.where or f"article {claim.key!r}", target.identity if target else None)
                line = self._lines[number].get("id" if error.field == "id" else slug)
                found[number][at].append(replace(one, line=line))
        return found


def _each(articles: Articles) -> Iterator[Article | Path | ContentError]:
    """Each article and file once; in the place of what is neither, what is wrong with it."""
    seen: set[Path] = set()
    listed: Iterable[Article | str | Path] = [articles] if isinstance(articles, Article | str | Path) else articles
    for one in listed:
        try:
            found = places(one)
        except ContentError as error:
            yield error
            continue
        for place in found:
            if isinstance(place, Article):
                yield place
            elif place.absolute() not in seen:
                seen.add(place.absolute())
                yield place


def _joined(at_targets: Sequence[Sequence[Finding]]) -> list[Finding]:
    """The findings of all targets; what is found at every one of several is told once, for none of them."""
    if len(at_targets) < 2:
        return [finding for findings in at_targets for finding in findings]
    everywhere = set.intersection(*({replace(one, target=None) for one in findings} for findings in at_targets))
    first = [replace(one, target=None) for one in at_targets[0] if replace(one, target=None) in everywhere]
    return first + [one for findings in at_targets for one in findings if replace(one, target=None) not in everywhere]


def _counted(many: int) -> str:
    return f"{many} article{'' if many == 1 else 's'}"
