"""What Webflow will make of an article, as far as that is known without its collection."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.backends.webflow.fields import item_slug
from publisher.backends.webflow.losing import not_kept
from publisher.backends.webflow.values import LONGEST
from publisher.errors import PublisherError
from publisher.models import Article, Finding, Status

__all__ = ["review"]


def review(article: Article) -> Iterator[Finding]:
    """Each with its field, those of the body with their line; what cannot be rendered at all is told by the caller."""
    slug = item_slug(article.slug)
    if slug != article.slug:
        yield _warning("slug", f"the slug {article.slug!r} is stored as {slug!r}", "Write it like that.")
    for field, value in (("title", article.title), ("slug", slug)):
        most = LONGEST["name" if field == "title" else field]
        if len(value) > most:
            what = f"it has {len(value)} characters, and Webflow takes {most}"
            yield Finding(verdict="problem", subject=field, what=what, remedy="Make it shorter.", field=field)
    for path in article.categories:
        if len(path) > 1:
            what = f"items have no parents: of {'/'.join(path)!r} only {path[-1]!r} is kept"
            yield _warning("categories", what, "Write the innermost name, or live with it.")
    if article.status is Status.PRIVATE:
        what = "Webflow has no private items: it is stored as a draft"
        yield _warning("status", what, "Write draft, or protect the page in Webflow.")
    elif article.status is Status.SCHEDULED:
        what = "Webflow's API cannot schedule: a run at or after that time shows it"
        yield _warning("status", what, "Let publisher run regularly, by cron or CI.")
    yield from _of_body(article)


def _of_body(article: Article) -> Iterator[Finding]:
    """Each with the line where it stands first."""
    try:
        there, amiss = not_kept(article)
    except PublisherError:
        return
    for said, line in there:
        yield _warning("body", f"rich text does not hold it, so it goes into an embed: {said}", "Style it there.", line)
    for said, line in amiss:
        remedy = "Link to the page as a whole." if "link" in said else "Give it a paragraph of its own."
        yield _warning("body", f"there is {said}", remedy, line)


def _warning(field: str, what: str, remedy: str, line: int | None = None) -> Finding:
    return Finding(verdict="warning", subject=field, what=what, remedy=remedy, field=field, line=line)
