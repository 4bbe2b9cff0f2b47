"""Every field of the front matter means one thing, and a wrong one is named with its line."""

# ruff: noqa: DTZ001 - a date without a zone stays naive on purpose

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.content.dates import date_from_text
from publisher.content.fields import Fields, read_fields
from publisher.content.frontmatter import split
from publisher.content.rules import Rules
from publisher.models.article import Image, Status


def fields(*lines: str, separator: str = "") -> Fields:
    """What these lines of YAML mean."""
    head = split("\n".join(["---", *lines, "---", ""]))
    return read_fields(head, Path("post.md"), Rules(category_separator=separator))


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        (["title: 2026"], "title", "2026"),
        (["title: 1.10"], "title", "1.10"),
        (["title: ' A '"], "title", "A"),
        (["title: >", "  of two", "  lines", "", "  and more"], "title", "of two lines and more"),
        (["slug: größe"], "slug", "größe"),
        (["slug: 2024"], "slug", "2024"),
        (["status: private"], "status", Status.PRIVATE),
        (["status: scheduled", "date: 2030-01-01"], "status", Status.SCHEDULED),
        (["draft: true"], "status", Status.DRAFT),
        (["draft: false"], "status", Status.PUBLISHED),
        (["published: false"], "status", Status.DRAFT),
        (["published: true"], "status", Status.PUBLISHED),
        (["draft: true", "status: draft"], "status", Status.DRAFT),
        (["draft: false", "status: private"], "status", Status.PRIVATE),
        (["updated: 2026-05-01"], "updated", dt.datetime(2026, 5, 1)),
        (["lastmod: 2026-05-01"], "updated", dt.datetime(2026, 5, 1)),
        (["last_modified_at: 2026-05-01T10:00:00Z"], "updated", dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)),
        (["last_modified_at: 2026-05-02", "updated: 2026-05-01"], "updated", dt.datetime(2026, 5, 1)),
        (["excerpt: e", "summary: s"], "excerpt", "e"),
        (["description: d", "summary: s"], "excerpt", "s"),
        (["excerpt:", "description: d"], "excerpt", "d"),
        (["excerpt: |", "  two", "  lines"], "excerpt", "two\nlines"),
        (["tags: [a, 2024, 1.10, no]"], "tags", ("a", "2024", "1.10", "no")),
        (["tags: a, static sites ,b"], "tags", ("a", "static sites", "b")),
        (["tags: 2024"], "tags", ("2024",)),
        (["tags: ''"], "tags", ()),
        (["tags:", "- a", "-", "- b"], "tags", ("a", "b")),
        (["category: release"], "categories", (("release",),)),
        (["categories: News, Local"], "categories", (("News",), ("Local",))),
        (["categories: [News, Local]"], "categories", (("News",), ("Local",))),
        (["categories: [[News, Local], Sports]"], "categories", (("News", "Local"), ("Sports",))),
        (
            ["categories:", "- - News", "  - Local", "  - 2024", "- 1.10"],
            "categories",
            (("News", "Local", "2024"), ("1.10",)),
        ),
        (["categories: News/Local"], "categories", (("News/Local",),)),
        (["categories: [News/Local]"], "categories", (("News/Local",),)),
        (["categories: []"], "categories", ()),
        (["categories: [[], '']"], "categories", ()),
        (["author: Ana Lima"], "author", "Ana Lima"),
        (["image: a.png"], "image", Image(src="a.png")),
        (["image: ''"], "image", None),
        (["cover: {src: a.png, alt: A, caption: C}"], "image", Image(src="a.png", alt="A", caption="C")),
        (["cover: {src: a.png, alt: 7, caption: }"], "image", Image(src="a.png", alt="7")),
        (["seo: {title: T, noindex: true}"], "seo", {"title": "T", "noindex": True}),
        (["seo: {canonical: 'https://example.com/a'}"], "seo", {"canonical": "https://example.com/a"}),
        (["language: no"], "language", "no"),
        (["language: pt-BR"], "language", "pt-BR"),
        (["language: zh-Hant-TW"], "language", "zh-Hant-TW"),
        (["language: sl-rozaj-biske-1994"], "language", "sl-rozaj-biske-1994"),
        (["language: de-CH-u-co-phonebk-x-house"], "language", "de-CH-u-co-phonebk-x-house"),
        (["type: page"], "type", "page"),
        (["template: wide.php"], "template", "wide.php"),
        (["parent: 12"], "parent", "12"),
        (["sticky: true"], "sticky", True),
        (["meta: {a: [1, 1.10, true, null], b: 2026-05-01}"], "meta", {"a": [1, 1.1, True, None], "b": "2026-05-01"}),
    ],
)
def test_a_field_means(lines, name, value):
    """What each field becomes."""
    found = fields(*lines)
    assert found.faults == ()
    assert found.values[name] == value


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("News/Local", (("News", "Local"),)),
        ("News / Local, Sports", (("News", "Local"), ("Sports",))),
        ("[News/Local, Sports, [A/B, C]]", (("News", "Local"), ("Sports",), ("A/B", "C"))),
    ],
)
def test_a_category_separator_parts_names(written, paths):
    """In a text and in a list, but not where the path is a list already."""
    assert fields(f"categories: {written}", separator="/").values["categories"] == paths


