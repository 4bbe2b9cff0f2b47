"""A handful of articles in the comparison that 'make compare' prints."""

from __future__ import annotations

import pytest
from compare import AGAIN, LOST, SITUATIONS, WAYS, WELL, Losses, Row, compare, table, wrong
from fault_proxy import FaultProxy

pytestmark = pytest.mark.real

ARTICLES = 4


@pytest.fixture(scope="module")
def found(start_wordpress, tmp_path_factory) -> dict[tuple[str, str], Row]:
    """All rows of a small comparison, at a WordPress of its own: its address is changed."""
    losses = Losses()
    with start_wordpress() as site, FaultProxy(site.url, losses) as proxy:
        rows = compare(site, proxy, losses, tmp_path_factory.mktemp("compare"), ARTICLES, seed=1)
    print(table(rows))
    return {(row.situation, row.who): row for row in rows}


def test_publisher_doubles_nothing_and_misses_nothing(found):
    """In any situation, lost answers among them; and the same folder again is no request."""
    ours = [found[situation, "publisher"] for situation in SITUATIONS]
    assert [(row.posts, row.doubled, row.missing, row.tags_doubled, row.failed) for row in ours] == [
        (ARTICLES, 0, 0, 0, 0)
    ] * 3
    assert found[LOST, "publisher"].lost > 0
    assert found[WELL, "publisher"].requests > 0
    assert found[AGAIN, "publisher"].requests == 0
    assert not wrong(found.values())


def test_every_way_publishes_all_when_all_goes_well(found):
    """So the scripts are peers: what they double, they double for the situation."""
    stands = {
        who: (row.posts, row.doubled, row.missing, row.failed) for (when, who), row in found.items() if when == WELL
    }
    assert stands == dict.fromkeys(WAYS, (ARTICLES, 0, 0, 0))


def test_script_that_cannot_know_doubles_what_it_is_not_told_of(found):
    """A comparison that finds no double here compares nothing."""
    assert found[LOST, "script"].doubled > 0
    assert found[LOST, "script with a memory"].doubled > 0
    assert found[LOST, "script that looks"].doubled == 0
    assert found[LOST, "script that looks"].lost > 0
    assert found[AGAIN, "script"].doubled == ARTICLES
    assert found[AGAIN, "script with a memory"].doubled == 0
    assert found[AGAIN, "script with a memory"].requests >= ARTICLES
