"""'make demo' tells its story on the real WordPress, and does not say that all is well where it is not."""

from __future__ import annotations

import shutil
from contextlib import nullcontext

import demo
import demo_sites
import pytest

pytestmark = pytest.mark.real

# Every title is stored in capitals.
SHOUTS = "add_filter('wp_insert_post_data', fn ($data) => ['post_title' => strtoupper($data['post_title'])] + $data);"


@pytest.fixture
def site(wordpress, monkeypatch):
    """The WordPress of the tests as the demo's only place."""
    monkeypatch.setattr(demo_sites, "SITES", [lambda: nullcontext(demo_sites.WordPressSite(wordpress))])
    return wordpress


def test_the_demo_is_as_it_says_and_can_be_left_up(site, capsys, monkeypatch):
    stayed = []
    monkeypatch.setattr(demo, "until_ctrl_c", lambda: stayed.append(site.url))
    assert demo.main(["--serve"]) == 0
    said = capsys.readouterr().out
    assert "ok 0 requests were sent" in said
    assert "8 articles, none twice" in said
    assert "Added by an editor, at the site." in said
    assert "All is as said." in said
    assert f"{site.url}/wp-admin/ (user admin, password admin-pass)" in said
    assert "\x1b[" not in said
    assert stayed == [site.url]


def test_a_site_that_stores_something_else_fails_the_demo(site, capsys, monkeypatch, tmp_path, examples):
    site.install_plugin("shouts", SHOUTS)
    shutil.copytree(examples / "articles" / "about", tmp_path / "articles" / "about")
    shutil.copy(examples / "articles" / "publisher.toml", tmp_path / "articles")
    monkeypatch.setattr(demo, "HERE", tmp_path)
    assert demo.main([]) == 1
    told = capsys.readouterr()
    assert f"That is not so: WordPress {site.version}: about/colophon stands there" in told.err
    assert "All is as said." not in told.out
