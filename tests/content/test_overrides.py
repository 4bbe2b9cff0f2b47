"""What front matter says for single targets, and what each of them gets of it."""

# ruff: noqa: DTZ001 - a date without a zone stays naive on purpose

from __future__ import annotations

import datetime as dt

import pytest

from publisher.content.articles import article_from_file, article_from_text
from publisher.errors import ContentError
from publisher.models import Article
from publisher.models.article import Image, Seo, Status
from publisher.models.target import Target

BLOG = Target(kind="wordpress", url="https://blog.example.com")
HEAD = """\
title: Base
excerpt: base
date: 2026-05-01
tags: [a]
image: https://e.org/base.png
seo: {title: Base title, description: Base description}
meta: {color: red, size: 7}
"""


def article(*lines: str, head: str = HEAD) -> Article:
    """An article with these lines under ``targets:``."""
    under = "".join(f"  {line}\n" for line in lines)
    return article_from_text(f"---\n{head}targets:\n{under}---\nText\n")


@pytest.mark.parametrize(
    ("override", "field", "value"),
    [
        ("title: Other", "title", "Other"),
        ("slug: other", "slug", "other"),
        ("status: private", "status", Status.PRIVATE),
        ("draft: true", "status", Status.DRAFT),
        ("published: false", "status", Status.DRAFT),
        ("date: 2027-01-01 10:00", "date", dt.datetime(2027, 1, 1, 10)),
        ("updated: 2027-01-01", "updated", dt.datetime(2027, 1, 1)),
        ("lastmod: 2027-01-01", "updated", dt.datetime(2027, 1, 1)),
        ("summary: other", "excerpt", "other"),
        ("excerpt: ''", "excerpt", ""),
        ("excerpt:", "excerpt", "base"),
        ("tags: [b, 1.10]", "tags", ("b", "1.10")),
        ("tags: []", "tags", ()),
        ("categories: [[News, Local]]", "categories", (("News", "Local"),)),
        ("author: Ana", "author", "Ana"),
        ("cover: {src: 'https://e.org/x.png', alt: X}", "image", Image(src="https://e.org/x.png", alt="X")),
        ("image: ''", "image", None),
        ("seo: {title: Other}", "seo", Seo(title="Other", description="Base description")),
        ("seo: {description: ''}", "seo", Seo(title="Base title")),
        ("meta: {color: blue, new: [1]}", "meta", {"color": "blue", "size": 7, "new": [1]}),
        ("language: no", "language", "no"),
        ("type: page", "type", "page"),
        ("template: wide", "template", "wide"),
        ("parent: about", "parent", "about"),
    ],
)
def test_a_target_gets_its_own_field(override, field, value):
    """The field as a whole, but of seo and meta the keys that are given; other targets get the article's."""
    read = article("wordpress:", f"  {override}")
    assert getattr(read.at(BLOG), field) == value
    elsewhere = read.at(Target(kind="webflow", url="https://example.com"))
    assert getattr(elsewhere, field) == getattr(read, field)


def test_a_host_counts_before_a_kind():
    """The later of a target's names wins, field by field."""
    read = article("blog.example.com: {title: Host}", "wordpress: {title: Kind, excerpt: kind}").at(BLOG)
    assert (read.title, read.excerpt) == ("Host", "kind")


def test_overrides_are_the_same_after_a_journey_as_json():
    """As the ledger and a job carry them."""
    read = article("wordpress: {draft: true, date: 2027-01-01, cover: 'https://e.org/x.png', seo: {noindex: true}}")
    came = Article.model_validate_json(read.model_dump_json())
    assert came.digest == read.digest
    assert came.at(BLOG) == read.at(BLOG)


def test_overrides_are_read_from_toml_and_json():
    """With the same lines in their faults."""
    toml = "title = 'A'\n[targets.wordpress]\nstatus = 'draft'\n[targets.'blog.example.com'.seo]\ncanonical = 'x'"
    with pytest.raises(ContentError) as caught:
        article_from_text(f"+++\n{toml}\n+++\n")
    assert (caught.value.line, caught.value.field) == (6, "targets.blog.example.com.seo.canonical")
    json = '{\n"title": "A",\n"targets": {"wordpress": {\n"status": "live"}}\n}\n'
    with pytest.raises(ContentError) as caught:
        article_from_text(json)
    assert (caught.value.line, caught.value.field) == (4, "targets.wordpress.status")


