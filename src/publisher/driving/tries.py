"""The tries of one parcel, as they go into the log of deliveries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from publisher.backends.steps import Lost, Parcel
from publisher.driving.redaction import redact
from publisher.ledger import Ledger, Tried
from publisher.models import Subject


class Tries:
    """Is told of each try by the sender, and writes it down: that it leaves, before it does, and what came of it."""

    def __init__(
        self,
        target: str,
        subject: Subject,
        parcel: Parcel,
        ledger: Ledger,
        in_ledger: Callable[..., Awaitable[Any]],
    ) -> None:
        self._about = (target, subject, parcel)
        self._ledger = ledger
        self._in_ledger = in_ledger
        self._row: int | None = None
        self._tried: Tried | None = None

    async def begin(self, now: float) -> None:
        """The next try is about to leave."""
        await self.end()
        self._row = await self._in_ledger(self._ledger.log, *self._about, now)

    async def end(self) -> None:
        """What came of the last try is known."""
        if self._row is not None and self._tried is not None:
            row, tried, self._row, self._tried = self._row, self._tried, None, None
            await self._in_ledger(self._ledger.log_result, row, tried)

    def answered(self, answer: httpx.Response, seconds: float) -> None:
        self._tried = Tried(answer.is_success, answer.status_code, "", seconds, _text(answer))

    def lost(self, lost: Lost, seconds: float) -> None:
        self._tried = Tried(False, None, redact(lost.why), seconds)

    def again(self, at: float) -> None:
        if self._tried is not None:
            self._tried = self._tried._replace(next_at=at)


def _text(answer: httpx.Response) -> str:
    """What was said, without what a database or a terminal might trip over. The secrets are out already."""
    return answer.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
