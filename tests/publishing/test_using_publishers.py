"""Publisher and AsyncPublisher: opened, shared by threads and tasks, and interrupted in the middle."""

from __future__ import annotations

import gc
import inspect
import json
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Event, Lock

import anyio
import httpx
import pytest

import publisher
from publisher import AsyncPublisher, Memory, Publisher
from publisher.backends.memory import MemorySite
from publisher.errors import ConfigurationError, InDoubtError
from publisher.ledger import Ledger
from publisher.models import Action
from publisher.testing import FakeClock


def test_both_kinds_take_the_same_arguments_and_say_the_same_of_them():
    """Whatever one of them can the other can too, and help() shows it in full."""
    verbs = [name for name, _ in inspect.getmembers(AsyncPublisher, inspect.isfunction) if not name.startswith("_")]
    assert "publish" in verbs
    for name in verbs:
        one, other = getattr(Publisher, name), getattr(AsyncPublisher, name)
        assert (inspect.signature(one), one.__doc__) == (inspect.signature(other), other.__doc__), name
    assert inspect.signature(Publisher) == inspect.signature(AsyncPublisher)
    assert "deadline" in inspect.signature(Publisher).parameters


@pytest.mark.parametrize("call", ["publish", "publish_many", "plan", "unpublish", "delete"])
@pytest.mark.parametrize("when", ["never opened", "closed"])
def test_a_publisher_that_is_not_open_says_how_to_open_it(make_target, make_article, ledger, call, when):
    """Both kinds, before they were opened and after they were closed."""
    sync, asynchronous = Publisher(make_target(), ledger=ledger), AsyncPublisher(make_target(), ledger=ledger)
    if when == "closed":
        with sync:
            pass

    async def work():
        if when == "closed":
            async with asynchronous:
                pass
        await getattr(asynchronous, call)(make_article())

    with pytest.raises(ConfigurationError, match="with Publisher"):
        getattr(sync, call)(make_article())
    with pytest.raises(ConfigurationError, match="async with"):
        anyio.run(work)


def test_a_publisher_can_be_opened_again(make_target, make_article, ledger):
    """With all that it knew."""
    with Publisher(make_target(), ledger=ledger) as publisher_:
        publisher_.publish(make_article())
    with publisher_:
        assert publisher_.publish(make_article()).action is Action.NO_OP


def test_of_several_targets_one_has_to_be_named(make_target, make_article, ledger):
    """For what is about one target only."""
    one, two = make_target("x"), make_target("y")
    with Publisher([one, two], ledger=ledger) as publisher_:
        with pytest.raises(ConfigurationError, match="several targets"):
            publisher_.publish(make_article())
        publisher_.publish(make_article(), two)
        publisher_.publish_many([make_article()])
    assert (len(one.site.articles), len(two.site.articles)) == (1, 1)


def test_a_publisher_without_targets_takes_one_with_each_call(make_target, make_article, ledger):
    """And says so where none is given."""
    with Publisher(ledger=ledger) as publisher_:
        publisher_.publish(make_article(), make_target())
        with pytest.raises(ConfigurationError, match="no target"):
            publisher_.publish(make_article())


def test_several_threads_share_a_publisher(make_target, make_article, ledger):
    """Different articles, and the same ones several times: each stands there once."""
    target = make_target()
    with Publisher(target, ledger=ledger) as publisher_, ThreadPoolExecutor(4) as threads:
        articles = [make_article(f"a{number % 5}", tags=("shared",)) for number in range(10)]
        receipts = list(threads.map(publisher_.publish, articles))
    assert len(target.site.articles) == 5
    assert len(target.site.terms) == 1
    assert {receipt.remote_id for receipt in receipts} == set(target.site.articles)


def test_several_tasks_share_a_publisher(make_target, make_article, ledger):
    """In one event loop, one of them failing."""
    target = make_target()
    target.site.refuses = lambda slug: slug == "article-a3"
    failed = []

    async def one(publisher_, number):
        try:
            await publisher_.publish(make_article(f"a{number}"))
        except publisher.PublisherError as error:
            failed.append(error.article)

    async def work():
        async with AsyncPublisher(target, ledger=ledger) as publisher_, anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(one, publisher_, number)

    anyio.run(work)
    assert (len(target.site.articles), failed) == (5, ["a3"])


