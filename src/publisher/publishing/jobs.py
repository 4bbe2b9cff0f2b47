"""Makes jobs: what shall happen at a target, under which revision."""

from __future__ import annotations

from publisher.backends.base import Backend
from publisher.models import Action, Article, Job
from publisher.planning import DELETED, UNPUBLISHED, Standing, wish


def job_to_write(backend: Backend, article: Article, there: Standing | None, last: int, now: float) -> Job:
    """The job that makes a target match an article. ``last`` is the highest revision that was ever begun."""
    theirs = article.at(backend.target).fitted(backend.images)
    return _job(
        backend,
        article.key,
        theirs.slug,
        Action.CREATE if there is None else Action.UPDATE,
        wish(article.digest, backend.fingerprint()),
        max(last, there.revision if there else 0),
        now,
        theirs,
    )


def taken_up(job: Job, earlier: Job | None) -> Job:
    """``job``, or ``earlier`` where that wants the same: for a receiver it is the same event then, with the same id."""
    if earlier is None or (earlier.action, earlier.slug, earlier.force) != (job.action, job.slug, job.force):
        return job
    if (earlier.wish, earlier.renderer) != (job.wish, job.renderer):
        return job
    told = {"id": earlier.id, "revision": earlier.revision, "created": earlier.created}
    return job.model_copy(update=told)


def job_to_take_off(
    backend: Backend, action: Action, what: Article | str, there: Standing | None, last: int, now: float, *, force: bool
) -> Job:
    """The job that unpublishes or deletes an article, or the one with a key."""
    article = what if isinstance(what, Article) else None
    key = what.key if isinstance(what, Article) else what
    slug = article.slug if article is not None else (there.receipt.slug if there else key)
    wanted = UNPUBLISHED if action is Action.UNPUBLISH else DELETED
    return _job(backend, key, slug, action, wanted, last, now, article, force=force)


def _job(
    backend: Backend,
    key: str,
    slug: str,
    action: Action,
    wanted: str,
    last: int,
    now: float,
    article: Article | None,
    *,
    force: bool = False,
) -> Job:
    target = backend.target.identity
    revision = max(last + 1, int(now * 1000))
    return Job(
        id=Job.identify(target, key, revision),
        target=target,
        key=key,
        slug=slug,
        revision=revision,
        action=action,
        wish=wanted,
        renderer=backend.renderer,
        created=now,
        article=article,
        force=force,
    )
