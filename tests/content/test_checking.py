"""What a checker finds in one article, and what it leaves alone because it is right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from publisher.content.checking import Checker
from publisher.models import Article

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def found(path: Path, text: str) -> list[tuple[str, int | None]]:
    """Subject and line of all that is found in a file with this text."""
    path.write_text(text)
    return [(one.subject, one.line) for one in Checker(NOW).look(path).findings]


def in_body(path: Path, body: str, head: str = "") -> list[tuple[str, int | None]]:
    """The same for a body, whose first line is line 1."""
    return [(subject, line and line - 4) for subject, line in found(path, f"---\ntitle: A\nid: a\n{head}---\n{body}")]


@pytest.fixture
def post(tmp_path: Path, png: bytes) -> Path:
    """The path of an article that is not there yet, with an image and another article beside it."""
    (tmp_path / "x.png").write_bytes(png)
    (tmp_path / "other.md").write_text("# Other\n\n## Its part\n\n![](gone.png)\n")
    (tmp_path / "price.pdf").write_bytes(b"%PDF-")
    return tmp_path / "post.md"


@pytest.mark.parametrize(
    "body",
    [
        "## Set up\n[x](#set-up)",
        "[x](#set-up)\n## Set up",
        "## A\n## A\n[x](#a-1)",
        "## Ümlaut & Co\n[x](#ümlaut--co) [y](#%C3%BCmlaut--co)",
        "## A {#own}\n[x](#own)",
        '<a id="here"></a>[x](#here)',
        '<a name="here"></a>\n\n[x](#here)',
        "<div\n  id=here>\n</div>\n\n[x](#here)",
        "> ## Quoted\n\n[x](#quoted)",
        "a[^n] b[^n] [x](#fn1) [y](#fnref1) [z](#fnref1-2)\n\n[^n]: Note",
        "[x](#) [y](#top) [z](#Top) [w](#:~:text=some%20words)",
        "`[x](#gone)`\n\n```\n[x](#gone)\n```\n\n\\[x](#gone)",
        "[x](https://example.com/#gone) [y](/about/#gone) [z](mailto:ana@example.com)",
        "<!-- [x](#gone) <img src=x.png> -->",
    ],
)
def test_an_anchor_that_is_there_is_right(post, body):
    """As the page will have it, whoever made the id."""
    assert in_body(post, body) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## Set up\n\nSee [x](#setup).", 3),
        ("Text\n[x][r]\n\n[r]: #gone", 2),
        ("Text `code\ncode` and\n[x](#gone)", 3),
        ("| a | b |\n|---|---|\n| c | [x](#gone) |", 3),
        ("- a\n  - b\n    [x](#gone)", 3),
        ("Text\n\n<p>\n<a href='#gone'>x</a>\n</p>", 4),
        ("a[^1]\n\n[^1]: Note [x](#gone)", 3),
        ("## Set up\n[x](#Set-up)", 2),
        ("[![A](x.png)](#gone)", 1),
        ("<!-- <a id=gone> -->\n\n[x](#gone)", 3),
    ],
)
def test_an_anchor_that_leads_nowhere_is_found_at_its_line(post, body, line):
    """In the file, wherever it stands."""
    assert in_body(post, body) == [("broken anchor", line)]


def test_the_id_that_was_meant_is_named(post):
    """Where one is much like it."""
    post.write_text("# A\n\n## Set up\n\n[x](#setup)\n")
    (finding,) = Checker(NOW).look(post).findings
    assert finding.remedy == "Is 'set-up' meant?"
    assert finding.what == "nothing here has the id 'setup'"


def test_an_id_that_is_cleaned_away_is_none(tmp_path):
    """Where raw HTML is sanitized, its ids are, too."""
    article = Article(title="A", body="<form id='x'></form>\n\n[x](#x)", raw_html="trust")
    assert Checker(NOW).look(article).findings == []
    cleaned = article.model_copy(update={"raw_html": "sanitize"})
    assert [one.subject for one in Checker(NOW).look(cleaned).findings] == ["broken anchor"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[x](other.md) [y](other.md#its-part) [z](./other.md#) [p](price.pdf)", []),
        ("[x](about/) [y](?page=2) [z](page.html#x) [w](img%00.png)", []),
        ("Text\n[x](other.md#other)", [("broken anchor", 2)]),
        ("[x](other.md#its-prt)", [("broken anchor", 1)]),
        ("Text\n\n[x](gone.md)", [("broken link", 3)]),
        ("[x](gone.pdf)", [("broken link", 1)]),
        ("<a href='../gone.md'>x</a>", [("broken link", 1)]),
        ("[x]()", [("broken link", 1)]),
        ("[x](http://)\n[y](HTTPS:///a) [z](https://example.org?a)", [("broken link", 1), ("broken link", 2)]),
    ],
)
def test_links_to_files_are_followed_where_they_are_allowed(post, body, expected):
    """Into other articles, of which nothing else is looked at."""
    allowed = "allow: [relative-link]\n"
    assert [(subject, line and line - 1) for subject, line in in_body(post, body, allowed)] == expected


def test_a_link_to_a_file_is_one_fault_where_it_is_not_allowed(post):
    """It leads nowhere from a site, whether or not the file is there."""
    assert in_body(post, "[x](other.md) [y](gone.md)") == [("broken link", 1), ("broken link", 1)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![A loaf](x.png)", []),
        ("![*A* `loaf`](x.png)", []),
        ('<img src="x.png" alt="">', []),
        ('<img src="x.png" role="presentation">', []),
        ("`![](x.png)`", []),
        ("Text\n![](x.png)", [("missing alt text", 2)]),
        ("![][r]\n\n[r]: x.png", [("missing alt text", 1)]),
        ("![ ](https://example.com/x.png)", [("missing alt text", 1)]),
        ("<p>\n<img src='x.png'>\n</p>", [("missing alt text", 2)]),
        ("Text <img src='x.png'>", [("missing alt text", 1)]),
        ("| ![](x.png) |\n|---|\n| b |", [("missing alt text", 1)]),
    ],
)
def test_an_image_without_words_is_found(post, body, expected):
    """Unless it says that it is decoration."""
    assert in_body(post, body) == expected


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("image: x.png", 4),
        ("cover: {src: x.png}", 4),
        ("image:\n  caption: A\n  src: x.png", 6),
        ("image: {src: x.png, alt: A loaf}", None),
        ("image: {src: x.png, alt: ''}", None),
    ],
)
def test_a_cover_without_words_is_found_at_its_line(post, head, line):
    """An empty alt text that is written says that it is decoration."""
    expected = [] if line is None else [("missing alt text", line)]
    assert found(post, f"---\ntitle: A\nid: a\n{head}\n---\nText\n") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## A\n\n### B\n\n#### C\n\n## D", []),
        ("### A\n\n## B", []),
        ("> # Quoted\n\n## A\n\n> #### Quoted", []),
        ("## A\n<h3>B</h3>\n\n#### C", []),
        ("## A\n\n#### B", [("skipped heading level", 3)]),
        ("## A\n\n##### B\n\n##### C", [("skipped heading level", 3)]),
        ("# A\n\n## B", [("second title", 1)]),
        ("## A\n\n# B\n\n# C", [("second title", 3)]),
        ("<h1>B</h1>", [("second title", 1)]),
    ],
)
def test_headings_out_of_order_are_found(post, body, expected):
    """The first of them, and not those in quotations."""
    assert in_body(post, body) == expected


def test_the_heading_that_is_the_title_is_no_second_one(post):
    """It leaves the text; only a further one is found, at its line of the file."""
    assert found(post, "# A\n\n## B\n") == []
    assert found(post, "# A\n\nText\n\n# B\n") == [("second title", 5)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a[^1]\n\n[^1]: Note", []),
        (r"a\[^1] and \[x]\[y] and x[i][j] and `[a][b]` and [1][", []),
        ("Text\na[^1]", [("broken reference", 2)]),
        ("[x][y]", [("broken reference", 1)]),
        (" \n", [("empty body", None)]),
    ],
)
def test_brackets_that_mean_nothing_and_no_text_at_all_are_found(post, body, expected):
    """Readers would see them as they stand."""
    assert in_body(post, body, "") == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("date: 2026-04-01", []),
        ("date: 2026-09-01", []),
        ("date: 2026-04-01\ndraft: true", []),
        ("date: 2026-05-02\nstatus: scheduled", []),
        ("date: 2026-05-01 09:00\nstatus: scheduled", []),  # it may be 09:00 in Honolulu
        ("date: 2026-05-01T11:59:00Z\nstatus: scheduled", [("past schedule", 4)]),
        ("date: 2026-04-30 12:00\nstatus: scheduled", [("past schedule", 4)]),
        ("date: 2062-04-01", [("distant date", 4)]),
    ],
)
def test_dates_that_cannot_be_meant_are_found(post, head, expected):
    """By the time that the check is told."""
    assert found(post, f"---\ntitle: A\nid: a\n{head}\n---\nText\n") == expected


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("---\ntitle: A\ndate: soon\n---\nText", "front matter"),
        ("---\ntitle: A\n", "front matter"),
        ("Text", "missing title"),
        ("# A\n![A](x.gif)", "broken image"),
        ("# A\n![A](/etc/x.png)", "broken image"),
        ("# A\n[x](file:///home/x)", "broken link"),
        ("# A\n:::note\nText\n:::", "leak"),
        ("# \u00b7\n\nText\n", None),
    ],
)
def test_rules_have_names_that_stay(post, text, subject):
    """By which tools tell findings apart."""
    assert {name for name, _ in found(post, text)} == ({subject} if subject else set())


def test_raw_html_that_is_refused_is_a_finding_of_its_own():
    """By its own rule."""
    article = Article(title="A", body="<b>x</b>", raw_html="refuse")
    assert [one.subject for one in Checker(NOW).look(article).findings] == ["raw html"]
