"""Publisher: the same as AsyncPublisher for code without an event loop. The one async driver runs in a portal."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import partial, wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from publisher.errors import ConfigurationError
from publisher.publishing.session import AsyncPublisher

P = ParamSpec("P")
R = TypeVar("R")


def _made_like(
    init: Callable[Concatenate[AsyncPublisher, P], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Publisher, P], None]]:
    """A constructor that takes what ``init`` takes."""

    def with_its_arguments(own: Callable[..., None]) -> Callable[Concatenate[Publisher, P], None]:
        @wraps(init)
        def made(self: Publisher, /, *args: P.args, **kwargs: P.kwargs) -> None:
            own(self, *args, **kwargs)

        made.__qualname__ = own.__qualname__
        return made

    return with_its_arguments


def _waiting(
    verb: Callable[Concatenate[AsyncPublisher, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Publisher, P], R]:
    """A verb of :class:`AsyncPublisher` that is waited for, with its arguments and its docstring."""

    @wraps(verb)
    def waited_for(self: Publisher, /, *args: P.args, **kwargs: P.kwargs) -> R:
        came: R = self._opened.call(partial(verb, self._publisher, *args, **kwargs))
        return came

    waited_for.__qualname__ = f"Publisher.{verb.__name__}"
    return waited_for


class Publisher:
    """Plans and publishes. Use it as ``with``; several threads may share one.

    The arguments are those of :class:`publisher.AsyncPublisher`; ``on_event`` is called in the thread of the portal.
    """

    @_made_like(AsyncPublisher.__init__)
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._publisher = AsyncPublisher(*args, **kwargs)
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

    # Each has the signature of its twin, for type checkers and for help() too: an option is added there alone.
    publish = _waiting(AsyncPublisher.publish)
    publish_many = _waiting(AsyncPublisher.publish_many)
    plan = _waiting(AsyncPublisher.plan)
    status = _waiting(AsyncPublisher.status)
    retry = _waiting(AsyncPublisher.retry)
    deliveries = _waiting(AsyncPublisher.deliveries)
    replay = _waiting(AsyncPublisher.replay)
    resume = _waiting(AsyncPublisher.resume)
    unpublish = _waiting(AsyncPublisher.unpublish)
    delete = _waiting(AsyncPublisher.delete)
    doctor = _waiting(AsyncPublisher.doctor)
    adopt = _waiting(AsyncPublisher.adopt)
    move_target = _waiting(AsyncPublisher.move_target)

    @property
    def _opened(self) -> BlockingPortal:
        if self._portal is None:
            raise ConfigurationError("this publisher is not open", hint="Use it in 'with Publisher(…) as publisher:'.")
        return self._portal
