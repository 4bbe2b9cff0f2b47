"""Many articles at many targets: outcomes in order, and nobody stops anybody."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace

import anyio
import httpx
import pytest

import publisher
from publisher import AsyncPublisher, Memory, Publisher
from publisher.backends.memory import MemorySite
from publisher.content import markdown
from publisher.errors import (
    ConfigurationError,
    ContentError,
    LedgerError,
    PublisherError,
    RefusedError,
)
from publisher.ledger import Ledger
from publisher.models import Action
from publisher.testing import FakeClock


def test_outcomes_come_by_article_then_by_target(make_target, make_article, ledger):
    """Whichever is done first."""
    targets = [make_target(name) for name in "xyz"]
    articles = [make_article(key) for key in "cab"]
    outcomes = publisher.publish_many(articles, targets, ledger=ledger)
    assert [(one.key, one.target) for one in outcomes] == [
        (article.key, target.target.identity) for article in articles for target in targets
    ]
    assert all(one.ok and one.action is Action.CREATE for one in outcomes)
    planned = publisher.plan(articles, targets, ledger=ledger)
    assert [(one.key, one.target) for one in planned] == [(one.key, one.target) for one in outcomes]
    assert planned.counts == {Action.NO_OP: 9}


def test_an_article_that_cannot_be_read_stops_no_other(write, tmp_path, make_target, ledger):
    """Its outcome says what is wrong with it, at every target, in its place."""
    write("posts/a.md", "# A")
    write("posts/b.md", "no title")
    write("posts/c.md", "# C")
    outcomes = publisher.publish_many(tmp_path / "posts", [make_target("x"), make_target("y")], ledger=ledger)
    assert [one.ok for one in outcomes] == [True, True, False, False, True, True]
    assert {one.action for one in outcomes if not one.ok} == {Action.BLOCKED}
    assert all(isinstance(one.error, ContentError) for one in outcomes if not one.ok)
    assert outcomes[2].error is not None
    assert outcomes[2].error.target == "memory:x.invalid"
    with pytest.raises(ContentError):
        outcomes[2].unwrap()


def test_two_articles_with_one_slug_are_both_blocked(make_target, make_article, ledger):
    """And a third one is published."""
    target = make_target()
    articles = [make_article("a", slug="same"), make_article("b", slug="same"), make_article("c")]
    outcomes = publisher.publish_many(articles, target, ledger=ledger)
    assert [type(one.error) for one in outcomes] == [ConfigurationError, ConfigurationError, type(None)]
    assert len(target.site.articles) == 1


def test_a_dead_target_does_not_hold_up_another(make_target, make_article, ledger):
    """The other one is done while the dead one is still being waited for."""
    dead, alive = make_target("dead"), make_target("alive")
    seen = []

    async def refuse(request):
        with anyio.move_on_after(60):
            while len(alive.site.articles) < 2:  # noqa: ASYNC110 - the site has no event to wait for
                await anyio.sleep(0.001)
        seen.append(len(alive.site.articles))
        raise httpx.ConnectError("connection refused", request=request)

    dead.connection = replace(dead.connection, transport=httpx.MockTransport(refuse))
    with Publisher(ledger=ledger, clock=FakeClock()) as publisher_:
        outcomes = publisher_.publish_many([make_article("a"), make_article("b")], [dead, alive])
    assert [one.ok for one in outcomes] == [False, True, False, True]
    assert seen[0] == 2


def test_one_target_given_twice_is_refused(make_target, make_article, ledger):
    """Before anything is sent; an id of its own tells two places on one site apart."""
    one, two = make_target("x"), make_target("x")
    with pytest.raises(ConfigurationError, match=r"memory:x.invalid is given twice.*id="):
        publisher.publish_many([make_article()], [one, two], ledger=ledger)
    assert one.site.requests == two.site.requests == []


@pytest.mark.parametrize("targets", [[], "blog", [None], ["https://blog.example.com"]])
def test_what_is_no_target_is_refused(make_article, ledger, targets):
    """In words, with an example."""
    with pytest.raises(ConfigurationError):
        publisher.publish_many([make_article()], targets, ledger=ledger)


def test_no_articles_are_no_trouble(make_target, ledger):
    """An empty list has no outcomes."""
    assert publisher.publish_many([], make_target(), ledger=ledger) == []


def test_an_empty_folder_is_an_error(tmp_path, make_target, ledger):
    """Somebody meant another folder."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ContentError, match="no article"):
        publisher.publish_many(tmp_path / "empty", make_target(), ledger=ledger)


def test_any_mixture_is_taken(write, tmp_path, make_target, make_article, ledger):
    """Articles, paths, text, folders and generators of them."""
    write("posts/a.md", "# A")
    file = write("b.md", "# B")
    mixture = [make_article("c"), str(file), tmp_path / "posts", (make_article(key) for key in "de")]
    outcomes = publisher.publish_many(mixture, make_target(), ledger=ledger)
    assert [one.ok for one in outcomes] == [True] * 5


