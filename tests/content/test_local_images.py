"""The local images of an article become its assets; nothing else of the disk is ever published."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.articles import article_from_file, article_from_text
from publisher.content.images import Mention, Place, resolve_all
from publisher.errors import ContentError
from publisher.models import Asset


@pytest.fixture
def site(tmp_path, png) -> Path:
    """A project with an article's folder, and images in, beside and outside it."""
    site = tmp_path / "site"
    (site / "posts" / "a").mkdir(parents=True)
    (site / "shared").mkdir()
    (site / "publisher.toml").write_text('content_root = "posts"')
    for name in ("posts/a/x.png", "posts/a/größe 1.png", "posts/a/100%.png", "shared/s.png"):
        (site / name).write_bytes(png)
    (site / "posts" / "a" / "photo.jpg").write_bytes(png)
    (site / "posts" / "a" / "empty.png").touch()
    (site / "posts" / "a" / "half.png").write_bytes(png[:-20])
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
        ("text\n![A](photo.jpg)", 5, "image 'photo.jpg': the file is a PNG image, but its name 'photo.jpg' says JPEG"),
        ("text\n![A](empty.png)", 5, "image 'empty.png': the image is empty"),
        ("text\n![A](half.png)", 5, "image 'half.png': the image is broken"),
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


def test_all_images_are_looked_into_and_all_faults_told(site):
    """In the order of their mentions, each with the line and field that it was given."""
    place = Place(site / "posts" / "a" / "index.md", (site,))
    mentions = [
        Mention("x.png", 7),
        Mention("no.png", 2, "cover"),
        Mention("../../shared/s.png"),
        Mention("empty.png", 9),
        *(Mention("x.png", line) for line in range(20)),
    ]
    found = resolve_all(mentions, place)
    faults = [one for one in found if isinstance(one, ContentError)]
    assert [(fault.line, fault.field) for fault in faults] == [(2, "cover"), (9, None)]
    assert [one.name for one in found if isinstance(one, Asset)] == ["x.png", "s.png"] + ["x.png"] * 20
    assert found[1] is faults[0]
    assert resolve_all([], place) == []


def test_an_image_is_called_as_the_article_calls_it(site):
    """Not as the file that a link leads to, which tools for large files give names of their own."""
    store = site / "store"
    store.mkdir()
    (site / "posts" / "a" / "x.png").rename(store / "SHA256E-s1--0123")
    (site / "posts" / "a" / "x.png").symlink_to(store / "SHA256E-s1--0123")
    (asset,) = read(site, "![A](x.png)").assets.values()
    assert asset.name == "x.png"
