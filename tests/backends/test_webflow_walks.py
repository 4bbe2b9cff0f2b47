"""Death at any step, with trouble at any request on top: nothing twice, nothing lost, nothing half-made in Webflow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from webflow_rig import FIELDS, ODD, WebflowRig

from publisher import Article, AsyncPublisher, Publisher, Webflow
from publisher.backends.base import Known
from publisher.backends.steps import Absent, Flow, done
from publisher.errors import RefusedError, UnreachableError
from publisher.ledger import Ledger
from publisher.models import Intent
from publisher.testing import Crash, CrashPoints, CrashWalk, Fault, Report
from publisher.testing.faults import Trouble
from publisher.testing.walk import Deed
from publisher.testing.webflow import Quirks

TROUBLES: tuple[Trouble, ...] = ("answer lost", "late", "request lost", "bad gateway")

#: With WALKS=all every point is died at, which takes hours; otherwise a few of each walk.
EVERY = os.environ.get("WALKS") == "all"

#: The writes of a deed in a target that stores first and publishes then: method, collection, end of the path.
REQUESTS = {
    "register asset": ("POST", "site", "/assets"),
    "upload asset": ("POST", "", "/webflow-simulated-assets"),
    "create tags": ("POST", "tags", "/items"),
    "publish tags": ("POST", "tags", "/items/publish"),
    "create items": ("POST", "posts", "/items"),
    "create live items": ("POST", "posts", "/items/live"),
    "publish items": ("POST", "posts", "/items/publish"),
    "update items": ("PATCH", "posts", "/items"),
    "unpublish items": ("DELETE", "posts", "/items/live"),
    "delete items": ("DELETE", "posts", "/items"),
}
STAGED: dict[Deed, Sequence[str]] = {
    "create": ["register asset", "upload asset", "create tags", "publish tags", "create items", "publish items"],
    "update": ["update items", "publish items"],
    "unpublish": ["unpublish items"],
    "delete": ["unpublish items", "delete items"],
}


class AimedWalk(CrashWalk):
    """A walk whose trouble is the rig's own, and befalls the request that it is aimed at."""

    def _set_up(self, rig: WebflowRig, place: object) -> None:  # type: ignore[override]
        super()._set_up(rig, place)  # type: ignore[arg-type]
        rig.arm()


def middle(samples: int) -> Callable[[int], Iterable[int]]:
    """So many points, spread over a run without its beginning and end."""

    def choose(points: int) -> Iterable[int]:
        step = (points + 1) / (samples + 1)
        return range(1, points + 1) if EVERY else sorted({round((n + 1) * step) for n in range(samples)})

    return choose


class Walked:
    """A walk, with all the places where it went. ``settings`` are those of the target."""

    def __init__(
        self,
        folder: Path,
        deed: Deed,
        count: int = 1,
        trouble: Trouble | None = None,
        at: str = "",
        quirks: Quirks | None = None,
        backend: type[Webflow] = Webflow,
        **settings: Any,
    ) -> None:
        self.rigs: list[WebflowRig] = []

        def make() -> WebflowRig:
            rig = RigOf(backend, quirks, **settings)
            if trouble:
                rig.fault = Fault(trouble, rig.is_(at))
            self.rigs.append(rig)
            return rig

        self.walk = AimedWalk(make, folder / "walks", deed, count)

    @property
    def survivors(self) -> Sequence[WebflowRig]:
        """The places of all walks; the first was only for counting the points."""
        return self.rigs[1:]


class RigOf(WebflowRig):
    """A rig for a backend of another class."""

    def __init__(self, kind: type[Webflow], quirks: Quirks | None = None, **settings: Any) -> None:
        super().__init__(quirks, **settings)
        self.kind = kind

    def is_(self, name: str) -> Callable[[httpx.Request], bool]:
        method, where, end = REQUESTS[name]
        home = self.sim.site_id if where == "site" else getattr(self.blog, where, "")
        return lambda request: request.method == method and home in request.url.path and request.url.path.endswith(end)


def assert_whole(walked: Walked, report: Report) -> None:
    print(report)
    assert report.walks == len(walked.survivors) > 0
    assert not report.faults
    # One image and one tag of each article, and one that all share, wherever the deed began with publishing.
    for rig in walked.survivors:
        assert len(rig.assets()) == len(rig.terms()) == walked.walk.count + 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(
    ("deed", "at"),
    [*((deed, at) for deed, requests in STAGED.items() for at in requests), ("create", "create live items")],
    ids=str,
)
def test_trouble_with_any_write_and_death_are_survived(tmp_path, deed, at, trouble):
    """Each kind of trouble at each kind of write, and a death in the middle."""
    walked = Walked(tmp_path, deed, 1, trouble, at, stage_first=at != "create live items")
    assert_whole(walked, walked.walk.once(middle(1)))
    assert any(rig.went_wrong for rig in walked.rigs)


