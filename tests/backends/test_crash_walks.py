"""Dying twice in a row, dying with answers that come late, and walks that must notice a broken backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from memory_rig import MemoryRig

from publisher.backends.base import Backend, Known
from publisher.backends.comparing import Fields
from publisher.backends.memory import Memory
from publisher.backends.steps import Absent, Flow, done
from publisher.models import Intent, Job
from publisher.testing import CrashWalk, Fault


def about(samples: int) -> Callable[[int], Iterator[int]]:
    """So many points or a few more, spread over a run. 'make crash-walk' takes them all."""
    return lambda points: iter(range(1, points + 1, max(1, points // samples)))


@pytest.mark.parametrize("deed", ["create", "update", "unpublish", "delete"])
def test_dying_twice_in_a_row_leaves_exactly_one(tmp_path, deed):
    """Die, start over, die again, start over: one copy, nothing lost, nothing in doubt."""
    report = CrashWalk(MemoryRig, tmp_path, deed).twice(about(5))
    assert (report.faults, report.walks >= 16) == ([], True)


def test_batch_of_five_survives_dying_twice(tmp_path):
    """The same for five articles that share an image and a tag."""
    report = CrashWalk(MemoryRig, tmp_path, "create", count=5).twice(about(4))
    assert (report.faults, report.walks >= 16) == ([], True)


@pytest.mark.parametrize("trouble", ["late", "answer lost", "request lost", "bad gateway"])
@pytest.mark.parametrize(("deed", "count"), [("create", 1), ("create", 5), ("update", 1), ("delete", 1)])
def test_dying_amid_lost_answers_leaves_exactly_one(tmp_path, trouble, deed, count):
    """The first write also meets trouble, and what is late takes effect 40 seconds after we stopped waiting."""
    report = CrashWalk(MemoryRig, tmp_path, deed, count, Fault(trouble)).once(about(5))
    assert (report.faults, report.walks >= 5) == ([], True)


class Blind(Memory):
    """A backend that never recognises its own articles."""

    def _look(self, batch: Sequence[Job], known: Known) -> Flow[list[Fields]]:
        return []
        yield

    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        for intent in intents:
            yield from done(intent.subject, Absent())


def rig_with(backend: type[Memory], settle: float = 60.0) -> type[MemoryRig]:
    """A rig for a broken backend."""

    class BrokenRig(MemoryRig):
        def backend(self) -> Backend:
            return backend(site=self.site, settle=settle)

    return BrokenRig


def test_walk_notices_a_backend_that_finds_nothing(tmp_path):
    """If absent is said of what is there, the walk counts duplicates: it can fail."""
    report = CrashWalk(rig_with(Blind), tmp_path, "create").once()
    assert any("2 copies" in fault for fault in report.faults)


def test_walk_notices_a_target_without_settle_time(tmp_path):
    """If absent is believed at once, a late commit makes a second copy, and the walk counts it."""
    report = CrashWalk(rig_with(Memory, settle=0.0), tmp_path, "create", fault=Fault("late")).once(about(12))
    assert any("copies" in fault or "times the" in fault for fault in report.faults)
