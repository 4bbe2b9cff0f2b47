"""A sample of the kill loop; 'make kill-loop' is the whole of it."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest
from kill_loop import Loop
from truth import compare

pytestmark = pytest.mark.real

#: So that the sample ends soon: less to upload, and a dead publisher is given up after two seconds and not fifteen.
QUICK = {"articles": 6, "pixels": (800, 500), "alive": 2.0}

#: Settle times. Where PHP is too slow for one, that is measured, and the sample is taken again with the next.
SETTLES = (5.0, 15.0, 45.0)


def test_killed_publishers_leave_every_article_once(wordpress, tmp_path):
    """Six kills at random moments: in the end everything stands there once, as its last edit wants it."""
    for settle in SETTLES:
        wordpress.reset()
        (tmp_path / f"{settle:g}").mkdir()
        loop = Loop(wordpress, tmp_path / f"{settle:g}", random.Random(3), settle=settle, **QUICK)
        found = loop.run(kills=6)
        if not loop.too_slow:
            break
    assert found.faults == []
    assert found.counts["posts"] == 6


def test_loop_notices_what_is_wrong_at_the_site(wordpress, tmp_path):
    """A second copy, a missing post, other words, a half-made image and a term too many are all seen."""
    loop = Loop(wordpress, tmp_path, random.Random(3), settle=5.0, **QUICK)
    assert loop.run(kills=0).faults == []
    with closing(sqlite3.connect(wordpress.database, timeout=10)) as database, database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(wp_posts)") if row[1] != "ID"]
        copied = ", ".join("post_name || '-2'" if name == "post_name" else name for name in columns)
        database.execute(
            f"INSERT INTO wp_posts ({', '.join(columns)}) SELECT {copied} FROM wp_posts WHERE post_name = 'article-000'"
        )
        database.execute("DELETE FROM wp_posts WHERE post_name = 'article-001'")
        database.execute("UPDATE wp_posts SET post_content = replace(post_content, 'version 1', 'version 2') "
                         "WHERE post_name = 'article-002'")  # fmt: skip
        database.execute("DELETE FROM wp_postmeta WHERE meta_key = '_wp_attachment_metadata' AND post_id = "
                         "(SELECT min(ID) FROM wp_posts WHERE post_type = 'attachment')")  # fmt: skip
        database.execute("UPDATE wp_terms SET name = 'COMMON' WHERE name = 'Tag of 3'")
    kinds = {kind for kind, _ in compare(wordpress.database, loop.blog).faults}
    sentences = "\n".join(fault for _, fault in compare(wordpress.database, loop.blog).faults)
    assert kinds == {"duplicates", "lost", "orphan media", "wrong"}
    for said in (
        "2 posts for article-000",
        "no post is called article-001",
        "it says version [('2', 'article-002')] and not 1",
        "is half-made",
        "2 times the term ('post_tag', ('common',))",
        "there is no term ('post_tag', ('tag of 3',))",
    ):
        assert said in sentences
