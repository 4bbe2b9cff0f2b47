"""What is wrong with an article before any target sees it, without the network: front matter, images, links, anchors.

What keeps an article from being published is a problem, and so is a link that leads nowhere. What is published and may
be meant otherwise is a warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from publisher.content.articles import Gathered, article_of, gathered_from_file, reviewed
from publisher.content.checking.anatomy import anatomy
from publisher.content.checking.fields import about_fields
from publisher.content.checking.links import Pages, about_links
from publisher.content.checking.text import about_text
from publisher.content.frontmatter.parts import Place
from publisher.content.images.finding import Mention
from publisher.content.project import Project, find_project
from publisher.errors import ConfigurationError, PublisherError
from publisher.models.article import Article
from publisher.models.checkup import Finding

__all__ = ["Checker", "Looked", "finding_of"]


def _nowhere(_place: Place) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found about one article, and what is needed to look at it beside others and for single targets.

    ``where`` is its file, or its key in words. ``article`` is ``None`` where none can be made; ``key``, ``slug`` and
    ``title`` may be known all the same. ``line_of`` answers the line of a field, ``mentions`` where each image is named
    first.
    """

    where: str
    findings: list[Finding]
    article: Article | None = None
    key: str = ""
    slug: str = ""
    title: str = ""
    line_of: Callable[[Place], int | None] = _nowhere
    mentions: Mapping[str, Mention] = field(default_factory=dict)

    def placed(self, finding: Finding) -> Finding:
        """The finding with the file, and with the line of its field where it has no line of its own."""
        line = finding.line
        if line is None and finding.field:
            line = self.line_of(tuple(finding.field.split(".")))
        return replace(finding, path=finding.path or self.where, line=line)


class Checker:
    """Looks at one article after the other. Several threads may use it.

    ``now`` is what dates are compared with; it has a zone. ``project_of`` answers the project of a folder.
    """

    def __init__(self, now: dt.datetime, project_of: Callable[[str], Project | None] = find_project) -> None:
        self._now = now
        self._project_of = cache(project_of)
        self._pages = Pages()

    def look(self, one: Article | Path) -> Looked:
        """All that is wrong with an article or its file. Raises nothing."""
        return self._file(one) if isinstance(one, Path) else self._given(one)

    def _given(self, article: Article) -> Looked:
        path = article.source.path if article.source else None
        looked = Looked(
            str(path) if path else f"article {article.key!r}", [], article, article.key, article.slug, article.title
        )
        try:
            reviewed(article)
        except PublisherError as error:
            looked.findings.extend(finding_of(fault, looked.where) for fault in error.all)
        values = {name: getattr(article, name) for name in Article.model_fields}
        looked.findings.extend(self._look_into(values, path, looked))
        return looked

    def _file(self, path: Path) -> Looked:
        where = str(path)
        try:
            gathered = gathered_from_file(path, project_of=self._project_of)
        except PublisherError as error:
            return Looked(where, [finding_of(fault, where) for fault in error.all])
        faults: list[PublisherError] = list(gathered.faults)
        article = None
        if not faults:
            try:
                article = article_of(gathered, path)
            except PublisherError as error:
                faults += error.all
        values = gathered.values
        title = values.get("title") or ""
        slug = article.slug if article else values.get("slug") or ""
        key = article.key if article else values.get("key") or slug
        findings = [finding_of(fault, where) for fault in faults]
        looked = Looked(where, findings, article, key, slug, title, gathered.head.line_of, _first(gathered))
        looked.findings.extend(self._look_into(values, path, looked))
        return looked

    def _look_into(self, values: Mapping[str, Any], path: Path | None, looked: Looked) -> Iterable[Finding]:
        """What the body and the fields say, each line counted in the file."""
        body, before = values["body"], values["first_line"] - 1
        parts = anatomy(body, values.get("raw_html", "trust"))
        yield from map(looked.placed, about_fields(values, self._now, looked.mentions))
        for about in (
            about_text(looked.title, body, parts),
            about_links(parts, values.get("allow", ()), path, self._pages),
        ):
            for finding in about:
                yield replace(finding, path=looked.where, line=finding.line and before + finding.line)


def finding_of(error: PublisherError, where: str, target: str | None = None) -> Finding:
    """What was raised, as a problem."""
    return Finding(
        verdict="problem",
        subject=error.code or _subject(error),
        what=error.what,
        remedy=error.hint,
        path=error.path or where,
        line=error.line,
        field=error.field,
        target=target,
    )


def _subject(error: PublisherError) -> str:
    if isinstance(error, ConfigurationError):
        return "project file"
    return "front matter" if error.field else "article"


def _first(gathered: Gathered) -> dict[str, Mention]:
    first: dict[str, Mention] = {}
    for mention in gathered.mentions:
        first.setdefault(mention.src, mention)
    return first
