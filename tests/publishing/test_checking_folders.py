"""``check`` finds all that is wrong in a folder before anything is sent, and nothing that is right."""

from __future__ import annotations

import datetime as dt
import gc
import os
import tempfile
import weakref
from pathlib import Path

import pytest

import publisher
from publisher import Article, Memory, WordPress
from publisher.content.articles import article_of
from publisher.errors import ConfigurationError

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def found(folder: Path, *targets, **options) -> list[tuple[str, str, str | None, int | None]]:
    """Every finding but the good one: verdict, subject, file, line."""
    return [
        (one.verdict, one.subject, one.path and os.path.relpath(one.path, folder), one.line)
        for one in publisher.check(folder, targets, now=NOW, **options)
        if one.verdict != "good"
    ]


def test_ten_planted_faults_are_named_with_file_and_line(tmp_path, write, make_picture):
    """Each in its own file of one folder, all in one call."""
    write("ok.png", make_picture())
    write("fake.png", "this is a text")
    write("01.md", "---\ntitle: A\ndate: soon\n---\nText\n")
    write("02.md", "---\ntitle: B\n---\n\nText\n\n![A loaf](gone.png)\n")
    write("03.md", "---\ntitle: C\n---\nText\n![A loaf](fake.png)\n")
    write("04.md", "---\ntitle: D\n---\n## Setup\n\nSee [above](#set-up).\n")
    write("05.md", "---\ntitle: E\n---\n![](ok.png)\n")
    write("06.md", "---\ntitle: F\nslug: same\n---\nText\n")
    write("07.md", "---\ntitle: G\n\nslug: same\n---\nText\n")
    write("08.md", "---\ntitle: H\n---\nText\n\n{{ site.url }}\n")
    write("09.md", "---\ntitle: I\n---\nText\n\n[there](other.md)\n")
    write("10.md", "---\ntags: [a]\n---\nText\n")
    write("11.md", "---\ntitle: J\nstatus: scheduled\n---\nText\n")
    assert found(tmp_path) == [
        ("problem", "front matter", "01.md", 3),
        ("problem", "broken image", "02.md", 7),
        ("problem", "broken image", "03.md", 5),
        ("problem", "broken anchor", "04.md", 6),
        ("warning", "missing alt text", "05.md", 4),
        ("problem", "slug collision", "06.md", 3),
        ("problem", "slug collision", "07.md", 4),
        ("problem", "leak", "08.md", 6),
        ("problem", "broken link", "09.md", 6),
        ("problem", "missing title", "10.md", 1),
        ("problem", "front matter", "11.md", 3),
    ]


def test_a_clean_folder_is_one_good_finding(tmp_path, write, make_picture):
    """With whatever the house's Markdown has, and for a target too."""
    write("loaf.png", make_picture())
    body = (
        "## Setup\n\n![A loaf](loaf.png)\n\n### Then {#then}\n\n[Up](#setup) [there](#then) note[^1]\n\n[^1]: A note\n"
    )
    for name in "abc":
        write(f"{name}.md", f"---\ntitle: {name}\ndate: 2026-04-01\nimage: {{src: loaf.png, alt: A loaf}}\n---\n{body}")
    checkup = publisher.check(tmp_path, WordPress("https://blog.example.com", token="t"), now=NOW)
    assert [(one.verdict, one.what) for one in checkup] == [("good", "nothing is wrong with 3 articles")]
    assert checkup.ok
    assert checkup.about == str(tmp_path)


def test_the_right_articles_are_counted_beside_the_wrong(write, tmp_path):
    """So that nobody has to subtract."""
    write("a.md", "# A\n\nText\n")
    write("b.md", "Text\n")
    assert publisher.check(tmp_path, now=NOW).findings[-1].what == "nothing is wrong with 1 of 2 articles"


def test_the_body_is_looked_into_behind_a_wrong_front_matter(write, tmp_path):
    """One look finds both."""
    write("a.md", "---\ntitle: A\ndate: soon\n---\n[x](#gone)\n\n## A\n\n#### B\n")
    assert found(tmp_path) == [
        ("problem", "front matter", "a.md", 3),
        ("problem", "broken anchor", "a.md", 5),
        ("warning", "skipped heading level", "a.md", 9),
    ]


def test_an_article_is_named_by_its_key_where_it_has_no_file():
    """With the line of its body."""
    article = Article(key="row-17", title="A", body="Text\n\n[x](#gone) {{ y }}")
    first, second = publisher.check(article, now=NOW)
    assert (first.path, first.line, first.subject) == ("article 'row-17'", 3, "leak")
    assert (second.path, second.line, second.subject) == ("article 'row-17'", 3, "broken anchor")


def test_articles_files_and_folders_are_checked_together_and_each_file_once(write, tmp_path):
    """A file that its folder names as well does not collide with itself."""
    file = write("posts/a.md", "# A\n\nText\n")
    article = Article(key="b", title="B", body="Text")
    checkup = publisher.check([file, tmp_path / "posts", article], now=NOW)
    assert [one.what for one in checkup] == ["nothing is wrong with 2 articles"]
    assert checkup.about == "2 articles"


