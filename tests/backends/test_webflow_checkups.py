"""What a checkup of Webflow tells."""

from __future__ import annotations

import anyio
import httpx
import pytest
from webflow_rig import WebflowRig

from publisher.backends.base import Known
from publisher.driving.flows import drive
from publisher.testing.webflow import SCOPES, Field

# What is seen of a target


def findings(webflow, **settings):
    webflow.rig.settings |= settings
    backend = webflow.rig.backend()

    class Asking:
        async def send(self, step):
            async with httpx.AsyncClient(transport=webflow.rig.sim.transport()) as client:
                assert step.effect == "read"
                return await client.send(step.build(0.0))

    return anyio.run(drive, backend.check(Known()), Asking())


def test_check_of_a_good_collection_says_how_fields_are_guessed(webflow):
    """And how many items and requests there are."""
    webflow.rig.sim.designer.publish_site(webflow.rig.sim.site_id)
    told = findings(webflow, url="https://example.com/blog/{slug}")
    found = {finding.subject: finding for finding in told if finding.verdict == "good"}
    assert [finding.subject for finding in told if finding.verdict != "good"] == ["scopes"]
    assert found["scopes"].what == "the token has sites:read, cms:read, assets:read"
    assert "body -> post-body (RichText) (a guess)" in found["fields"].what
    assert "0 items in 'Blog Posts'" in found["limits"].what


def test_check_names_everything_that_will_go_wrong(make_webflow):
    """Required fields, no source key, no address, a site that was never published."""
    webflow = make_webflow()
    site = webflow.rig.sim.add_site("New", published=False)
    blog = webflow.rig.sim.add_blog(site)
    webflow.rig.sim.designer.add_field(blog.posts, Field("Colour", required=True))
    webflow.rig.sim.designer.remove_field(blog.posts, "source-id")
    found = findings(webflow, site_id=site, collection_id=blog.posts)
    assert {(one.verdict, one.subject) for one in found} >= {
        ("problem", "site"),
        ("warning", "source key"),
        ("warning", "fields"),
        ("warning", "addresses"),
    }
    assert any("colour" in one.what for one in found)


def test_check_tells_of_a_collection_that_changed_since_the_site_was_published(webflow):
    """Webflow may refuse to put items live then."""
    webflow.rig.clock.advance(60)
    webflow.rig.sim.designer.add_field(webflow.rig.blog.posts, Field("Colour"))
    assert any(one.verdict == "warning" and "Publish the site once" in one.remedy for one in findings(webflow))


@pytest.mark.parametrize("scope", ["cms:read", "assets:read", "sites:read"])
def test_check_names_the_scope_that_is_missing(webflow, scope):
    """A token of another kind is looked at as far as it reads."""
    webflow.rig.sim.add_token(
        webflow.rig.sim.token, scopes=[one for one in SCOPES if one != scope], requests_per_minute=60
    )
    found = findings(webflow)
    assert any(one.verdict == "problem" and scope in one.what for one in found)
    assert [one.what for one in found if (one.verdict, one.subject) == ("good", "scopes") and scope in one.what] == []


def test_check_raises_nothing_where_everything_is_wrong(webflow):
    """That is what it is asked for."""
    webflow.rig.sim.revoke_token(webflow.rig.sim.token)
    [found] = findings(webflow)
    assert found.verdict == "problem"
    assert "token" in found.what


def test_token_is_shown_nowhere():
    """Not by repr, not in the settings that become part of digests."""
    backend = WebflowRig().backend()
    secret = backend.secrets()[0]
    assert secret not in repr(backend) + repr(backend.settings()) + repr(vars(backend)) + backend.target.identity
