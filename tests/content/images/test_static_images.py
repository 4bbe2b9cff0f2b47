"""Image paths that begin with a slash count from the static root of the project, and from nowhere else."""

from __future__ import annotations

import pytest

from publisher.content.articles import article_from_file
from publisher.errors import ContentError


@pytest.fixture
def site(tmp_path, png):
    """What makes a site with images in its static folder and beside it, and reads an article with a body."""
    (tmp_path / "static" / "img").mkdir(parents=True)
    (tmp_path / "content").mkdir()
    for name in ("static/img/a.png", "static/img/b c.png", "secret.png", "content/x.png"):
        (tmp_path / name).write_bytes(png)

    def read(body: str, head: str = "title: T", settings: str = 'static_root = "static"'):
        (tmp_path / "publisher.toml").write_text(f'content_root = "content"\n{settings}\n')
        file = tmp_path / "content" / "post.md"
        file.write_text(f"---\n{head}\n---\n{body}")
        return article_from_file(file)

    return read


@pytest.mark.parametrize(
    ("body", "head", "sources"),
    [
        ("![A](/img/a.png)", "title: T", ["/img/a.png"]),
        ("![A](/img/b%20c.png)", "title: T", ["/img/b%20c.png"]),
        ("<img src='/img/a.png?v=1'>", "title: T", ["/img/a.png?v=1"]),
        ("![A](/img/a.png) ![B](x.png)", "title: T", ["/img/a.png", "x.png"]),
        ("x", "title: T\ncover: /img/a.png", ["/img/a.png"]),
        ("x", "title: T\nseo: {image: /img/a.png}", ["/img/a.png"]),
        ("![A](//e.org/a.png)", "title: T", []),
    ],
)
def test_a_path_of_the_site_is_a_file_of_the_static_root(site, body, head, sources):
    """In the body and in the front matter; two slashes begin an address on the web."""
    assert list(site(body, head).assets) == sources


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("![A](/img/no.png)", "no image '/img/no.png' in"),
        ("![A](/../secret.png)", "lies outside"),
        ("![A](/x.png)", "no image '/x.png' in"),
        ("![A](///img/a.png)", None),
        ("![A](/etc/passwd)", "no image"),
    ],
)
def test_nothing_outside_of_the_static_root_is_used(site, body, said):
    """Neither the article's folder nor the disk."""
    if said is None:
        assert site(body).assets == {}
        return
    with pytest.raises(ContentError, match=said) as caught:
        site(body)
    assert caught.value.line == 4


def test_without_a_static_root_the_error_says_how_to_set_one(site):
    """An absolute path says nothing about where the file is."""
    with pytest.raises(ContentError, match=r"absolute path.*static_root in publisher\.toml"):
        site("![A](/img/a.png)", settings="")
