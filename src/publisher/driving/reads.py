"""Only reads pass: what stands before the requests of a flow that was asked to look."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from publisher.backends.base import Backend
from publisher.backends.steps import Send
from publisher.errors import PublisherError

__all__ = ["OnlyReads"]

R = TypeVar("R")


class OnlyReads:
    """Lets the reads of one flow pass, and refuses what would change something at the target.

    ``methods`` are the backend's that may not do that, in words. ``refused`` is what was refused, if anything was.
    """

    def __init__(self, backend: Backend, methods: str) -> None:
        self.refused: PublisherError | None = None
        self._backend = backend
        self._methods = methods

    def admit(self, step: Send) -> None:
        """Raises :class:`PublisherError` for a request that is no read."""
        if step.effect != "read":
            raise self.refusal(f"to send a {step.effect}")

    def refusal(self, what: str) -> PublisherError:
        """The error to raise for what the backend wanted: that is its fault."""
        self.refused = PublisherError(
            f"the backend {self._backend.kind!r} wanted {what} where only reads may be sent; nothing was sent",
            target=self._backend.target.identity,
            hint=f"This is a fault of the backend: its {self._methods} may send nothing but reads.",
        )
        return self.refused

    async def result(self, driven: Awaitable[R]) -> R:
        """What comes of the flow. Raises what was refused, whatever the flow made of it: a group takes an error for a
        result."""
        try:
            result = await driven
        except PublisherError:
            if self.refused is None:
                raise
            raise self.refused from None
        if self.refused is not None:
            raise self.refused
        return result
