"""A site that has another address now is the same target for the ledger."""

from __future__ import annotations

import pytest

from publisher import Asset, Memory, Publisher
from publisher.backends.memory import MemorySite
from publisher.errors import ConfigurationError, LedgerError
from publisher.ledger import Ledger
from publisher.models import Subject, Target

OLD = "memory:old.invalid"


def test_what_stood_there_stands_there_still(ledger, site, make_article, make_picture):
    """Nothing is sent for it; its image is not uploaded again; what failed is retried there."""
    article = make_article(body="![](p.png)", assets={"p.png": Asset.from_bytes(make_picture(), "p.png")})
    with Publisher(Memory("old", site=site), ledger=ledger) as publisher:
        publisher.publish(article)
        site.refuses = lambda slug: slug == "bad"
        assert not publisher.publish_many(make_article("b", slug="bad"))[0].ok
    site.refuses = lambda slug: False
    requests = len(site.requests)
    with Publisher(Memory("new", site=site), ledger=ledger) as publisher:
        assert publisher.move_target(OLD) == 1
        assert publisher.publish(article).action == "no-op"
        assert len(site.requests) == requests
        assert [(outcome.key, outcome.target) for outcome in publisher.retry()] == [("b", "memory:new.invalid")]
        assert publisher.publish(article.model_copy(update={"title": "New"})).action == "update"
        assert {one.target for one in publisher.status()} == {"memory:new.invalid"}
    assert len(site.articles) == 2
    assert len(site.assets) == 1


def test_addresses_move_with_it(ledger, make_article):
    """Those that began with the old one, and no others."""
    urls = ["https://old.invalid/a", "http://old.invalid", "https://old.invalid.example/a", "https://cdn.example/a"]
    moved = ["https://new.invalid/b/a", "https://new.invalid/b", *urls[2:]]
    with Publisher(Memory("old"), ledger=ledger) as publisher:
        publisher.publish(make_article())
    book = Ledger(ledger)
    from publisher.backends.steps import Placed

    subjects = [Subject("asset", str(number)) for number in range(len(urls))]
    for subject, url in zip(subjects, urls, strict=True):
        book.settle_placed(OLD, subject, Placed("1", url))
    book.move(OLD, Target(kind="memory", url="https://new.invalid/b"), 0.0)
    known = book.known("memory:new.invalid/b", [], subjects, 0.0)
    assert [known.placed[subject].url for subject in subjects] == moved
    book.close()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "memory:elsewhere.invalid",
            "new",
            "knows of no target 'memory:elsewhere.invalid'. It knows memory:old.invalid",
        ),
        (OLD, "old", "knows of memory:old.invalid already"),
    ],
)
def test_what_cannot_be_moved_stays(ledger, make_article, old, new, said):
    """And says what there is."""
    with Publisher(Memory("old"), ledger=ledger) as publisher:
        publisher.publish(make_article())
        with pytest.raises(ConfigurationError, match=said):
            publisher.move_target(old, Memory(new))
        assert publisher.status().counts == {"settled": 1}


def test_nothing_moves_under_the_feet_of_a_publisher(ledger, make_article):
    """One that holds something there."""
    site = MemorySite()
    with Publisher(Memory("old", site=site), ledger=ledger) as publisher:
        publisher.publish(make_article())
    book = Ledger(ledger)
    book.acquire(OLD, [frozenset({"article:a"})], 100.0)
    with pytest.raises(LedgerError, match=f"at work at {OLD}"):
        book.move(OLD, Target(kind="memory", url="https://new.invalid"), 101.0)
    assert book.move(OLD, Target(kind="memory", url="https://new.invalid"), 1000.0) == 1
    book.close()
