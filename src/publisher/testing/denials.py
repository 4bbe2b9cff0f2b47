"""What the suite wants of capabilities that a backend does not declare: that they are really not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from publisher.errors import PublisherError
from publisher.models import Action, Job, Status
from publisher.testing.clock import FakeClock
from publisher.testing.rig import Rig
from publisher.testing.stage import Stage, capabilities_of


class Denials:
    """A part of :class:`publisher.testing.BackendSuite`."""

    @pytest.fixture
    def incapable(self, rig: Rig) -> Callable[[str], None]:
        """Skip the test if the backend has a capability: what it denies must really not be there."""

        def check(name: str) -> None:
            if getattr(capabilities_of(rig), name):
                pytest.skip(f"the backend declares the capability {name!r}")

        return check

    def test_needs_are_of_the_declared_kinds(self, rig: Rig) -> None:
        """An article with an image and a tag needs what the capabilities name of the two, and nothing else."""
        capabilities = capabilities_of(rig)
        article = rig.article(body="![A](a.png)", assets={"a.png": rig.lone_picture()}, tags=("A tag",))
        job = Job(
            id="1",
            target=rig.backend().target.identity,
            key=article.key,
            slug=article.slug,
            revision=1,
            action=Action.CREATE,
            wish="",
            renderer="",
            created=0.0,
            article=article,
        )
        declared = {kind for kind, has in (("asset", capabilities.assets), ("term", capabilities.terms)) if has}
        assert {need.kind for need in rig.backend().needs(job)} == declared

    def test_draft_is_refused_where_there_are_none(self, stage: Stage, incapable: Callable[[str], None]) -> None:
        """It is not shown for want of a better place."""
        incapable("drafts")
        with pytest.raises(PublisherError):
            stage.publish(stage.rig.article(status=Status.DRAFT))
        assert [copy for copy in stage.rig.articles() if copy.shown] == []

    def test_unpublish_is_refused_where_it_cannot_be_done(self, stage: Stage, incapable: Callable[[str], None]) -> None:
        """The article stays as it was."""
        incapable("unpublish")
        stage.publish(stage.rig.article())
        before = stage.rig.articles()
        publisher, _ = stage.open()
        with publisher, pytest.raises(PublisherError):
            publisher.unpublish(stage.rig.article())
        assert stage.rig.articles() == before

    def test_lost_ledger_adopts_nothing_where_ownership_is_not_proved(
        self, stage: Stage, incapable: Callable[[str], None]
    ) -> None:
        """What may be somebody else's is not taken over: it is a conflict, or there is a second one."""
        incapable("proves_ownership")
        first = stage.publish(stage.rig.article())
        assert first is not None
        stage.ledger = stage.folder / "new" / "ledger.db"
        publisher, _ = stage.open()
        with publisher:
            [outcome] = publisher.publish_many([stage.rig.article(body="Another text.")])
        assert outcome.receipt is None or outcome.receipt.remote_id != first.remote_id
        assert first in stage.rig.articles()

    def test_article_of_the_future_is_shown_by_a_later_run(
        self, stage: Stage, incapable: Callable[[str], None]
    ) -> None:
        """The plan says so, nobody sees it before its time, and then a run shows it though nothing was changed."""
        incapable("schedules")
        tomorrow = dt.datetime.fromtimestamp(stage.rig.clock.now() + 86_400, dt.UTC)
        article = stage.rig.article(status=Status.SCHEDULED, date=tomorrow)
        publisher, _ = stage.open()
        with publisher:
            (planned,) = publisher.plan(article)
        assert tomorrow.isoformat(timespec="seconds").removesuffix("+00:00") in planned.reason
        stage.publish(article)
        assert [copy.shown for copy in stage.rig.articles()] == [False]
        stage.rig.clock = FakeClock(tomorrow.timestamp() + 60)
        stage.publish(article)
        assert [copy.shown for copy in stage.rig.articles()] == [True]
