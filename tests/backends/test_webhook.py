"""The Webhook backend keeps the contract of all backends, whatever its receiver answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from webhook_rig import WebhookRig

from publisher.testing import BackendSuite, CrashWalk, Fault


def some(points: int) -> Iterator[int]:
    """A handful of the points. 'make crash-walk WALK=webhook' takes them all."""
    return iter(range(1, points + 1, max(1, points // 4)))


class TestWebhook(BackendSuite):
    """Images travel inside the events, and the receiver tells its own ids and addresses."""

    @pytest.fixture
    def make_rig(self) -> type[WebhookRig]:
        return WebhookRig

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        return some


class TestWebhookWithUploads(BackendSuite):
    """Images go ahead of the articles, and the receiver tells nothing of those."""

    @pytest.fixture
    def make_rig(self) -> Callable[[], WebhookRig]:
        return partial(WebhookRig, quiet=True, inline=0)

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        return some


@pytest.mark.parametrize("trouble", ["late", "answer lost", "request lost", "bad gateway"])
def test_dying_amid_lost_answers_leaves_exactly_one(tmp_path, trouble):
    """The first event also meets trouble, and what is late arrives 40 seconds after we stopped waiting."""
    walk = CrashWalk(WebhookRig, tmp_path, "create", fault=Fault(trouble))
    report = walk.once(some)
    assert (report.faults, report.walks >= 4) == ([], True)
