"""The protocol carries Webflow: assets in two steps, bulk create and publish, and nothing twice or half-made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
from webflow_backend import WebflowShape
from webflow_rig import WebflowRig

from publisher import Article, AsyncPublisher, Publisher
from publisher.backends.base import Known
from publisher.backends.steps import Absent, Flow, done
from publisher.errors import ConflictError, RefusedError, TargetError, UnreachableError
from publisher.ledger import Ledger
from publisher.models import Intent, Subject
from publisher.testing import Crash, CrashPoints, CrashWalk, Fault, Report
from publisher.testing.faults import Trouble
from publisher.testing.walk import Deed

TROUBLES: tuple[Trouble, ...] = ("answer lost", "late", "request lost", "bad gateway")

#: With WALKS=all every point is died at, which takes half an hour; otherwise a few of each walk.
EVERY = os.environ.get("WALKS") == "all"

REQUESTS = {
    "register asset": ("POST", "/v2/sites/site/assets"),
    "upload asset": ("POST", "/bucket"),
    "create tags": ("POST", "/v2/collections/tags/items"),
    "publish tags": ("POST", "/v2/collections/tags/items/publish"),
    "create items": ("POST", "/v2/collections/articles/items"),
    "publish items": ("POST", "/v2/collections/articles/items/publish"),
    "update items": ("PATCH", "/v2/collections/articles/items"),
    "unpublish items": ("DELETE", "/v2/collections/articles/items/live"),
    "delete items": ("DELETE", "/v2/collections/articles/items"),
}
WRITES: dict[Deed, Sequence[str]] = {
    "create": list(REQUESTS)[:6],
    "update": ("update items", "publish items"),
    "unpublish": ("unpublish items",),
    "delete": ("unpublish items", "delete items"),
}


class AimedWalk(CrashWalk):
    """A walk whose trouble is the rig's own, and befalls the request that it is aimed at."""

    def _set_up(self, rig: WebflowRig, place: object) -> None:  # type: ignore[override]
        super()._set_up(rig, place)  # type: ignore[arg-type]
        rig.arm()


def about(samples: int) -> Callable[[int], Iterable[int]]:
    """So many points, from the first to the last."""

    def choose(points: int) -> Iterable[int]:
        if EVERY or points <= samples:
            return range(1, points + 1)
        step = (points - 1) / max(1, samples - 1)
        return sorted({round(1 + number * step) for number in range(samples)})

    return choose


def middle(samples: int) -> Callable[[int], Iterable[int]]:
    """So many points, spread over a run without its beginning and end."""

    def choose(points: int) -> Iterable[int]:
        step = (points + 1) / (samples + 1)
        return range(1, points + 1) if EVERY else sorted({round((n + 1) * step) for n in range(samples)})

    return choose


class Walked:
    """A walk, with all the places where it went."""

    def __init__(
        self, folder: Path, deed: Deed, count: int, backend: type[WebflowShape], trouble: Trouble | None, at: str
    ) -> None:
        self.rigs: list[WebflowRig] = []
        self._backend = backend
        self._fault = Fault(trouble, _is(at)) if trouble else None
        self.walk = AimedWalk(self._make_rig, folder, deed, count)

    def _make_rig(self) -> WebflowRig:
        rig = WebflowRig(self._backend, self._fault)
        self.rigs.append(rig)
        return rig

    @property
    def survivors(self) -> Sequence[WebflowRig]:
        """The places of all walks; the first was only for counting the points."""
        return self.rigs[1:]


def _is(name: str) -> Callable[[httpx.Request], bool]:
    return lambda request: (request.method, request.url.path) == REQUESTS[name]


def assert_whole(walked: Walked, report: Report) -> None:
    print(report)
    assert report.walks == len(walked.survivors) > 0
    assert not report.faults
    assert [half for rig in walked.survivors for half in rig.halves()] == []
    # One image and one tag of each article, and one that all share, wherever the deed began with publishing.
    for rig in walked.survivors:
        assert len(rig.assets()) == len(rig.terms()) == walked.walk.count + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "walks"


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("deed", WRITES)
def test_death_at_any_step_is_survived(folder: Path, deed: Deed, count: int) -> None:
    walked = Walked(folder, deed, count, WebflowShape, None, "")
    assert_whole(walked, walked.walk.once(about(9 if deed == "create" else 5)))


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(
    ("deed", "at"), [(deed, at) for deed, requests in WRITES.items() for at in requests], ids=lambda value: str(value)
)
def test_trouble_with_any_write_and_death_are_survived(folder: Path, deed: Deed, at: str, trouble: Trouble) -> None:
    count = 5 if trouble == "late" else 1
    walked = Walked(folder, deed, count, WebflowShape, trouble, at)
    assert_whole(walked, walked.walk.once(middle(1 if count == 5 else 2)))
    assert any(rig.went_wrong for rig in walked.rigs)


