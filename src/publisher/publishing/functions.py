"""The module functions: one call, one publisher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from publisher.backends.base import Backend, OnConflict
from publisher.content.articles import article_from_file
from publisher.content.project import find_project
from publisher.models import Article, Event, Outcome, Overview, Plan, Receipt
from publisher.publishing.portal import Publisher
from publisher.publishing.sources import Articles, places
from publisher.publishing.targets import Targets


def publish(
    article: Article | str | Path,
    target: Backend | str,
    *,
    ledger: str | Path | None = None,
    on_conflict: OnConflict = "fail",
    on_event: Callable[[Event], None] | None = None,
) -> Receipt:
    """Make ``target`` match ``article`` (an :class:`Article` or the path of one), exactly once.

    ``target`` may also be the name of one in the publisher.toml of the article, else of the working folder. Nothing is
    sent if nothing changed. Raises :class:`publisher.PublisherError`; the keyword arguments are those of
    :class:`publisher.AsyncPublisher`.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict, on_event=on_event) as publisher:
        return publisher.publish(article, target)


def publish_many(
    articles: Articles,
    targets: Targets,
    *,
    ledger: str | Path | None = None,
    on_conflict: OnConflict = "fail",
    on_event: Callable[[Event], None] | None = None,
) -> list[Outcome]:
    """Make all ``targets`` match all ``articles``: articles, paths, a folder, or any mixture in a list.

    Raises nothing for a single article: every outcome is a receipt or an error, in the order of the articles, then of
    the targets.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict, on_event=on_event) as publisher:
        return publisher.publish_many(articles, targets)


def plan(
    articles: Articles,
    targets: Targets,
    *,
    ledger: str | Path | None = None,
    on_conflict: OnConflict = "fail",
    diff: bool = False,
) -> Plan:
    """What :func:`publish_many` would do, by the ledger alone: nothing is sent.

    With ``diff`` the targets are read, and each action says field by field what would change there. Nothing but reads
    is sent then.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict) as publisher:
        return publisher.plan(articles, targets, diff=diff)


def status(targets: Targets | None = None, *, ledger: str | Path | None = None) -> Overview:
    """What the ledger knows of ``targets`` (default: of all): what stands there, is in doubt, failed or changed since.

    Nothing is sent. The ledger is that of the working folder, if none is given.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.status(targets)


def retry(
    targets: Targets,
    *,
    ledger: str | Path | None = None,
    on_conflict: OnConflict = "fail",
    on_event: Callable[[Event], None] | None = None,
) -> list[Outcome]:
    """Find out what is in doubt at ``targets``, and do again what failed or was interrupted, as the ledger has it.

    Articles that came from files are read again. The ledger is that of the working folder, if none is given.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict, on_event=on_event) as publisher:
        return publisher.retry(targets)


def unpublish(article: Article | str | Path, target: Backend | str, *, ledger: str | Path | None = None) -> Receipt:
    """Take an article (or the one with this key) off the site but keep it there. Twice is once."""
    with Publisher(ledger=ledger) as publisher:
        return publisher.unpublish(article, target)


def delete(
    article: Article | str | Path, target: Backend | str, *, ledger: str | Path | None = None, force: bool = False
) -> Receipt:
    """Delete what was published of an article (or of the one with this key).

    It goes to the trash where the target has one, and with ``force`` for good.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.delete(article, target, force=force)


def load_articles(folder: str | Path) -> Iterator[Article]:
    """The articles of a folder and its folders, sorted by path; each file is read when its turn comes.

    Raises :class:`publisher.errors.ContentError` at the first that cannot be read.
    """
    project_of = cache(find_project)  # looked for once a folder, not once a file
    for place in places(folder):
        yield place if isinstance(place, Article) else article_from_file(place, project_of=project_of)