@pytest.mark.parametrize("mode", ["refused", "suffixed"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_a_bulk_create_without_source_keys_is_survived(tmp_path, trouble, mode):
    """Five items that nothing marks as ours, in both modes of duplicate slugs."""
    settings = {"fields": FIELDS | {"key": None}}
    walked = Walked(tmp_path, "create", 5, trouble, "create live items", Quirks(duplicate_slug=mode), **settings)
    assert_whole(walked, walked.walk.once(middle(1)))


@pytest.mark.parametrize("deed", STAGED)
def test_two_deaths_are_survived(tmp_path, deed):
    """One after the other."""
    walked = Walked(tmp_path, deed, stage_first=True)
    assert_whole(walked, walked.walk.twice(middle(1)))


@pytest.mark.parametrize("deed", STAGED)
@pytest.mark.parametrize("stage_first", [False, True])
def test_death_is_survived_where_webflow_is_at_its_oddest(tmp_path, deed, stage_first):
    """Every behaviour that nobody knows for certain, turned to the other side."""
    walked = Walked(tmp_path, deed, 2, quirks=ODD, stage_first=stage_first)
    assert_whole(walked, walked.walk.once(middle(2)))


# Mutants: what the walk must catch.


class FindsNothing(Webflow):
    def find(self, intents: Sequence[Intent], known: Known) -> Flow[None]:
        for subject in {intent.subject for intent in intents}:
            yield from done(subject, Absent())


class BelievesAtOnce(Webflow):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.connection = replace(self.connection, settle=0.0)


def test_absent_that_is_believed_at_once_makes_duplicates(tmp_path):
    """A registration that arrives late is there twice: the settle time is what prevents it."""
    walked = Walked(tmp_path, "create", 1, "late", "register asset", backend=BelievesAtOnce)
    report = walked.walk.once(middle(3))
    assert any("2 times the asset" in fault for fault in report.faults)


def test_find_that_finds_nothing_makes_orphans_and_duplicates(tmp_path):
    """Without a look at what stands there, an image is registered twice."""
    walked = Walked(tmp_path, "create", 1, "answer lost", "register asset", backend=FindsNothing)
    report = walked.walk.once(middle(3))
    assert any("asset" in fault for fault in report.faults)


# What no walk comes across.


@pytest.fixture
def rig():
    return RigOf(Webflow, stage_first=True)


def publisher(rig, folder):
    return Publisher(rig.backend(), ledger=folder / "ledger.db", clock=rig.clock)


def test_registered_asset_without_bytes_is_removed_even_if_its_article_is_not_published_again(rig, tmp_path):
    """Its article is gone from disk: the next run, about another one, clears up."""
    points = CrashPoints()

    def die(request):
        if rig.is_("upload asset")(request):
            points.at = len(points.seen)
            raise Crash("in the middle of an upload")
        return False

    rig.network.faults.append(Fault("refused", die))

    async def publish_and_die():
        async with AsyncPublisher(
            rig.backend(), ledger=tmp_path / "ledger.db", clock=rig.clock, checkpoint=points
        ) as p:
            await p.publish(rig.article(1))

    with pytest.raises(Crash):
        anyio.run(publish_and_die)
    assert rig.halves()
    rig.network.faults.clear()
    rig.clock.advance(120)
    with publisher(rig, tmp_path) as p:
        p.publish(Article(title="Another one"))
    assert not rig.assets()


def test_upload_that_is_refused_leaves_nothing_behind_and_fails_only_its_articles(rig, tmp_path):
    """The registration of an image that the storage does not take is removed."""
    rig.sim.faults.add("500", path="/uploads/*", times=None)
    with publisher(rig, tmp_path) as p:
        outcomes = p.publish_many([rig.article(1, assets={}, body="No image."), rig.article(2)])
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert isinstance(outcomes[1].error, UnreachableError)
    assert rig.halves() == []


def test_nothing_stays_open_after_a_run_in_which_nothing_went_wrong(rig, tmp_path):
    """Every attempt in the journal is settled."""
    with publisher(rig, tmp_path) as p:
        p.publish_many([rig.article(number) for number in (1, 2, 3, 4)])
    ledger = Ledger(tmp_path / "ledger.db")
    assert ledger.open_creates(rig.backend().target.identity) == []
    ledger.close()


def test_headers_and_token_do_not_go_to_the_host_of_the_uploads(rig, tmp_path):
    """The storage refuses them, and has no business with them."""
    backend = rig.backend()
    backend.connection = replace(backend.connection, headers={"X-Proxy-Key": "let-me-in"})
    with Publisher(backend, ledger=tmp_path / "ledger.db", clock=rig.clock) as p:
        p.publish(rig.article(1))
    for name in ("x-proxy-key", "authorization"):
        hosts = {request.url.host for request in rig.network.requests if name in request.headers}
        assert hosts == {"api.webflow.com"}


def test_more_than_a_request_may_hold_is_sent_in_several(rig, tmp_path):
    """Of 120 tags a hundred go first."""
    with publisher(rig, tmp_path) as p:
        p.publish(Article(title="Many", tags=tuple(f"Tag {number}" for number in range(120))))
    assert len(rig.terms()) == len(rig.sim.live(rig.blog.tags)) == 120
    assert sum(map(rig.is_("create tags"), rig.network.requests)) == 2


def test_missing_permission_for_images_fails_only_articles_with_images(rig, tmp_path):
    """What a token may not do is told of what needs it."""
    scopes = ["sites:read", "cms:read", "cms:write", "assets:read"]
    rig.sim.add_token(rig.sim.token, scopes=scopes, requests_per_minute=None)
    with publisher(rig, tmp_path) as p:
        outcomes = p.publish_many([rig.article(1, assets={}, body="No image."), rig.article(2)])
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert isinstance(outcomes[1].error, RefusedError)