@pytest.mark.parametrize("deed", WRITES)
def test_two_deaths_are_survived(folder: Path, deed: Deed) -> None:
    walked = Walked(folder, deed, 5 if deed == "create" else 1, WebflowShape, None, "")
    assert_whole(walked, walked.walk.twice(middle(2)))


class DoubtsHalves(WebflowShape):
    """Leaves an item in doubt until it is published, instead of committing that it is stored."""

    keeps_halves = False


@pytest.mark.parametrize("at", ["create items", "publish items"])
def test_halves_need_not_be_committed(folder: Path, at: str) -> None:
    walked = Walked(folder, "create", 5, DoubtsHalves, "bad gateway", at)
    assert_whole(walked, walked.walk.once(middle(4)))


# Mutants: what the walk must catch.


class FindsNothing(WebflowShape):
    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        for subject in {intent.subject for intent in intents}:
            yield from done(subject, Absent())


class BelievesAtOnce(WebflowShape):
    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(url, token, transport)
        self.connection = replace(self.connection, settle=0.0)


def _renaming(walked: Walked) -> Walked:
    """The places of the walk store articles under another slug, so that a look-up by slug misses them."""
    make = walked.walk.make_rig

    def make_renaming() -> WebflowRig:
        rig = make()
        assert isinstance(rig, WebflowRig)
        rig.fake.renames = lambda slug: f"{slug}-e9f6b"
        return rig

    walked.walk = replace(walked.walk, make_rig=make_renaming)
    return walked


def test_a_find_that_finds_nothing_makes_duplicates_where_slugs_are_renamed(folder: Path) -> None:
    honest = _renaming(Walked(folder, "create", 1, DoubtsHalves, "answer lost", "create items"))
    assert_whole(honest, honest.walk.once(middle(4)))

    class Mutant(FindsNothing, DoubtsHalves):
        pass

    mutant = _renaming(Walked(folder, "create", 1, Mutant, "answer lost", "create items"))
    report = mutant.walk.once(middle(4))
    print(report)
    assert any("2 copies" in fault for fault in report.faults)


def test_a_look_up_before_every_create_makes_up_for_a_find_that_finds_nothing(folder: Path) -> None:
    walked = Walked(folder, "create", 1, FindsNothing, "answer lost", "register asset")
    assert_whole(walked, walked.walk.once(middle(4)))


def test_absent_that_is_believed_at_once_makes_duplicates(folder: Path) -> None:
    walked = Walked(folder, "create", 1, BelievesAtOnce, "late", "register asset")
    report = walked.walk.once(middle(4))
    print(report)
    assert any("2 times the asset" in fault for fault in report.faults)
    assert any(rig.halves() for rig in walked.survivors)


# What no walk comes across.


@pytest.fixture
def rig() -> WebflowRig:
    return WebflowRig()


def publisher(rig: WebflowRig, folder: Path) -> Publisher:
    return Publisher(rig.backend(), ledger=folder / "ledger.db", clock=rig.clock)


def sent(rig: WebflowRig, name: str) -> int:
    return sum(map(_is(name), rig.requests))


def test_publishing_a_batch_takes_few_requests(rig: WebflowRig, folder: Path) -> None:
    with publisher(rig, folder) as p:
        for outcome in p.publish_many([rig.article(number) for number in (1, 2, 3)]):
            outcome.unwrap()
    assert {name: sent(rig, name) for name in WRITES["create"]} == {
        "register asset": 4,
        "upload asset": 4,
        "create tags": 1,
        "publish tags": 1,
        "create items": 1,
        "publish items": 1,
    }


def test_more_than_a_request_may_hold_is_sent_in_several(rig: WebflowRig, folder: Path) -> None:
    with publisher(rig, folder) as p:
        p.publish(Article(title="Many", tags=tuple(f"Tag {number}" for number in range(120))))
    assert len(rig.terms()) == len(rig.fake.live["tags"]) == 120
    assert sent(rig, "create tags") == sent(rig, "publish tags") == 2


def test_a_registered_asset_without_bytes_is_removed_even_if_its_article_is_not_published_again(
    rig: WebflowRig, folder: Path
) -> None:
    points = CrashPoints()
    rig.fake.answers = lambda request: _die(points) if request.url.host == "s3.test" else None

    async def publish_and_die() -> None:
        async with AsyncPublisher(
            rig.backend(), ledger=folder / "ledger.db", clock=rig.clock, checkpoint=points
        ) as publisher:
            await publisher.publish(rig.article(1))

    with pytest.raises(Crash):
        anyio.run(publish_and_die)
    assert rig.halves()
    rig.fake.answers = lambda request: None
    rig.clock.advance(120)  # type: ignore[attr-defined]
    with publisher(rig, folder) as p:
        p.publish(Article(title="Another one"))
    assert not rig.assets()


