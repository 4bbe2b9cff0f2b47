"""Targets of all kinds can be kept off private networks."""

from __future__ import annotations

import pytest

from publisher import Article, Publisher, WordPress
from publisher.errors import UnreachableError


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "https://localhost/blog", "http://93.184.215.14"])
def test_wordpress_of_a_customer_cannot_be_our_own_network(tmp_path, url):
    """Nothing is sent, and nothing is tried again."""
    seen: list[str] = []
    blog = WordPress(url, username="ana", app_password="abcd efgh", guarded=True)
    with Publisher(blog, ledger=tmp_path / "ledger.db", on_event=lambda event: seen.append(event.kind)) as publisher:
        [outcome] = publisher.publish_many([Article(title="T")])
    assert isinstance(outcome.error, UnreachableError)
    assert any(said in str(outcome.error) for said in ("nothing was sent", "not https"))
    assert "retrying" not in seen
