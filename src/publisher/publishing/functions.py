"""The module functions: one call, one publisher."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from publisher.backends.base import Backend, OnConflict
from publisher.content.articles import article_from_file
from publisher.content.project import find_project
from publisher.models import Article, Checkup, Delivery, Event, Outcome, Overview, Plan, Receipt
from publisher.publishing.checking import checked
from publisher.publishing.portal import Publisher
from publisher.publishing.sources import Articles, places
from publisher.publishing.targets import Targeting, Targets, listed


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
    the targets. What is wrong with the call itself is raised before anything is sent: no target or the same one twice
    (:class:`publisher.errors.ConfigurationError`), a folder without articles (:class:`publisher.errors.ContentError`),
    a ledger that cannot be used (:class:`publisher.errors.LedgerError`).
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
    is sent then. What is wrong with one article is the error of its actions; raises what :func:`publish_many` does.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict) as publisher:
        return publisher.plan(articles, targets, diff=diff)


def status(targets: Targets | None = None, *, ledger: str | Path | None = None) -> Overview:
    """What the ledger knows of ``targets`` (default: of all): what stands there, is in doubt, failed or changed since.

    Nothing is sent. The ledger is that of the working folder, if none is given. Raises
    :class:`publisher.errors.ConfigurationError` for what is no target, and :class:`publisher.errors.LedgerError` for a
    ledger that cannot be used.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.status(targets)


def check(articles: Articles, targets: Targets = (), *, now: dt.datetime | None = None) -> Checkup:
    """All that can be wrong with articles, found before anything is sent: no network, no ledger.

    ``articles`` are those of :func:`publish_many`. With ``targets`` it is also found what these will not take: images
    that cannot be fitted to their limits, two articles that get one slug there, fields that have no place. ``now``
    (default: the time of the call; without a zone it is UTC) is what dates are compared with.

    Every fault is a finding with file, line and field: a *problem* keeps the article from being published, or leads
    readers nowhere; a *warning* is published and may be meant otherwise. One *good* finding more counts the articles
    that nothing is wrong with. Raises nothing for an article or a folder, and
    :class:`publisher.errors.ConfigurationError` for what is no target. Images are decoded: in an event loop, call it in
    a worker thread.
    """
    at = now or dt.datetime.now(dt.UTC)
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    given = [articles] if isinstance(articles, Article | str | Path) else list(articles)
    meant = listed(targets)
    start = [one if isinstance(one, Article) else Path(one) for one in given]
    backends = Targeting(()).chosen(meant, start, secrets=False) if meant else []
    return checked(articles if isinstance(articles, str | Path) else given, backends, at)


def retry(
    targets: Targets,
    *,
    ledger: str | Path | None = None,
    on_conflict: OnConflict = "fail",
    on_event: Callable[[Event], None] | None = None,
    now: bool = False,
) -> list[Outcome]:
    """Find out what is in doubt at ``targets``, and do again what failed or was interrupted, as the ledger has it.

    Articles that came from files are read again. The ledger is that of the working folder, if none is given. What a
    receiver of events did not take is left alone until it is due, or was given up, unless ``now`` wants it at once.
    Outcomes come by target, then by key; raises what :func:`status` does.
    """
    with Publisher(ledger=ledger, on_conflict=on_conflict, on_event=on_event) as publisher:
        return publisher.retry(targets, now=now)


def deliveries(
    targets: Targets | None = None,
    *,
    failed: bool = False,
    since: dt.datetime | None = None,
    limit: int | None = None,
    ledger: str | Path | None = None,
) -> list[Delivery]:
    """The log of what was sent to ``targets`` (default: to all) that get events, newest first; nothing is sent.

    See :meth:`publisher.AsyncPublisher.deliveries`. The ledger is that of the working folder, if none is given. Raises
    what :func:`status` does.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.deliveries(targets, failed=failed, since=since, limit=limit)


def unpublish(article: Article | str | Path, target: Backend | str, *, ledger: str | Path | None = None) -> Receipt:
    """Take an article (or the one with this key) off the site but keep it there. Twice is once.

    Raises :class:`publisher.PublisherError`, as :func:`publish` does, and :class:`publisher.errors.RefusedError` where
    the target cannot unpublish, or nothing of it ever stood there.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.unpublish(article, target)


def delete(
    article: Article | str | Path, target: Backend | str, *, ledger: str | Path | None = None, force: bool = False
) -> Receipt:
    """Delete what was published of an article (or of the one with this key).

    It goes to the trash where the target has one, and with ``force`` for good. Raises
    :class:`publisher.PublisherError`, as :func:`publish` does, and :class:`publisher.errors.RefusedError` if it was
    never published.
    """
    with Publisher(ledger=ledger) as publisher:
        return publisher.delete(article, target, force=force)


def doctor(
    target: Backend | str, *, ledger: str | Path | None = None, on_event: Callable[[Event], None] | None = None
) -> Checkup:
    """How ``target`` stands: what works there and what will go wrong, each with its remedy.

    Only reads are sent, in at most a minute, and no ledger is written to. What is wrong is a finding and no error, even
    a site that does not answer; :attr:`publisher.Checkup.ok` says whether anything is. Raises
    :class:`publisher.errors.ConfigurationError` for what is no target.
    """
    with Publisher(ledger=ledger, on_event=on_event) as publisher:
        return publisher.doctor(target)


def load_articles(folder: str | Path) -> Iterator[Article]:
    """The articles of a folder and its folders, sorted by path; each file is read when its turn comes.

    Articles are files that end in ``.md`` or ``.markdown``; hidden ones and hidden folders are skipped. Raises
    :class:`publisher.errors.ContentError` at the first that cannot be read.
    """
    project_of = cache(find_project)  # looked for once a folder, not once a file
    for place in places(folder):
        yield place if isinstance(place, Article) else article_from_file(place, project_of=project_of)
