"""The command line on a real WordPress: publish, status, a plan with differences, unpublish."""

from __future__ import annotations

import pytest


@pytest.fixture
def blog(wordpress, tmp_path, monkeypatch):
    """A project with a target for it, which is the working folder."""
    (tmp_path / "publisher.toml").write_text(
        f'[targets.blog]\nkind = "wordpress"\nurl = "{wordpress.url}"\nusername = "admin"\nsettle = 1\n'
        'app_password = { env = "BLOG_PASSWORD" }\n'
    )
    (tmp_path / "loaf.md").write_text("---\ntags: [Baking]\n---\n# The loaf\n\nThe starter was a gift.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLOG_PASSWORD", wordpress.users["admin"])
    return tmp_path


@pytest.mark.real
def test_a_post_from_first_to_last(blog, wordpress, run, start):
    """As processes of their own, with JSON between them."""
    process = start("publish", "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert f'"url": "{wordpress.url}/loaf/"' in out
    assert wordpress.users["admin"] not in out + err
    [settled] = run("status", "--json").json["articles"]
    assert (settled["key"], settled["state"], settled["receipt"]["status"]) == ("loaf", "settled", "publish")
    (blog / "loaf.md").write_text("---\ntags: [Baking, Bread]\n---\n# The loaf\n\nThe starter was a present.\n")
    [planned] = run("plan", "--diff", "--json").json["actions"]
    changed = {one["field"]: one for one in planned["differences"]}
    assert set(changed) == {"content", "tags"}
    assert (changed["tags"]["there"], changed["tags"]["wanted"]) == ("Baking", "Baking, Bread")
    assert "gift" in changed["content"]["there"]
    assert "present" in changed["content"]["wanted"]
    [outcome] = run("unpublish", "loaf", "--json").json["outcomes"]
    assert outcome["receipt"]["status"] == "draft"
    assert run("delete", "loaf", "--json").json["outcomes"][0]["action"] == "delete"


@pytest.mark.real
def test_a_post_of_somebodys_is_adopted_and_then_written(blog, wordpress, run):
    """Its categories stay, as the article says none."""
    import httpx

    auth = ("admin", wordpress.users["admin"])
    posts = f"{wordpress.url}/wp-json/wp/v2/posts"
    fields = {"title": "Old", "slug": "loaf", "status": "publish", "categories": [1], "excerpt": "Old."}
    post = httpx.post(posts, json=fields, auth=auth).json()
    assert run("publish").code == 3
    assert run("adopt", "loaf.md", "--remote-id", post["id"]).code == 0
    assert run("publish").code == 0
    there = httpx.get(f"{posts}/{post['id']}?context=edit", auth=auth).json()
    assert (there["title"]["raw"], there["categories"], there["excerpt"]["raw"]) == ("The loaf", [1], "")
    assert run("status").code == 0


@pytest.mark.real
def test_a_plan_with_differences_and_a_refresh_write_nothing(blog, wordpress, run, monkeypatch):
    """A site on which every write fails is looked at all the same; an edit in wp-admin is seen."""
    import httpx

    assert run("publish").code == 0
    auth = ("editor", wordpress.users["editor"])
    [post] = httpx.get(f"{wordpress.url}/wp-json/wp/v2/posts?slug=loaf", auth=auth).json()
    httpx.post(f"{wordpress.url}/wp-json/wp/v2/posts/{post['id']}", json={"title": "By hand"}, auth=auth)
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def only_reads(self, request):
        assert request.method in ("GET", "HEAD"), f"a write was sent: {request.method} {request.url}"
        return await send(self, request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", only_reads)
    (blog / "new.md").write_text("---\ntags: [New]\ncategories: [[A, B]]\n---\n# New\n\nWords.\n")
    told = run("plan", "--refresh", "--diff")
    assert told.code == 3
    assert "conflict  loaf" in told.out
    assert "title: 'By hand' -> 'The loaf'" in told.out
    assert "create    new" in told.out
    assert "categories: '' -> 'A / B'" in told.out
    assert run("publish", "--dry-run").code == 0
