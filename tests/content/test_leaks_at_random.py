"""Of any body, however broken: what the look at the text alone promises, where leaks are, and how long it takes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.leaks import find_leaks, may_leak
from publisher.content.markdown import parse

PIECES = [
    "[a](b.md)", "[a](\n~/x)", "[a][b]\n\n[b]:\n c.md\n", "<a href=b.md>", "<b src=/home/a/b>", "{{ a }}", "[[a]]",
    "{{", "}}", "{{<", ">}}", "{{%", "%}}", "{%", "%}", "{#", "#}", "{:", "{.", "{#a}", "{a=b}", "}", "{", "{/*",
    "*/}", "={", "[[", "]]", "![[", "[a](", ")", "]", "[a]", "[a]:", "<", ">", "<a href=", "<a href\n=\n",
    "<img src=", "<source srcset=", "<video poster='", "'", '"', "<div>", "</div>", "<Tabs>", "<A.B />",
    "<div className=x>", "<pre>", "</pre>", "<code>", "</code>", "<!--", "-->", "<script>", "</script>",
    "import a from 'b'", "export const a = 1", "import", "export", ":::", ":::note", "!!! note", "??? note",
    "> [!NOTE]", "[!NOTE]", "file:", "FILE:///x", "C:\\x", "/home/a/b", "/Users/a/b", "/", "#a", "https://e.org",
    "mailto:a@e.org", "~/x", "\\\\x", "b.md", "../x", "?a", "&#104;", "&#x2f;", "%2f", "\\", "`", "``", "```\n",
    "    ", "- ", "> ", "1. ", "# ", "|", "\n|---|\n", "---", "+++", "title: x", "title = 'x'", "date: y", "a",
    "home", "*", "_", "$", "^", "=", ":", "[^1]", "[^1]: ", "\t", "\r", "\r\n", "\0", "\x0b", "\u2028", "ſrc=x",
    "İ",
]  # fmt: skip
SPACED = st.sampled_from([*PIECES, " ", "\n", "\n\n"])
BODIES = (st.lists(SPACED, max_size=4) | st.lists(SPACED, max_size=16)).map("".join)


@settings(max_examples=1500, deadline=None)
@given(BODIES)
def test_what_cannot_leak_does_not(body):
    """The look at the text alone never misses what the look at the tokens finds."""
    assert may_leak(body) or find_leaks(body) == []


@settings(max_examples=300, deadline=None)
@given(BODIES)
def test_leaks_come_in_the_order_of_lines_that_the_body_has(body):
    """And looking changes no token, which are shared."""
    before = [token.as_dict() for token in parse(body)]
    lines = [leak.line for leak in find_leaks(body)]
    assert lines == sorted(lines)
    assert all(1 <= line <= len(body.replace("\r\n", "\n").replace("\r", "\n").split("\n")) for line in lines)
    assert [token.as_dict() for token in parse(body)] == before


@settings(max_examples=300, deadline=None)
@given(BODIES)
def test_code_never_leaks(body):
    """Whatever is fenced."""
    fence = "~~~~~~"
    assert find_leaks(f"{fence}\n{body}\n{fence}\n") == []


@pytest.mark.parametrize(
    "piece",
    [
        "{{ a",
        "{% a",
        "[[a",
        "<a b={",
        "<a 'x ",
        "{/* a",
        "$a",
        "<!-- ",
        "import a,\n",
        "`",
        "[a](<",
        "{#a .b ",
    ],
)
def test_what_is_never_closed_is_looked_through_once(piece):
    """No pattern goes back over a long text again and again: the test would not end."""
    assert len(find_leaks(piece * 4000)) <= 4000
