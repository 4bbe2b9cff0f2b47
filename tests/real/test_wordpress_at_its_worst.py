"""A real WordPress that is slow, asked twice at once, or whose client is killed: still one post."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from wordpress_rig import WordPressRig

from publisher import Publisher, PublisherError, WordPress, publish, publish_many
from publisher.driving.clock import SystemClock
from publisher.errors import InDoubtError
from publisher.testing import CrashWalk, FakeClock, Fault, make_faulty

pytestmark = pytest.mark.real

#: Sleeps before the insert of the first post only, far longer than the client waits.
SLEEPY = """
add_filter('rest_pre_insert_post', function ($post) {
    if (get_option('slept')) return $post;
    update_option('slept', 1);
    ignore_user_abort(true);
    sleep(4);
    return $post;
});
"""

#: Sleeps between the insert of the first post and the setting of its tags, and says when PHP is done with it.
SLEEPY_BEFORE_TAGS = """
add_action('rest_insert_post', function () {
    if (get_option('slept')) return;
    update_option('slept', 1);
    ignore_user_abort(true);
    register_shutdown_function(function () { update_option('woken', 1); });
    sleep(6);
});
"""

#: The insert happens, then PHP dies: a 500 with the post in the database, without its tags.
FATAL_AFTER_INSERT = """
add_action('rest_insert_post', function ($post) {
    if (get_option('died')) return;
    update_option('died', 1);
    throw new Error('a plugin broke');
});
"""

#: The upload is stored, then PHP dies over the smaller sizes: a media row without details.
FATAL_OVER_SIZES = """
add_filter('wp_generate_attachment_metadata', function ($details) {
    if (get_option('cut')) return $details;
    update_option('cut', 1);
    throw new Error('out of memory');
});
"""

#: What a process does that publishes one file. Its arguments: file, ledger, URL, password.
PUBLISH = textwrap.dedent(
    """
    import sys
    from publisher import WordPress, publish
    file, ledger, url, password, timeout = sys.argv[1:]
    blog = WordPress(url, username="admin", app_password=password, timeout=float(timeout))
    print(publish(file, blog, ledger=ledger).remote_id)
    """
)


@pytest.fixture
def rig(wordpress):
    """The site of this test."""
    return WordPressRig(wordpress)


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """An article with two tags in a file."""
    file = tmp_path / "slow-post.md"
    file.write_text("---\ntitle: A slow post\ntags: [One, Two]\n---\n\nIts words.\n")
    return file


def blog_at(site, **settings) -> WordPress:
    return WordPress(site.url, username="admin", app_password=site.users["admin"], **settings)


def start(site, file: Path, ledger: Path, timeout: float = 30) -> subprocess.Popen[str]:
    """A process of its own that publishes ``file``."""
    command = [sys.executable, "-c", PUBLISH, str(file), str(ledger), site.url, site.users["admin"], str(timeout)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tags_of(site, remote_id: str) -> int:
    """How many tags a post has in the database."""
    query = """SELECT count(*) FROM wp_term_relationships JOIN wp_term_taxonomy USING (term_taxonomy_id)
        WHERE taxonomy = 'post_tag' AND object_id = ?"""
    with closing(sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)) as database:
        return int(database.execute(query, [remote_id]).fetchone()[0])


def test_insert_that_outlasts_our_timeout_makes_one_post(wordpress, rig, post, tmp_path):
    """PHP sleeps before the insert, past our time-out; its insert is waited for, and no second one is sent."""
    wordpress.install_plugin("sleepy", SLEEPY)
    receipt = publish(post, blog_at(wordpress, timeout=3), ledger=tmp_path / "ledger.db")
    [copy] = rig.articles()
    assert (copy.remote_id, copy.title, tags_of(wordpress, copy.remote_id)) == (receipt.remote_id, "A slow post", 2)


def test_tags_of_a_create_that_php_is_still_inside_of_never_land_on_a_newer_version(wordpress, rig, post, tmp_path):
    """The post stands there before its tags do. It is adopted, then edited and published again while PHP sleeps: what
    the create still has to set comes first, and the new tags stay."""
    wordpress.install_plugin("sleepy", SLEEPY_BEFORE_TAGS)
    ledger, events = tmp_path / "ledger.db", []
    publish(post, blog_at(wordpress, timeout=1, settle=10), ledger=ledger)
    assert not says(wordpress, "woken")
    post.write_text(post.read_text().replace("[One, Two]", "[Three]"))
    with Publisher(blog_at(wordpress, settle=10), ledger=ledger, on_event=events.append) as publisher:
        receipt = publisher.publish(post)
    while not says(wordpress, "woken"):
        time.sleep(0.1)
    [copy] = rig.articles()
    assert (copy.remote_id, tags_of(wordpress, copy.remote_id)) == (receipt.remote_id, 1)
    assert "the target may still be at work on an older version" in [event.detail for event in events]


def test_fatal_error_after_the_insert_is_mended(wordpress, rig, post, tmp_path):
    """A 500 that leaves a post without its tags: the post is found, and written once more with them."""
    wordpress.install_plugin("fatal", FATAL_AFTER_INSERT)
    receipt = publish(post, blog_at(wordpress), ledger=tmp_path / "ledger.db")
    [copy] = rig.articles()
    assert (copy.remote_id, tags_of(wordpress, copy.remote_id)) == (receipt.remote_id, 2)


def test_half_made_upload_is_replaced(wordpress, rig, tmp_path):
    """An image row that PHP left without its details is deleted and uploaded again: one image, and whole."""
    wordpress.install_plugin("sizes", FATAL_OVER_SIZES)
    publish(rig.article(), blog_at(wordpress, settle=3), ledger=tmp_path / "ledger.db")
    assert sorted(rig.assets()) == ["picture-0", "picture-1"]
    [copy] = rig.articles()
    auth = ("admin", wordpress.users["admin"])
    media = httpx.get(f"{wordpress.url}/wp-json/wp/v2/media", auth=auth).json()
    assert all(row["media_details"]["file"] for row in media)
    body = httpx.get(f"{wordpress.url}/wp-json/wp/v2/posts/{copy.remote_id}?context=edit", auth=auth).json()
    assert all(f'class="wp-image-{row["id"]}"' in body["content"]["raw"] for row in media)


def test_two_processes_at_once_make_one_post(wordpress, rig, post, tmp_path):
    """Two processes publish the same file into the same ledger at the same time: one post, both know it."""
    processes = [start(wordpress, post, tmp_path / "ledger.db") for _ in range(2)]
    answers = [process.communicate(timeout=300) for process in processes]
    [copy] = rig.articles()
    assert [(out.strip(), err) for out, err in answers] == [(copy.remote_id, "")] * 2
    assert sorted(rig.terms()) == ["One", "Two"]


def test_killed_process_leaves_a_post_that_the_next_one_adopts(wordpress, rig, post, tmp_path):
    """SIGKILL while WordPress is at work on the create: the next run finds that post and makes no other."""
    wordpress.install_plugin("sleepy", SLEEPY)
    ledger = tmp_path / "ledger.db"
    killed = start(wordpress, post, ledger)
    while not says(wordpress, "slept"):
        assert killed.poll() is None, killed.communicate()
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    receipt = publish(post, blog_at(wordpress), ledger=ledger)
    [copy] = rig.articles()
    assert copy.remote_id == receipt.remote_id


def says(site, option: str) -> bool:
    """Whether a plugin has set an option: ``slept`` when it has begun to sleep, ``woken`` when PHP is done with it."""
    with closing(sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM wp_options WHERE option_name = ?", [option]).fetchone()[0] == 1


def test_batch_of_five_costs_a_handful_of_requests(wordpress, rig, tmp_path):
    """Five new posts with six new tags: three to learn the site, one for the tags, one look, one write."""
    backend = blog_at(wordpress)
    faulty = make_faulty(backend, SystemClock())
    articles = [rig.article(number, assets={}, body="Text only.") for number in range(1, 6)]
    outcomes = publish_many(
        [a.model_copy(update={"body": "Text"}) for a in articles], backend, ledger=tmp_path / "l.db"
    )
    assert [outcome.error for outcome in outcomes] == [None] * 5
    assert [f"{request.method} {request.url.path}" for request in faulty.requests] == [
        "HEAD /",
        "GET /wp-json/",
        "GET /wp-json/wp/v2/users/me",
        "POST /wp-json/batch/v1",
        "GET /wp-json/wp/v2/posts",
        "POST /wp-json/batch/v1",
    ]


@pytest.mark.parametrize("trouble", ["refused", "bad gateway"])
def test_site_that_dies_over_a_create_is_left_alone_until_the_next_run(wordpress, rig, post, tmp_path, trouble):
    """A dozen requests for half a minute, not for the whole deadline; the next run finds the one post."""
    backend, clock = blog_at(wordpress), FakeClock()
    faulty = make_faulty(backend, clock)
    post.write_text("---\ntitle: A post\n---\n\nIts words.\n")
    faulty.faults += [Fault("answer lost"), Fault(trouble, lambda request: bool(faulty.writes), 1000)]
    with Publisher(backend, ledger=tmp_path / "ledger.db", clock=clock) as publisher:
        began = clock.now()
        with pytest.raises(InDoubtError, match="publisher retry"):
            publisher.publish(post)
        requests = [request.method for request in faulty.requests]
        assert len(requests[requests.index("POST") :]) <= 15
        assert clock.now() - began <= 60
        faulty.faults.clear()
        receipt = publisher.publish(post)
    [copy] = rig.articles()
    assert copy.remote_id == receipt.remote_id


def test_first_upload_of_a_month_goes_alone(wordpress, rig, tmp_path):
    """WordPress makes the month's folder at the first upload, and of two at once one would fail."""
    for attempt in range(5):
        wordpress.reset()
        outcomes = publish_many(
            [rig.article(n) for n in range(1, 5)], blog_at(wordpress), ledger=tmp_path / f"{attempt}.db"
        )
        assert [outcome.error for outcome in outcomes] == [None] * 4
    assert len(rig.assets()) == 5


def test_wrong_password_names_all_three_causes(wordpress, post, tmp_path):
    """What looks alike is told together, and the password is in no message."""
    blog = WordPress(wordpress.url, username="admin", app_password="wrong wrong wrong")
    with pytest.raises(PublisherError, match="does not know who we are") as caught:
        publish(post, blog, ledger=tmp_path / "ledger.db")
    message = str(caught.value)
    assert all(cause in message for cause in ("application password", "Authorization", "switched off"))
    assert "wrong wrong" not in message


def test_walk_notices_a_wordpress_backend_that_recognises_nothing(wordpress_server, tmp_path, monkeypatch):
    """The walk on the real WordPress can fail: a backend that knows none of its own posts does not pass."""
    for module in ("deciding", "recognising"):
        monkeypatch.setattr(f"publisher.backends.wordpress.{module}.is_ours", lambda *_: False)

    def make_rig() -> WordPressRig:
        wordpress_server.reset()
        return WordPressRig(wordpress_server)

    report = CrashWalk(make_rig, tmp_path, "create").once(lambda points: range(points // 2, points, 3))
    assert report.faults
