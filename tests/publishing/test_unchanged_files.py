"""A file that is as it was is not read again; any change that can be seen is seen."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

import publisher
from publisher.content.articles import article_from_file
from publisher.models import Action
from publisher.publishing import laying, sources

LONG_AGO = time.time_ns() - 3_600_000_000_000


@pytest.fixture
def plan(tmp_path, make_target, ledger):
    """The action for each article of the folder 'posts' (or of what is given), and its reason."""
    target = make_target()

    def run(what=None):
        planned = publisher.plan(tmp_path / "posts" if what is None else what, target, ledger=ledger)
        return {one.key: one.action for one in planned}

    def publish(what=None):
        outcomes = publisher.publish_many(tmp_path / "posts" if what is None else what, target, ledger=ledger)
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)

    run.publish = publish
    return run


def replace(file: Path, content: bytes, *, keep_time: bool = True) -> None:
    """Other bytes in the same file, at the same time."""
    stat = file.stat()
    file.write_bytes(content)
    if keep_time:
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_file_that_looks_as_it_was_is_not_read(write, plan):
    """Proved by other words of the same size and time, which nobody notices."""
    file = write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    replace(file, b"# Title\n\nTwo.")
    assert list(plan().values()) == [Action.NO_OP]


@pytest.mark.parametrize("change", ["size", "mtime earlier", "mtime later"])
def test_a_file_that_looks_different_is_read(write, plan, change):
    """Another size, or another time in either direction."""
    file = write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    before = file.stat()
    replace(file, b"# Title\n\nTwo, and more." if change == "size" else b"# Title\n\nTwo.")
    if change != "size":
        moment = before.st_mtime_ns + (1_000_000 if change == "mtime later" else -1_000_000)
        os.utime(file, ns=(moment, moment))
    assert list(plan().values()) == [Action.UPDATE]


def test_a_file_that_was_only_touched_is_unchanged(write, plan):
    """It is read, and its words are the same."""
    file = write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    os.utime(file)
    assert list(plan().values()) == [Action.NO_OP]


@pytest.mark.parametrize("change", ["other bytes", "touched", "gone"])
def test_a_changed_image_changes_its_article(write, plan, make_picture, change):
    """The article's own file is as it was."""
    write("posts/a.md", "# Title\n\n![A](x.png)")
    image = write("posts/x.png", make_picture("red"))
    plan.publish()
    if change == "other bytes":
        replace(image, make_picture("blue"), keep_time=False)
    elif change == "touched":
        os.utime(image)
    else:
        image.unlink()
    expected = {"other bytes": Action.UPDATE, "touched": Action.NO_OP, "gone": Action.BLOCKED}
    assert list(plan().values()) == [expected[change]]


def test_an_image_that_looks_as_it_was_is_not_read(write, plan, make_picture):
    """Proved by another image of the same size and time."""
    write("posts/a.md", "# Title\n\n![A](x.png)")
    image = write("posts/x.png", make_picture("red"))
    plan.publish()
    assert len(make_picture("red")) == len(make_picture("blue"))
    replace(image, make_picture("blue"))
    assert list(plan().values()) == [Action.NO_OP]


@pytest.fixture
def now(monkeypatch):
    """A moment (Unix nanoseconds); runs read their files shortly after it, however long that takes."""
    moment = time.time_ns()
    monkeypatch.setattr(laying, "time", SimpleNamespace(time_ns=lambda: moment + 1_900_000_000))
    return moment


@pytest.mark.parametrize("fresh", ["article", "image"])
def test_what_was_written_just_now_is_not_remembered(write, plan, make_picture, now, fresh):
    """It may change again within the same tick of its time, and that has to be seen."""
    file = write("posts/a.md", "# Title\n\n![A](x.png) One.", *([now] if fresh == "article" else []))
    image = write("posts/x.png", make_picture("red"), *([now] if fresh == "image" else []))
    plan.publish()
    if fresh == "article":
        replace(file, b"# Title\n\n![A](x.png) Two.")
    else:
        replace(image, make_picture("blue"))
    assert list(plan().values()) == [Action.UPDATE]


def test_an_image_replaced_while_the_article_was_read_is_seen_later(write, plan, make_picture, now, monkeypatch):
    """What is remembered of an image is from before it was read: its replacement may be an old file."""
    write("posts/a.md", "# Title\n\n![A](x.png)")
    image = write("posts/x.png", make_picture("red"), now)
    plan.publish()
    os.utime(image, ns=(LONG_AGO, LONG_AGO))
    older = write("older.png", make_picture("blue"), LONG_AGO - 1_000_000_000)

    def read_and_replace(path, *rest):
        article = article_from_file(path, *rest)
        older.replace(image)
        return article

    monkeypatch.setattr(sources, "article_from_file", read_and_replace)
    plan.publish()
    monkeypatch.undo()
    assert list(plan().values()) == [Action.UPDATE]


def test_another_content_root_makes_other_keys(write, plan):
    """Though the files are as they were."""
    write("publisher.toml", "")
    write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    assert list(plan()) == ["posts/a"]
    write("publisher.toml", 'content_root = "posts"')
    assert plan() == {"a": Action.CREATE}


def test_a_file_that_cannot_be_read_is_read_anew_every_time(write, plan):
    """Its error is not remembered."""
    file = write("posts/a.md", "No title here.")
    assert list(plan().values()) == [Action.BLOCKED]
    replace(file, b"# Title here..")
    assert list(plan().values()) == [Action.CREATE]


def test_a_file_is_known_under_each_of_its_ways(write, plan, tmp_path, monkeypatch):
    """Relative or absolute, alone or in its folder: one article."""
    write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    monkeypatch.chdir(tmp_path)
    for what in ["posts", "posts/a.md", Path("posts"), tmp_path / "posts" / "a.md", "posts/../posts/a.md"]:
        assert list(plan(what).values()) == [Action.NO_OP]


@pytest.mark.parametrize(
    "ways", [["posts/a.md", "posts/a.md"], ["posts", "posts/a.md"]], ids=["twice", "in its folder"]
)
def test_a_file_that_is_named_twice_is_an_outcome(write, tmp_path, make_target, ledger, ways):
    """Not an error of the ledger, and not two copies."""
    write("posts/a.md", "# Title\n\nOne.")
    target = make_target()
    outcomes = publisher.publish_many([tmp_path / way for way in ways], target, ledger=ledger)
    assert len(outcomes) == 2
    assert len(target.site.articles) <= 1


def test_what_the_ledger_remembers_can_be_lost(write, plan, ledger):
    """Everything is read, and nothing is published again."""
    write("posts/a.md", "# Title\n\nOne.")
    plan.publish()
    with closing(sqlite3.connect(ledger)) as database, database:
        database.execute("DELETE FROM sources")
    assert list(plan().values()) == [Action.NO_OP]