def test_what_is_not_said_has_no_value():
    """Nor has a field without a value: the article's defaults count."""
    found = fields("title: A", "slug:", "tags:", "image: ~", "seo:", "status:", "draft:", "meta:", "targets:", "allow:")
    assert (found.values, found.faults) == ({"title": "A"}, ())


def test_the_id_and_what_is_allowed_stand_beside_the_values():
    """A single word is a list of one."""
    assert fields("id: 7").id == "7"
    assert fields("allow: [liquid, mdx]").allow == ("liquid", "mdx")
    assert fields("allow: liquid").allow == ("liquid",)


def test_what_has_no_meaning_here_is_kept():
    """Unknown fields, and known ones that another one outranks, go to extra as JSON values; so does raw_html."""
    found = fields("title: A", "excerpt: e", "description: d", "layout: post", "when: 2026-05-01", "raw_html: trust")
    assert found.values["extra"] == {"description": "d", "layout": "post", "when": "2026-05-01", "raw_html": "trust"}
    assert type(fields("weight: 10").values["extra"]["weight"]) is int
    assert type(fields("version: 1.5").values["extra"]["version"]) is float


def test_json_and_toml_mean_the_same():
    """Whatever the format."""
    yaml = fields("title: A", "date: 2026-05-01T10:00:00+02:00", "tags: [1.10]", "draft: true", "seo: {noindex: true}")
    toml = 'title = "A"\ndate = 2026-05-01T10:00:00+02:00\ntags = [1.10]\ndraft = true\n[seo]\nnoindex = true'
    json = (
        '{\n"title": "A", "date": "2026-05-01T10:00:00+02:00", "tags": [1.10], "draft": true, "seo": {"noindex": true}}'
    )
    assert read_fields(split(f"+++\n{toml}\n+++\n"), Path("post.md")) == yaml
    assert read_fields(split(json), Path("post.md")) == yaml


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-05-01", dt.datetime(2026, 5, 1)),
        ("2026-5-1", dt.datetime(2026, 5, 1)),
        ("2026-05-01 09:30", dt.datetime(2026, 5, 1, 9, 30)),
        ("2026-05-01T09:30:15.25", dt.datetime(2026, 5, 1, 9, 30, 15, 250000)),
        ("2026-05-01T09:30:00Z", dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)),
        ("2026-05-01 09:30:00 UTC", dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)),
        ("2026-05-01 09:30:00 +0200", dt.datetime(2026, 5, 1, 7, 30, tzinfo=dt.UTC)),
        ("2026-05-01T09:30:00-03:30", dt.datetime(2026, 5, 1, 13, 0, tzinfo=dt.UTC)),
        ("2026-05-01 09:30 Europe/Berlin", dt.datetime(2026, 5, 1, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))),
    ],
)
def test_a_date_is_read_in_any_zone(text, date):
    """A date without a zone stays naive; one with a zone is that instant."""
    found = date_from_text(text)
    assert found == date
    assert (found.tzinfo is None) == (date.tzinfo is None)


@pytest.mark.parametrize(
    "text", ["0001-01-01", "2026-13-01", "2026-05-01 25:00", "2026-05-01 10:00 +99:00", "tomorrow"]
)
def test_what_can_be_no_date_is_an_error(text):
    """The zero date of Hugo too: in another zone it would lie before all dates."""
    with pytest.raises(ValueError, match=r"."):
        date_from_text(text)