@pytest.mark.parametrize(
    ("lines", "field", "line", "said"),
    [
        (["wordpress: {id: x}"], "wordpress.id", 3, "one id for all targets"),
        (["wordpress: {titel: x}"], "wordpress.titel", 3, "no field 'titel'"),
        (["wordpress: {allow: [mdx]}"], "wordpress.allow", 3, "no field 'allow'"),
        (["wordpress: {raw_html: trust}"], "wordpress.raw_html", 3, "no field 'raw_html'"),
        (["wordpress: {excerpt: a, summary: b}"], "wordpress.summary", 3, "says the same as another"),
        (["wordpress:", "  title: ''"], "wordpress.title", 4, "the title is empty"),
        (["wordpress:", "  slug: ''"], "wordpress.slug", 4, "the slug is empty"),
        (["wordpress:", "  slug: a/b"], "wordpress.slug", 4, "one part of an address"),
        (["wordpress:", "  status: live"], "wordpress.status", 4, "draft, published, scheduled, private"),
        (["wordpress:", "  status: scheduled"], "wordpress.status", 4, "needs a date"),
        (["wordpress:", "  seo:", "    noindex: 1"], "wordpress.seo.noindex", 5, "true or false"),
        (["wordpress: draft"], "wordpress", 3, "fields are needed, found 'draft'. Write fields such as"),
    ],
)
def test_a_wrong_override_names_its_line(lines, field, line, said):
    """Names that nobody would ever see an effect of are errors here."""
    with pytest.raises(ContentError) as caught:
        article(*lines, head="title: Base\n")
    # The head begins in line 2, and 'targets:' is its second line.
    assert (caught.value.field, caught.value.line) == (f"targets.{field}", line + 1)
    assert said in str(caught.value)


def test_targets_hold_fields_under_names():
    """A list of targets would say nothing."""
    with pytest.raises(ContentError, match="names of targets are needed"):
        article_from_text("---\ntitle: A\ntargets: [wordpress]\n---\n")


def test_a_date_anywhere_is_enough_for_a_schedule():
    """That of the article, of the override, or of the file's name."""
    assert article("wordpress: {status: scheduled}").at(BLOG).status is Status.SCHEDULED
    own = article("wordpress: {status: scheduled, date: 2030-01-01}", head="title: Base\n").at(BLOG)
    assert own.date == dt.datetime(2030, 1, 1)


def test_a_date_in_the_file_s_name_is_a_date(tmp_path):
    """For the article and for its overrides."""
    file = tmp_path / "2030-05-01-news.md"
    file.write_text("---\ntitle: A\nstatus: scheduled\ntargets: {wordpress: {status: scheduled}}\n---\n")
    assert article_from_file(file).date == dt.datetime(2030, 5, 1)


def test_images_that_only_a_target_gets_are_assets(tmp_path, png):
    """The cover and the preview image, of the article and of each target; a missing one names its place."""
    for name in ("base.png", "seo.png", "cover.png", "preview.png"):
        (tmp_path / name).write_bytes(png)
    own = "title: A\nimage: base.png\nseo: {image: seo.png}\ntargets:\n"
    wordpress = "  wordpress:\n    cover: cover.png\n    seo: {image: preview.png}\n"
    file = tmp_path / "a.md"
    file.write_text(f"---\n{own}{wordpress}  webflow: {{image: base.png}}\n---\nText\n")
    read = article_from_file(file)
    assert set(read.assets) == {"base.png", "seo.png", "cover.png", "preview.png"}
    assert set(read.at(Target(kind="webflow", url="https://e.org")).assets) == {"base.png", "seo.png"}
    assert {"cover.png", "preview.png"} <= set(read.at(BLOG).assets)

    file.write_text(f"---\n{own}{wordpress}  webflow:\n    image:\n      src: no.png\n---\nText\n")
    with pytest.raises(ContentError, match=r"no image 'no\.png'") as caught:
        article_from_file(file)
    assert (caught.value.line, caught.value.field) == (11, "targets.webflow.image.src")
