"""ArticleState, Overview: what the ledger knows of articles at targets."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from publisher.errors import PublisherError
from publisher.models.job import Subject
from publisher.models.receipt import Receipt

#: ``settled``: what stands there is known. ``in doubt``: sent, and not known whether it took effect. ``failed``: the
#: last job failed. ``unfinished``: begun and not finished, by a process that is at work on it or died.
State = Literal["settled", "in doubt", "failed", "unfinished"]

#: The article's file beside what was last written: the same, another since, gone; or it is not known which it is.
File = Literal["same", "changed", "gone", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleState:
    """One article at one target.

    ``receipt`` is of the last write that was confirmed, without its baseline; None where nothing was. ``error`` is why
    the last job failed. ``path`` is the article's file, where the ledger knows it, and ``file`` how that stands.
    ``due`` (UTC) is the time from which a run will show it, at a target that cannot schedule by itself.
    """

    key: str
    target: str
    state: State
    receipt: Receipt | None = None
    error: PublisherError | None = None
    path: str | None = None
    file: File = "unknown"
    due: dt.datetime | None = None

    def __str__(self) -> str:
        at = self.receipt
        there = "nothing confirmed there" if at is None else f"{at.status} as {at.remote_id}, {at.url or 'no URL'}"
        file = {"changed": "; the file changed since", "gone": "; its file is gone"}.get(self.file, "")
        waits = "" if self.due is None else f"; a run at or after {_moment(self.due)} publishes it"
        why = "" if self.error is None else f"\n  {self.error}"
        return f"{self.state:10} {self.key} -> {self.target}: {there}{waits}{file}{why}"

    def record(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {
            "key": self.key,
            "target": self.target,
            "state": self.state,
            "receipt": None if self.receipt is None else self.receipt.record(),
            "error": None if self.error is None else self.error.record(),
            "path": self.path,
            "file": self.file,
            "due": None if self.due is None else _moment(self.due),
        }


def _moment(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Overview:
    """What a ledger knows, by target and key. ``in_doubt`` are assets and terms about which a create is open, each with
    the identity of its target."""

    articles: tuple[ArticleState, ...]
    in_doubt: tuple[tuple[str, Subject], ...] = ()

    def __iter__(self) -> Iterator[ArticleState]:
        return iter(self.articles)

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def counts(self) -> dict[State, int]:
        """How many articles are in each state."""
        return dict(Counter(one.state for one in self.articles))

    def __str__(self) -> str:
        others = [f"in doubt   {subject} -> {target}" for target, subject in self.in_doubt]
        return "\n".join([*map(str, self.articles), *others])

    def record(self) -> dict[str, Any]:
        """The overview as plain JSON values."""
        return {
            "articles": [one.record() for one in self.articles],
            "in_doubt": [{"target": target, "kind": one.kind, "name": one.name} for target, one in self.in_doubt],
        }
