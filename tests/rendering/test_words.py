"""Words are what a reader sees, whatever the markup around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.markdown import parse
from publisher.rendering import words
from publisher.rendering.blocks import blocks_from_tokens
from publisher.rendering.html import html_from_tokens


def html_of(markdown: str, placed=None, **options) -> str:
    return html_from_tokens(parse(markdown), placed or {}, **options)


def blocks_of(markdown: str, placed=None, mark: str = "") -> str:
    return blocks_from_tokens(parse(markdown), placed or {}, mark)


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>a&nbsp;<b>b</b>c</p>", "a bc"),
        ("<p>a</p><p>b</p>", "a b"),
        ("a<br>b<br/>c", "a b c"),
        ("  a \n\t b  ", "a b"),
        ("<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->", "a"),
        ("<p>a &amp; &lt;b&gt; &#8220;q&#8221; &eacute;</p>", "a & <b> “q” é"),
        ("a &copy b &unknown; c & d < e", "a © b &unknown; c & d < e"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("", ""),
    ],
)
def test_the_words_of_markup(markup, seen):
    """Tags and comments go, entities are decoded, white space is folded."""
    assert words(markup) == seen


@given(st.text(alphabet="ab *_`[]()!#>-1.\n|~&\"'", max_size=60))
def test_html_and_blocks_say_the_same_words(body):
    """Whatever is written, no renderer loses a word that the other one keeps."""
    assert words(blocks_of(body, {})) == words(html_of(body, {}))
