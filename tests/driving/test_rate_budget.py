"""One budget for a credential: runs wait for it instead of being refused, and learn from what the target tells."""

from __future__ import annotations

import email.utils
import math
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import anyio
import httpx
import pytest

from publisher import AsyncPublisher, Memory, Publisher, RateLimit
from publisher.backends.memory import MemorySite
from publisher.driving.budget import heard, rate_of
from publisher.errors import ConfigurationError, UnreachableError
from publisher.ledger import Ledger
from publisher.testing import FakeClock

MINUTE = RateLimit(60, credential="a token that nobody guesses")


class Counting(httpx.AsyncBaseTransport):
    """A site that counts requests with one key in fixed windows, and answers 429 when there were too many.

    ``others`` are how many requests somebody else sends in each window; windows begin at any moment, not at ours.
    """

    def __init__(self, clock, sites, limit=60, per=60.0, others=0, headers=True) -> None:
        self.clock, self.sites, self.limit, self.per, self.headers = clock, sites, limit, per, headers
        self.others = others
        self.offset = 17.3
        self.sent: list[float] = []
        self.refused: list[float] = []
        self.windows: Counter[int] = Counter()

    def window(self, moment: float) -> int:
        return int((moment + self.offset) // self.per)

    async def handle_async_request(self, request):
        await request.aread()
        now = self.clock.now()
        self.sent.append(now)
        number = self.window(now)
        ends = (number + 1) * self.per - self.offset
        if self.windows[number] + self.others >= self.limit:
            self.refused.append(now)
            answer = httpx.Response(429, headers={"Retry-After": str(int(ends - now) + 1)})
        else:
            self.windows[number] += 1
            answer = self.sites[request.url.host].answer(request)
        if self.headers:
            left = self.limit - self.windows[number] - self.others
            answer.headers["X-RateLimit-Limit"] = str(self.limit)
            answer.headers["X-RateLimit-Remaining"] = str(max(0, left))
        return answer

    @property
    def refused_in_a_window(self) -> int:
        return max(Counter(map(self.window, self.refused)).values(), default=0)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def make_targets(clock):
    """Targets that share one key, and the place that counts their requests."""

    def make(*names: str, rate=MINUTE, **options):
        sites = {f"{name}.invalid": MemorySite(clock.now) for name in names}
        counting = Counting(clock, sites, **options)
        targets = [Rated(name, site=sites[f"{name}.invalid"], rate=rate) for name in names]
        for target in targets:
            object.__setattr__(target.connection, "transport", counting)
        return targets, counting

    return make


class Rated(Memory):
    """A target that knows its rate."""

    def __init__(self, name: str, *, site: MemorySite, rate: RateLimit | None) -> None:
        super().__init__(name, site=site)
        self._rate = rate

    def rate(self) -> RateLimit | None:
        return self._rate


def one_by_one(make_article, count: int):
    """Articles that take a look and a write each: what stands below another goes after it."""
    return [make_article(f"a{n}", slug=f"a{n}", parent=f"a{n - 1}" if n else "") for n in range(count)]


def test_a_run_of_many_minutes_is_refused_nothing(clock, make_targets, make_article, tmp_path):
    """Waiting for the budget is not the target's failure: no deadline of a request ends it."""
    (target,), site = make_targets("a")
    began = clock.now()
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock, deadline=20) as publisher:
        outcomes = publisher.publish_many(one_by_one(make_article, 100))
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    assert (site.refused, len(site.sent) > 180) == ([], True)
    assert clock.now() - began <= 61 * (len(site.sent) // 60) + 1


def test_fifty_requests_wait_for_nothing(clock, make_targets, make_article, tmp_path):
    """A window that is still full may be used at once."""
    (target,), site = make_targets("a")
    began = clock.now()
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        publisher.publish_many(one_by_one(make_article, 24))
    assert 45 <= len(site.sent) <= 60
    assert clock.now() == began


def test_targets_tasks_and_publishers_with_one_key_share_its_budget(clock, make_targets, make_article, tmp_path):
    """Whoever of them sends: all that leaves is counted in one place."""
    targets, site = make_targets("a", "b", "c")

    async def work():
        async with (
            AsyncPublisher(ledger=tmp_path / "ledger.db", clock=clock) as one,
            AsyncPublisher(ledger=tmp_path / "ledger.db", clock=clock) as another,
            anyio.create_task_group() as group,
        ):
            group.start_soon(one.publish_many, one_by_one(make_article, 20), targets[:2])
            group.start_soon(one.publish_many, one_by_one(make_article, 20), targets[2:])
            group.start_soon(another.publish_many, [make_article(f"b{n}") for n in range(60)], targets)

    anyio.run(work)
    assert site.refused == []
    assert max(site.windows.values()) <= 60
    assert len(site.sent) > 120
    assert [len(target.site.articles) for target in targets] == [80, 80, 80]


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("others", [0, 20, 57])
def test_at_most_one_refusal_in_a_window(clock, make_targets, make_article, tmp_path, headers, others):
    """Though the ledger was lost in the middle of one, and somebody else uses the same key."""
    (target,), site = make_targets("a", others=others, headers=headers)
    for name in ("first", "second"):
        with Publisher(target, ledger=tmp_path / f"{name}.db", clock=clock, deadline=600) as publisher:
            outcomes = publisher.publish_many(one_by_one(make_article, 30))
        assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    assert site.refused_in_a_window <= 1
    assert len(target.site.articles) == 30


def test_a_higher_limit_that_the_target_tells_is_used(clock, make_targets, make_article, tmp_path):
    """The user's own limit is not raised by it."""
    for own, seconds in ((None, 0), (RateLimit(60), 61)):
        (target,), site = make_targets("a", limit=120)
        object.__setattr__(target.connection, "rate", own)
        began = clock.now()
        with Publisher(target, ledger=tmp_path / f"{seconds}.db", clock=clock) as publisher:
            publisher.publish_many(one_by_one(make_article, 40))
        assert 60 < len(site.sent) < 120
        assert clock.now() - began == pytest.approx(seconds, abs=0.5)


def test_a_long_wait_is_told_once(clock, make_targets, make_article, tmp_path):
    """With how long it takes, for whoever looks at a progress bar."""
    (target,), _ = make_targets("a")
    told = []
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock, on_event=told.append) as publisher:
        publisher.publish_many(one_by_one(make_article, 35))
    waits = [event for event in told if event.kind == "waiting"]
    assert [(event.target, event.key, event.detail) for event in waits] == [
        ("memory:a.invalid", "", "60 requests a minute: next in 61 s")
    ]


