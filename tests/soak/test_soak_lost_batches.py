"""What it costs that the answers of batches are lost, counted in a proxy before the real WordPress."""

from __future__ import annotations

from math import ceil

import pytest
from compare import Losses, Wanted, standing
from fault_proxy import FaultProxy, Trouble
from lost_answers import move

from publisher import WordPress, publish_many

pytestmark = pytest.mark.real

ARTICLES = 60

#: The site's address, its API and who we are; and one batch of tags.
BEFORE = 3 + 1

#: So long that no batch takes a third of it, on a busy machine either.
TIMEOUT = 90


@pytest.fixture(scope="module")
def behind_proxy(start_wordpress):
    """A WordPress of this module's own, since its address is changed; the proxy before it; and its losses."""
    losses = Losses()
    with start_wordpress() as site, FaultProxy(site.url, losses) as proxy:
        move(site, proxy.url)
        yield site, proxy, losses


@pytest.mark.parametrize("troubles", [("502",), ("dropped", "502"), ("504", "dropped", "half")], ids=len)
def test_lost_answers_cost_one_look_one_read_and_the_posts_once_more(behind_proxy, tmp_path, troubles: list[Trouble]):
    """The answers of one, two or all of three batches are lost after WordPress has done its work.

    That costs one look-up for what was in them, one read, and a batch for every 25 of these posts: 13 requests at most.
    """
    site, proxy, losses = behind_proxy
    site.reset()
    wanted = [Wanted(number, ("One", "Two", "Three"), "Words.") for number in range(ARTICLES)]
    for one in wanted:
        one.write(tmp_path)
    losses.coming = iter([None, *troubles])
    blog = WordPress(proxy.url, username="admin", app_password=site.users["admin"], timeout=TIMEOUT)
    seen = len(proxy.passed)
    outcomes = publish_many(tmp_path, blog, ledger=tmp_path / "ledger.db")
    proxy.wait_until_quiet()
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    assert standing(site.database, wanted) == (ARTICLES, 0, 0, 0)
    passed = proxy.passed[seen:]
    assert [one.trouble for one in passed if one.trouble is not None] == list(troubles)
    assert sum(one.created for one in passed) == ARTICLES + 3
    look, read = 1, 1
    once_more = ceil(min(25 * len(troubles), ARTICLES) / 25)
    assert len(passed) <= BEFORE + look + ceil(ARTICLES / 25) + look + read + once_more, [one.what for one in passed]
