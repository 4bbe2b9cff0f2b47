"""Front matter is split strictly: nothing of the head is published, nothing of the body is taken for a head."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.frontmatter import split
from publisher.content.frontmatter.parts import Fault
from publisher.content.frontmatter.yaml_head import LOADERS, read_yaml
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
        pytest.param("---\n---", {}, "", 2, id="nothing-at-all"),
        pytest.param("---\rtitle: A\r---\rHello", {"title": "A"}, "Hello", 4, id="lines-of-old-macs"),
        pytest.param("---\ntitle: A\n---\n\n    code\n", {"title": "A"}, "    code\n", 5, id="indentation-of-the-body"),
        pytest.param(
            "---\ntitle: A\n---\nx\n\n---\n\ny\n", {"title": "A"}, "x\n\n---\n\ny\n", 4, id="rule-in-the-body"
        ),
        pytest.param("+++\ntitle = 'A'\n+++\nHello", {"title": "A"}, "Hello", 4, id="toml"),
        pytest.param("+++\n+++\nHello", {}, "Hello", 3, id="empty-toml"),
        pytest.param('{\n "title": "A"\n}\nHello', {"title": "A"}, "Hello", 4, id="json"),
        pytest.param('{"title": "A"}\nHello', {"title": "A"}, "Hello", 2, id="json-in-one-line"),
        pytest.param('{ "a" }\n', {}, '{ "a" }\n', 1, id="braces-first"),
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


@pytest.mark.parametrize("written", ["1.10", "007", "1e3", "+5", "0x1F", "2024"])
def test_a_number_still_says_how_it_was_written(written):
    """A version that looks like a number keeps its last zero, and a code its first."""
    assert str(split(f"---\nfield: {written}\n---\n").values["field"]) == written


def test_json_and_toml_numbers_say_how_they_were_written():
    """As far as the formats leave a choice."""
    assert str(split('{\n"field": [1.10, 2024]\n}\n').values["field"]) == "[1.10, 2024]"
    assert str(split("+++\nfield = [1.10, 2024]\n+++\n").values["field"]) == "[1.10, 2024]"


@pytest.mark.parametrize("loader", LOADERS)
def test_both_loaders_of_yaml_give_the_same(loader):
    """With libyaml and without it: values, lines and faults."""
    head = "a: &x {b: no, c: [1.10, ~, true, '', 0o17]}\nd:\n  <<: *x\n  c: z\n  c: y\n"
    parts = read_yaml(f"{head}e: !!binary aGk=\n2026: |\n  long\n  text\n", loader)
    b = {"b": "no", "c": [1.1, None, True, "", 15]}
    assert parts.values == {"a": b, "d": {"b": "no", "c": "z"}, "e": None, "2026": "long\ntext\n"}
    assert [parts.line_of(place) for place in (("d", "c"), ("d", "b"), ("a", "c", 1), ("2026",))] == [3, 0, 0, 6]
    assert [(fault.line, fault.field) for fault in parts.faults] == [(4, "d.c"), (5, "e")]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("head", "line"), [("a: 1\n\tb: 2\n", 1), ("a: 1\nb: [\nc: d\n", 1), ("a: b: c\n", 0), ("a: é\nb: \x07\n", 1)]
)
def test_both_loaders_of_yaml_name_the_line(loader, head, line):
    """Counted from 0 within the head."""
    with pytest.raises(Fault, match="not YAML") as caught:
        read_yaml(head, loader)
    assert caught.value.line == line


def test_merge_keys_take_over_what_is_not_there():
    """Of several, the first one counts."""
    head = "---\na: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n---\n"
    assert split(head).values["c"] == {"x": 3, "y": 1, "z": 2}


def test_toml_dates_become_iso_text():
    """All values are JSON values, whatever the format."""
    head = "day = 2026-05-01\n[extra]\nat = 2026-05-01T10:00:00+02:00\nlocal = 2026-05-01T10:00:00\ntime = 10:00:00"
    assert split(f"+++\n{head}\n+++\n").values == {
        "day": "2026-05-01",
        "extra": {"at": "2026-05-01T10:00:00+02:00", "local": "2026-05-01T10:00:00", "time": "10:00:00"},
    }


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("---\na: 1\n\n# x\nb:\n  - 2\n---\n", ("b",), 5),
        ("---\na: 1\n\n# x\nb:\n  - 2\n---\n", ("b", 0), 6),
        ("---\na:\n  b:\n    c.d: 1\n---\n", ("a", "b", "c.d"), 4),
        ("---\na:\n  b: 1\n---\n", ("a", "missing"), 2),
        ("---\na: 1\n---\n", ("missing",), None),
        ("+++\na = 1\n[b]\nc = 1\n+++\n", ("b", "c"), 4),
        ("+++\n[b.c]\nd.e = {f = 1}\n+++\n", ("b", "c", "d", "e", "f"), 3),
        ("+++\n[b.c]\nd = 1\n+++\n", ("b",), 2),
        ("+++\nx = '''\na = 1\n'''\na = 2\n+++\n", ("a",), 5),
        ("+++\na = [\n  1,\n  2,\n]\nb = 2\n+++\n", ("b",), 6),
        ("+++\n[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 1\n+++\n", ("a", 1, "b"), 5),
        ("+++\n[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 1\n+++\n", ("a", 1, "c", "d"), 7),
        ('{\n "a": 1,\n "b": 2\n}\n', ("b",), 3),
        ('{\n\t"a \\ud83d\\ude00": {\n\t\t"b": ["x",\n"y"]\n}}\n', ("a 😀", "b", 1), None),
        ('{\n\t"s": "\\ud83d\\ude00", "a": {\n\t\t"b": ["x",\n"y"]\n}}\n', ("a", "b", 1), 4),
    ],
)
def test_values_know_their_lines(text, place, line):
    """Lines count from the start of the file; what has none takes that of what it stands in."""
    assert split(text).line_of(place) == line


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("---\ntitle: A\n\nHello\n", 1, "not closed", id="yaml-not-closed"),
        pytest.param("+++\ntitle = 'A'\n", 1, "not closed", id="toml-not-closed"),
        pytest.param("---\na: 1\nb: [\n---\n", 4, "not YAML", id="yaml-broken"),
        pytest.param("---\na: 'b\nc: d\n---\n", 2, "not YAML", id="yaml-quote-not-closed"),
        pytest.param("---\na: b: c\n---\n", 2, "in quotes", id="yaml-two-colons"),
        pytest.param("---\na: *b\n---\n", 2, "undefined alias", id="yaml-alias-of-nothing"),
        pytest.param("---\na: 1\n\tb: 2\n---\n", 3, "blanks instead of tabs", id="yaml-tab"),
        pytest.param("---\na: &a [*a]\n---\n", 2, "nested too deeply", id="yaml-in-itself"),
        pytest.param(f"---\na: {'[' * 99}{']' * 99}\n---\n", 2, "nested too deeply", id="yaml-deep"),
        pytest.param(f"+++\na = {'[' * 2000}\n+++\n", None, "nested too deeply", id="toml-deep"),
        pytest.param(f"+++\na = {'[' * 99}{']' * 99}\n+++\n", None, "nested too deeply", id="toml-rather-deep"),
        pytest.param('{\n"a": ' + "[" * 99_999, None, "nested too deeply", id="json-deep"),
        pytest.param('{\n"a": ' + "[" * 99 + "]" * 99 + "}", None, "nested too deeply", id="json-rather-deep"),
        pytest.param(f"+++\na = {'9' * 5000}\n+++\n", None, "number that cannot be kept", id="toml-long-number"),
        pytest.param('{\n"a": ' + "9" * 5000 + "}", None, "number that cannot be kept", id="json-long-number"),
        pytest.param("+++\na = 1\na = 2\n+++\n", 3, "Keep one", id="toml-twice"),
        pytest.param("+++\na = 1\nb = \n+++\n", 3, "not TOML", id="toml-broken"),
        pytest.param('{\n "a": 1\n "b": 2\n}\n', 3, "not JSON", id="json-broken"),
        pytest.param('{\n "a": 1\n} x\n', 3, "beside the end", id="json-and-text"),
        pytest.param("---\n- a\n- b\n---\n", 2, "no fields", id="a-list"),
        pytest.param("---\na: x\x00y\n---\n", 2, "not YAML", id="a-control-character"),
    ],
)
def test_a_bad_head_is_an_error_with_its_line(text, line, said):
    """The error names the file, the line, what is wrong and what to do."""
    with pytest.raises(ContentError, match=said) as caught:
        split(text, Path("post.md"))
    assert (caught.value.path, caught.value.line) == ("post.md", line)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("---\na: 1\nb: 2\na: 3\n---\n", [(4, "a", "written twice")], id="yaml-twice"),
        pytest.param("---\na:\n  b: 1\n  b: 2\n---\n", [(4, "a.b", "written twice")], id="yaml-twice-inside"),
        pytest.param("---\na: 1\n? [b]\n: 2\n---\n", [(3, None, "by a list")], id="yaml-key-of-parts"),
        pytest.param("---\na: 1\n<<: b\n---\n", [(3, None, "takes over fields, found 'b'")], id="yaml-merge-of-text"),
        pytest.param("---\na: !!python/object:os.system x\n---\n", [(2, "a", "!!python/object")], id="foreign-tag"),
        pytest.param("---\na: 1\nb: !!binary aGk=\n---\n", [(3, "b", "!!binary")], id="bytes"),
        pytest.param("---\na: !!int x\n---\n", [(2, "a", "no number")], id="no-number"),
        pytest.param(f"---\na: {'9' * 5000}\n---\n", [(2, "a", "no number that can be kept")], id="long-number"),
        pytest.param("---\na: 1e999\n---\n", [(2, "a", "too large")], id="large-number"),
        pytest.param("+++\na = 1\nb = [inf]\n+++\n", [(3, "b", "inf is no number")], id="toml-inf"),
        pytest.param('{\n "a": 1,\n "a": 2\n}\n', [(3, "a", "written twice")], id="json-twice"),
        pytest.param('{\n "a": "NaN",\n "b": NaN\n}\n', [(3, None, "NaN is no number")], id="json-nan"),
        pytest.param(
            '{\n "a": 1,\n "a": 2, "b": {\n "c": 1e999,\n "c": 2}}',
            [(3, "a", "twice"), (4, None, "1e999"), (5, "c", "twice")],
            id="json-several",
        ),
    ],
)
def test_what_leaves_the_rest_readable_is_collected(text, faults):
    """So that the other mistakes of the file can be told with it."""
    head = split(text, Path("post.md"))
    told = sorted(head.faults, key=lambda fault: fault.line)
    assert [(fault.line, fault.field) for fault in told] == [(line, field) for line, field, _ in faults]
    assert all(said in fault.what for fault, (_, _, said) in zip(told, faults, strict=True))
    assert {fault.path for fault in told} == {"post.md"}


def test_a_head_of_a_megabyte_is_read():
    """It takes a moment, no more; and more values than any head has are refused."""
    assert len(split(f"---\ntitle: {'x' * 1_000_000}\n---\n").values["title"]) == 1_000_000
    many = "".join(f"field{number}: value {number}\n" for number in range(50_000))
    with pytest.raises(ContentError, match="more than 10,000 values"):
        split(f"---\n{many}---\n")


def test_aliases_cannot_multiply_without_end():
    """A few lines of YAML must not become gigabytes of values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(ContentError, match="more than 10,000 values"):
        split("---\n" + "\n".join(lines) + "\n---\n")