def _die(points: CrashPoints) -> httpx.Response:
    points.at = len(points.seen)
    raise Crash("in the middle of an upload")


def test_an_upload_that_is_refused_leaves_nothing_behind_and_fails_only_its_articles(
    rig: WebflowRig, folder: Path
) -> None:
    refused: list[str] = []

    def refuse_first(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "s3.test" or (refused and refused[0] not in request.content.decode("latin-1")):
            return None
        refused[:] = [
            next(row["id"] for row in rig.fake.assets.values() if row["id"] in request.content.decode("latin-1"))
        ]
        return httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")

    rig.fake.answers = refuse_first
    with publisher(rig, folder) as p:
        outcomes = p.publish_many([rig.article(1, assets={}, body="No image."), rig.article(2)])
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert isinstance(outcomes[1].error, UnreachableError)
    assert rig.halves() == []


def test_an_item_that_is_stored_and_not_published_is_published_by_the_next_run(rig: WebflowRig, folder: Path) -> None:
    rig.fake.refuses_publish = lambda item: item["fieldData"]["slug"] == "article-2"
    articles = [rig.article(number) for number in (1, 2)]
    with publisher(rig, folder) as p:
        outcomes = p.publish_many(articles)
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert isinstance(outcomes[1].error, RefusedError)
    rig.fake.refuses_publish = lambda item: False
    with publisher(rig, folder) as p:
        assert [outcome.unwrap().remote_id for outcome in p.publish_many(articles)] == [
            c.remote_id for c in rig.articles()
        ]
    assert [(copy.slug, copy.shown) for copy in rig.articles()] == [("article-1", True), ("article-2", True)]
    assert sent(rig, "create items") == 1


@pytest.mark.parametrize("keeps_good", [False, True])
def test_one_bad_entry_of_a_bulk_create_fails_alone(rig: WebflowRig, folder: Path, keeps_good: bool) -> None:
    rig.fake.keeps_good = keeps_good

    def occupy_in_between(request: httpx.Request) -> None:
        if _is("create items")(request) and "foreign" not in rig.fake.staged["articles"]:
            rig.occupy("article-2")

    rig.fake.answers = occupy_in_between
    with publisher(rig, folder) as p:
        outcomes = p.publish_many([rig.article(number) for number in (1, 2, 3)])
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, TargetError | ConflictError)
    assert sorted(copy.slug for copy in rig.articles()) == ["article-1", "article-2", "article-3"]


def test_an_article_is_adopted_when_the_ledger_is_lost(rig: WebflowRig, folder: Path) -> None:
    with publisher(rig, folder / "first") as p:
        first = p.publish(rig.article(1))
    with publisher(rig, folder / "second") as p:
        assert p.publish(rig.article(1, body="More.")).remote_id == first.remote_id
    (copy,) = rig.articles()
    assert copy.text.endswith("More.")
    assert len(rig.assets()) == len(rig.terms()) == 2


def test_somebodys_edit_is_a_conflict_and_somebodys_save_is_none(rig: WebflowRig, folder: Path) -> None:
    with publisher(rig, folder) as p:
        item = p.publish(rig.article(1)).remote_id
        rig.edit(item, None)
        p.publish(rig.article(1, body="Two."))
        rig.edit(item, "Better")
        with pytest.raises(ConflictError, match="name was 'Article 1' and is 'Better'"):
            p.publish(rig.article(1, body="Three."))


def test_nothing_stays_open_after_a_run_in_which_nothing_went_wrong(rig: WebflowRig, folder: Path) -> None:
    with publisher(rig, folder) as p:
        p.publish_many([rig.article(number) for number in (1, 2, 3, 4)])
    ledger = Ledger(folder / "ledger.db")
    assert ledger.open_creates(rig.backend().target.identity) == []
    known = ledger.known(rig.backend().target.identity, [], [Subject("term", "Shared tag")], 0.0)
    assert known.placed
    ledger.close()


# What the driver must hold for such a backend.


def test_headers_for_the_target_do_not_go_to_the_host_of_the_uploads(rig: WebflowRig, folder: Path) -> None:
    backend = rig.backend()
    backend.connection = replace(backend.connection, headers={"X-Proxy-Key": "let-me-in"})
    with Publisher(backend, ledger=folder / "ledger.db", clock=rig.clock) as p:
        p.publish(rig.article(1))
    hosts = {request.url.host for request in rig.requests if "x-proxy-key" in request.headers}
    assert hosts == {"api.webflow.test"}
