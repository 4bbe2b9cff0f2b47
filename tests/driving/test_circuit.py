"""A target that is dead costs a few requests, whatever there is to publish, and holds up nobody."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import anyio
import httpx
import pytest
from PIL import Image

from publisher import Asset, Memory, Publisher
from publisher.backends.memory import MemorySite
from publisher.backends.steps import Lost, Send
from publisher.driving.circuit import SILENCE, SILENCES, Circuit
from publisher.driving.sending import TRIES, Sender
from publisher.errors import InDoubtError, UnreachableError
from publisher.publishing import session, writing
from publisher.testing import FakeClock

TIMEOUT = 30.0


class Dying(httpx.AsyncBaseTransport):
    """A site that does not answer the requests for which ``dead`` says how it fails."""

    def __init__(self, site: MemorySite, clock: FakeClock, dead: Callable[[httpx.Request], str | None]) -> None:
        self.site, self.clock, self.dead = site, clock, dead
        self.failed: list[httpx.Request] = []

    async def handle_async_request(self, request):
        await request.aread()
        await anyio.lowlevel.checkpoint()
        how = self.dead(request)
        if how is None:
            return self.site.answer(request)
        self.failed.append(request)
        if how.isdigit():
            return httpx.Response(int(how), html=f"<h1>{how}</h1>")
        if how == "answer lost":
            self.site.answer(request)
        if how in ("answer lost", "request lost"):
            raise httpx.RemoteProtocolError("", request=request)
        if how == "refused":
            raise httpx.ConnectError("connection refused", request=request)
        self.clock.advance(TIMEOUT)
        if how == "no route":
            raise httpx.ConnectTimeout("", request=request)
        raise httpx.ReadTimeout("", request=request)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def make_target(clock):
    """A target, and the transport to its site that may be dead."""

    def make(name: str = "memory", dead: Callable[[httpx.Request], str | None] = lambda request: None):
        target = Memory(name, site=MemorySite(clock.now))
        transport = Dying(target.site, clock, dead)
        object.__setattr__(target.connection, "transport", transport)
        return target, transport

    return make


def picture(number: int) -> Asset:
    data = io.BytesIO()
    Image.new("RGB", (2, 2), (number, 0, 0)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), f"{number}.png")


def illustrated(make_article, count: int):
    return [make_article(f"a{n}", body=f"![Picture]({n}.png)", assets={f"{n}.png": picture(n)}) for n in range(count)]


def test_three_dead_targets_of_twenty_hold_up_nobody(make_target, make_article, clock, tmp_path):
    """The living are done; each article of the dead has an outcome that says why."""
    how = {"t3": "refused", "t9": "no route", "t15": "silent"}
    made = [make_target(f"t{n}", lambda request, name=f"t{n}": how.get(name)) for n in range(20)]
    articles = [make_article(f"a{n}", tags=("Tag",)) for n in range(12)]
    began = clock.now()
    with Publisher([target for target, _ in made], ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        outcomes = publisher.publish_many(articles)
    dead = {f"memory:{name}.invalid" for name in how}
    assert all(outcome.ok == (outcome.target not in dead) for outcome in outcomes)
    assert {type(outcome.error) for outcome in outcomes if not outcome.ok} == {UnreachableError}
    for name, said in (("t3", "connection refused"), ("t9", "connection timed out"), ("t15", "did not come in time")):
        told = {str(outcome.error) for outcome in outcomes if outcome.target == f"memory:{name}.invalid"}
        assert len(told) == 12
        assert all(said in text and "again" in text for text in told)
    assert {len(target.site.articles) for target, _ in made if target.target.identity not in dead} == {12}
    failed = [len(transport.failed) for _, transport in made if transport.failed]
    # All targets wait by one clock here, so that a dead one may run out of time before it runs out of tries.
    assert len(failed) == 3
    assert all(1 < tries <= TRIES for tries in failed)
    assert clock.now() - began < 3 * (TRIES * TIMEOUT + 60)


@pytest.mark.parametrize("how", ["refused", "no route", "silent"])
def test_a_target_that_dies_in_the_middle_is_not_asked_for_each_image(make_target, make_article, clock, tmp_path, how):
    """A few requests that are under way are tried to their end, and then no more are sent."""
    target, transport = make_target(dead=lambda request: how if len(target.site.assets) >= 3 else None)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        outcomes = publisher.publish_many(illustrated(make_article, 40))
        in_doubt = [outcome for outcome in outcomes if isinstance(outcome.error, InDoubtError)]
        assert len(in_doubt) <= (4 if how == "silent" else 0)  # creates that were under way
        assert {type(outcome.error) for outcome in outcomes if outcome not in in_doubt} == {UnreachableError}
        looks = [request for request in transport.failed if len(request.url.params.get_list("asset")) > 1]
        assert len(transport.failed) - len(looks) <= TRIES * (SILENCES + 2)
        transport.dead = lambda request: None
        assert all(outcome.ok for outcome in publisher.publish_many(illustrated(make_article, 40)))
    assert len(target.site.assets) == len(target.site.articles) == 40


def test_one_request_that_is_never_answered_is_not_a_dead_target(make_target, make_article, clock, tmp_path):
    """It fails the article that needs it, and no other."""
    poison = picture(7).id
    target, _ = make_target(dead=lambda request: "silent" if request.url.params.get("asset") == poison else None)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        outcomes = publisher.publish_many(illustrated(make_article, 12))
    assert [outcome.key for outcome in outcomes if not outcome.ok] == ["a7"]


def test_a_dead_target_costs_no_more_for_a_long_list(make_target, make_article, clock, tmp_path, monkeypatch):
    """Though that is carried out in portions."""
    monkeypatch.setattr(writing, "CHUNK", 5)
    target, transport = make_target(dead=lambda request: "refused")
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        outcomes = publisher.publish_many([make_article(f"a{n}") for n in range(40)])
    assert {type(outcome.error) for outcome in outcomes} == {UnreachableError}
    assert len(transport.failed) == TRIES


#: How a target that is gone fails, how many requests a look for a lost create is worth then, for how many seconds, and
#: what the error says. Only where nothing at all arrives is it known that the target is dead, and not one request.
GONE = {
    "refused": (TRIES + 8, SILENCE + 10, "does not answer any more"),
    "no route": (SILENCES, SILENCES * TIMEOUT + 10, "does not answer any more"),
    "silent": (SILENCES, SILENCES * TIMEOUT + 10, "could not be asked"),
    "502": (TRIES + 8, SILENCE + 10, "could not be asked"),
    "503": (TRIES + 8, SILENCE + 10, "could not be asked"),
}


@pytest.fixture
def going(clock):
    """Says how a target fails that is gone from its first create on, which arrives without an answer."""

    def make(how: str, seconds: float = math.inf) -> tuple[Callable[[httpx.Request], str | None], list[float]]:
        gone_at: list[float] = []

        def dead(request: httpx.Request) -> str | None:
            if request.method == "POST" and not gone_at:
                gone_at.append(clock.now())
                return "answer lost"
            return how if gone_at and clock.now() < gone_at[0] + seconds else None

        return dead, gone_at

    return make


@pytest.mark.parametrize("how", GONE)
def test_a_target_that_dies_over_a_create_is_not_waited_for_till_the_deadline(
    make_target, make_article, clock, tmp_path, going, how
):
    """A few requests, and the article is in doubt: the error says why and what next, and the next run settles it."""
    requests, seconds, said = GONE[how]
    dead, gone_at = going(how)
    target, transport = make_target(dead=dead)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock, deadline=600) as publisher:
        with pytest.raises(InDoubtError, match="publisher retry") as caught:
            publisher.publish(make_article())
        assert said in caught.value.what
        _create, *looks = transport.failed
        assert SILENCES <= len(looks) <= requests
        assert SILENCE <= clock.now() - gone_at[0] <= seconds
        transport.dead = lambda request: None
        receipt = publisher.publish(make_article())
    assert list(target.site.articles) == [receipt.remote_id]


def test_what_is_in_doubt_at_a_dead_target_fails_the_other_articles_at_once(
    make_target, make_article, clock, tmp_path, going
):
    """Also those of later portions: one is in doubt, and there is no word of the others at the target."""
    dead, _ = going("refused")
    target, transport = make_target(dead=dead)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        outcomes = publisher.publish_many([make_article(f"a{n}") for n in range(60)])
    unsure = [outcome for outcome in outcomes if isinstance(outcome.error, InDoubtError)]
    assert {type(outcome.error) for outcome in outcomes if outcome not in unsure} == {UnreachableError}
    assert len(unsure) == len(target.site.articles)
    assert len(transport.failed) <= 1 + TRIES + 8 + TRIES


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize("seconds", [0.0, 5.0, 20.0, SILENCE - 1])
def test_a_target_that_comes_back_while_a_lost_answer_is_looked_for_is_used_again(
    make_target, make_article, clock, tmp_path, going, how, seconds
):
    """A server that is restarting is waited for: what arrived is found, and what has not been sent is sent then."""
    dead, _ = going(how, seconds)
    target, _ = make_target(dead=dead)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        assert publisher.publish(make_article()).remote_id
    assert len(target.site.articles) == 1


def test_answers_in_between_begin_the_silence_anew(make_target, make_article, clock, tmp_path):
    """A target that answers now and then is alive, and asked until it may be believed that the create never arrived."""
    sent_at: list[float] = []
    answered_at: list[float] = []

    def dead(request: httpx.Request) -> str | None:
        if request.method == "POST" and not sent_at:
            sent_at.append(clock.now())
            return "request lost"
        if sent_at and clock.now() < sent_at[0] + target.connection.settle:
            if clock.now() < [*sent_at, *answered_at][-1] + 20:
                return "502"
            answered_at.append(clock.now())
        return None

    target, _ = make_target(dead=dead)
    with Publisher(target, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        assert publisher.publish(make_article()).remote_id
    assert answered_at
    assert len(target.site.articles) == 1


def test_so_many_targets_are_worked_on_at_a_time(make_target, make_article, clock, tmp_path, monkeypatch):
    """Connections and memory are bounded, however many there are."""
    monkeypatch.setattr(session, "AT_ONCE", 3)
    busy: set[str] = set()
    peak = []

    def note(request: httpx.Request) -> None:
        busy.add(request.url.host)
        peak.append(len(busy))

    made = [make_target(f"t{n}", note) for n in range(9)]
    with Publisher(
        [target for target, _ in made],
        ledger=tmp_path / "ledger.db",
        clock=clock,
        on_event=lambda event: busy.discard(event.target.removeprefix("memory:")) if event.kind == "settled" else None,
    ) as publisher:
        assert all(outcome.ok for outcome in publisher.publish_many([make_article()]))
    assert 1 < max(peak) <= 3


@pytest.mark.parametrize(("host", "dead"), [("memory.invalid", True), ("files.invalid", False)])
def test_another_host_that_is_dead_says_nothing_of_the_target(clock, host, dead):
    """A file store for example: what needs it fails, and the rest goes on."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    async def nothing(before: Lost | None) -> None:
        pass

    circuit = Circuit()

    async def work():
        async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
            sender = Sender(Memory(), client, clock, 180.0, str, str, circuit=circuit)
            return await sender.send(Send(lambda now: httpx.Request("PUT", f"https://{host}/x"), "create"), nothing)

    assert isinstance(anyio.run(work), Lost)
    assert (circuit.error is not None) == dead
