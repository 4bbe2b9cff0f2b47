"""A checkup reads and nothing else, is not patient, and makes a finding of whatever it meets."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import httpx
import pytest
from PIL import Image

from publisher import Article, Memory, Publisher, PublisherError, Webflow, WordPress, doctor, publish
from publisher.backends.base import Backend, Known
from publisher.backends.steps import Fact, Fit, Flow, Lost, done, send, together
from publisher.driving.examining import ALL_PATIENCE, TRIES
from publisher.errors import AuthenticationError, ConfigurationError, UnreachableError
from publisher.models import Asset, Finding, Subject

SECRET = "tok-3n-4242-abcdef"


class Checked(Memory):
    """A target whose checkup is as the test says."""

    def __init__(self, look: Callable[[Memory], Flow[Sequence[Finding]]], **options) -> None:
        super().__init__(**options)
        self.look = look

    def secrets(self) -> Sequence[str]:
        return [SECRET]

    def check(self, known: Known) -> Flow[Sequence[Finding]]:
        assert known == Known()
        return self.look(self)


def sends(effect: str, method: str = "POST") -> Callable[[Memory], Flow[Sequence[Finding]]]:
    def look(backend: Memory) -> Flow[Sequence[Finding]]:
        yield from send(lambda now: backend._request(method, "/terms", json={"terms": ["x"]}), effect)
        return ()

    return look


def hides(look: Callable[[Memory], Flow[Sequence[Finding]]]) -> Callable[[Memory], Flow[Sequence[Finding]]]:
    """The same as a member of a group, where an error is a result."""

    def group(backend: Memory) -> Flow[Sequence[Finding]]:
        yield from together([look(backend)], 1)
        return [Finding(verdict="good", subject="all", what="is well")]

    return group


def fits(backend: Memory) -> Flow[Sequence[Finding]]:
    data = io.BytesIO()
    Image.new("RGB", (2, 2)).save(data, "PNG")
    yield Fit(Asset.from_bytes(data.getvalue(), "a.png"))
    return ()


@pytest.mark.parametrize(
    ("look", "says"),
    [
        (sends("create"), "wanted to send a create"),
        (sends("replace"), "wanted to send a replace"),
        (hides(sends("create")), "wanted to send a create"),
        (fits, "wanted to make an image"),
    ],
    ids=["create", "replace", "in a group", "image"],
)
def test_backend_that_wants_to_write_is_refused_before_anything_is_sent(look, says):
    """That is a fault of the backend's and comes out as an error, also where the flow would take it for a result."""
    backend = Checked(look)
    with pytest.raises(PublisherError, match=f"(?s){says}.*fault of the backend"):
        doctor(backend)
    assert backend.site.requests == []


def test_what_was_learned_is_not_kept_and_no_ledger_is_made(tmp_path):
    """Facts of a checkup are for that checkup."""

    def learns(backend: Memory) -> Flow[Sequence[Finding]]:
        yield from done(Subject("fact", "site"), Fact({"a": 1}))
        return [Finding(verdict="good", subject="site", what="answers")]

    with Publisher(Checked(learns), ledger=tmp_path / "ledger.db") as publisher:
        assert publisher.doctor().ok
    assert list(tmp_path.iterdir()) == []


def reads(number: int) -> Callable[[Memory], Flow[Sequence[Finding]]]:
    def look(backend: Memory) -> Flow[Sequence[Finding]]:
        lost = []
        for _ in range(number):
            answer = yield from send(lambda now: backend._request("GET", "/site"), "read")
            lost.append(answer.why if isinstance(answer, Lost) else str(answer.status_code))
        return [Finding(verdict="problem", subject="site", what=lost[-1])]

    return look


def examined(place, look, answer) -> str:
    """What a checkup on the place's clock finds where requests are answered so."""
    backend = Checked(look, site=place.site)
    object.__setattr__(backend.connection, "transport", httpx.MockTransport(answer))
    with Publisher(backend, clock=place.clock, on_event=place._note) as publisher:
        return publisher.doctor().findings[-1].what


def test_request_is_tried_twice_and_then_given_up(place):
    """A person waits. What is tried again is told."""
    asked = []

    def refuses(request):
        asked.append(request)
        raise httpx.ConnectError("refused", request=request)

    assert "no connection" in examined(place, reads(1), refuses)
    assert (len(asked), len(place.events)) == (TRIES, TRIES - 1)


def test_site_that_asks_to_come_back_in_an_hour_is_not_waited_for(place):
    """It is said instead."""
    began = place.clock.now()
    answer = httpx.Response(503, headers={"retry-after": "3600"})
    assert "come back in 3600 s" in examined(place, reads(1), lambda request: answer)
    assert place.clock.now() == began


