"""Delivery: one attempt to deliver an event to a receiver, as the ledger has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from publisher.errors import PublisherError

#: ``open``: it left, and nothing is recorded of what came of it: it is under way, or its process died. ``delivered``:
#: answered with 2xx. ``failed``: it was not. ``given up``: it failed, and was the last of its schedule: a dead letter.
DeliveryState = Literal["open", "delivered", "failed", "given up"]

#: Who wanted the attempt: a run, by itself, or a person who replayed it.
Trigger = Literal["automatic", "manual"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt.

    ``id`` is its ``webhook-id``, the same for all attempts of one event but those of a replay; ``replay_of`` is then
    the id of the event whose bytes were sent. ``key`` is that of the article, also where ``event`` is an image that
    goes ahead of it. ``number`` counts the attempts of one id, from 1. ``at`` is when it left and ``next_at`` when the
    next one is due, both in UTC; None where there is none. ``status`` is the HTTP status, or None, and then ``why``
    says why there is none. ``seconds`` is how long it took. ``answer`` is the text of the answer, up to 64 KiB, without
    secrets. ``kept`` tells that the bytes that were sent are still kept, so that it can be replayed.
    """

    id: str
    target: str
    key: str
    event: str
    number: int
    trigger: Trigger
    at: dt.datetime
    state: DeliveryState
    status: int | None = None
    why: str = ""
    seconds: float | None = None
    answer: str = ""
    next_at: dt.datetime | None = None
    replay_of: str | None = None
    kept: bool = False

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return self.state == "delivered"

    def __str__(self) -> str:
        came = f"answered {self.status}" if self.status is not None else self.why or "nothing is known of an answer"
        took = "" if self.seconds is None else f" in {self.seconds:.2f} s"
        again = "" if self.replay_of is None else f", a replay of {self.replay_of}"
        coming = "" if self.next_at is None else f"; next attempt due at {self.next_at:%Y-%m-%d %H:%M:%SZ}"
        return (
            f"{self.state:9} {self.at:%Y-%m-%d %H:%M:%SZ} {self.event} {self.key} -> {self.target}: "
            f"{came}{took} (attempt {self.number} of {self.id}{again}){coming}"
        )

    def record(self) -> dict[str, Any]:
        """The attempt as plain JSON values."""
        return {
            "id": self.id,
            "target": self.target,
            "key": self.key,
            "event": self.event,
            "number": self.number,
            "trigger": self.trigger,
            "at": self.at.isoformat(),
            "state": self.state,
            "status": self.status,
            "why": self.why,
            "seconds": self.seconds,
            "answer": self.answer,
            "next_at": None if self.next_at is None else self.next_at.isoformat(),
            "replay_of": self.replay_of,
            "kept": self.kept,
        }


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was sent again: the attempts, newest first.

    ``left_out`` are the targets that got nothing, or not all of it: one error for each, which names the target and says
    why and how much of it was tried.
    """

    attempts: tuple[Delivery, ...] = ()
    left_out: tuple[PublisherError, ...] = ()

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self.attempts)

    def __len__(self) -> int:
        return len(self.attempts)

    @property
    def ok(self) -> bool:
        """Whether all of it arrived."""
        delivered = {one.id for one in self.attempts if one.ok}
        return not self.left_out and all(one.id in delivered for one in self.attempts)

    def __str__(self) -> str:
        return "\n".join([*(str(one) for one in self.attempts), *(f"left out  {error}" for error in self.left_out)])
