"""What stood at a target before is bound to an article by hand, and the next run writes it."""

from __future__ import annotations

import pytest

from publisher import Memory, Publisher
from publisher.errors import ConfigurationError, ConflictError, RefusedError


@pytest.fixture
def blog(site):
    """With an article of somebody's."""
    row = {"mark": "", "slug": "article-a", "title": "Theirs", "body": "", "status": "draft", "version": "1"}
    site.articles["9"] = {"id": "9", **row}
    return Memory(site=site)


def test_an_adopted_article_is_written_by_the_next_run(ledger, blog, site, make_article):
    """Nothing is written before; a second adoption is the same."""
    with Publisher(blog, ledger=ledger) as publisher:
        with pytest.raises(ConflictError, match="publisher adopt"):
            publisher.publish(make_article())
        for _ in range(2):
            receipt = publisher.adopt(make_article(), "9")
        assert (receipt.remote_id, receipt.status, site.writes) == ("9", "draft", [])
        assert publisher.status().counts == {"unfinished": 1}
        [planned] = publisher.plan(make_article(), diff=True)
        assert "title: 'Theirs' -> 'Article a'" in str(planned)
        assert publisher.publish(make_article()).action == "update"
        assert publisher.status().counts == {"settled": 1}
    assert [row["title"] for row in site.articles.values()] == ["Article a"]


def test_what_is_bound_already_is_not_bound_again(ledger, blog, make_article):
    """Neither the article nor what stands there."""
    with Publisher(blog, ledger=ledger) as publisher:
        publisher.publish(make_article("b"))
        with pytest.raises(ConflictError, match="it is published as 1 there"):
            publisher.adopt(make_article("b"), "9")
        with pytest.raises(ConflictError, match="1 is the article 'b' by this ledger"):
            publisher.adopt(make_article("c"), "1")


def test_what_is_not_there_cannot_be_adopted(ledger, blog, write):
    """And a folder is no article."""
    article = write("a.md", "# A")
    with Publisher(blog, ledger=ledger) as publisher:
        with pytest.raises(RefusedError, match="there is no 77 at the target"):
            publisher.adopt(article, "77")
        with pytest.raises(ConfigurationError, match="is a folder"):
            publisher.adopt(article.parent, "9")
        assert publisher.status().counts == {}


def test_an_adoption_that_was_not_carried_on_is_by_retry(ledger, blog, site, make_article):
    """It is unfinished until then."""
    with Publisher(blog, ledger=ledger) as publisher:
        publisher.adopt(make_article(), "9")
    with Publisher(blog, ledger=ledger) as publisher:
        assert [outcome.ok for outcome in publisher.retry()] == [True]
    assert site.articles["9"]["title"] == "Article a"
