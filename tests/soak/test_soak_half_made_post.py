"""A post that is found while WordPress is still giving it its tags."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from truth import rows

from publisher import WordPress, publish
from publisher.models import Event

pytestmark = pytest.mark.real

#: Waits between the insert of the first post and its tags until a file is there: longer than the client does.
SLOW_TAGS = """
add_action('rest_insert_post', function () {
    if (get_option('waited')) return;
    update_option('waited', 1);
    ignore_user_abort(true);
    for ($i = 0; $i < 6000 && !@file_exists('FILE'); $i++) { usleep(20000); clearstatcache(); }
});
"""

TAGS_OF = """SELECT count(*) FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id)
    JOIN wp_posts ON object_id = ID WHERE taxonomy = 'post_tag' AND post_name = 'a-post'"""


def test_post_that_is_found_before_its_tags_is_no_edit_by_somebody_else(wordpress, tmp_path: Path) -> None:
    """The answer to a create is lost, the post is found without its tags, and then WordPress goes on and sets them."""
    found = tmp_path / "found"
    wordpress.install_plugin("slow-tags", SLOW_TAGS.replace("FILE", str(found)))
    file = tmp_path / "a-post.md"
    file.write_text("---\ntitle: A post\ntags: [One, Two]\n---\n\nIts words.\n")

    def let_php_finish(event: Event) -> None:
        if event.kind == "waiting" and "found at the target" in event.detail:
            assert rows(wordpress.database, TAGS_OF) == [(0,)]
            found.touch()
            while rows(wordpress.database, TAGS_OF) == [(0,)]:
                time.sleep(0.05)

    blog = WordPress(wordpress.url, username="admin", app_password=wordpress.users["admin"], timeout=3)
    receipt = publish(file, blog, ledger=tmp_path / "ledger.db", on_event=let_php_finish)
    assert found.exists()
    assert receipt.changes == ()
    assert rows(wordpress.database, TAGS_OF) == [(2,)]