@pytest.mark.parametrize(
    ("lines", "field", "line", "said"),
    [
        (["title: A", "date: yesterday"], "date", 3, "'yesterday' is no date"),
        (["date: 2026-02-30"], "date", 2, "day is out of range"),
        (["date: 2026-05-01 10:00 Europe/Atlantis"], "date", 2, "no time zone is called Europe/Atlantis"),
        (["date: 2026-05-01 10:00 America"], "date", 2, "no time zone"),
        (["date: 20260501"], "date", 2, "20260501 is no date"),
        (["date: [2026]"], "date", 2, "is no date"),
        (["lastmod: soon"], "lastmod", 2, "is no date"),
        (["status: publish"], "status", 2, "draft, published, scheduled, private"),
        (["status: [draft]"], "status", 2, "no status ['draft']"),
        (["status: scheduled"], "status", 2, "needs a date"),
        (["draft: yes"], "draft", 2, "true or false is needed, found 'yes'"),
        (['draft: "true"'], "draft", 2, "without quotes"),
        (["published: 2026-05-01"], "published", 2, "found the date '2026-05-01'. Write it as 'date: 2026-05-01'"),
        (["published: 1"], "published", 2, "true or false is needed, found 1"),
        (["status: published", "draft: true"], "draft", 3, "says draft"),
        (["status: draft", "published: true"], "published", 3, "says published"),
        (["draft: true", "published: true"], "published", 3, "says published, but draft says draft"),
        (["status: draft", "draft: false"], "draft", 3, "says published, but status says draft"),
        (["title: [a]"], "title", 2, "a text is needed, found ['a']"),
        (["title: true"], "title", 2, "a text is needed, found true"),
        (["slug: a/b"], "slug", 2, "one part of an address"),
        (["tags: [a, {b: c}]"], "tags", 2, "a text is needed"),
        (["tags:", "- a", "- true"], "tags", 4, "a text is needed, found true"),
        (["tags: {a: b}"], "tags", 2, "found fields: {'a': 'b'}"),
        (["categories: [[News, [Local]]]"], "categories", 2, "a text is needed"),
        (["categories:", "- A", "- [News, '']"], "categories", 4, "has no name, found ['News', '']"),
        (["categories: {News: Local}"], "categories", 2, "names are needed"),
        (["author: {name: Ana}"], "author", 2, "a text is needed"),
        (["image: {src: a.png, width: 3}"], "image.width", 2, "no field 'width'"),
        (["image:", "  alt: A"], "image", 2, "has no src"),
        (["image:", "  alt: A", "  src: [a]"], "image.src", 4, "a text is needed"),
        (["cover: 7"], "cover", 2, "an image is needed, found 7"),
        (["cover: [a.png]"], "cover", 2, "an image is needed"),
        (["seo: yes"], "seo", 2, "title, description, canonical, noindex, image"),
        (["seo:", "  title: T", "  keywords: k"], "seo.keywords", 4, "no field 'keywords'"),
        (["seo:", "  noindex: no"], "seo.noindex", 3, "true or false is needed, found 'no'"),
        (["seo:", "  canonical: example.com/a"], "seo.canonical", 3, "a full address is needed"),
        (["seo:", "  canonical: 'https://'"], "seo.canonical", 3, "a full address is needed"),
        (["seo:", "  canonical: 'https://e.org:x'"], "seo.canonical", 3, "a full address is needed"),
        (["seo:", "  canonical: 'https://e.org/a b'"], "seo.canonical", 3, "a full address is needed"),
        (["language: true"], "language", 2, "a language is needed, found true"),
        (["language: en_US"], "language", 2, "pt-BR"),
        (["language: English please"], "language", 2, "a language is needed"),
        (["meta: [a]"], "meta", 2, "fields are needed"),
        (["allow: [liquid, liquids]"], "allow", 2, "no leak 'liquids' to allow. Write a list of: front-matter, liquid"),
        (["allow: {liquid: true}"], "allow", 2, "no leak"),
    ],
)
def test_a_wrong_value_names_file_line_and_field(lines, field, line, said):
    """The message says what was found and what is allowed."""
    (fault,) = fields(*lines).faults
    assert (fault.path, fault.field, fault.line) == ("post.md", field, line)
    assert said in str(fault)


@pytest.mark.parametrize("written", ["News/", "/News", "News//Local"])
def test_a_path_without_a_name_in_it_is_an_error(written):
    """Where a separator is set."""
    (fault,) = fields(f"categories: {written}", separator="/").faults
    assert "has no name" in str(fault)


def test_all_wrong_fields_are_listed_at_once():
    """Nobody has to run again to learn of the second mistake, or of the fiftieth."""
    wrong = fields(
        *(
            ["date: soon", "tags: {a: b}", "draft: 7", "seo: {noindex: 1, canonical: x}", "targets:"]
            + [f"  t{number}: {{status: live}}" for number in range(45)]
        )
    ).faults
    assert len(wrong) == 50
    assert {fault.line for fault in wrong} == {2, 3, 4, 5, *range(7, 52)}


def test_a_long_value_is_cut_in_messages():
    """A message fits on a screen."""
    (fault,) = fields(f"status: {'x' * 10_000}").faults
    assert len(str(fault)) < 300