@pytest.mark.parametrize(
    "article",
    ["no such file.md", "# A title\n\n" + "Text instead of a path. " * 40, "a\0b.md", "x" * 300],
    ids=["missing", "text", "nul", "long"],
)
@pytest.mark.parametrize("call", ["publish", "publish_many", "plan"])
def test_what_is_no_file_is_an_error_of_ours(make_target, ledger, article, call):
    """Whatever text was passed in place of a path."""
    with suppress(PublisherError):
        [outcome] = getattr(publisher, call)(article, make_target(), ledger=ledger)
        assert isinstance(outcome.error, PublisherError)


def test_a_file_with_a_name_of_another_encoding_has_an_outcome(tmp_path, write, make_target, ledger):
    """It is published or refused in words, and stops no other."""
    write("posts/a.md", "# A")
    write(os.fsdecode(b"posts/caf\xe9.md"), "# B")
    outcomes = publisher.publish_many(tmp_path / "posts", make_target(), ledger=ledger)
    assert outcomes[0].ok
    assert len(outcomes) == 2


def test_an_article_with_half_a_character_has_an_outcome(make_target, make_article, ledger):
    """It is refused in words, and stops no other."""
    try:
        odd = make_article("b", body="half: \ud83d")
    except ContentError:
        return
    outcomes = publisher.publish_many([make_article("a"), odd], make_target(), ledger=ledger)
    assert [one.ok for one in outcomes] == [True, False]


def test_a_folder_is_not_one_article(tmp_path, make_target, ledger):
    """publish takes one, publish_many a folder."""
    with pytest.raises(ConfigurationError, match="publish_many"):
        publisher.publish(tmp_path, make_target(), ledger=ledger)


def test_load_articles_reads_when_its_turn_comes(write, tmp_path):
    """The second file may be written after the first was taken."""
    write("posts/a.md", "# A")
    file = write("posts/b.md", "no title")
    articles = publisher.load_articles(tmp_path / "posts")
    assert next(articles).title == "A"
    file.write_text("# B")
    assert [article.title for article in articles] == ["B"]


def test_load_articles_of_one_file_and_of_none(write, tmp_path):
    """A file is a folder of one; what is not there is an error when its turn comes."""
    assert [one.title for one in publisher.load_articles(write("a.md", "# A"))] == ["A"]
    with pytest.raises(ContentError):
        list(publisher.load_articles(tmp_path / "none"))


# Errors come out as they are


def test_publish_raises_the_error_itself(make_target, make_article, ledger):
    """Not in a group, and not wrapped."""
    target = make_target()
    target.site.refuses = lambda slug: True
    with pytest.raises(RefusedError, match="refused") as caught:
        publisher.publish(make_article(), target, ledger=ledger)
    assert (caught.value.target, caught.value.article) == ("memory:memory.invalid", "a")


def test_a_broken_ledger_comes_out_bare(make_target, make_article, tmp_path):
    """With several targets at work."""
    (tmp_path / "ledger.db").write_bytes(b"nonsense" * 1000)
    with pytest.raises(LedgerError):
        publisher.publish_many([make_article()], [make_target("x"), make_target("y")], ledger=tmp_path / "ledger.db")


def test_a_ledger_that_breaks_in_the_middle_comes_out_bare(make_target, make_article, ledger):
    """From all targets at once it is one LedgerError."""
    targets = [make_target("x"), make_target("y")]
    with Publisher(targets, ledger=ledger) as publisher_:
        publisher_.publish_many(make_article("before"))
        drop(ledger, "jobs")
        with pytest.raises(LedgerError):
            publisher_.publish_many([make_article()])


def test_a_ledger_that_breaks_at_the_end_comes_out_bare(make_target, make_article, ledger):
    """Closing says so, and ends."""
    publisher_ = Publisher(make_target(), ledger=ledger)
    publisher_.__enter__()
    publisher_.publish(make_article())
    drop(ledger, "leases")
    with pytest.raises(LedgerError):
        publisher_.__exit__(None, None, None)


def test_an_error_of_the_caller_s_block_is_the_caller_s(make_target, make_article, ledger):
    """Neither wrapped nor swallowed, in both kinds of publisher."""
    with pytest.raises(ZeroDivisionError), Publisher(make_target(), ledger=ledger) as publisher_:
        1 / publisher_.plan(make_article()).counts.get(Action.DELETE, 0)

    async def work():
        async with AsyncPublisher(make_target(), ledger=ledger):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        anyio.run(work)