def test_whole_checkup_of_a_slow_site_takes_a_minute(place):
    """However many requests it would take: those that are left are not sent."""
    asked, began = [], place.clock.now()

    def slow(request):
        asked.append(request)
        place.clock.advance(14)
        raise httpx.ReadTimeout("too late", request=request)

    assert f"took longer than {ALL_PATIENCE:g} s" in examined(place, reads(100), slow)
    assert place.clock.now() - began < ALL_PATIENCE + 15
    assert len(asked) < 10


def raises(error: PublisherError) -> Callable[[Memory], Flow[Sequence[Finding]]]:
    def look(backend: Memory) -> Flow[Sequence[Finding]]:
        raise error
        yield

    return look


@pytest.mark.parametrize(
    ("error", "subject"),
    [
        (UnreachableError("it is silent", hint="Wait."), "reachability"),
        (AuthenticationError(f"nobody knows {SECRET}", hint="Wait."), "login"),
        (ConfigurationError("it is elsewhere", hint="Wait."), "target"),
    ],
)
def test_error_of_a_backend_becomes_a_finding_without_secrets(error, subject):
    """With its remedy."""
    checkup = doctor(Checked(raises(error)))
    [finding] = checkup.problems
    assert (finding.subject, finding.remedy, checkup.ok) == (subject, "Wait.", False)
    assert SECRET not in f"{checkup} {checkup!r}"


def test_backend_that_looks_at_nothing_says_so():
    """Nothing found is not the same as nothing wrong."""
    checkup = doctor(Checked(lambda backend: Backend.check(backend, Known())))
    assert [finding.verdict for finding in checkup] == ["unknown"]


def silence(handler) -> None:
    handler.rfile.read(1)


class Impatient(httpx.AsyncHTTPTransport):
    """Waits for an answer for a moment only, and as long as it takes for everything before that."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = {"connect": None, "write": None, "pool": None, "read": 0.05}
        return await super().handle_async_request(request)


@pytest.mark.parametrize(
    ("trouble", "what", "remedy"),
    [
        ("no such name", "no computer of the name blog.publisher.invalid", "typing mistake"),
        ("nobody there", "127.0.0.1:9/: no connection, because no server listens there", "opens in a browser"),
        ("certificate", "certificate of 127.0.0.1 is not to be trusted", "renew or mend"),
        ("no https", "does the site speak https", "begins with http://"),
        ("silence", "did not come in time", "Try again later"),
        ("hangs up", "closed the connection", "Try again later"),
    ],
)
def test_trouble_on_the_way_is_said_in_plain_words(request, serve, trouble, what, remedy):
    """A site that gives no answer is one finding: what it is, and what to do."""

    def hang_up(handler) -> None:
        handler.close_connection = True
        handler.connection.close()

    places = {
        "no such name": lambda: "https://blog.publisher.invalid",
        "nobody there": lambda: "http://127.0.0.1:9",
        "certificate": lambda: serve(hang_up, request.getfixturevalue("untrusted")),
        "no https": lambda: serve(hang_up).replace("http:", "https:"),
        "silence": lambda: serve(silence),
        "hangs up": lambda: serve(hang_up),
    }
    settings = {"transport": Impatient()} if trouble == "silence" else {}
    checkup = doctor(WordPress(places[trouble](), username="ana", app_password="abcd " * 6, **settings))
    [finding] = checkup
    assert (finding.verdict, finding.subject) == ("problem", "reachability")
    assert what in finding.what
    assert remedy in finding.remedy


def test_way_to_webflow_is_explained_as_any_other(tmp_path):
    """By the doctor and by a run alike."""
    nowhere = Webflow(token="0123456789abcdef", collection_id="0" * 24, base_url="http://127.0.0.1:9/v2", timeout=0.2)
    [finding] = doctor(nowhere)
    assert "no server listens there" in finding.what
    assert "its port" in finding.remedy
    with pytest.raises(UnreachableError, match="Check the address and its port"):
        publish(Article(title="A"), nowhere, ledger=tmp_path / "ledger.db")


def test_publisher_must_be_open_and_know_which_target():
    """As for everything else."""
    with pytest.raises(ConfigurationError, match="not open"):
        Publisher(Memory()).doctor()
    with Publisher([Memory("a"), Memory("b")]) as publisher:
        with pytest.raises(ConfigurationError, match="several targets"):
            publisher.doctor()
        assert publisher.doctor(Memory("c")).about == "memory:c.invalid"
