"""The articles of the examples show between them what an article may be, and their pictures are fit to be published."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import draw
import pytest
from PIL import Image

import publisher
from publisher.models import Status

EXAMPLES = Path(__file__).parents[2] / "examples"
ARTICLES = {article.key: article for article in publisher.load_articles(EXAMPLES / "articles")}
PICTURES = [file for file in (EXAMPLES / "articles").rglob("*") if file.suffix in (".jpg", ".png", ".webp")]


def body_has(pattern):
    return lambda article: re.search(pattern, article.body, re.MULTILINE)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda article: article.image and article.image.alt, id="cover with alt text"),
        pytest.param(lambda article: article.image and article.image.caption, id="cover with caption"),
        pytest.param(body_has(r'^!\[[^\]]+\]\(\S+ "[^"]+"\)$'), id="image with caption"),
        pytest.param(lambda article: any(len(path) > 1 for path in article.categories), id="nested category"),
        pytest.param(lambda article: any("&" in tag for tag in article.tags), id="tag with an ampersand"),
        pytest.param(lambda article: any("ü" in tag or "Ö" in tag for tag in article.tags), id="tag with an umlaut"),
        pytest.param(lambda article: article.excerpt, id="excerpt"),
        pytest.param(lambda article: article.slug.isascii() and not article.title.isascii(), id="non-ASCII title"),
        pytest.param(lambda article: article.status is Status.SCHEDULED and article.date, id="scheduled"),
        pytest.param(lambda article: article.status is Status.DRAFT, id="draft"),
        pytest.param(lambda article: article.type == "page" and article.parent, id="page below another"),
        pytest.param(lambda article: article.targets, id="fields for one target"),
        pytest.param(lambda article: article.language == "de", id="language"),
        pytest.param(lambda article: article.updated, id="updated"),
        pytest.param(lambda article: article.seo.title, id="SEO title"),
        pytest.param(body_has(r"^\[\^\w+\]: "), id="footnote"),
        pytest.param(body_has(r"^```\w+$"), id="code"),
        pytest.param(body_has(r"^\|:?-"), id="table"),
        pytest.param(body_has(r"^- \[x\] "), id="task list"),
        pytest.param(body_has(r"^https://www\.youtube\.com/\S+$"), id="video"),
        pytest.param(body_has(r"^<!--more-->$"), id="more"),
    ],
)
def test_some_article_shows(shown):
    assert [key for key, article in ARTICLES.items() if shown(article)]


def test_front_matter_comes_in_all_three_forms():
    assert {article.source.path.read_text()[:1] for article in ARTICLES.values()} == {"-", "+", "{"}


def test_one_image_is_used_by_two_articles():
    uses = Counter(asset.id for article in ARTICLES.values() for asset in article.assets.values())
    assert max(uses.values()) == 2


def test_every_article_is_a_good_read_long():
    assert all(300 <= len(one.body.split()) <= 900 for one in ARTICLES.values() if one.type != "page")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda file: file.name)
def test_a_picture_is_large_to_see_and_small_to_send(picture):
    with Image.open(picture) as image:
        assert image.size == (1200, 800)
    assert picture.stat().st_size < 120_000


def test_every_picture_is_drawn_and_shown():
    shown = {asset.path for article in ARTICLES.values() for asset in article.assets.values()}
    assert {EXAMPLES / "articles" / name for name in draw.PICTURES} == set(PICTURES) == shown


def test_pictures_are_drawn_anew_in_the_format_of_their_names(monkeypatch, tmp_path):
    monkeypatch.setattr(draw, "ARTICLES", tmp_path)
    monkeypatch.setattr(draw, "PICTURES", {"a/loaf.png": draw.loaf, "comet.jpg": draw.comet})
    draw.main()
    formats = {}
    for file in tmp_path.rglob("*.*"):
        with Image.open(file) as image:
            formats[file.name] = (image.format, image.size)
    assert formats == {"loaf.png": ("PNG", (1200, 800)), "comet.jpg": ("JPEG", (1200, 800))}


@pytest.mark.parametrize("readme", sorted(EXAMPLES.rglob("README.md")), ids=lambda file: file.parent.name)
def test_what_a_readme_links_to_is_there(readme):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", readme.read_text())
    assert [link for link in links if not (readme.parent / link).exists()] == []


def test_every_folder_of_the_examples_is_in_the_index():
    folders = {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    index = (EXAMPLES / "README.md").read_text()
    assert [name for name in folders if f"]({name}/)" not in index] == []
