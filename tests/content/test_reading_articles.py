"""An article is read from a file or a text exactly as its author meant it."""

# ruff: noqa: DTZ001 - a date without a zone stays naive on purpose

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from publisher import Memory, publish
from publisher.content.articles import article_files, article_from_file, article_from_text
from publisher.errors import ContentError
from publisher.models import Article


def write(path: Path, text: str = "---\ntitle: A title\n---\nText\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "key", "slug"),
    [
        ("my-post.md", "my-post", "my-post"),
        ("2026/Größe & mehr.md", "2026/Größe & mehr", "grosse-mehr"),
        ("my-post/index.md", "my-post", "my-post"),
        ("a/b/Index.markdown", "a/b", "b"),
        ("2026-05-01-news.md", "2026-05-01-news", "news"),
        ("v1.2.md", "v1.2", "v1-2"),
        ("index.md", "index", "content"),
    ],
)
def test_key_and_slug_follow_from_the_path(tmp_path, file, key, slug):
    """The key is the path under the root; an index file takes the name of its folder."""
    root = tmp_path / "content"
    article = article_from_file(write(root / file), root)
    assert (article.key, article.slug) == (key, slug)


def test_front_matter_names_go_before_the_path(tmp_path):
    """An id is the key, a slug the slug."""
    article = article_from_file(write(tmp_path / "a.md", "---\ntitle: T\nid: seven\nslug: s\n---\nx"), tmp_path)
    assert (article.key, article.slug) == ("seven", "s")


def test_without_a_project_the_key_is_the_slug(tmp_path):
    """Moving a lone file does not make it another article."""
    assert article_from_file(write(tmp_path / "somewhere" / "post.md")).key == "post"


def test_the_project_gives_the_content_root(tmp_path):
    """The key does not depend on the argument or on the working directory."""
    write(tmp_path / "publisher.toml", 'content_root = "posts"')
    assert article_from_file(write(tmp_path / "posts" / "2026" / "a.md")).key == "2026/a"


def test_an_article_outside_the_content_root_needs_an_id(tmp_path):
    """There is no path that could be its key."""
    (tmp_path / "posts").mkdir()
    with pytest.raises(ContentError, match="outside the content root"):
        article_from_file(write(tmp_path / "a.md"), tmp_path / "posts")
    named = write(tmp_path / "b.md", "---\ntitle: T\nid: b\n---\nx")
    assert article_from_file(named, tmp_path / "posts").key == "b"


def test_a_jekyll_name_gives_the_date(tmp_path):
    """Unless the front matter gives one; digits that are no day are only a name."""
    assert article_from_file(write(tmp_path / "2026-05-01-a.md")).date == dt.datetime(2026, 5, 1)
    dated = write(tmp_path / "2026-05-02-b.md", "---\ntitle: T\ndate: 2020-01-01\n---\nx")
    assert article_from_file(dated).date == dt.datetime(2020, 1, 1)
    assert article_from_file(write(tmp_path / "2026-13-45-c.md")).date is None


@pytest.mark.parametrize(
    ("text", "title", "body", "first_line"),
    [
        ("---\ntitle: T\n---\n# H\n\nx", "T", "# H\n\nx", 4),
        ("# H *em* `c`\n\nx", "H em c", "x", 3),
        ("---\ntags: a\n---\n\n# H\nx\n", "H", "x\n", 6),
        ("H\n=\nx", "H", "x", 3),
        ("intro\n\n# H\nx", "H", "intro\n\n\nx", 1),
        ("> # quoted\n\n# H\n", "H", "> # quoted\n\n\n", 1),
        ("```\n# code\n```\n\n# H", "H", "```\n# code\n```\n\n", 1),
        ("# H", "H", "", 2),
    ],
)
def test_the_title_is_the_front_matter_s_or_the_first_heading(text, title, body, first_line):
    """A heading that became the title leaves the body; the lines of the rest stay known."""
    article = article_from_text(text)
    assert (article.title, article.body, article.first_line) == (title, body, first_line)
    lines = text.split("\n")
    for number, line in enumerate(body.split("\n")):
        assert not line or lines[first_line - 1 + number] == line


def test_the_source_is_kept(tmp_path):
    """Path and digest of the very bytes, byte-order mark included."""
    file = tmp_path / "a.md"
    file.write_bytes(b"\xef\xbb\xbf# H\r\n\r\nx\r\n")
    article = article_from_file(file)
    assert article.source is not None
    assert article.source.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (article.title, article.body) == ("H", "x\n")


