"""Plan: one action per article and target, each with its reason."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from publisher.errors import PublisherError
from publisher.models.job import Action

#: Values up to this many characters, of one line each, are shown whole.
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an article as it stands at the target, and as it would be written, in words for people."""

    field: str
    there: str
    wanted: str

    def lines(self) -> list[str]:
        """The difference in lines: a short value before and after, of a long one a unified diff."""
        if all(len(text) <= _SHORT and "\n" not in text for text in (self.there, self.wanted)):
            return [f"{self.field}: {self.there!r} -> {self.wanted!r}"]
        before, after = self.there.splitlines(), self.wanted.splitlines()
        diff = difflib.unified_diff(before, after, f"{self.field} at the target", f"{self.field} of the article", n=1)
        # The lines with the names end in a line break, unlike all others.
        return [line.rstrip("\n") for line in diff]

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What would be done about one article at one target, and why. ``error`` is set where it cannot be done.

    ``differences`` are what would change at the target, where a plan was asked for that; None where nobody looked, or
    the target cannot show it.
    """

    key: str
    target: str
    action: Action
    reason: str
    error: PublisherError | None = None
    differences: tuple[Difference, ...] | None = None

    def __str__(self) -> str:
        lines = [f"  {line}" for one in self.differences or () for line in one.lines()]
        return "\n".join([f"{self.action:9} {self.key} -> {self.target}: {self.reason}", *lines])

    def record(self) -> dict[str, Any]:
        """The action as plain JSON values."""
        differences = self.differences
        return {
            "key": self.key,
            "target": self.target,
            "action": self.action.value,
            "reason": self.reason,
            "error": None if self.error is None else self.error.record(),
            "differences": None
            if differences is None
            else [{"field": one.field, "there": one.there, "wanted": one.wanted} for one in differences],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All planned actions, in the order of the articles, then of the targets."""

    actions: tuple[PlannedAction, ...]

    def __iter__(self) -> Iterator[PlannedAction]:
        return iter(self.actions)

    def __len__(self) -> int:
        return len(self.actions)

    @property
    def counts(self) -> dict[Action, int]:
        """How many actions of each kind."""
        return dict(Counter(planned.action for planned in self.actions))

    def __str__(self) -> str:
        return "\n".join(str(planned) for planned in self.actions)
