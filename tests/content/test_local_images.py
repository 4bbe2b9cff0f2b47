"""The local images of an article become its assets; nothing else of the disk is ever published."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.articles import article_from_file, article_from_text
from publisher.errors import ContentError


@pytest.fixture
def site(tmp_path, png) -> Path:
    """A project with an article's folder, and images in, beside and outside it."""
    site = tmp_path / "site"
    (site / "posts" / "a").mkdir(parents=True)
    (site / "shared").mkdir()
    (site / "publisher.toml").write_text('content_root = "posts"')
    for name in ("posts/a/x.png", "posts/a/größe 1.png", "posts/a/100%.png", "shared/s.png"):
        (site / name).write_bytes(png)
    (tmp_path / "secret.png").write_bytes(png)
    return site


def read(site: Path, body: str, head: str = "title: T"):
    file = site / "posts" / "a" / "index.md"
    file.write_text(f"---\n{head}\n---\n{body}", encoding="utf-8")
    return article_from_file(file)


@pytest.mark.parametrize(
    ("body", "sources"),
    [
        ("![A](x.png)", ["x.png"]),
        ('![A](./x.png "title") ![B](x.png)', ["./x.png", "x.png"]),
        ("![A][r]\n\n[r]: x.png", ["x.png"]),
        ("[![A](x.png)](https://e.org)", ["x.png"]),
        ('<img alt=A src="x.png">', ["x.png"]),
        ("text <IMG SRC='x.png'/> text", ["x.png"]),
        ("<p>\n<img\n src=x.png>\n</p>", ["x.png"]),
        ("![A](<größe 1.png>)", ["größe 1.png"]),
        ("![A](gr%C3%B6%C3%9Fe%201.png)", ["gr%C3%B6%C3%9Fe%201.png"]),
        ("![A](100%.png)", ["100%.png"]),
        ("![A](x.png?raw=true#top)", ["x.png?raw=true#top"]),
        ("![A](../../shared/s.png)", ["../../shared/s.png"]),
        ("- > | ![A](x.png) |\n  > |---|", ["x.png"]),
        ("`![A](no.png)`\n\n    ![A](no.png)\n\n```\n<img src=no.png>\n```\n\n<!-- <img src=no.png> -->", []),
        ("![A](https://e.org/x.png) ![A](//e.org/x.png) ![A](data:image/png;base64,AA==)", []),
        ("[a link](https://e.org/x.png)", []),
    ],
)
def test_local_images_become_assets(site, body, sources):
    """Under the source as the article spells it; code, comments, links and the web are no local images."""
    assert list(read(site, body).assets) == sources


def test_the_cover_becomes_an_asset(site):
    """One file is one asset, however often it is used."""
    article = read(site, "![A](./x.png)", "title: T\ncover: {src: x.png, alt: A}")
    assert list(article.assets) == ["x.png", "./x.png"]
    assert len({asset.id for asset in article.assets.values()}) == 1


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("text\n\n![A](no.png)", 6, "no image 'no.png'"),
        ("one\ntwo ![A](no.png)", 5, "no image 'no.png'"),
        ("one `a\nb` <b\nid=x>two</b> ![A](no.png)", 6, "no image 'no.png'"),
        ("<div>\n\n<p>\n<img src='no.png'>\n</p></div>", 7, "no image 'no.png'"),
        ("| a |\n|---|\n| x |\n| ![A](no.png) |", 7, "no image 'no.png'"),
        ("![A](/img/x.png)", 4, "absolute path"),
        ("<img src='file:///etc/x.png'>", 4, "absolute path"),
        ("<img src='C:\\x.png'>", 4, "absolute path"),
        ("![A](../../../secret.png)", 4, "lies outside"),
        ("![A](%2e%2e/%2e%2e/%2e%2e/secret.png)", 4, "lies outside"),
        ("![A](index.md)", 4, "not an image"),
    ],
)
def test_an_image_that_cannot_be_used_names_file_and_line(site, body, line, said):
    """The line is that of the source file."""
    with pytest.raises(ContentError, match=said) as caught:
        read(site, body)
    assert caught.value.path is not None
    assert caught.value.path.endswith("index.md")
    assert caught.value.line == line


def test_a_bad_cover_names_its_field(site):
    """And the line of the field."""
    with pytest.raises(ContentError, match="no image") as caught:
        read(site, "x", "title: T\ncover: no.png")
    assert (caught.value.line, caught.value.field) == (3, "cover")


def test_a_link_on_disk_does_not_lead_out(site):
    """Where a symbolic link points to is what counts."""
    (site / "posts" / "a" / "link.png").symlink_to(site.parent / "secret.png")
    with pytest.raises(ContentError, match="lies outside"):
        read(site, "![A](link.png)")


def test_without_a_project_images_stay_in_the_article_s_folder(tmp_path, png):
    """A lone article may not reach beside its folder."""
    (tmp_path / "a").mkdir()
    (tmp_path / "x.png").write_bytes(png)
    (tmp_path / "a" / "post.md").write_text("# T\n\n![A](../x.png)")
    with pytest.raises(ContentError, match="lies outside"):
        article_from_file(tmp_path / "a" / "post.md")
    assert list(article_from_file(tmp_path / "a" / "post.md", tmp_path).assets) == ["../x.png"]


def test_an_article_from_text_has_no_assets():
    """There is no folder that its paths could count from."""
    assert article_from_text("# T\n\n![A](x.png)").assets == {}
