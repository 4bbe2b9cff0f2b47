"""What readers see: articles that are shown, lists, images, the feed, and nothing that runs."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing

import pytest
from receiver_desk import Desk, article, image, png, removal, upload
from selectolax.lexbor import LexborHTMLParser

from publisher.errors import StoreError

LATER = "2030-01-01T00:00:00Z"


def titles(page: str) -> list[str]:
    """The titles of a list, in their order."""
    return [node.text(strip=True) for node in LexborHTMLParser(page).css(".card h2")]


def prose(desk, html: str) -> str:
    """What becomes of the HTML of an article."""
    desk.publish(key="a", html=html, revision=int(desk.clock.now()))
    desk.clock.advance(1)
    [node] = LexborHTMLParser(desk.page("/articles/a")).css(".prose")
    return node.inner_html.strip()


# Lists


def test_front_page_lists_what_is_shown_the_newest_first(desk):
    """With excerpts, and without drafts, private, scheduled, unpublished and deleted articles."""
    desk.publish(key="old", title="Old", date_published="2025-01-01T00:00:00Z", summary="About old things.")
    desk.publish(key="new", title="New", date_published="2026-01-01T00:00:00Z")
    desk.publish(key="kept", title="Kept", date_published="2024-01-01T00:00:00Z", own={"sticky": True})
    for status in ("draft", "private", "scheduled"):
        desk.deliver(article("article.unpublished", key=status, status=status, date_published=LATER, title=status))
    for kind in ("article.unpublished", "article.deleted"):
        desk.publish(key=kind, title=kind)
        desk.deliver(removal(kind, kind))
    page = desk.page()
    assert titles(page) == ["Kept", "New", "Old"]
    assert "About old things." in page
    assert re.search("draft|private|scheduled|unpublished|deleted", page) is None


def test_scheduled_article_is_shown_when_its_time_comes(desk):
    """Nothing is sent then."""
    desk.deliver(article("article.unpublished", key="later", status="scheduled", date_published=LATER, title="Later"))
    assert "Later" not in desk.page() + desk.page("/articles/later", 404) + desk.page("/feed.json")
    desk.clock.advance(1_893_456_000 - desk.clock.now() - 1)
    assert titles(desk.page()) == []
    desk.clock.advance(1)
    assert titles(desk.page()) == ["Later"]
    assert "1 January 2030" in desk.page("/articles/later")


def test_list_has_pages(desk):
    """Thirteen on one, and no page beyond the last."""
    for number in range(15):
        desk.publish(key=f"a-{number:02}", title=f"{number:02}", date_published=f"2026-01-{number + 1:02}T00:00:00Z")
    first, second = desk.page(), desk.page("/?page=2")
    assert titles(first) + titles(second) == [f"{number:02}" for number in range(14, -1, -1)]
    assert len(titles(first)) == 13
    assert ('rel="next"' in first, 'rel="next"' in second, 'rel="prev"' in second) == (True, False, True)
    for beyond in ("3", "0", "-1", "x", "1" * 400, "²"):
        desk.page(f"/?page={beyond}", 404)


def test_tag_and_category_pages_list_their_articles(desk):
    """A category also what is below it; a link to each stands in the article."""
    desk.publish(key="a", title="A", tags=["Salt & flour", "C#"], own={"categories": [["Away", "By train"]]})
    desk.publish(key="b", title="B", tags=["C#"], own={"categories": [["Away"], ["a/b?"]]})
    desk.deliver(article("article.unpublished", key="c", status="draft", tags=["C#"]))
    tree = LexborHTMLParser(desk.page("/articles/a") + desk.page("/articles/b"))
    links = {node.text(strip=True): node.attributes["href"] for node in tree.css(".meta a, .tags a")}
    found = {name: sorted(titles(desk.page(path))) for name, path in links.items()}
    assert found == {
        "Away / By train": ["A"], "Away": ["A", "B"], "a/b?": ["B"], "Salt & flour": ["A"], "C#": ["A", "B"],
    }  # fmt: skip
    desk.page("/tags/nothing", 404)
    desk.page("/categories/Away/By%20car", 404)


def test_labels_of_an_older_revision_are_gone(desk):
    """And all of them with the article."""
    desk.publish(key="a", tags=["one"])
    desk.publish(key="a", tags=["two"], revision=2)
    desk.page("/tags/one", 404)
    assert titles(desk.page("/tags/two")) == ["Title of a"]
    desk.deliver(removal("article.deleted", "a", revision=3))
    desk.page("/tags/two", 404)


def test_pages_stand_in_the_head_of_every_page(desk):
    """Articles of the type page are in no list."""
    desk.publish(key="about", title="About us", own={"type": "page"})
    page = desk.page()
    assert (titles(page), "About us" in page) == ([], True)
    assert "<time" not in desk.page("/articles/about")


# One article


def test_article_tells_search_engines_what_its_author_said(desk):
    """Title, description, canonical address, and that it shall not be found."""
    seo = {"title": "For engines", "description": "In short", "canonical_url": "https://example.org/x", "noindex": True}
    desk.publish(key="a", title="For readers", language="de", own={"seo": seo})
    page = desk.page("/articles/a")
    assert "<h1>For readers</h1>" in page
    for said in ('lang="de"', "For engines", 'content="In short"', 'href="https://example.org/x"', 'content="noindex"'):
        assert said in page


def test_titles_names_and_tags_are_text(desk):
    """Nothing in them becomes markup, in any page."""
    bad = "<script>ran=1</script>\"'><img src=x onerror=ran=1>"
    desk.publish(
        key="a", title=bad, summary=bad, tags=[bad], authors=[{"name": bad}], language='"><script>', image=bad,
        own={"slug": 'a"><script>', "categories": [[bad]],
             "seo": {"title": bad, "description": bad, "canonical_url": 'https://x/"><script>'}},
    )  # fmt: skip
    for path in ("/", "/articles/a%22%3E%3Cscript%3E", "/deliveries", '/tags/"><script>', "/nothing/<script>"):
        tree = LexborHTMLParser(desk.ask("GET", path).text)
        assert (tree.css("script"), tree.css("[onerror]")) == ([], [])


GOOD = [
    '<figure><img src="https://example.org/a.png" alt="A" loading="lazy"><figcaption>C</figcaption></figure>',
    '<table><thead><tr><th style="text-align: right">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
    '<pre><code class="language-python">a &lt; b</code></pre>',
    '<p><sup><a href="#n1" id="r1" rel="noopener">1</a></sup></p>',
    '<section class="footnotes"><ol><li id="n1">x <a href="#r1" rel="noopener">↩</a></li></ol></section>',
    '<h2 id="what">What</h2><details><summary>More</summary>text</details>',
    '<iframe src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ" title="Film" loading="lazy"></iframe>',
    '<iframe src="https://player.vimeo.com/video/76979871" loading="lazy"></iframe>',
    '<p><a href="mailto:a@example.org" rel="noopener">a</a> <del>b</del> <mark>c</mark> <abbr title="D">d</abbr></p>',
]


@pytest.mark.parametrize("html", GOOD)
def test_what_articles_legitimately_hold_is_kept(desk, html):
    """To the letter."""
    assert prose(desk, html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>ran=1</script><p>a</p>", "<p>a</p>"),
        ('<p onclick="ran=1">a</p>', "<p>a</p>"),
        ('<a href="javascript:ran=1">a</a>', '<a rel="noopener">a</a>'),
        ('<a href=" java\nscript:ran=1">a</a>', '<a rel="noopener">a</a>'),
        ('<a href="data:text/html,<script>ran=1</script>">a</a>', '<a rel="noopener">a</a>'),
        ('<img src="x" onerror="ran=1">', '<img src="x" loading="lazy">'),
        ('<iframe src="https://evil.example/"></iframe>', '<iframe loading="lazy"></iframe>'),
        ('<iframe srcdoc="<script>ran=1</script>"></iframe>', '<iframe loading="lazy"></iframe>'),
        ('<form action="/x"><input name="a"><button>b</button></form>', "b"),
        (
            '<style>p{display:none}</style><link rel="stylesheet" href="x"><meta http-equiv="refresh"><base href="/">',
            "",
        ),
        ('<p style="position:fixed;background:url(x)">a</p>', "<p>a</p>"),
        ('<svg onload="ran=1"><script>ran=1</script></svg><p>a</p>', "<p>a</p>"),
        ("<!--more--><p>a</p></div></main></body>", "<p>a</p>"),
    ],
)
def test_what_runs_hides_or_loads_is_taken_out(desk, html, left):
    """And what stood in it as text is kept."""
    assert prose(desk, html) == left


def test_every_answer_forbids_scripts(desk):
    """Pages, images, the feed, what is missing, and the endpoint."""
    url = desk.deliver(upload(png())).json()["url"]
    for path in ("/", url, "/feed.json", "/style.css", "/nothing", "/deliveries", "/hooks/articles"):
        headers = desk.ask("GET", path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert "script-src" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_missing_pages_are_pages(desk):
    """404 for what is not there, and 405 for what cannot be done."""
    assert "There is nothing here" in desk.page("/nothing", 404)
    assert desk.ask("POST", "/").status_code == 405


# Images


def test_images_of_an_article_are_stored_and_shown(desk):
    """In the text and as its cover, wherever the sender put their address; a second article stores them once."""
    data = png()
    digest = hashlib.sha256(data).hexdigest()
    inside = image(data, url=f"assets/{digest}.png", src="a.png", alt="A loaf")
    html = f'<p><img src="assets/{digest}.png" alt="A loaf"></p>'
    for key in ("a", "b"):
        desk.publish(key=key, html=html, image=f"assets/{digest}.png", own={"images": [inside]})
    assert [path.name for path in (desk.into / "assets").iterdir()] == [f"{digest}.png"]
    assert f'src="/assets/{digest}.png"' in desk.page()
    assert f'src="/assets/{digest}.png"' in desk.page("/articles/a")
    answer = desk.ask("GET", f"/assets/{digest}.png")
    assert (answer.content, answer.headers["content-type"]) == (data, "image/png")
    assert "immutable" in answer.headers["cache-control"]
    assert f"https://site.example.com/assets/{digest}.png" in desk.page("/feed.json")


def test_uploaded_image_is_shown_from_here_whatever_the_site_was_called_then(desk):
    """Its article names it by the address that was answered."""
    url = desk.deliver(upload(png())).json()["url"]
    assert desk.ask("GET", url).content == png()
    assert (
        prose(desk, f'<img src="{url}">')
        == f'<img src="{url.removeprefix("https://site.example.com")}" loading="lazy">'
    )
    elsewhere = url.replace("site.example.com", "old-name.example.com:8000")
    assert "old-name" not in prose(desk, f'<img src="{elsewhere}">')


def test_image_is_what_its_bytes_are(desk):
    """Whatever type and name it was sent with."""
    url = desk.deliver(upload(png(), mime_type="text/html", name="../../x.html")).json()["url"]
    assert url.endswith(".png")
    assert desk.ask("GET", url).headers["content-type"] == "image/png"


@pytest.mark.parametrize("name", ["../site.db", "..%2Fsite.db", "%2e%2e/site.db", "x.png", "0" * 64 + ".png", ""])
def test_nothing_but_images_is_served_from_the_folder(desk, name):
    """Not the database, not what is not there."""
    desk.deliver(upload(png()))
    assert desk.ask("GET", f"/assets/{name}").status_code == 404


def test_cover_that_begins_the_text_is_shown_once(desk):
    """As authors write it for sites that show no covers."""
    url = "https://example.org/a.png"
    desk.publish(key="a", html=f'<p><img src="{url}"></p>', image=url)
    assert len(LexborHTMLParser(desk.page("/articles/a")).css("article img")) == 1


# Feed, deliveries, stores


def test_feed_is_a_json_feed(desk):
    """Version 1.1, with whole articles and absolute addresses, and no pages."""
    desk.publish(
        key="a", title="A", summary="S", tags=["t"], authors=[{"name": "Ana"}], html="<p>x</p><script>y</script>"
    )
    desk.publish(key="about", own={"type": "page"})
    answer = desk.ask("GET", "/feed.json")
    feed = answer.json()
    assert answer.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://site.example.com/feed.json"
    [item] = feed["items"]
    assert item["date_published"] == "2026-09-21T14:13:20+00:00"
    assert {name: item[name] for name in ("id", "url", "title", "summary", "tags", "authors", "content_html")} == {
        "id": "a", "url": "https://site.example.com/articles/a", "title": "A", "summary": "S", "tags": ["t"],
        "authors": [{"name": "Ana"}], "content_html": "<p>x</p>",
    }  # fmt: skip


def test_deliveries_are_listed_and_tell_nothing_of_articles(desk):
    """Time, type, id and status: also of what came twice, came late or was refused."""
    desk.deliver(article("article.unpublished", key="secret-plan", status="draft", title="Secret plan"), "msg_a")
    desk.deliver(article("article.unpublished", key="secret-plan", status="draft"), "msg_a")
    desk.deliver(article(key="other", own={"slug": "secret-plan"}), "msg_b")
    page = desk.page("/deliveries")
    rows = [[cell.text(strip=True) for cell in row.css("td")] for row in LexborHTMLParser(page).css("tbody tr")]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("409", "article.published", "refused", "msg_b"),
        ("200", "article.unpublished", "known already", "msg_a"),
        ("200", "article.unpublished", "stored", "msg_a"),
    ]
    assert rows[0][2].startswith("2026-09-21 14:13:")
    assert "secret" not in page.lower()


def test_site_starts_where_it_stopped(desk):
    """All of it is in its folder."""
    desk.publish(key="a", title="Kept")
    assert "Kept" in Desk(desk.into).page("/articles/a")


def test_folder_of_a_newer_version_is_left_alone(desk):
    """It is said what to do."""
    with closing(sqlite3.connect(desk.into / "site.db")) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer publisher"):
        Desk(desk.into)


@pytest.mark.parametrize("what", ["a folder that is a file", "a database that is text"])
def test_folder_that_cannot_be_used_is_said(tmp_path, what):
    """As an error of ours, with the place."""
    if what == "a folder that is a file":
        (tmp_path / "site").write_text("x")
    else:
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "site.db").write_text("no database " * 100)
    with pytest.raises(StoreError, match="site"):
        Desk(tmp_path / "site")
