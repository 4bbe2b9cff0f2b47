"""Webflow rich text: no white space between blocks, and embeds for what rich text does not hold."""

from __future__ import annotations

import re

import pytest

from publisher.content.markdown import parse
from publisher.rendering import Placed
from publisher.rendering.webflow import webflow_from_tokens, webflow_pieces

PLACED = {"a.png": Placed("https://cdn.example.org/a.png", "64a0")}
FIGURE = (
    '<figure class="w-richtext-figure-type-image w-richtext-align-center" data-rt-type="image"'
    ' data-rt-align="center">{}</figure>'
)
IMAGE = '<div><img src="https://cdn.example.org/a.png" alt="A" width="auto" height="auto" loading="lazy"></div>'


def rich_text(markdown: str) -> str:
    return webflow_from_tokens(parse(markdown), PLACED)


def embed(inner: str) -> str:
    return f"<div data-rt-embed-type='true'>{inner}</div>"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## H\n\na *b* **c**\n\n***\n\nd", "<h2>H</h2><p>a <em>b</em> <strong>c</strong></p><hr><p>d</p>"),
        ("a  \nb\nc", "<p>a<br>b\nc</p>"),
        ("- a\n- b\n  1. c\n  2. d", "<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>"),
        ("- a\n\n  b\n\n- [x] c", "<ul><li>a<br><br>b</li><li>☑\ufe0e c</li></ul>"),
        ("5. a", '<ol start="5"><li>a</li></ol>'),
        ("> a\n>\n> b", "<blockquote>a<br><br>b</blockquote>"),
        ("![A](a.png)", FIGURE.format(IMAGE)),
        ('![A](a.png "C & d")', FIGURE.format(f"{IMAGE}<figcaption>C &amp; d</figcaption>")),
        ("[![A](a.png)](https://e.org/)", FIGURE.format(f'<a href="https://e.org/">{IMAGE}</a>')),
        ("x ![A](a.png)", '<p>x <img src="https://cdn.example.org/a.png" alt="A"></p>'),
        ("```py\na < b\n```", embed('<pre><code class="language-py">a &lt; b\n</code></pre>')),
        (
            "|A|\n|-|\n|1|",
            embed(
                "<table>\n<thead>\n<tr>\n<th>A</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>"
            ),
        ),
        ("<details>\n\n*in*\n\n</details>\n\nout", embed("<details>\n<p><em>in</em></p>\n</details>") + "<p>out</p>"),
        ("- a\n\n  ```\n  x\n  ```", embed("<ul>\n<li>\n<p>a</p>\n<pre><code>x\n</code></pre>\n</li>\n</ul>")),
        ("> - a", embed("<blockquote>\n<ul>\n<li>a</li>\n</ul>\n</blockquote>")),
        ("a\n\n<!--more-->\n\nb", "<p>a</p><p>b</p>"),
        (
            "https://vimeo.com/1",
            embed(
                '<iframe src="https://player.vimeo.com/video/1" title="Vimeo video" width="560" height="315"'
                ' loading="lazy" allow="fullscreen; picture-in-picture" allowfullscreen></iframe>'
            ),
        ),
        (
            "a[^1]\n\n[^1]: N",
            '<p>a<sup class="footnote-ref"><a href="#fn1" id="fnref1">1</a></sup></p>'
            + embed(
                '<section class="footnotes">\n<ol>\n<li id="fn1">\n<p>N'
                ' <a href="#fnref1" class="footnote-backref">↩\ufe0e</a></p>\n</li>\n</ol>\n</section>'
            ),
        ),
        ("", ""),
    ],
)
def test_markdown_becomes_this_rich_text(markdown, expected):
    """White space between blocks would make lists and rules vanish from the page."""
    assert rich_text(markdown) == expected


def test_there_is_no_white_space_between_blocks_outside_embeds():
    """Whatever stands beside what."""
    shown = rich_text("# a\n\nb\n\n- c\n\n- d\n  - e\n\n> f\n\n***\n\n![A](a.png)\n\n1. g\n2. h\n")
    assert re.search(r">\s+<", shown) is None


def test_every_piece_has_the_lines_that_it_was_written_in():
    """Raw HTML with all that it encloses, footnotes where the first of them is explained."""
    body = "# A\n\nb\nc[^1]\n\n<div>\n\nd\n\n</div>\n\n[^1]: e\n\n- f\n\n  g\n"
    pieces = list(webflow_pieces(parse(body), {}))
    assert "".join(piece.markup for piece in pieces) == webflow_from_tokens(parse(body), {})
    assert [(first, last) for first, last, _ in pieces] == [(1, 1), (3, 4), (6, 10), (14, 16), (12, 12)]