def test_a_key_that_is_refused_for_good_ends_in_an_error_for_each_article(clock, make_targets, make_article, tmp_path):
    """After the deadline of one request, and after a few requests, not after as many as there are articles."""
    (target,), site = make_targets("a", others=60)
    began = clock.now()
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock, deadline=180) as publisher:
        outcomes = publisher.publish_many([make_article(f"a{n}", tags=("Tag",)) for n in range(40)])
        assert {type(outcome.error) for outcome in outcomes} == {UnreachableError}
        assert clock.now() - began < 400
        assert len(site.sent) < 10
        assert site.refused_in_a_window <= 1
        site.others = 0
        clock.advance(60)
        assert all(outcome.ok for outcome in publisher.publish_many([make_article("a1")]))


def test_requests_to_another_host_are_free(clock, make_targets, make_article, tmp_path):
    """An upload to a file store is not counted by the API."""
    (target,), site = make_targets("a", rate=RateLimit(1, per=600, credential="t", origin="https://api.invalid"))
    began = clock.now()
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        publisher.publish_many(one_by_one(make_article, 5))
    assert len(site.sent) > 5
    assert clock.now() == began


def test_a_target_without_a_rate_writes_nothing_about_it(make_article, tmp_path, clock):
    """Counting costs those nothing who need it not."""
    with Publisher(Memory(), ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        publisher.publish(make_article())
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        assert (
            database.execute("SELECT credential FROM permits UNION ALL SELECT credential FROM budgets").fetchall() == []
        )


class Endless(FakeClock):
    """A wait on it does not end."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = anyio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.set()
        await anyio.sleep_forever()


@pytest.mark.parametrize("why", ["the budget is used up", "the target says later"])
def test_whoever_stops_a_wait_leaves_nothing_in_doubt(make_targets, make_article, tmp_path, why):
    """A create is journaled as sent when it has its permit; one that was refused is none."""

    async def work():
        clock = Endless()
        (target,), site = make_targets("a", limit=3 if "budget" in why else 60)
        inner = site.handle_async_request

        async def refuse_creates(request):
            if request.method == "POST" and "later" in why:
                return httpx.Response(429, headers={"Retry-After": "50"})
            return await inner(request)

        site.handle_async_request = refuse_creates
        async with (
            AsyncPublisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher,
            anyio.create_task_group() as group,
        ):
            group.start_soon(publisher.publish_many, [make_article(f"a{n}") for n in range(30)])
            with anyio.fail_after(120):
                await clock.waits.wait()
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()

    anyio.run(work)
    ledger = Ledger(tmp_path / "ledger.db")
    assert ledger.open_creates("memory:a.invalid") == []
    ledger.abandon()


NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (200, {}, (None, None, None, None)),
        (200, {"X-RateLimit-Limit": "120", "X-RateLimit-Remaining": "7"}, (120, 7, None, None)),
        (200, {"X-RateLimit-Limit": "60, 60;w=60"}, (60, None, None, None)),
        (200, {"X-RateLimit-Limit": "0"}, (None, None, None, None)),
        (200, {"X-RateLimit-Limit": "1000000000", "X-RateLimit-Remaining": "0"}, (None, 0, None, None)),
        (200, {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "-1"}, (None, None, None, None)),
        (200, {"X-RateLimit-Reset": str(int(NOW) + 20)}, (None, None, NOW + 20, None)),
        (200, {"X-RateLimit-Reset": "20"}, (None, None, NOW + 20, None)),
        (200, {"X-RateLimit-Reset": str(int(NOW) - 20)}, (None, None, None, None)),
        (200, {"X-RateLimit-Reset": str(int(NOW) + 9999)}, (None, None, None, None)),
        (429, {}, (None, None, None, NOW + 60)),
        (429, {"X-RateLimit-Reset": "20"}, (None, None, NOW + 20, NOW + 20)),
        (429, {"Retry-After": "7"}, (None, None, None, NOW + 7)),
        (429, {"Retry-After": email.utils.formatdate(NOW + 30, usegmt=True)}, (None, None, None, NOW + 30)),
        (429, {"Retry-After": "soon"}, (None, None, None, NOW + 60)),
        (429, {"Retry-After": "9" * 400}, (None, None, None, NOW + 3600)),
        (503, {"Retry-After": "7"}, (None, None, None, None)),
    ],
)
def test_what_headers_tell(status, headers, told):
    """Of the limit, of what is left, of when all is free again, and until when everything is refused."""
    found = heard(httpx.Response(status, headers=headers), MINUTE, NOW)
    assert (found.requests, found.remaining, found.reset_at, found.refused_until) == told


def test_a_rate_is_the_backends_unless_the_user_gives_one():
    """The credential stays that of the backend; where nobody names one, the host is what is counted by."""
    target = Rated("a", site=MemorySite(), rate=MINUTE)
    object.__setattr__(target.connection, "rate", RateLimit(30, per=10))
    _, limit = rate_of(target)
    assert (limit.requests, limit.per, limit.credential, limit.rises) == (30, 10, MINUTE.credential, False)
    _, limit = rate_of(Memory("b", rate=RateLimit(30)))
    assert (limit.credential, limit.rises) == ("b.invalid", False)
    assert rate_of(Memory()) is None


@pytest.mark.parametrize(("requests", "per"), [(0, 60), (-1, 60), (60, 0), (60, -1), (60, math.inf), (60, math.nan)])
def test_a_rate_that_is_none_is_refused(requests, per):
    """When it is given, not when it is used."""
    with pytest.raises(ConfigurationError, match="no rate"):
        RateLimit(requests, per)


def test_a_rate_does_not_show_its_credential():
    """It may be a token."""
    assert "nobody guesses" not in repr(MINUTE)


PUBLISHES = """
import sys
import httpx
from publisher import Article, Memory, Publisher, RateLimit

class Remote(Memory):
    def __init__(self, url):
        super().__init__()
        self.target = self.target.model_copy(update={"url": url})
        object.__setattr__(self.connection, "transport", httpx.AsyncHTTPTransport())

    def rate(self):
        return RateLimit(8, per=1.0, credential="token")

url, ledger, name = sys.argv[1:]
articles = [Article(key=f"{name}{n}", title=f"{name}{n}", body="Words.", parent=f"{name}{n - 1}") for n in range(8)]
with Publisher(Remote(url), ledger=ledger) as publisher:
    for outcome in publisher.publish_many(articles):
        outcome.unwrap()
"""


def test_two_processes_share_the_budget_of_a_real_server(serve, tmp_path):
    """As the server counts them: in no window more than the limit, and everything is published once."""
    site, arrived, one_at_a_time = MemorySite(), [], threading.Lock()

    def answer(handler):
        with one_at_a_time:
            arrived.append(time.monotonic())
            return site.answer(handler.asked)

    url = serve(answer)
    command = [sys.executable, "-c", PUBLISHES, url, tmp_path / "ledger.db"]
    processes = [subprocess.Popen([*command, name]) for name in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    assert len(arrived) > 24
    # Each process has one request under way, and a busy machine may hold it up between its permit and the server.
    assert max(sum(start <= moment < start + 1.0 for moment in arrived) for start in arrived) <= 8 + 2
    assert sorted(row["slug"] for row in site.articles.values()) == sorted(
        f"{name}{n}" for name in "ab" for n in range(8)
    )
