"""unpublish and delete: by article or key, and of nothing that is not ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

import publisher
from publisher import Memory
from publisher.errors import (
    ConflictError,
    PublisherError,
    RefusedError,
)
from publisher.models import Action


def test_taking_off_by_key_or_article(make_target, make_article, ledger):
    """Unpublished twice is once; deleted is gone; the key is enough."""
    target = make_target()
    publisher.publish(make_article(), target, ledger=ledger)
    assert publisher.unpublish("a", target, ledger=ledger).action is Action.UNPUBLISH
    sent = len(target.site.requests)
    assert publisher.unpublish(make_article(), target, ledger=ledger).action is Action.NO_OP
    assert len(target.site.requests) == sent
    assert publisher.delete("a", target, ledger=ledger).action is Action.DELETE
    assert target.site.articles == {}
    assert publisher.plan(make_article(), target, ledger=ledger).counts == {Action.CREATE: 1}


@pytest.mark.parametrize("call", ["unpublish", "delete"])
@pytest.mark.parametrize("key", ["unknown", "posts/unknown", "x" * 300])
def test_an_unknown_key_is_refused(make_target, ledger, call, key):
    """In words, before anything is sent."""
    target = make_target()
    with pytest.raises(RefusedError, match="knows of no such article") as caught:
        getattr(publisher, call)(key, target, ledger=ledger)
    assert caught.value.article == key
    assert target.site.requests == []


def test_deleting_what_was_never_published_is_refused(make_target, make_article, ledger):
    """Also when the article itself is given: there is nothing to delete."""
    target = make_target()
    with pytest.raises(PublisherError):
        publisher.delete(make_article(), target, ledger=ledger)


def test_deleting_leaves_somebody_else_s_article_alone(make_target, make_article, ledger):
    """One that only has the same slug."""
    target = make_target()
    target.site.articles["9"] = {"id": "9", "mark": "", "slug": "article-a", "version": "1"}
    with pytest.raises(ConflictError):
        publisher.delete(make_article(), target, ledger=ledger)
    assert list(target.site.articles) == ["9"]


def test_a_target_that_cannot_unpublish_says_so(make_target, make_article, ledger):
    """Before anything is sent."""

    class Simple(Memory):
        capabilities = replace(Memory.capabilities, unpublish=False)

    target = Simple()
    publisher.publish(make_article(), target, ledger=ledger)
    with pytest.raises(RefusedError, match="cannot unpublish"):
        publisher.unpublish("a", target, ledger=ledger)
