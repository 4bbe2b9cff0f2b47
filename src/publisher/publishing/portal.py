"""Publisher: the same as AsyncPublisher for code without an event loop. The one async driver runs in a portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from publisher.backends.base import Backend, OnConflict
from publisher.driving.clock import Clock
from publisher.driving.run import Checkpoint
from publisher.errors import ConfigurationError
from publisher.models import Article, Checkup, Delivery, Event, Outcome, Overview, Plan, Receipt, Replayed
from publisher.publishing.session import AsyncPublisher
from publisher.publishing.sources import Articles
from publisher.publishing.targets import Targets


class Publisher:
    """Plans and publishes. Use it as ``with``; several threads may share one.

    The arguments are those of :class:`publisher.AsyncPublisher`; ``on_event`` is called in the thread of the portal.
    """

    def __init__(
        self,
        targets: Targets = (),
        *,
        ledger: str | Path | None = None,
        on_event: Callable[[Event], None] | None = None,
        deadline: float = 180.0,
        on_conflict: OnConflict = "fail",
        rerender: bool = False,
        refresh: bool = False,
        clock: Clock | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self._publisher = AsyncPublisher(
            targets,
            ledger=ledger,
            on_event=on_event,
            deadline=deadline,
            on_conflict=on_conflict,
            rerender=rerender,
            refresh=refresh,
            clock=clock,
            checkpoint=checkpoint,
        )
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(self._portal.wrap_async_context_manager(self._publisher))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._portal = None
        return self._stack.__exit__(kind, error, trace)

    def publish(self, article: Article | str | Path, target: Backend | str | None = None) -> Receipt:
        """See :meth:`publisher.AsyncPublisher.publish`."""
        return self._opened.call(self._publisher.publish, article, target)

    def publish_many(self, articles: Articles, targets: Targets | None = None) -> list[Outcome]:
        """See :meth:`publisher.AsyncPublisher.publish_many`."""
        return self._opened.call(self._publisher.publish_many, articles, targets)

    def plan(self, articles: Articles, targets: Targets | None = None, *, diff: bool = False) -> Plan:
        """See :meth:`publisher.AsyncPublisher.plan`."""
        return self._opened.call(partial(self._publisher.plan, articles, targets, diff=diff))

    def status(self, targets: Targets | None = None) -> Overview:
        """See :meth:`publisher.AsyncPublisher.status`."""
        return self._opened.call(self._publisher.status, targets)

    def retry(self, targets: Targets | None = None, *, now: bool = False) -> list[Outcome]:
        """See :meth:`publisher.AsyncPublisher.retry`."""
        return self._opened.call(partial(self._publisher.retry, targets, now=now))

    def deliveries(
        self,
        targets: Targets | None = None,
        *,
        failed: bool = False,
        since: dt.datetime | None = None,
        limit: int | None = None,
    ) -> list[Delivery]:
        """See :meth:`publisher.AsyncPublisher.deliveries`."""
        return self._opened.call(partial(self._publisher.deliveries, targets, failed=failed, since=since, limit=limit))

    def replay(
        self,
        ids: str | Sequence[str] = (),
        targets: Targets | None = None,
        *,
        since: dt.datetime | None = None,
        failed: bool = False,
        every: bool = False,
    ) -> Replayed:
        """See :meth:`publisher.AsyncPublisher.replay`."""
        return self._opened.call(partial(self._publisher.replay, ids, targets, since=since, failed=failed, every=every))

    def resume(self, target: Backend | str | None = None) -> bool:
        """See :meth:`publisher.AsyncPublisher.resume`."""
        return self._opened.call(self._publisher.resume, target)

    def unpublish(self, article: Article | str | Path, target: Backend | str | None = None) -> Receipt:
        """See :meth:`publisher.AsyncPublisher.unpublish`."""
        return self._opened.call(self._publisher.unpublish, article, target)

    def delete(
        self, article: Article | str | Path, target: Backend | str | None = None, *, force: bool = False
    ) -> Receipt:
        """See :meth:`publisher.AsyncPublisher.delete`."""
        return self._opened.call(partial(self._publisher.delete, article, target, force=force))

    def doctor(self, target: Backend | str | None = None) -> Checkup:
        """See :meth:`publisher.AsyncPublisher.doctor`."""
        return self._opened.call(self._publisher.doctor, target)

    def adopt(self, article: Article | str | Path, remote_id: str, target: Backend | str | None = None) -> Receipt:
        """See :meth:`publisher.AsyncPublisher.adopt`."""
        return self._opened.call(self._publisher.adopt, article, remote_id, target)

    def move_target(self, old: str, target: Backend | str | None = None) -> int:
        """See :meth:`publisher.AsyncPublisher.move_target`."""
        return self._opened.call(self._publisher.move_target, old, target)

    @property
    def _opened(self) -> BlockingPortal:
        if self._portal is None:
            raise ConfigurationError("this publisher is not open", hint="Use it in 'with Publisher(…) as publisher:'.")
        return self._portal