def test_a_publisher_works_inside_a_running_event_loop(make_target, make_article, ledger):
    """As in a notebook: the sync one has a loop of its own."""

    async def work():
        return publisher.publish(make_article(), make_target(), ledger=ledger)

    assert anyio.run(work).action is Action.CREATE


@pytest.mark.parametrize("kind", ["planned", "sent", "settled"])
def test_a_listener_that_raises_ends_its_run_and_nothing_else(make_target, make_article, ledger, kind):
    """Its error comes out as it is, and the next run leaves one copy."""
    target = make_target()

    def listen(event):
        if event.kind == kind:
            raise ZeroDivisionError(kind)

    loud = Publisher(target, ledger=ledger, clock=FakeClock(), on_event=listen)
    with loud, pytest.raises(ZeroDivisionError, match=kind):
        loud.publish(make_article())
    with Publisher(target, ledger=ledger, clock=FakeClock()) as publisher_:
        publisher_.publish(make_article())
    assert len(target.site.articles) == 1


# Interrupted in the middle


class Silent(httpx.AsyncBaseTransport):
    """A site that does what a create says, and then does not answer until ``answers`` is set."""

    def __init__(self, site: MemorySite) -> None:
        self.site = site
        self.arrived = Event()
        self.cancelled = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        answer = self.site.answer(request)
        if request.method == "GET":
            return answer
        self.arrived.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.cancelled += 1
        raise AssertionError


def silent_target(**options) -> tuple[Memory, Silent]:
    target = Memory(**options)
    transport = Silent(target.site)
    target.connection = replace(target.connection, transport=transport)
    return target, transport


async def until(happened: Event) -> None:
    while not happened.is_set():  # noqa: ASYNC110 - an event of threads
        await anyio.sleep(0.001)


def test_a_cancelled_create_is_in_doubt_and_found_by_the_next_run(make_article, ledger):
    """Whoever cancels does not get two copies; nobody has to wait for leases either."""
    target, transport = silent_target()
    clock = FakeClock()

    async def work():
        async with AsyncPublisher(target, ledger=ledger, clock=clock) as publisher_, anyio.create_task_group() as group:
            group.start_soon(publisher_.publish, make_article())
            await until(transport.arrived)
            group.cancel_scope.cancel()

    anyio.run(work)
    sound = Memory(site=target.site)
    assert publisher.plan(make_article(), sound, ledger=ledger).counts == {Action.IN_DOUBT: 1}
    began = clock.now()
    with Publisher(sound, ledger=ledger, clock=clock) as publisher_:
        receipt = publisher_.publish(make_article())
    assert clock.now() - began < 5
    assert list(target.site.articles) == [receipt.remote_id]


def test_a_time_limit_around_a_run_is_the_caller_s(make_article, ledger):
    """anyio.fail_after gives its own TimeoutError, at its own time: long before the publisher's."""
    target, _ = silent_target()
    deadline = 180.0

    async def work():
        async with AsyncPublisher(target, ledger=ledger, deadline=deadline) as publisher_:
            with anyio.fail_after(0.3):
                await publisher_.publish(make_article())

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        anyio.run(work)
    assert time.monotonic() - began < deadline


def test_a_cancelled_publisher_goes_on_working(make_target, make_article, ledger):
    """One call that was given up does not end the others."""
    target, transport = silent_target()
    other = make_target("other")

    async def work():
        async with AsyncPublisher([target, other], ledger=ledger) as publisher_:
            async with anyio.create_task_group() as group:
                group.start_soon(publisher_.publish, make_article(), target)
                await until(transport.arrived)
                group.cancel_scope.cancel()
            return await publisher_.publish(make_article(), other)

    assert anyio.run(work).action is Action.CREATE
    assert transport.cancelled == 1


SCRIPT = """
import signal
import sys
from dataclasses import replace

import httpx

from publisher import Article, Memory, publish_many

# A shell that runs the tests in the background has its processes ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


class OverHttp(httpx.AsyncBaseTransport):
    def __init__(self, base):
        self.base = httpx.URL(base)
        self.real = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request):
        await request.aread()
        url = self.base.copy_with(raw_path=request.url.raw_path)
        return await self.real.handle_async_request(
            httpx.Request(request.method, url, content=request.content, extensions=request.extensions)
        )

    async def aclose(self):
        await self.real.aclose()


target = Memory()
target.connection = replace(target.connection, transport=OverHttp(sys.argv[1]))
keys = sys.argv[3].split(",")
articles = [Article(key=key, title=f"Article {key}", body="Words.", tags=sys.argv[4:]) for key in keys]
for outcome in publish_many(articles, target, ledger=sys.argv[2]):
    outcome.unwrap()
"""


