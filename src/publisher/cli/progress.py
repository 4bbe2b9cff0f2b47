"""How a run gets on: a bar on a terminal, plain lines elsewhere. Always on stderr."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from publisher.cli.saying import Voice, printable
from publisher.models import Action, Event

__all__ = ["Progress"]

#: What is worth a line to somebody who did not ask for every step: it is why a run takes its time.
_SLOW = ("retrying", "waiting", "in doubt")


class Progress:
    """Takes the events of a run. Use it as ``with`` around the run."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._total = 0
        self._beforehand = 0

    def __enter__(self) -> Self:
        if self._voice.err.is_terminal and not self._voice.quiet and not self._voice.verbose:
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._voice.err,
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None

    def tell(self, event: Event) -> None:
        """One step of the run."""
        if self._bar is None:
            self._in_lines(event)
        else:
            self._in_bar(self._bar, event)

    def _in_lines(self, event: Event) -> None:
        if self._voice.verbose or event.kind in _SLOW:
            about = f"{event.key} -> {event.target}" if event.key else event.target
            self._voice.note(f"{event.kind}: {about}: {event.detail}".rstrip(": "))

    def _in_bar(self, bar: Bar, event: Event) -> None:
        if event.kind == "planned" and event.detail.startswith((Action.NO_OP, Action.BLOCKED)):
            return
        if self._task is None:
            self._task = bar.add_task("publishing", total=None)
        if event.kind == "planned":
            self._total += 1
            bar.update(self._task, total=self._total)
        elif event.kind in ("settled", "failed"):
            bar.advance(self._task)
        elif event.kind in _SLOW:
            bar.update(self._task, description=printable(f"{event.key or event.target}: {event.detail}")[:70])
        elif event.key:
            bar.update(self._task, description=printable(event.key)[:70])
        elif event.kind == "sent":
            # They go ahead of the articles that need them, and may take most of the time.
            self._beforehand += 1
            bar.update(self._task, description=f"images, tags and categories first: {self._beforehand}")
