"""A plan says for every article what would be done, and why."""

from __future__ import annotations

import datetime as dt

import pytest

from publisher.errors import ContentError
from publisher.models import Action, Plan, Receipt, Target
from publisher.planning import UNPUBLISHED, Standing, Wanted, plan_target, wish

TARGET = "memory:x"
SETTINGS = "settings 1"


def standing(digest="d", settings=SETTINGS, renderer="html-2", wished=None) -> Standing:
    receipt = Receipt(
        target=TARGET,
        key="a",
        action=Action.NO_OP,
        revision=1,
        remote_id="1",
        at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    return Standing(wish(digest, settings) if wished is None else wished, renderer, 1, receipt)


def plan(wanted, there=None, in_doubt=(), **options):
    known = {} if there is None else {(TARGET, "a"): there}
    return plan_target(wanted, TARGET, SETTINGS, "html-2", known, in_doubt, **options)


A = Wanted("a", "slug-a", "d", "a.md")
BROKEN = Wanted("a", "", "", "a.md", ContentError("no title", path="a.md"))


@pytest.mark.parametrize(
    ("article", "there", "in_doubt", "options", "action", "reason"),
    [
        (A, None, [], {}, Action.CREATE, "not in the ledger"),
        (A, standing(), [], {}, Action.NO_OP, "unchanged"),
        (A, standing("other"), [], {}, Action.UPDATE, "changed"),
        (A, standing(settings="settings 2"), [], {}, Action.UPDATE, "settings changed"),
        (A, standing(wished=UNPUBLISHED), [], {}, Action.UPDATE, "changed"),
        (A, standing(wished=""), [], {}, Action.UPDATE, "written once more"),
        (A, standing(renderer="html-1"), [], {}, Action.NO_OP, "unchanged; html-2 is newer than its rendering html-1"),
        (A, standing(renderer="html-1"), [], {"rerender": True}, Action.UPDATE, "rendered by html-1, now html-2"),
        (A, standing(), [], {"rerender": True}, Action.NO_OP, "unchanged"),
        (A, standing("other", renderer="html-1"), [], {}, Action.UPDATE, "changed"),
        (A, None, [(TARGET, "a")], {}, Action.IN_DOUBT, "an answer was lost"),
        (A, standing(), [(TARGET, "a")], {}, Action.IN_DOUBT, "an answer was lost"),
        (A, None, [("memory:y", "a"), (TARGET, "b")], {}, Action.CREATE, "not in the ledger"),
        (BROKEN, None, [], {}, Action.BLOCKED, "no title"),
        (BROKEN, standing(), [(TARGET, "a")], {}, Action.BLOCKED, "no title"),
    ],
)
def test_every_action_has_its_reason(article, there, in_doubt, options, action, reason):
    """What the ledger says decides, and the reason is in words."""
    [planned] = plan([article], there, in_doubt, **options)
    assert (planned.key, planned.target, planned.action) == ("a", TARGET, action)
    assert reason in planned.reason
    assert planned.error is article.error


def test_each_target_has_its_own_slug_of_an_article():
    """Two articles that would clash elsewhere do not clash where one of them is called something else."""
    target = Target(kind="memory", url="https://x.invalid")
    one, two = Wanted("a", "s", "d", "a.md", slugs={"memory": "other"}), Wanted("b", "s", "d", "b.md")
    assert [one.at(target).slug, two.at(target).slug] == ["other", "s"]
    assert [planned.action for planned in plan([one, two])] == [Action.BLOCKED, Action.BLOCKED]
    assert [planned.action for planned in plan([one.at(target), two.at(target)])] == [Action.CREATE, Action.CREATE]


def test_what_stands_at_another_target_does_not_count():
    """Each target has its own plan."""
    [planned] = plan_target([A], "memory:y", SETTINGS, "html-2", {(TARGET, "a"): standing()}, [])
    assert planned.action is Action.CREATE


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (Wanted("a", "slug-b", "e", "b.md"), "id"),
        (Wanted("b", "slug-a", "e", "b.md"), "slug"),
        (Wanted("a", "slug-a", "d", "b.md"), "id"),
    ],
)
def test_two_that_claim_the_same_are_both_blocked(other, field):
    """Which of them is meant cannot be known; both files are named. A third one is not held up."""
    one, free, two = plan([A, Wanted("c", "slug-c", "f"), other])
    assert [one.action, free.action, two.action] == [Action.BLOCKED, Action.CREATE, Action.BLOCKED]
    assert one.error is not None
    assert two.error is not None
    assert "a.md and b.md" in str(one.error)
    assert (one.error.path, two.error.path, one.error.field) == ("a.md", "b.md", field)


def test_articles_without_files_are_named_by_their_keys():
    """So that the message says something for them as well."""
    planned = plan([Wanted("a", "same", "d"), Wanted("b", "same", "e"), Wanted("c", "same", "f")])
    assert all("article 'a' and article 'b' and article 'c'" in str(one.error) for one in planned)


def test_one_that_cannot_be_read_claims_nothing():
    """Its key and slug are not known."""
    broken, whole = plan([BROKEN, A])
    assert (broken.action, whole.action) == (Action.BLOCKED, Action.CREATE)


def test_a_wish_is_of_the_article_and_the_settings():
    """Either makes another wish, and nothing makes the one of an unpublished article."""
    wishes = [wish("d", "s"), wish("e", "s"), wish("d", "t"), UNPUBLISHED, ""]
    assert len(set(wishes)) == 5
    assert wish("d", "s") == wish("d", "s")


def test_a_plan_counts_and_reads_as_lines():
    """One line for each article and target."""
    actions = tuple(plan([A, Wanted("b", "slug-b", "e")], standing()))
    whole = Plan(actions)
    assert (len(whole), list(whole)) == (2, list(actions))
    assert whole.counts == {Action.NO_OP: 1, Action.CREATE: 1}
    assert str(whole).splitlines()[0].split() == ["no-op", "a", "->", "memory:x:", "unchanged"]


def test_article_whose_time_has_come_is_an_update_though_nothing_changed():
    """Only where the target could not schedule it: the ledger then knows when it is due."""
    there = standing()._replace(due=1_000.0)
    for now, action, said in (
        (999.0, Action.NO_OP, "a run at or after 1970-01-01T00:16Z shows it"),
        (1_000.0, Action.UPDATE, "its time has come"),
    ):
        [planned] = plan([Wanted("a", "a", "d")], there, now=now)
        assert (planned.action, said in planned.reason) == (action, True)
