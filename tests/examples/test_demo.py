"""'make demo' tells its story at all its places, and does not say that all is well where it is not."""

from __future__ import annotations

import re
import shutil
from contextlib import nullcontext

import demo
import demo_sites
import httpx
import pytest

# Every title is stored in capitals.
SHOUTS = "add_filter('wp_insert_post_data', fn ($data) => ['post_title' => strtoupper($data['post_title'])] + $data);"


@pytest.fixture
def site(wordpress, monkeypatch):
    """The WordPress of the tests as the demo's first place."""
    here = lambda: nullcontext(demo_sites.WordPressSite(wordpress))  # noqa: E731
    monkeypatch.setattr(demo_sites, "SITES", [here, demo_sites.webflow, demo_sites.receiver])
    return wordpress


@pytest.mark.real
def test_the_demo_is_as_it_says_and_can_be_left_up(site, capsys, monkeypatch):
    told = []
    monkeypatch.setattr(demo, "until_ctrl_c", lambda: told.append(capsys.readouterr().out))
    assert demo.main(["--serve"]) == 0
    [said] = told
    assert "ok 0 requests were sent" in said
    for place in (f"WordPress {site.version}", "Webflow (simulated)", "Webhook receiver"):
        assert f"{place}: 8 articles, none twice" in said
        assert f"{place}: halley stands there with all its words, and no visitor sees it yet" in said
    assert said.count("it is refused as a conflict") == 2
    assert "Added by an editor, at the site." in said
    assert "All is as said." in said
    assert f"{site.url}/wp-admin/ (user admin, password admin-pass)" in said
    assert "\x1b[" not in said


@pytest.mark.real
def test_a_site_that_stores_something_else_fails_the_demo(site, capsys, monkeypatch, tmp_path, examples):
    site.install_plugin("shouts", SHOUTS)
    shutil.copytree(examples / "articles" / "about", tmp_path / "articles" / "about")
    shutil.copy(examples / "articles" / "publisher.toml", tmp_path / "articles")
    monkeypatch.setattr(demo, "HERE", tmp_path)
    assert demo.main([]) == 1
    told = capsys.readouterr()
    assert f"That is not so: WordPress {site.version}: about/colophon stands there" in told.err
    assert "All is as said." not in told.out


def test_a_place_that_shows_a_draft_fails_the_demo(capsys, monkeypatch):
    """Here a Webflow on which somebody publishes whatever is staged."""

    class Hasty(demo_sites.WebflowSite):
        def look(self, receipt):
            self._simulator.designer.publish_item(self._posts, receipt.remote_id)
            return super().look(receipt)

    monkeypatch.setattr(demo_sites, "WebflowSite", Hasty)
    monkeypatch.setattr(demo_sites, "SITES", [demo_sites.webflow])
    assert demo.main([]) == 1
    assert "That is not so: Webflow (simulated): about/colophon stands there" in capsys.readouterr().err


def test_what_is_left_up_can_be_looked_at(capsys, monkeypatch):
    """With the addresses that were printed; afterwards nothing answers there any more."""
    told, seen = [], {}

    def look():
        told.append(capsys.readouterr().out)
        home, deliveries = re.findall(r"^  (http://\S+/|http://\S+/deliveries)$", told[0], re.MULTILINE)
        token, items = re.search(r"Bearer (\S+)' (http://\S+/items)$", told[0], re.MULTILINE).groups()
        answer = httpx.get(items, headers={"Authorization": f"Bearer {token}"})
        seen.update(home=httpx.get(home), deliveries=httpx.get(deliveries), items=answer)

    monkeypatch.setattr(demo, "until_ctrl_c", look)
    monkeypatch.setattr(demo_sites, "SITES", [demo_sites.webflow, demo_sites.receiver])
    assert demo.main(["--serve"]) == 0
    assert "The first loaf" in seen["home"].text
    assert "article.unpublished" in seen["deliveries"].text
    assert len(seen["items"].json()["items"]) == 8
    with pytest.raises(httpx.ConnectError):
        httpx.get(str(seen["home"].url))