@pytest.mark.parametrize(
    ("make", "subject", "line"),
    [
        (lambda at: at / "gone.md", "unreadable file", None),
        (lambda at: at, "no articles", None),
        (lambda at: "# A\n\nnot a path" * 400, "unreadable file", None),
        (lambda at: at.joinpath("x.md").write_bytes(b"# A\n\n\xff") and at / "x.md", "unreadable file", 3),
        (lambda at: at.joinpath("x.md").write_bytes(b"# A\n\0") and at / "x.md", "unreadable file", 2),
        (lambda at: at.joinpath("x.md").write_bytes(b" \n") and at / "x.md", "unreadable file", None),
        (lambda at: at.joinpath("x.md").write_bytes(b"---\na: [\n---\n") and at / "x.md", "front matter", 3),
    ],
    ids=["no file", "empty folder", "a text", "not UTF-8", "NUL", "empty", "not YAML"],
)
def test_what_cannot_be_read_is_a_problem_and_the_others_are_checked(tmp_path, make, subject, line):
    """Nothing is raised."""
    checkup = publisher.check([make(tmp_path), Article(title="A", body="Text")], now=NOW)
    assert [(one.verdict, one.subject, one.line) for one in checkup] == [
        ("problem", subject, line),
        ("good", "articles", None),
    ]


def test_a_folder_that_cannot_be_looked_into_is_a_problem():
    """And not a folder without articles."""
    with tempfile.TemporaryDirectory() as made:
        top = Path(made)
        top.chmod(0o755)
        top.joinpath("a.md").write_text("# A\n\nText\n")
        closed = top / "closed"
        closed.mkdir()
        assert publisher.check(top, now=NOW).ok  # loads all modules, which nobody else may be allowed to read
        closed.chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)  # root may look into everything
        try:
            checkup = publisher.check(top, now=NOW)
        finally:
            os.seteuid(user)
    assert [(one.subject, one.path) for one in checkup] == [("unreadable folder", str(closed))]


def test_a_broken_project_file_is_told_once(write, tmp_path):
    """Not once for each article."""
    write("publisher.toml", "raw_html = 1\n")
    for name in "abc":
        write(f"{name}.md", "# A\n\nText\n")
    checkup = publisher.check(tmp_path, now=NOW)
    assert [(one.subject, Path(one.path or "").name, one.line) for one in checkup] == [
        ("project file", "publisher.toml", 1)
    ]


def test_what_is_no_target_is_refused():
    """It is a mistake of the program, not of an article."""
    with pytest.raises(ConfigurationError, match="is not a target"):
        publisher.check([], [7])


# --- Beside each other ----------------------------------------------------------------------------------------------


def test_two_articles_with_one_key_are_two_problems(write, tmp_path):
    """Each names the other's file, and the line of its id."""
    write("a.md", "---\nid: k\ntitle: A\n---\nText\n")
    write("b.md", "---\ntitle: B\nid: k\n---\nText\n")
    assert found(tmp_path) == [("problem", "key collision", "a.md", 2), ("problem", "key collision", "b.md", 3)]


def test_a_thousand_articles_with_one_slug_are_told_in_short(write, tmp_path):
    """Of a thousand a few are named to each."""
    articles = [Article(key=f"k{number}", title="A", slug="a", body="Text") for number in range(1000)]
    problems = publisher.check(articles, now=NOW).problems
    assert len(problems) == 1000
    assert problems[0].what.endswith("article 'k4' and 995 more")


def test_a_slug_that_collides_at_one_target_is_a_problem_of_that_target(write, tmp_path):
    """By the line that says so for this target."""
    write("a.md", "---\ntitle: A\n---\nText\n")
    write("b.md", "---\ntitle: B\ntargets:\n  second.invalid:\n    slug: a\n---\nText\n")
    first, second = Memory("first"), Memory("second")
    problems = publisher.check(tmp_path, [first, second], now=NOW).problems
    assert [(Path(one.path or "").name, one.line, one.target) for one in problems] == [
        ("a.md", None, second.target.identity),
        ("b.md", 5, second.target.identity),
    ]


def test_overrides_that_part_two_slugs_at_every_target_leave_nothing_wrong(write, tmp_path):
    """Where the articles go is what counts; without targets the slugs themselves do."""
    write("a.md", "---\nid: a\ntitle: A\nslug: same\n---\nText\n")
    write("b.md", "---\nid: b\ntitle: B\nslug: same\ntargets: {memory: {slug: other}}\n---\nText\n")
    assert found(tmp_path, Memory("first"), Memory("second")) == []
    assert [one[1] for one in found(tmp_path)] == ["slug collision"] * 2


def test_what_is_wrong_at_every_target_is_told_once(write, tmp_path):
    """For none of them."""
    write("a.md", "---\ntitle: A\nslug: same\n---\nText\n")
    write("b.md", "---\ntitle: B\nslug: same\n---\nText\n")
    checkup = publisher.check(tmp_path, [Memory("first"), Memory("second")], now=NOW)
    assert [(one.subject, one.target) for one in checkup] == [("slug collision", None)] * 2


def test_a_title_that_two_articles_have_is_a_warning_of_the_second(write, tmp_path):
    """A translation may keep the title."""
    write("a.md", "---\ntitle: Hello\n---\nText\n")
    write("b.md", "---\n\ntitle: hello\n---\nText\n")
    write("c.md", "---\ntitle: Hello\nlanguage: de\n---\nText\n")
    assert found(tmp_path) == [("warning", "duplicate title", "b.md", 3)]


def test_thousands_of_files_are_checked_without_keeping_them(write, tmp_path, monkeypatch):
    """Of every article only its claims stay."""
    made: list[weakref.ref[Article]] = []
    alive: list[int] = []

    def counted(*asked) -> Article:
        article = article_of(*asked)
        made.append(weakref.ref(article))
        if len(made) % 50 == 0:
            gc.collect()
            alive.append(sum(one() is not None for one in made))
        return article

    monkeypatch.setattr("publisher.content.checking.article_of", counted)
    for number in range(300):
        write(f"{number}.md", f"# Title {number}\n\nText\n")
    assert found(tmp_path) == []
    assert len(made) == 300
    assert len(alive) == 6
    assert max(alive) < 200
