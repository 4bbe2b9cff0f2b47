"""Unpublishes or deletes one article at one target."""

from __future__ import annotations

from pathlib import Path

from publisher.backends.base import Backend
from publisher.driving.carrying import carry_out
from publisher.driving.run import Run
from publisher.errors import RefusedError
from publisher.models import Action, Article, Receipt
from publisher.planning import UNPUBLISHED, Standing
from publisher.publishing.again import undelivered
from publisher.publishing.books import Book
from publisher.publishing.jobs import job_to_take_off, taken_up
from publisher.publishing.sources import is_file


class TakingOff:
    """An article, or the one with a key, that shall be unpublished or deleted."""

    def __init__(self, book: Book, backend: Backend, action: Action, what: Article | str, *, force: bool) -> None:
        self._book, self._backend, self._action, self._what, self._force = book, backend, action, what, force
        self._target = backend.target.identity
        self._key = what.key if isinstance(what, Article) else what
        self._standing: Standing | None = None

    async def done_already(self) -> Receipt | None:
        """The receipt where nothing is left to do. Raises :class:`RefusedError` where it cannot be done."""
        target, key, ledger = self._target, self._key, self._book.ledger
        self._standing = (await self._book.call(ledger.standing, [target], [key])).get((target, key))
        doubtful = (target, key) in await self._book.call(ledger.in_doubt, [target])
        if self._standing is None and not doubtful and not isinstance(self._what, Article):
            raise RefusedError(
                "the ledger knows of no such article there",
                target=target,
                article=key,
                hint="Check the key, or pass the article itself so that it can be looked up there.",
            )
        if self._action is Action.DELETE:
            return None
        if not self._backend.capabilities.unpublish:
            raise RefusedError("this kind of target cannot unpublish", target=target, article=key, hint="Delete it.")
        there = self._standing
        return there.receipt if there is not None and there.wish == UNPUBLISHED else None

    async def carry_out(self, run: Run) -> Receipt:
        """Do it. Raises what came of it, if that is no receipt."""
        last = (await self._book.call(self._book.ledger.last_revisions, self._target, [self._key])).get(self._key, 0)
        job = job_to_take_off(
            self._backend, self._action, self._what, self._standing, last, run.clock.now(), force=self._force
        )
        earlier = (await undelivered(self._book, self._backend, [self._key])).get(self._key)
        again = [] if earlier is None else [earlier.id]
        receipt = (await carry_out(run, [taken_up(job, earlier)], again))[self._key].unwrap()
        if not receipt.remote_id and not last:
            raise RefusedError(
                "nothing of it stands there, and nothing ever did by this ledger",
                target=self._target,
                article=self._key,
                hint="Check that it is the right article and the right target.",
            )
        return receipt


def article_or_key(article: Article | str | Path) -> Article | str:
    """What is meant: an article, that of a file, or a key."""
    if isinstance(article, Article):
        return article
    if isinstance(article, Path) or is_file(article):
        return Article.from_file(article)
    return article