def test_a_sign_of_life_that_fails_once_ends_nothing(make_target, make_article, ledger, monkeypatch):
    """A ledger that cannot be written for a moment stops no publisher that has nothing to write."""
    shown, failed, plain = threading.Event(), threading.Event(), Ledger.beat

    def beat(ledger: Ledger, now: float) -> None:
        try:
            plain(ledger, now)
        except LedgerError:
            failed.set()
            raise
        shown.set()

    monkeypatch.setattr("publisher.publishing.books.ALIVE_SECONDS", 0.06)
    monkeypatch.setattr(Ledger, "beat", beat)
    with Publisher(make_target(), ledger=ledger) as publisher_:
        publisher_.publish(make_article())
        drop(ledger, "owners", "hidden")
        assert failed.wait(60)
        drop(ledger, "hidden", "owners")
        shown.clear()
        assert shown.wait(60)
        assert publisher_.publish(make_article()).action is Action.NO_OP


def test_no_sign_of_life_comes_after_the_end(make_target, make_article, ledger, monkeypatch):
    """It would open the ledger again, and nobody would close it."""
    done, beat, abandon = [], Ledger.beat, Ledger.abandon

    def ends(ledger: Ledger) -> None:
        threading.Event().wait(0.1)  # long enough for many signs of life
        abandon(ledger)
        done.append("abandon")

    monkeypatch.setattr("publisher.publishing.books.ALIVE_SECONDS", 0.003)
    monkeypatch.setattr(Ledger, "beat", lambda ledger, now: done.append("beat") or beat(ledger, now))
    monkeypatch.setattr(Ledger, "abandon", ends)
    for _ in range(5):
        with Publisher(make_target(), ledger=ledger) as publisher_:
            publisher_.publish(make_article())
        assert done[-1] == "abandon"


def drop(ledger, table: str, to: str = "dropped") -> None:
    with closing(sqlite3.connect(ledger, timeout=10)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {to}")


def test_an_answer_that_makes_no_sense_is_an_error_of_ours(make_target, make_article, ledger):
    """A login page in place of JSON stops nobody but its own target."""
    strange, sound = make_target("x"), make_target("y")
    strange.site.fails = [httpx.Response(200, html="<h1>Please log in</h1>") for _ in range(9)]
    outcomes = publisher.publish_many([make_article()], [strange, sound], ledger=ledger)
    assert [one.ok for one in outcomes] == [False, True]


def test_an_article_deleted_while_it_is_planned_has_an_outcome(make_article, ledger):
    """Another publisher took it off between the plan and its carrying out."""

    class Interrupted(Memory):
        armed = False

        def fingerprint(self):
            if self.armed:
                self.armed = False
                publisher.delete("a", Memory(site=self.site), ledger=ledger)
            return super().fingerprint()

    target = Interrupted()
    publisher.publish(make_article(), target, ledger=ledger)
    target.armed = True
    outcomes = publisher.publish_many([make_article()], target, ledger=ledger)
    assert len(outcomes) == 1


# Changes of the renderer


def test_a_newer_renderer_is_reported_and_applied_when_asked_for(make_article, ledger):
    """The words are the same, so nothing is sent until somebody wants it."""

    class Newer(Memory):
        @property
        def renderer(self):
            return "html-99"

    site = MemorySite()
    publisher.publish(make_article(), Memory(site=site), ledger=ledger)
    target = Newer(site=site)
    [planned] = publisher.plan(make_article(), target, ledger=ledger)
    assert (planned.action, "html-99 is newer" in planned.reason) == (Action.NO_OP, True)
    sent = len(site.writes)
    with Publisher(target, ledger=ledger, rerender=True) as publisher_:
        assert [one.action for one in publisher_.plan(make_article())] == [Action.UPDATE]
        publisher_.publish(make_article())
        assert publisher_.publish(make_article()).action is Action.NO_OP
    assert len(site.writes) == sent + 1


def test_targets_that_come_and_go_get_their_own_articles(make_article, ledger):
    """A long-lived publisher with a new target for each call, as an application makes them."""
    sites = [MemorySite() for _ in range(5)]
    with Publisher(ledger=ledger) as publisher_:
        for number, site in enumerate(sites):
            publisher_.publish(make_article(), Memory(f"customer-{number}", site=site))
    assert [len(site.articles) for site in sites] == [1] * 5


def test_an_article_is_parsed_once_for_all_its_targets(make_article, ledger, monkeypatch):
    """Parsing is nearly all of the work of rendering."""
    parsed = []

    class Counting(markdown._Parser):
        def parse(self, src, env=None):
            parsed.append(src)
            return super().parse(src, env)

    monkeypatch.setattr(markdown, "_Parser", Counting)
    monkeypatch.setattr(markdown, "_parsers", threading.local())
    articles = [make_article(f"k{number}", body=f"Found nowhere else: {number}") for number in range(20)]
    publisher.publish_many(articles, [Memory("a"), Memory("b"), Memory("c")], ledger=ledger)
    assert sorted(parsed) == sorted(article.body for article in articles)
