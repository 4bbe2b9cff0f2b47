"""The tries of one parcel, as they go into the log of deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

import httpx

from publisher.backends.steps import Lost, Parcel
from publisher.driving.redaction import redact
from publisher.driving.turns import Call
from publisher.ledger import Ledger, Tried
from publisher.models import Subject

P = ParamSpec("P")
R = TypeVar("R")


class Later(Protocol):
    """Has a method of the ledger called in one transaction with the next one."""

    def __call__(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Call[R]: ...


class Tries:
    """Is told of each try by the sender, and writes it down: that it leaves, before it does, and what came of it."""

    def __init__(
        self,
        target: str,
        subject: Subject,
        parcel: Parcel,
        ledger: Ledger,
        later: Later,
    ) -> None:
        self._about = (target, subject, parcel)
        self._ledger = ledger
        self._later = later
        self._row: Call[int] | None = None
        self._tried: Tried | None = None

    def begin(self, now: float) -> None:
        """The next try is about to leave."""
        self.end()
        self._row = self._later(self._ledger.log, *self._about, now)

    def begun(self) -> None:
        """It may leave. Raises what kept it from being written down."""
        if self._row is not None:
            self._row.result()

    def end(self) -> None:
        """What came of the last try is known."""
        if self._row is not None and self._tried is not None:
            row, tried, self._row, self._tried = self._row.result(), self._tried, None, None
            self._later(self._ledger.log_result, row, tried)

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
