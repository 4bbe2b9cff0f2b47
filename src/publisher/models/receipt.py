"""Change, Receipt, Outcome, Event: what came of a job, for people and programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from publisher.errors import InDoubtError, PublisherError
from publisher.models.base import Noun
from publisher.models.job import Action


class Change(Noun):
    """One thing that the target dropped, renamed or rewrote: what was sent, and what it stored.

    ``field`` is the target's own name for it. Of long values ``sent`` and ``stored`` show the place where they part;
    an empty ``stored`` means that nothing of it was kept.
    """

    field: str
    sent: str
    stored: str

    def __str__(self) -> str:
        stored = repr(self.stored) if self.stored else "nothing of it"
        return f"{self.field}: sent {self.sent!r}, the target stored {stored}"


class Receipt(Noun):
    """Proof of what stands at ``target`` (an identity) of the article ``key``, with its id and its slug there.

    ``url`` is the target's own answer, or follows from the ``url=`` that the target was given; else it is None.
    ``version`` is its version token; ``status`` its own word for the state; ``baseline`` the fields that we own as it
    returned them; ``changes`` what it did not store as sent. ``at`` is when the target confirmed it, in UTC. ``action``
    is no-op where nothing was sent because nothing had changed; the rest then describes the last write, without its
    ``baseline``.
    """

    target: str
    key: str
    action: Action
    revision: int
    remote_id: str
    url: str | None = None
    version: str = ""
    slug: str = ""
    status: str = ""
    changes: tuple[Change, ...] = ()
    baseline: Mapping[str, Any] = Field(default_factory=dict, repr=False)
    at: dt.datetime

    def __str__(self) -> str:
        """One line for people; each change of the target's on one more."""
        lines = [
            f"{self.action} {self.key} -> {self.target}: {self.status} as {self.remote_id}, {self.url or 'no URL'}"
        ]
        return "\n  ".join([*lines, *(f"the target changed {change}" for change in self.changes)])

    def record(self) -> dict[str, Any]:
        """The receipt as plain JSON values, without its baseline."""
        return self.model_dump(mode="json", exclude={"baseline"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one article at one target: a receipt, or an error; an :class:`InDoubtError` means in doubt.

    ``key`` and ``target`` (its identity) say of which and where; exactly one of ``receipt`` and ``error`` is set.
    ``action`` is what was planned. One bad article never stops the others, so ``publish_many`` returns outcomes and
    raises nothing for them.
    """

    key: str
    target: str
    action: Action
    receipt: Receipt | None = None
    error: PublisherError | None = None

    @property
    def ok(self) -> bool:
        """Whether it did not fail. With ``on_conflict="skip"`` an edit that was left alone is no failure either."""
        return self.receipt is not None

    @property
    def in_doubt(self) -> bool:
        """Whether a request left whose effect is not known yet; the next run finds out."""
        return isinstance(self.error, InDoubtError)

    def unwrap(self) -> Receipt:
        """The receipt; raises the error where there is none."""
        if self.receipt is not None:
            return self.receipt
        assert self.error is not None
        raise self.error

    def record(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {
            "key": self.key,
            "target": self.target,
            "action": self.action.value,
            "ok": self.ok,
            "in_doubt": self.in_doubt,
            "receipt": None if self.receipt is None else self.receipt.record(),
            "error": None if self.error is None else self.error.record(),
        }


EventKind = Literal["planned", "sent", "retrying", "waiting", "in doubt", "settled", "failed"]


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run, for progress bars and logs. ``key`` is empty where a step is about the whole target."""

    kind: EventKind
    target: str
    key: str = ""
    detail: str = ""
