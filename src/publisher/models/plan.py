"""Plan: one action per article and target, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.errors import PublisherError
from publisher.models.job import Action


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What would be done about one article at one target, and why. ``error`` is set where it cannot be done."""

    key: str
    target: str
    action: Action
    reason: str
    error: PublisherError | None = None

    def __str__(self) -> str:
        return f"{self.action:9} {self.key} -> {self.target}: {self.reason}"


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
