"""Running flows: values in, steps out, together in order; nothing is thrown into them, and nothing of them is lost."""

from __future__ import annotations

import anyio
import httpx
import pytest

from publisher.backends.steps import Done, Fact, Failed, Lost, Send, Together, done, send, together
from publisher.driving.flows import drive, side_by_side
from publisher.errors import RefusedError, UnreachableError
from publisher.models import Subject


def request(now: float) -> httpx.Request:
    return httpx.Request("GET", "https://e.org")


def named(number: int) -> Subject:
    return Subject("fact", str(number))


class World:
    """Answers the n-th request with its number, after as many turns of the event loop as ``delays`` says."""

    def __init__(self, delays: dict[int, int] | None = None) -> None:
        self.delays = delays or {}
        self.settled: list[Done] = []
        self.at_once = 0
        self.most = 0

    async def send(self, step: Send) -> httpx.Response | Lost:
        number = int(step.build(0.0).url.path.strip("/") or 0)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        for _ in range(self.delays.get(number, 1)):
            await anyio.lowlevel.checkpoint()
        self.at_once -= 1
        return httpx.Response(200, json=number)

    async def settle(self, step: Done) -> None:
        await anyio.lowlevel.checkpoint()
        self.settled.append(step)

    def drive(self, flow):
        return anyio.run(drive, flow, self)


def ask(number: int):
    answer = yield from send(lambda now: httpx.Request("GET", f"https://e.org/{number}"), "read")
    yield from done(named(number), Fact({}))
    return answer.json()


def test_a_flow_is_given_what_it_asked_for_and_its_result_comes_out():
    """Answers as they come; nothing for what was settled."""
    world = World()

    def flow():
        first = yield Send(lambda now: httpx.Request("GET", "https://e.org/7"), "read")
        nothing = yield Done(named(1), Fact({}))
        return first.json(), nothing

    assert world.drive(flow()) == (7, None)
    assert [step.subject for step in world.settled] == [named(1)]


def test_what_is_settled_is_committed_before_the_flow_goes_on():
    """A flow that stops later has not lost it."""
    world = World()
    seen = []

    def flow():
        yield Done(named(1), Fact({}))
        seen.append(len(world.settled))

    world.drive(flow())
    assert seen == [1]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_results_come_in_the_order_of_the_flows(limit):
    """Whichever is ready first, and never more at once than allowed."""
    world = World({0: 9, 1: 1, 2: 5})

    def flow():
        return (yield from together([ask(number) for number in range(6)], limit))

    assert world.drive(flow()) == [0, 1, 2, 3, 4, 5]
    assert world.most == min(limit, 6)
    assert sorted(int(step.subject.name) for step in world.settled) == list(range(6))


@pytest.mark.parametrize("flows", [0, 1])
def test_few_flows_together_are_no_trouble(flows):
    """None at all gives no results."""

    def flow():
        return (yield from together([ask(number) for number in range(flows)], limit=0))

    assert World().drive(flow()) == list(range(flows))


def fail(number: int, error: Exception):
    yield from done(named(number), Fact({}))
    yield Send(request, "read")
    raise error


def test_a_member_that_raises_becomes_failed_in_its_place():
    """The others go on to their ends."""
    error = RefusedError("no")

    def flow():
        return (yield from together([ask(0), fail(1, error), ask(2)], 3))

    world = World({0: 20})
    assert world.drive(flow()) == [0, Failed(error), 2]
    assert len(world.settled) == 3


def test_together_may_stand_inside_together():
    """Results are nested as the flows are."""

    def inner(start: int):
        return (yield from together([ask(start), fail(9, UnreachableError("gone")), ask(start + 1)], 2))

    def outer():
        return (yield from together([inner(0), ask(5), inner(6)], 2))

    one, two, three = World().drive(outer())
    assert (one[0], one[2], two, three[0], three[2]) == (0, 1, 5, 6, 7)
    assert isinstance(one[1], Failed)


def test_what_a_flow_raises_comes_out_and_what_it_settled_before_stays():
    """An error in the middle does not undo what is committed."""
    world = World()
    with pytest.raises(RefusedError, match="no"):
        world.drive(fail(1, RefusedError("no")))
    assert [step.subject for step in world.settled] == [named(1)]


@pytest.mark.parametrize("error", [RefusedError("no"), ValueError("a bug"), KeyboardInterrupt()])
def test_nothing_is_thrown_into_a_flow(error):
    """Trouble in the driver ends the drive; the flow sees nothing but its own end."""
    seen = []

    class Broken(World):
        async def send(self, step: Send):
            raise error

    def flow():
        try:
            yield Send(request, "read")
        except GeneratorExit:
            raise
        except BaseException as thrown:  # noqa: BLE001 - whatever was thrown
            seen.append(thrown)

    async def work():
        await drive(flow(), Broken())

    with pytest.raises(type(error)):
        anyio.run(work)
    assert seen == []


def test_a_bug_in_a_member_comes_out_as_it_is():
    """Not as a Failed, which would hide it, and not in a group."""

    def flow():
        yield from together([ask(0), fail(1, ZeroDivisionError("a bug"))], 2)

    with pytest.raises(ZeroDivisionError, match="a bug"):
        World().drive(flow())


@pytest.mark.parametrize(
    ("errors", "raised"),
    [
        ([RefusedError("one")], RefusedError),
        ([RefusedError("one"), RefusedError("two")], RefusedError),
        ([ZeroDivisionError("a bug")], ZeroDivisionError),
    ],
)
def test_an_error_of_a_task_comes_out_bare(errors, raised):
    """Callers write 'except RefusedError', not 'except*'."""

    async def task(error):
        raise error

    async def work():
        await side_by_side([lambda error=error: task(error) for error in errors], 5)

    with pytest.raises(raised) as caught:
        anyio.run(work)
    assert caught.value.__cause__ is None


def test_an_unknown_step_is_a_bug_that_shows():
    """Only the three steps exist."""

    def flow():
        yield "something else"

    with pytest.raises((AttributeError, AssertionError, TypeError)):
        World().drive(flow())


def test_steps_are_values():
    """A Together names its flows and its limit."""
    flows = [ask(0)]
    assert (Together(flows, 3).flows, Together(flows, 3).limit) == (flows, 3)
    flows[0].close()
