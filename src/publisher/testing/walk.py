"""The crash walk: die at every single step, start over, and count what the target holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio

from publisher.errors import PublisherError
from publisher.ledger import Ledger
from publisher.models import Article
from publisher.publishing.portal import Publisher
from publisher.publishing.session import AsyncPublisher
from publisher.testing.clock import FakeClock
from publisher.testing.crash import Crash, CrashPoints
from publisher.testing.faults import Fault, Late, make_faulty
from publisher.testing.rig import Rig

Deed = Literal["create", "update", "unpublish", "delete"]

#: Picks the points at which to die, given how many there are.
Choose = Callable[[int], Iterable[int]]


@dataclass
class Report:
    """What a walk found. ``walks`` counts the deaths that were survived; ``points`` the steps of a run without any."""

    points: int = 0
    walks: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.points} points, {self.walks} walks, {len(self.faults)} duplicated, lost or in doubt"


@dataclass(frozen=True, slots=True)
class _Place:
    """One ledger, and what the target is still at work on."""

    ledger: Path
    late: Late = field(default_factory=list)


_numbers = itertools.count()


def _all(points: int) -> Iterable[int]:
    return range(1, points + 1)


@dataclass(frozen=True)
class CrashWalk:
    """Walks one deed over ``count`` articles that share an image and a tag.

    ``make_rig`` makes an empty place for every walk; ``folder`` holds the ledgers. A ``fault`` also befalls the first
    process of the deed: by default its first write, or the request that the fault's ``when`` chooses.
    """

    make_rig: Callable[[], Rig]
    folder: Path
    deed: Deed
    count: int = 1
    fault: Fault | None = None

    def once(self, choose: Choose | None = None) -> Report:
        """Die once, at every point of a run (or at those that ``choose`` picks of so many)."""
        points = self._points()
        return self._walk(points, [(point,) for point in (choose or _all)(points)])

    def twice(self, choose: Choose | None = None) -> Report:
        """Die, start over, and die again at every point of the second run (or as ``choose`` picks, of both)."""
        points = self._points()
        chosen = list((choose or _all)(points))
        return self._walk(points, [(first, second) for first in chosen for second in chosen])

    def _walk(self, points: int, walks: Sequence[tuple[int, ...]]) -> Report:
        report = Report(points)
        for deaths in walks:
            rig, place = self.make_rig(), self._place()
            self._set_up(rig, place)
            seen = [self._run(rig, place, CrashPoints(at), troubled=not number) for number, at in enumerate(deaths)]
            report.faults += [f"{deaths} {seen}: {fault}" for fault in self._start_over(rig, place)]
            report.walks += 1
        return report

    def _points(self) -> int:
        rig, place = self.make_rig(), self._place()
        self._set_up(rig, place)
        points = CrashPoints()
        self._run(rig, place, points, troubled=True)
        return len(points.seen)

    def _place(self) -> _Place:
        return _Place(self.folder / str(next(_numbers)) / "ledger.db")

    def _set_up(self, rig: Rig, place: _Place) -> None:
        if self.deed != "create":
            first = [rig.article(number, body=f"Version one of {number}.") for number in self._numbers]
            with Publisher(rig.backend(), ledger=place.ledger, clock=rig.clock) as publisher:
                for outcome in publisher.publish_many(first):
                    outcome.unwrap()

    @property
    def _numbers(self) -> range:
        return range(1, self.count + 1)

    def _wanted(self, rig: Rig) -> list[Article]:
        body = "Version two of {}." if self.deed == "update" else "Version one of {}."
        return [rig.article(number, body=body.format(number)) for number in self._numbers]

    def _run(self, rig: Rig, place: _Place, points: CrashPoints, *, troubled: bool) -> str:
        """One process; where it died."""
        try:
            anyio.run(self._live, rig, place, points, troubled)
        except Crash:
            if not points.dead:
                raise
        return points.seen[-1] if points.dead else "the end"

    async def _live(self, rig: Rig, place: _Place, points: CrashPoints, troubled: bool) -> list[PublisherError]:
        backend = rig.backend()
        faulty = make_faulty(backend, rig.clock, place.late)
        if troubled and self.fault is not None:
            faulty.faults.append(self.fault)
        async with AsyncPublisher(backend, ledger=place.ledger, clock=rig.clock, checkpoint=points) as publisher:
            return await self._do(publisher, self._wanted(rig))

    async def _do(self, publisher: AsyncPublisher, articles: Sequence[Article]) -> list[PublisherError]:
        if self.deed in ("create", "update"):
            outcomes = await publisher.publish_many(articles)
            return [outcome.error for outcome in outcomes if outcome.error is not None]
        errors = []
        for article in articles:
            try:
                await (publisher.unpublish if self.deed == "unpublish" else publisher.delete)(article)
            except PublisherError as error:
                errors.append(error)
        return errors

    def _start_over(self, rig: Rig, place: _Place) -> list[str]:
        """A process that nothing happens to; what is wrong after it."""
        errors = anyio.run(self._live, rig, place, CrashPoints(), False)
        # Whatever the target was still at work on takes effect now: it must not make a second copy.
        rig.clock = FakeClock(rig.clock.now() + 3600)
        faulty = make_faulty(rig.backend(), rig.clock, place.late)
        anyio.run(faulty.arrive)
        wrong = [f"lost: {error}" for error in errors]
        wrong += [fault for number in self._numbers for fault in self._wrong_about(rig, number)]
        wrong += [f"half-made: {half}" for half in rig.halves()]
        wrong += [f"{len(names)} times the asset or term {name!r}" for name, names in self._doubles(rig).items()]
        ledger = Ledger(place.ledger)
        wrong += [
            f"in doubt for ever: {intent.subject}" for intent in ledger.open_creates(rig.backend().target.identity)
        ]
        ledger.close()
        return wrong

    def _wrong_about(self, rig: Rig, number: int) -> list[str]:
        title = rig.article(number).title
        copies = [copy for copy in rig.articles() if copy.title == title]
        if self.deed == "delete":
            return [f"{title} is still there"] if copies else []
        if len(copies) != 1:
            return [f"{len(copies)} copies of {title}"]
        wrong = []
        version = "two" if self.deed == "update" else "one"
        if f"Version {version} of {number}." not in copies[0].text:
            wrong.append(f"{title} says {copies[0].text!r}")
        if copies[0].shown is (self.deed == "unpublish"):
            wrong.append(f"{title} is {'' if copies[0].shown else 'not '}shown")
        return wrong

    def _doubles(self, rig: Rig) -> dict[str, list[str]]:
        names = [*rig.assets(), *rig.terms()]
        return {name: [other for other in names if other == name] for name in names if names.count(name) > 1}
