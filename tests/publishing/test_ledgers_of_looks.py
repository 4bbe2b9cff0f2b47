"""What only looks makes no ledger, and does with one that it may not write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import publisher
from publisher import Memory, Publisher, Webhook
from publisher.errors import ConfigurationError, RefusedError
from publisher.models import Action

HOOK = Webhook("https://hook.invalid/", scheme="none")

LOOKS: dict[str, Callable[[Publisher], object]] = {
    "plan": lambda p: p.plan(publisher.Article(title="A", body="Words.")),
    "plan diff": lambda p: p.plan(publisher.Article(title="A", body="Words."), diff=True),
    "status": lambda p: p.status(),
    "status of a target": lambda p: p.status(Memory()),
    "deliveries": lambda p: p.deliveries(),
    "retry": lambda p: p.retry(),
    "doctor": lambda p: p.doctor(),
    "doctor of a receiver": lambda p: p.doctor(HOOK),
    "resume": lambda p: p.resume(HOOK),
    "replay": lambda p: p.replay(since=datetime(2026, 1, 1, tzinfo=UTC)),
}
MISTAKES: dict[str, Callable[[Publisher], object]] = {
    "unpublish": lambda p: p.unpublish("nothing"),
    "delete": lambda p: p.delete("nothing"),
    "replay": lambda p: p.replay("msg_unknown"),
    "resume": lambda p: p.resume(),
    "move": lambda p: p.move_target("memory:old.invalid"),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """One that is not there yet, in a folder that is not there either."""
    return tmp_path / ".publisher" / "ledger.db"


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_makes_no_ledger(ledger, tmp_path, look):
    """Nor its folder."""
    with Publisher(Memory(), ledger=ledger) as looks:
        look(looks)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_makes_no_ledger(ledger, tmp_path, mistake):
    """What is said of an article or a target that is not known is an error, and that is all."""
    with Publisher(Memory(), ledger=ledger) as errs, pytest.raises((RefusedError, ConfigurationError)):
        mistake(errs)
    assert list(tmp_path.iterdir()) == []


def test_the_functions_make_none_either(ledger, tmp_path, make_article):
    """The plan is that for an empty one."""
    assert publisher.plan(make_article(), Memory(), ledger=ledger).counts == {Action.CREATE: 1}
    assert len(publisher.status(ledger=ledger)) == 0
    assert publisher.retry(Memory(), ledger=ledger) == []
    assert list(tmp_path.iterdir()) == []


def test_a_publisher_that_looked_first_sees_what_was_written_since(ledger, make_article):
    """By itself, and by another one."""
    blog = Memory()
    with Publisher(blog, ledger=ledger) as looks:
        assert looks.plan(make_article()).counts == {Action.CREATE: 1}
        publisher.publish(make_article(), blog, ledger=ledger)
        assert looks.plan(make_article()).counts == {Action.NO_OP: 1}
        looks.publish(make_article("b"))
        assert looks.plan(make_article("b")).counts == {Action.NO_OP: 1}
        assert looks.status().counts == {"settled": 2}


def test_a_look_leaves_a_ledger_as_it_is(ledger, make_article):
    """To the byte."""
    blog = Memory()
    publisher.publish(make_article(), blog, ledger=ledger)
    before = {file.name: file.read_bytes() for file in ledger.parent.iterdir()}
    publisher.plan(make_article(), blog, ledger=ledger)
    publisher.status(blog, ledger=ledger)
    publisher.retry(blog, ledger=ledger)
    assert {file.name: file.read_bytes() for file in ledger.parent.iterdir()} == before
