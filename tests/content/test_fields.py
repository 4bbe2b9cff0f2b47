"""Every field of the front matter means one thing, and a wrong one is named with its line."""

# ruff: noqa: DTZ001 - a date without a zone stays naive on purpose

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.content.fields import date_from_text, read_fields
from publisher.content.frontmatter import split
from publisher.errors import ContentError
from publisher.models.article import Image, Status


def fields(*lines: str):
    return read_fields(split("\n".join(["---", *lines, "---", ""])), Path("post.md"))


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        (["title: 2026"], "title", "2026"),
        (["title: 1.10"], "title", "1.10"),
        (["title: ' A '"], "title", "A"),
        (["id: post-1"], "id", "post-1"),
        (["slug: größe"], "slug", "größe"),
        ([], "status", Status.PUBLISHED),
        (["status: private"], "status", Status.PRIVATE),
        (["status: scheduled", "date: 2030-01-01"], "status", Status.SCHEDULED),
        (["draft: true"], "status", Status.DRAFT),
        (["draft: false"], "status", Status.PUBLISHED),
        (["published: false"], "status", Status.DRAFT),
        (["draft: true", "status: draft"], "status", Status.DRAFT),
        (["excerpt: e", "summary: s"], "excerpt", "e"),
        (["summary: s", "description: d"], "excerpt", "s"),
        (["description: d"], "excerpt", "d"),
        (["tags: [a, 2026, 1.10, no]"], "tags", ("a", "2026", "1.10", "no")),
        (["tags: a, static sites ,b"], "tags", ("a", "static sites", "b")),
        (["tags:"], "tags", ()),
        (["tags:", "- a", "-", "- b"], "tags", ("a", "b")),
        (["category: release"], "categories", ("release",)),
        (["image: a.png"], "image", Image(src="a.png")),
        (["cover: {src: a.png, alt: A, caption: C}"], "image", Image(src="a.png", alt="A", caption="C")),
    ],
)
def test_a_field_means(lines, name, value):
    """What each field becomes."""
    assert getattr(fields(*lines), name) == value


def test_what_has_no_meaning_here_is_kept():
    """Unknown fields, and known ones that another one outranks, go to extra as JSON values."""
    found = fields(
        "title: A", "excerpt: e", "description: d", "layout: post", "when: 2026-05-01", "seo: {n: [1, true]}"
    )
    assert found.extra == {"description": "d", "layout": "post", "when": "2026-05-01", "seo": {"n": [1, True]}}


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
    ("lines", "field", "line", "said"),
    [
        (["title: A", "date: soon"], "date", 3, "'soon' is no date"),
        (["date: 2026-02-30"], "date", 2, "day is out of range"),
        (["date: 2026-05-01 10:00 Europe/Atlantis"], "date", 2, "no time zone is called Europe/Atlantis"),
        (["date: 2026-05-01 10:00 America"], "date", 2, "no time zone"),
        (["date: 20260501"], "date", 2, "is no date"),
        (["date: [2026]"], "date", 2, "is no date"),
        (["status: publish"], "status", 2, "draft, published, scheduled, private"),
        (["status: scheduled"], "status", 2, "needs a date"),
        (["draft: yes"], "draft", 2, "true or false is needed, found 'yes'"),
        (["published: 2026-05-01"], "published", 2, "true or false"),
        (["status: published", "draft: true"], "draft", 3, "says draft"),
        (["status: draft", "published: true"], "published", 3, "says published"),
        (["title: [a]"], "title", 2, "a text is needed"),
        (["title: true"], "title", 2, "a text is needed"),
        (["slug: a/b"], "slug", 2, "one part of an address"),
        (["tags: [a, {b: c}]"], "tags", 2, "a text is needed"),
        (["image: {src: a.png, width: 3}"], "image", 2, "no field 'width'"),
        (["image: {alt: A}"], "image", 2, "has no src"),
        (["cover: 7"], "cover", 2, "an image is needed"),
    ],
)
def test_a_wrong_value_names_file_line_and_field(lines, field, line, said):
    """The message says what was found and what is allowed."""
    with pytest.raises(ContentError) as caught:
        fields(*lines)
    assert (caught.value.path, caught.value.field, caught.value.line) == ("post.md", field, line)
    assert said in str(caught.value)


def test_all_wrong_fields_are_listed_at_once():
    """Nobody has to run again to learn of the second mistake."""
    with pytest.raises(ContentError) as caught:
        fields("date: soon", "tags: a", "draft: 7")
    assert "post.md:2, date" in str(caught.value)
    assert "draft in line 4" in str(caught.value)
