"""The Webhook backend and our own receiver, end to end: each article once, at its newest revision, whatever happens."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

import anyio
import httpx
import pytest
from receiver_rig import SITE, ReceiverRig

from publisher import Publisher
from publisher.models import Action
from publisher.receiver import HOOK
from publisher.testing import BackendSuite, CrashWalk, Fault
from publisher.webhooks import sign


def some(points: int) -> Iterator[int]:
    """Two or three of the points. 'make crash-walk WALK=receiver' takes them all."""
    return iter(range(2, points + 1, max(1, points // 2)))


class TestWebhookToReceiver(BackendSuite):
    """Images travel inside the events."""

    @pytest.fixture
    def make_rig(self, tmp_path) -> Callable[[], ReceiverRig]:
        return partial(ReceiverRig, tmp_path)

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        return some


@pytest.mark.parametrize("deed", ["create", "update", "delete"])
@pytest.mark.parametrize("trouble", ["late", "answer lost"])
def test_dying_amid_lost_answers_leaves_exactly_one_when_images_go_ahead(tmp_path, deed, trouble):
    """The first event also meets trouble, and what is late arrives 40 seconds after we stopped waiting."""
    walk = CrashWalk(partial(ReceiverRig, tmp_path, inline=0), tmp_path, deed, fault=Fault(trouble))
    report = walk.once(some)
    assert (report.faults, report.walks >= 2) == ([], True)


class Recording(httpx.AsyncBaseTransport):
    """Passes deliveries on, and keeps them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.sent: list[tuple[str, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((request.headers["webhook-id"], await request.aread()))
        return await self.inner.handle_async_request(request)


def recorded(rig: ReceiverRig, folder) -> list[tuple[str, bytes]]:
    """The deliveries of four articles that are published, changed, changed back, and one of them deleted."""
    recording = Recording(httpx.ASGITransport(rig.site))
    with Publisher(rig.backend_over(recording), ledger=folder / "ledger.db", clock=rig.clock) as publisher:
        for body in ("Text A.", "Text B.", "Text A."):
            for outcome in publisher.publish_many([rig.article(number, body=body) for number in range(1, 5)]):
                outcome.unwrap()
            rig.clock.advance(1)
        publisher.delete(rig.article(4))
    return recording.sent


def arrive(rig: ReceiverRig, deliveries: list[tuple[str, bytes]]) -> list[int]:
    """Send them all again, signed now, as a sender does that tries once more."""

    async def send() -> list[int]:
        statuses = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.site)) as client:
            for message, body in deliveries:
                headers = sign(rig.secret, message, int(rig.clock.now()), body)
                statuses.append((await client.post(SITE + HOOK, content=body, headers=headers)).status_code)
        return statuses

    return anyio.run(send)


def test_a_text_that_is_changed_back_arrives_three_times(tmp_path):
    """A, B and A again are three events with three ids, and the last one stands there."""
    rig = ReceiverRig(tmp_path)
    recording = Recording(httpx.ASGITransport(rig.site))
    actions = []
    with Publisher(rig.backend_over(recording), ledger=tmp_path / "ledger.db", clock=rig.clock) as publisher:
        for body in ("Text A.", "Text B.", "Text A.", "Text A."):
            actions.append(publisher.publish(rig.article(body=body)).action)
            rig.clock.advance(1)
    assert actions == [Action.CREATE, Action.UPDATE, Action.UPDATE, Action.NO_OP]
    assert len({message for message, _ in recording.sent}) == 3
    [copy] = rig.articles()
    assert "Text A." in copy.text


@pytest.mark.parametrize("seed", range(3))
def test_doubled_deliveries_in_any_order_leave_each_article_at_its_newest(tmp_path, seed):
    """A new receiver gets every delivery twice and shuffled: the newest texts, and nothing of the deleted one."""
    sent = recorded(ReceiverRig(tmp_path), tmp_path)
    rig = ReceiverRig(tmp_path)
    shuffled = sent * 2
    random.Random(seed).shuffle(shuffled)
    assert set(arrive(rig, shuffled)) == {200}
    assert sorted(copy.title for copy in rig.articles()) == ["Article 1", "Article 2", "Article 3"]
    assert all("Text A." in copy.text and copy.shown for copy in rig.articles())
    assert rig.halves() == []


def test_repeats_of_all_that_was_sent_change_nothing(tmp_path):
    """An hour later, in the order in which they came, and backwards."""
    rig = ReceiverRig(tmp_path)
    sent = recorded(rig, tmp_path)
    before = rig.articles(), rig.assets()
    rig.clock.advance(3600)
    assert set(arrive(rig, sent + sent[::-1])) == {200}
    assert (rig.articles(), rig.assets()) == before
