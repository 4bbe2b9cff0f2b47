"""Front matter is split strictly: nothing of the head is published, nothing of the body is taken for a head."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.frontmatter import split
from publisher.errors import ContentError


@pytest.mark.parametrize(
    ("text", "values", "body", "first_line"),
    [
        pytest.param("---\ntitle: A\n---\nHello\n", {"title": "A"}, "Hello\n", 4, id="yaml"),
        pytest.param("---\r\ntitle: A\r\n---\r\n\r\nHello", {"title": "A"}, "Hello", 5, id="windows-lines"),
        pytest.param("\ufeff---\ntitle: A\n---\nHello", {"title": "A"}, "Hello", 4, id="byte-order-mark"),
        pytest.param("---\ntitle: A\n...\nHello", {"title": "A"}, "Hello", 4, id="closed-by-dots"),
        pytest.param("---  \ntitle: A\n---\t\nHello", {"title": "A"}, "Hello", 4, id="blanks-after-the-dashes"),
        pytest.param("---\n\ntitle: A\n---\nHello", {"title": "A"}, "Hello", 5, id="empty-line-first"),
        pytest.param("---\n---\nHello", {}, "Hello", 3, id="empty-head"),
        pytest.param("---\n# only a comment\n---\nHello", {}, "Hello", 4, id="comment-only"),
        pytest.param("---\ntitle: A\n---", {"title": "A"}, "", 3, id="no-body"),
        pytest.param("---\ntitle: A\n---\n\n    code\n", {"title": "A"}, "    code\n", 5, id="indentation-of-the-body"),
        pytest.param(
            "---\ntitle: A\n---\nx\n\n---\n\ny\n", {"title": "A"}, "x\n\n---\n\ny\n", 4, id="rule-in-the-body"
        ),
        pytest.param("+++\ntitle = 'A'\n+++\nHello", {"title": "A"}, "Hello", 4, id="toml"),
        pytest.param('{\n "title": "A"\n}\nHello', {"title": "A"}, "Hello", 4, id="json"),
        pytest.param("Hello\n", {}, "Hello\n", 1, id="no-head"),
        pytest.param("\n\nHello\n", {}, "Hello\n", 3, id="empty-lines-first"),
        pytest.param("---\n\nA first paragraph.\n", {}, "---\n\nA first paragraph.\n", 1, id="rule"),
        pytest.param("---\n\nA: b, c.\n\n---\n\nx", {}, "---\n\nA: b, c.\n\n---\n\nx", 1, id="rule-colon-rule"),
        pytest.param("---\nFirst words\n---\nx", {}, "---\nFirst words\n---\nx", 1, id="rule-and-a-heading"),
        pytest.param("---\nFirst words.\n", {}, "---\nFirst words.\n", 1, id="rule-and-a-paragraph"),
        pytest.param("----\ntitle: A\n----\n", {}, "----\ntitle: A\n----\n", 1, id="four-dashes"),
        pytest.param("{% include x %}\n", {}, "{% include x %}\n", 1, id="template-first"),
    ],
)
def test_a_document_is_split_into_head_and_body(text, values, body, first_line):
    """Each document gives these fields, this body, and the line of the source at which the body begins."""
    head = split(text)
    assert (head.values, head.body, head.first_line) == (values, body, first_line)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("012", 12),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.10", 1.1),
        ("2026-05-01", "2026-05-01"),
        ("2026-05-01 10:00:00 +02:00", "2026-05-01 10:00:00 +02:00"),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
    ],
)
def test_yaml_means_what_yaml_1_2_says(written, value):
    """The word no is not false, 12:30 is no number, and a date stays text."""
    assert split(f"---\nfield: {written}\n---\n").values == {"field": value}


def test_a_number_can_be_read_as_it_was_written():
    """A version that looks like a number keeps its last zero."""
    assert split("---\nversion: 1.10\n---\n").texts == {"version": "1.10"}


def test_toml_dates_become_iso_text():
    """All values are JSON values, whatever the format."""
    assert split("+++\nday = 2026-05-01\n[extra]\nat = 2026-05-01T10:00:00Z\n+++\n").values == {
        "day": "2026-05-01",
        "extra": {"at": "2026-05-01T10:00:00+00:00"},
    }


def test_fields_know_their_lines():
    """Lines count from the start of the file."""
    assert split("---\na: 1\n\n# x\nb:\n  - 2\n---\n").lines == {"a": 2, "b": 5}
    assert split("+++\na = 1\n[b]\nc = 1\n+++\n").lines == {"a": 2, "b": 3}
    assert split('{\n "a": 1,\n "b": 2\n}\n').lines == {"a": 2, "b": 3}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("---\ntitle: A\n\nHello\n", 1, "not closed", id="yaml-not-closed"),
        pytest.param("+++\ntitle = 'A'\n", 1, "not closed", id="toml-not-closed"),
        pytest.param("---\na: 1\nb: [\n---\n", 4, "not YAML", id="yaml-broken"),
        pytest.param("---\na: 1\n\tb: 2\n---\n", 3, "not YAML", id="yaml-tab"),
        pytest.param("+++\na = 1\nb = \n+++\n", 3, "not TOML", id="toml-broken"),
        pytest.param('{\n "a": 1\n "b": 2\n}\n', 3, "not JSON", id="json-broken"),
        pytest.param('{\n "a": 1\n} x\n', 3, "beside the end", id="json-and-text"),
        pytest.param("---\na: 1\nb: 2\na: 3\n---\n", 4, "'a' is written twice", id="yaml-twice"),
        pytest.param("---\na:\n  b: 1\n  b: 2\n---\n", 4, "'b' is written twice", id="yaml-twice-inside"),
        pytest.param('{\n "a": 1,\n "a": 2\n}\n', 2, "'a' is written twice", id="json-twice"),
        pytest.param("---\n- a\n- b\n---\n", 2, "no fields", id="a-list"),
        pytest.param("---\na: !!python/object:os.system x\n---\n", 2, "not YAML", id="a-foreign-tag"),
        pytest.param("---\na: 1\nb: !!binary aGk=\n---\n", 3, "cannot be kept", id="bytes"),
        pytest.param("---\na: x\x00y\n---\n", 2, "not YAML", id="a-control-character"),
    ],
)
def test_a_bad_head_is_an_error_with_its_line(text, line, said):
    """The error names the file, the line, what is wrong and what to do."""
    with pytest.raises(ContentError, match=said) as caught:
        split(text, Path("post.md"))
    assert (caught.value.path, caught.value.line) == ("post.md", line)
    assert caught.value.hint


def test_aliases_cannot_multiply_without_end():
    """A few lines of YAML must not become gigabytes of values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(ContentError, match="too many values"):
        split("---\n" + "\n".join(lines) + "\n---\n")