def test_an_article_from_text_takes_bytes_and_a_key():
    """Its slug is the title's, and its key the one given, else the id, else the slug."""
    assert article_from_text(b"# Hello World\n", key="k").key == "k"
    assert article_from_text("---\nid: i\n---\n# Hello World\n").key == "i"
    assert Article.from_text("# Hello World\n").key == "hello-world"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", None, "empty"),
        (b"\n \n", None, "empty"),
        (b"ok\n\xff\xfe", 2, "not UTF-8"),
        ("# x".encode("utf-16"), 1, "not UTF-8"),
        (b"no title\n", 1, "no title"),
        (b"---\ntitle:\n---\nno title\n", 1, "no title"),
    ],
)
def test_an_unusable_file_is_a_content_error(tmp_path, content, line, said):
    """The error names the file and, where there is one, the line."""
    file = tmp_path / "a.md"
    file.write_bytes(content)
    with pytest.raises(ContentError, match=said) as caught:
        article_from_file(file)
    assert (caught.value.path, caught.value.line) == (str(file), line)


def test_a_missing_file_and_a_folder_are_content_errors(tmp_path):
    """Not OSErrors."""
    with pytest.raises(ContentError, match="no such file"):
        article_from_file(tmp_path / "a.md")
    with pytest.raises(ContentError, match="a folder"):
        article_from_file(tmp_path)


def test_a_folder_lists_its_articles_sorted(tmp_path):
    """Hidden files and folders, other files, and links that lead round in circles are left out."""
    for name in ("b.md", "a/index.md", "a/C.MARKDOWN", ".hidden.md", ".git/x.md", "notes.txt"):
        write(tmp_path / "posts" / name)
    write(tmp_path / "elsewhere" / "linked.md")
    (tmp_path / "posts" / "loop").symlink_to(tmp_path / "posts")
    (tmp_path / "posts" / "up").symlink_to(tmp_path)
    (tmp_path / "posts" / "a" / "twice").symlink_to(tmp_path / "posts" / "a")
    (tmp_path / "posts" / "out").symlink_to(tmp_path / "elsewhere")
    found = [file.relative_to(tmp_path / "posts").as_posix() for file in article_files(tmp_path / "posts")]
    assert found == ["a/C.MARKDOWN", "a/index.md", "b.md", "out/linked.md"]


def test_a_missing_folder_is_a_content_error(tmp_path):
    """An empty list would look like nothing to do."""
    with pytest.raises(ContentError, match="no such folder"):
        article_files(tmp_path / "posts")


def test_raw_html_that_a_project_refuses_is_found_when_a_file_is_read(tmp_path):
    """With every line of the file, before anything is sent; front matter cannot allow it."""
    (tmp_path / "publisher.toml").write_text('raw_html = "refuse"\n')
    (tmp_path / "a.md").write_text("---\ntitle: A\nraw_html: trust\n---\nx <b>y</b>\n\n<div>\nz\n</div>\n")
    with pytest.raises(ContentError, match="raw HTML is refused") as caught:
        Article.from_file(tmp_path / "a.md")
    assert [fault.line for fault in caught.value.all] == [5, 7]
    assert all(fault.path == str(tmp_path / "a.md") for fault in caught.value.all)


def test_an_article_made_by_a_program_is_looked_at_before_anything_is_sent(tmp_path):
    """What leaks from it is refused as from a file, and told with its key."""
    target = Memory()
    with pytest.raises(ContentError) as caught:
        publish(
            Article(title="T", key="row-7", body="a\n\n{{ user.name }} [b](c.md)"), target, ledger=tmp_path / "l.db"
        )
    assert [(fault.article, fault.line) for fault in caught.value.all] == [("row-7", 3), ("row-7", 3)]
    assert target.site.writes == []
    with pytest.raises(ContentError, match=r"no image 'x\.png' among") as caught:
        publish(Article(title="T", key="row-7", body="a\n![](x.png)"), target, ledger=tmp_path / "l.db")
    assert (caught.value.line, target.site.writes) == (2, [])
    allowed = Article(title="T", key="row-7", body="a {{ user.name }}", allow=("liquid",))
    assert publish(allowed, target, ledger=tmp_path / "l.db").remote_id
