"""BackendSuite: what every backend has to prove, whatever its target.

    class TestMyCms(BackendSuite):
        @pytest.fixture
        def make_rig(self):
            return MyCmsRig

A test that needs something the backend's capabilities rule out is skipped by the capability's name; and what they rule
out must really not be there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.driving.clock import SystemClock
from publisher.errors import PublisherError
from publisher.models import Action, Status
from publisher.publishing.portal import Publisher
from publisher.testing.checkups import Checkups
from publisher.testing.conflicts import Conflicts
from publisher.testing.denials import Denials
from publisher.testing.faults import READS, Fault, Trouble
from publisher.testing.rig import Rig
from publisher.testing.stage import Stage, capabilities_of
from publisher.testing.walk import CrashWalk, Deed

MakeRig = Callable[[], Rig]


class BackendSuite(Checkups, Conflicts, Denials):
    """Subclass it and give it a fixture ``make_rig`` that returns a function without arguments, or the rig's class."""

    @pytest.fixture
    def rig(self, make_rig: MakeRig) -> Rig:
        return make_rig()

    @pytest.fixture
    def stage(self, rig: Rig, tmp_path: Path) -> Stage:
        return Stage(rig, tmp_path)

    @pytest.fixture
    def capable(self, rig: Rig) -> Callable[[str], None]:
        """Skip the test unless the backend has a capability."""

        def check(name: str) -> None:
            if not getattr(capabilities_of(rig), name):
                pytest.skip(f"the backend does not declare the capability {name!r}")

        return check

    # Create, update, leave alone

    def test_create_stands_once_with_its_words(self, stage: Stage) -> None:
        """A published article stands at the target once, shown, with its title and words."""
        copy = stage.publish(stage.rig.article(body="All its words."))
        assert copy is not None
        assert (copy.title, copy.shown, "All its words." in copy.text) == ("Article 1", True, True)
        assert len(stage.rig.articles()) == 1

    def test_second_run_sends_nothing(self, stage: Stage) -> None:
        """An unchanged article costs no request at all, in the same process and in a new one."""
        article = stage.rig.article()
        stage.publish(article)
        publisher, faulty = stage.open()
        with publisher:
            receipt = publisher.publish(article)
        assert (receipt.action, faulty.requests) == (Action.NO_OP, [])

    def test_edit_updates_the_same_article(self, stage: Stage) -> None:
        """A changed article replaces what stands there, under the same id."""
        first = stage.publish(stage.rig.article())
        second = stage.publish(stage.rig.article(body="A new ending.", title="Another title"))
        assert first is not None
        assert second is not None
        assert second.remote_id == first.remote_id
        assert (second.title, "A new ending." in second.text) == ("Another title", True)
        assert len(stage.rig.articles()) == 1

    def test_receipt_tells_what_stands_there(self, stage: Stage) -> None:
        """The receipt names the copy, and has a version token and a baseline to compare with later."""
        publisher, _ = stage.open()
        with publisher:
            receipt = publisher.publish(stage.rig.article())
        [copy] = stage.rig.articles()
        assert (receipt.remote_id, receipt.slug, receipt.action) == (copy.remote_id, copy.slug, Action.CREATE)
        assert receipt.version
        assert receipt.baseline
        assert receipt.changes == ()

    def test_review_finds_no_problem_in_what_can_be_published(self, rig: Rig) -> None:
        """What a backend says of an article beforehand does not contradict what it does with it."""
        backend = rig.backend()
        findings = backend.review(rig.article().at(backend.target))
        assert [finding for finding in findings if finding.verdict == "problem"] == []

    def test_draft_is_not_shown(self, stage: Stage, capable: Callable[[str], None]) -> None:
        """A draft stands there unseen, and is shown when its status becomes published."""
        capable("drafts")
        draft = stage.publish(stage.rig.article(status=Status.DRAFT))
        assert draft is not None
        assert not draft.shown
        shown = stage.publish(stage.rig.article(status=Status.PUBLISHED))
        assert shown is not None
        assert (shown.remote_id, shown.shown) == (draft.remote_id, True)

    def test_unpublish_keeps_it_unseen(self, stage: Stage, capable: Callable[[str], None]) -> None:
        """Unpublished is not deleted, twice is once, and publishing again shows the same one."""
        capable("unpublish")
        article = stage.rig.article()
        first = stage.publish(article)
        publisher, _ = stage.open()
        with publisher:
            publisher.unpublish(article.key)
            publisher.unpublish(article)
        assert [copy.shown for copy in stage.rig.articles()] == [False]
        again = stage.publish(article)
        assert first is not None
        assert again is not None
        assert (again.remote_id, again.shown) == (first.remote_id, True)

    def test_delete_removes_it(self, stage: Stage) -> None:
        """A deleted article is gone, and may be published anew."""
        article = stage.rig.article()
        stage.publish(article)
        publisher, _ = stage.open()
        with publisher:
            receipt = publisher.delete(article)
        assert receipt.action is Action.DELETE
        assert stage.rig.articles() == []
        assert stage.publish(article) is not None
        assert len(stage.rig.articles()) == 1

    def test_delete_of_what_somebody_deleted_succeeds(self, stage: Stage) -> None:
        """It is gone, which is what was wanted."""
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        stage.rig.remove(copy.remote_id)
        publisher, _ = stage.open()
        with publisher:
            assert publisher.delete(stage.rig.article()).action is Action.DELETE

    # Batches, assets, terms

    def test_batch_shares_assets_and_terms(self, stage: Stage) -> None:
        """Five articles with a shared image and a shared tag: five articles, each image and each tag once."""
        articles = [stage.rig.article(number) for number in range(1, 6)]
        publisher, _ = stage.open()
        with publisher:
            outcomes = publisher.publish_many(articles)
        assert [outcome.error for outcome in outcomes] == [None] * 5
        assert sorted(copy.title for copy in stage.rig.articles()) == [article.title for article in articles]
        capabilities = capabilities_of(stage.rig)
        assert len(stage.rig.assets()) == (6 if capabilities.assets else 0)
        assert sorted(stage.rig.terms()) == (
            sorted(["Shared tag", *(f"Tag {number}" for number in range(1, 6))]) if capabilities.terms else []
        )

    def test_one_bad_article_stops_no_other(self, stage: Stage) -> None:
        """A foreign slug fails its own article only; the others of the batch are published."""
        stage.rig.occupy("article-2")
        publisher, _ = stage.open()
        with publisher:
            outcomes = publisher.publish_many([stage.rig.article(number) for number in (1, 2, 3)])
        assert [outcome.ok for outcome in outcomes] == [True, False, True]

    # Lost answers

    @pytest.mark.parametrize("trouble", ["answer lost", "late", "request lost", "bad gateway", "refused"])
    @pytest.mark.parametrize("number", [1, 2, 3, 4])
    def test_trouble_with_a_write_makes_no_second_copy(self, stage: Stage, trouble: Trouble, number: int) -> None:
        """Whatever happens to the n-th write of a create: one article, each image and tag once, nothing in doubt."""
        seen: list[object] = []

        def nth(request: object) -> bool:
            if getattr(request, "method", "") in READS:
                return False
            seen.append(request)
            return len(seen) == number

        copy = stage.publish(stage.rig.article(body="Here."), Fault(trouble, nth))
        assert copy is not None
        assert "Here." in copy.text
        assert len(stage.rig.articles()) == 1
        assert len(set(stage.rig.assets())) == len(stage.rig.assets())
        assert len(set(stage.rig.terms())) == len(stage.rig.terms())

    def test_lost_update_is_recognised_as_ours(self, stage: Stage) -> None:
        """An update whose answers were all lost is no edit of somebody else's in the next run."""
        article = stage.rig.article(body="First.")
        stage.publish(article)
        with pytest.raises(PublisherError):
            stage.publish(stage.rig.article(body="Second."), Fault("answer lost", times=99))
        third = stage.publish(stage.rig.article(body="Third."))
        assert third is not None
        assert "Third." in third.text
        assert len(stage.rig.articles()) == 1

    # Several publishers

    def test_two_publishers_at_once_make_one_copy(self, stage: Stage) -> None:
        """Two processes that publish the same article into one ledger at once: one article, two receipts."""
        stage.rig.clock = SystemClock()  # real time: one waits for the other
        article = stage.rig.article()
        results: list[object] = []

        def work() -> None:
            publisher, _ = stage.open()
            with publisher:
                results.append(publisher.publish(article).remote_id)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [copy] = stage.rig.articles()
        assert results == [copy.remote_id, copy.remote_id]
        assert len(set(stage.rig.assets())) == len(stage.rig.assets())

    # Secrets

    def test_secrets_are_seen_nowhere(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        """No secret in a log at DEBUG, an event, an error, a repr or the ledger."""
        secrets = [secret for secret in stage.rig.backend().secrets() if secret]
        caplog.set_level(logging.DEBUG)
        events: list[object] = []
        backend = stage.rig.backend()
        with Publisher(backend, ledger=stage.ledger, clock=stage.rig.clock, on_event=events.append) as publisher:
            receipt = publisher.publish(stage.rig.article())
            with pytest.raises(PublisherError) as caught:
                publisher.publish(stage.rig.article(2, slug="article-1"))
        seen = [caplog.text, repr(events), repr(receipt), repr(backend), str(caught.value), repr(vars(caught.value))]
        seen += [file.read_bytes().decode("latin-1") for file in stage.folder.iterdir() if file.is_file()]
        assert [secret for secret in secrets if any(secret in text for text in seen)] == []

    # Crash walks

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        """Which points of a run of so many are died at: all of them, unless a subclass samples."""
        return lambda points: iter(range(1, points + 1))

    @pytest.mark.parametrize("count", [1, 5])
    @pytest.mark.parametrize("deed", ["create", "update", "unpublish", "delete"])
    def test_death_at_any_step_leaves_exactly_one(
        self,
        make_rig: MakeRig,
        tmp_path: Path,
        deed: Deed,
        count: int,
        walk_points: Callable[[int], Iterator[int]],
    ) -> None:
        """Die at a step, start over: one copy with the right content, nothing lost, nothing in doubt for ever."""
        if deed == "unpublish" and not capabilities_of(make_rig()).unpublish:
            pytest.skip("the backend does not declare the capability 'unpublish'")
        report = CrashWalk(make_rig, tmp_path, deed, count).once(walk_points)
        assert report.faults == []
        assert report.walks > 0
