"""What the suite wants where others work at the target too: nothing of theirs is overwritten, and all of it is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.errors import ConflictError
from publisher.models import Action
from publisher.testing.stage import Stage, capabilities_of


class Conflicts:
    """A part of :class:`publisher.testing.BackendSuite`."""

    def test_taken_slug_is_a_conflict_and_stays_untouched(self, stage: Stage) -> None:
        """Somebody else's article under our slug is neither overwritten nor joined by a second one."""
        stage.rig.occupy("article-1")
        before = stage.rig.articles()
        with pytest.raises(ConflictError, match="article-1"):
            stage.publish(stage.rig.article())
        assert stage.rig.articles() == before

    def test_edit_at_the_target_is_a_conflict(self, stage: Stage, capable: Callable[[str], None]) -> None:
        """What somebody changed there is not overwritten, and the error shows the change."""
        capable("reads")
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        stage.rig.edit(copy.remote_id, "Edited there")
        with pytest.raises(ConflictError, match="Edited there"):
            stage.publish(stage.rig.article(body="New."))
        assert [copy.title for copy in stage.rig.articles()] == ["Edited there"]

    def test_edit_at_the_target_can_be_overwritten_or_skipped(
        self, stage: Stage, capable: Callable[[str], None]
    ) -> None:
        """``skip`` leaves the edit alone and says so; ``overwrite`` replaces it."""
        capable("reads")
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        stage.rig.edit(copy.remote_id, "Edited there")
        publisher, _ = stage.open(on_conflict="skip")
        with publisher:
            assert publisher.publish(stage.rig.article(body="New.")).action is Action.CONFLICT
        assert [copy.title for copy in stage.rig.articles()] == ["Edited there"]
        overwritten = stage.publish(stage.rig.article(body="New."), on_conflict="overwrite")
        assert overwritten is not None
        assert (overwritten.remote_id, overwritten.title) == (copy.remote_id, "Article 1")

    def test_article_that_was_only_saved_again_is_no_conflict(self, stage: Stage) -> None:
        """A new version token without a change is nobody's edit."""
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        stage.rig.edit(copy.remote_id, None)
        assert stage.publish(stage.rig.article(body="New.")) is not None

    def test_deleted_at_the_target_is_a_conflict(self, stage: Stage, capable: Callable[[str], None]) -> None:
        """What somebody deleted is not made again unless that is asked for."""
        capable("reads")
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        stage.rig.remove(copy.remote_id)
        with pytest.raises(ConflictError, match="deleted"):
            stage.publish(stage.rig.article(body="New."))
        assert stage.publish(stage.rig.article(body="New."), on_conflict="overwrite") is not None
        assert len(stage.rig.articles()) == 1

    def test_lost_ledger_adopts_what_is_ours(self, stage: Stage, capable: Callable[[str], None]) -> None:
        """With a new ledger the same articles, images and tags are found again, and nothing is doubled."""
        capable("proves_ownership")
        articles = [stage.rig.article(number) for number in (1, 2, 3)]
        publisher, _ = stage.open()
        with publisher:
            publisher.publish_many(articles)
        before = [copy.remote_id for copy in stage.rig.articles()], stage.rig.assets(), stage.rig.terms()
        stage.ledger = stage.folder / "new" / "ledger.db"
        publisher, _ = stage.open()
        with publisher:
            assert all(outcome.ok for outcome in publisher.publish_many(articles))
        assert ([copy.remote_id for copy in stage.rig.articles()], stage.rig.assets(), stage.rig.terms()) == before

    # Looking

    def test_plan_with_differences_shows_what_changes_and_writes_nothing(self, stage: Stage) -> None:
        """Of a changed article the fields that change, of a new one its words; nothing has to be placed for that."""
        stage.publish(stage.rig.article())
        before = stage.rig.articles(), stage.rig.assets(), stage.rig.terms()
        publisher, faulty = stage.open()
        with publisher:
            articles = [stage.rig.article(title="Another title"), stage.rig.article(2, body="All its words.")]
            changed, new = publisher.plan(articles, diff=True)
        if changed.differences is None:
            pytest.skip("the backend shows no preview")
        assert (changed.error, new.error) == (None, None)
        assert [one.wanted for one in changed.differences if "Article 1" in one.there] == ["Another title"]
        assert any("All its words." in one.wanted for one in new.differences or ())
        assert faulty.writes == []
        assert (stage.rig.articles(), stage.rig.assets(), stage.rig.terms()) == before

    def test_refresh_finds_what_others_did(self, stage: Stage) -> None:
        """What was only saved again is unchanged; an edit and a deletion are seen, by reads alone.

        Where nothing can be asked, all of it counts as unchanged.
        """
        copy = stage.publish(stage.rig.article())
        assert copy is not None
        remote_id, rig, found = copy.remote_id, stage.rig, []
        deeds: list[Callable[[], None]] = [
            lambda: rig.edit(remote_id, None),
            lambda: rig.edit(remote_id, "Edited there"),
            lambda: rig.remove(remote_id),
        ]
        for deed in deeds:
            deed()
            publisher, faulty = stage.open(refresh=True)
            with publisher:
                found += [planned.action for planned in publisher.plan(stage.rig.article())]
            assert faulty.writes == []
        seen = Action.CONFLICT if capabilities_of(rig).reads else Action.NO_OP
        assert found == [Action.NO_OP, seen, seen]