@pytest.fixture
def slow_site(serve):
    """A site behind a real HTTP server that does what a create says and answers when it is let; what it holds."""
    site, arrived, answers, one_at_a_time = MemorySite(), Event(), Event(), Lock()

    def answer(handler):
        with one_at_a_time:
            given = site.answer(handler.asked)
        if handler.command != "GET":
            arrived.set()
            answers.wait(600)
        return given

    yield serve(answer), site, arrived, answers
    answers.set()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_stopped_leaves_one_copy(slow_site, tmp_path, make_article, ledger, how):
    """With Ctrl-C it ends at once; the next run finds what had been sent, and sends no second one."""
    url, site, arrived, _ = slow_site
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    process = subprocess.Popen([sys.executable, script, url, ledger, "a"], stderr=subprocess.PIPE, text=True)
    assert arrived.wait(300)
    process.send_signal(how)
    # The site still keeps its answer to itself: whoever waited for that would be found out here.
    _, said = process.communicate(timeout=300)
    if how is signal.SIGINT:
        assert said.strip().splitlines()[-1] == "KeyboardInterrupt"
        assert "GroupExit" not in said
        assert "ExceptionGroup" not in said
    with closing(sqlite3.connect(ledger)) as database:
        assert database.execute("SELECT kind, effect, state FROM attempts").fetchall() == [
            ("article", "create", "open")
        ]
    # The dead process may still hold its leases; the run waits for their expiry by its own clock.
    with Publisher(Memory(site=site), ledger=ledger, clock=FakeClock(time.time())) as publisher_:
        publisher_.publish(make_article(body="Words."))
    assert [row["title"] for row in site.articles.values()] == ["Article a"]


def test_several_processes_publish_the_same_folder_once(slow_site, tmp_path, ledger):
    """Three at once, each in an order of its own, with tags that all of them need: everything stands there once."""
    url, site, _, answers = slow_site
    answers.set()
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    orders = ["a,b,c,d,e,f,g", "g,f,e,d,c,b,a", "d,c,b,a,g,f,e"]
    command = [sys.executable, script, url, ledger]
    processes = [subprocess.Popen([*command, order, "x", "y"], stderr=subprocess.PIPE, text=True) for order in orders]
    said = [process.communicate(timeout=300)[1] for process in processes]
    assert said == [""] * 3
    assert sorted(row["title"] for row in site.articles.values()) == [f"Article {key}" for key in "abcdefg"]
    assert sorted(row["name"] for row in site.terms.values()) == ["x", "y"]


def test_a_run_that_gives_up_waiting_for_a_dead_process_says_so(make_article, ledger):
    """With a deadline shorter than the time after which a silent process counts as dead."""
    clock = FakeClock()
    dead = Ledger(ledger)
    dead.acquire("memory:memory.invalid", [frozenset({"article:a"})], clock.now())
    dead.abandon()
    with Publisher(Memory(), ledger=ledger, clock=clock, deadline=5) as publisher_:
        with pytest.raises(InDoubtError, match="another publisher"):
            publisher_.publish(make_article())
        clock.advance(15)
        assert publisher_.publish(make_article()).action is Action.CREATE


def test_events_tell_the_steps_in_order(make_article, ledger):
    """For progress bars and logs; as JSON they have nothing but text."""
    events = []
    publisher.publish(make_article(), Memory(), ledger=ledger, on_event=events.append)
    assert [event.kind for event in events] == ["planned", "sent", "settled"]
    assert json.loads(json.dumps([event.key for event in events])) == ["a"] * 3


def test_a_program_that_opens_a_publisher_for_each_article_does_not_grow(make_target, make_article, ledger):
    """What one of them needed goes with it: thousands of calls of publish() leave what a few leave."""
    target = make_target()

    def publish(times: int) -> int:
        for _ in range(times):
            publisher.publish(make_article(), target, ledger=ledger)
        gc.collect()
        return len(gc.get_objects())

    few = publish(5)
    assert publish(20) - few < 20 * 100
