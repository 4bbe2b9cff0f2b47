"""A sample of the lost answers; 'make lost-answers' is the whole of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from fault_proxy import FaultProxy, Trouble, one_in_three
from local_wordpress import LocalWordPress
from lost_answers import Soak, move, soak

from publisher import WordPress, publish

pytestmark = pytest.mark.real

#: So that the sample ends soon: less to upload, and a shorter patience.
QUICK = {"articles": 6, "pixels": (800, 500), "timeout": 3.0}

#: Settle times. Where the machine is too slow for one, that is measured, and the sample is taken again with the next.
SETTLES = (5.0, 15.0, 45.0)


@pytest.fixture
def site(start_wordpress) -> Iterator[LocalWordPress]:
    """A WordPress of the test's own: its address is changed."""
    with start_wordpress() as site:
        yield site


@pytest.fixture
def sample(start_wordpress, tmp_path) -> Callable[[int, Callable[[Soak], None]], Soak]:
    """Takes the steps at an empty site with a third of all writes in trouble."""

    def take(seed: int, steps: Callable[[Soak], None]) -> Soak:
        for settle in SETTLES:
            folder = tmp_path / f"{settle:g}"
            folder.mkdir()
            with start_wordpress() as site, FaultProxy(site.url, one_in_three(random.Random(seed))) as proxy:
                run = Soak(site, proxy, folder, random.Random(seed), settle=settle, **QUICK)
                soak(run, [lambda run=run: steps(run)])
            if not run.too_slow:
                break
        assert run.proxy.troubles.total() > 0
        return run

    return take


def test_lost_answers_make_nothing_twice(sample):
    """A third of all writes in trouble: all stands there once, and a run without ledger makes nothing."""

    def steps(run: Soak) -> None:
        run.one_publisher(edits=0)
        run.without_ledger()

    assert sample(5, steps).found.faults == []


def test_lost_answers_to_two_publishers_at_once_make_nothing_twice(sample):
    """Two processes with one ledger publish the same folder at the same time, a third of all writes in trouble."""
    assert sample(6, lambda run: run.two_publishers(edits=0)).found.faults == []


@pytest.mark.parametrize(("trouble", "times"), [("half", 1), ("half", 5), ("502", 5)])
def test_update_whose_answer_is_lost_is_no_edit_by_somebody_else(site, tmp_path, trouble: Trouble, times: int):
    """WordPress has stored the update; whatever came of its answer, this run or the next one knows it as its own."""
    file, ledger = tmp_path / "post.md", tmp_path / "ledger.db"
    with FaultProxy(site.url, troubles := Troubles()) as proxy:
        move(site, proxy.url)

        def write(version: int) -> WordPress:
            file.write_text(f"---\ntitle: A post\n---\n\nVersion {version}. {'Some words. ' * 300}\n")
            return WordPress(proxy.url, username="admin", app_password=site.users["admin"], settle=2)

        publish(file, write(1), ledger=ledger)
        troubles.coming = [trouble] * times
        if times == 1:
            publish(file, write(2), ledger=ledger)
        else:
            with pytest.raises(Exception, match="no usable answer"):
                publish(file, write(2), ledger=ledger)
        receipt = publish(file, write(3), ledger=ledger)
    assert (receipt.action, receipt.changes) == ("update", ())


def test_half_of_an_answer_to_a_batch_is_not_the_answer(site, tmp_path):
    """The half that arrives tells of one tag that exists already; that is no refusal of all of them."""
    file = tmp_path / "post.md"
    file.write_text("---\ntitle: A post\ntags: [One, Two, Three, Four, Five, Six, Seven, Eight]\n---\n\nIts words.\n")
    with FaultProxy(site.url, troubles := Troubles()) as proxy:
        move(site, proxy.url)
        blog = WordPress(proxy.url, username="admin", app_password=site.users["admin"], settle=2)
        first = publish(file, blog, ledger=tmp_path / "first.db")
        troubles.coming = ["half"]
        again = publish(file, blog, ledger=tmp_path / "second.db")
    assert (again.remote_id, again.changes) == (first.remote_id, ())
    assert sum(one.created for one in proxy.passed) == 9


class Troubles(Iterator[Trouble | None]):
    """The troubles in ``coming``, then none."""

    def __init__(self) -> None:
        self.coming: list[Trouble] = []

    def __next__(self) -> Trouble | None:
        return self.coming.pop(0) if self.coming else None
