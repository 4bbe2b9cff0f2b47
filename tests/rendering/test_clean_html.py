"""The same Markdown as clean HTML."""

from __future__ import annotations

import pytest

from publisher.content.markdown import parse
from publisher.rendering import Placed
from publisher.rendering.html import html_from_tokens


def html_of(markdown: str, placed=None, **options) -> str:
    return html_from_tokens(parse(markdown), placed or {}, **options)


PLACED = {"a.png": Placed("https://b.org/a.png?x=1&y=2", "7")}


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# H\n\n*a* ~~b~~", '<h1 id="h">H</h1>\n<p><em>a</em> <s>b</s></p>\n'),
        ("- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑\ufe0e b</li>\n</ul>\n"),
        ("- [ ] a\n\n- b", "<ul>\n<li>\n<p>☐ a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
        ("1. [x] a", "<ol>\n<li>☑\ufe0e a</li>\n</ol>\n"),
        ("- [ ] # H", '<ul>\n<li>☐ <h1 id="h">H</h1>\n</li>\n</ul>\n'),
        ("```js\na < b\n```", '<pre><code class="language-js">a &lt; b\n</code></pre>\n'),
        ("![A](b.png)", '<p><img src="b.png" alt="A"></p>\n'),
        (
            '![A "q"](b.png "C & d")',
            '<figure><img src="b.png" alt="A &quot;q&quot;"><figcaption>C &amp; d</figcaption></figure>\n',
        ),
        ('x ![A](b.png "t")', '<p>x <img src="b.png" alt="A" title="t"></p>\n'),
        ("![A](a.png)", '<p><img src="https://b.org/a.png?x=1&amp;y=2" alt="A" class="wp-image-7"></p>\n'),
        (
            '[![A](a.png "C")](u)',
            (
                '<figure><a href="u"><img src="https://b.org/a.png?x=1&amp;y=2" alt="A" class="wp-image-7"></a>'
                "<figcaption>C</figcaption></figure>\n"
            ),
        ),
        (
            "<p>\n<IMG alt='x' SRC = a.png />\n</p>",
            "<p>\n<IMG alt='x' SRC = \"https://b.org/a.png?x=1&amp;y=2\" />\n</p>",
        ),
        ("x <img data-src=a.png src='a.png'>", '<p>x <img data-src=a.png src="https://b.org/a.png?x=1&amp;y=2"></p>\n'),
        ("<!-- <img src=a.png> -->", "<!-- <img src=a.png> -->"),
        ("<!-- more -->", "<!--more-->\n"),
        ("<!--more Go on-->", "<!--more Go on-->\n"),
        (
            "a\n\nhttps://youtu.be/dQw4w9WgXcQ?t=1m3s\n\nb",
            (
                "<p>a</p>\n<figure>"
                '<iframe src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=63" title="YouTube video"'
                ' width="560" height="315" loading="lazy" allow="fullscreen; picture-in-picture"'
                " allowfullscreen></iframe>"
                "</figure>\n<p>b</p>\n"
            ),
        ),
        (
            "a[^1]\n\n[^1]: N",
            (
                '<p>a<sup class="footnote-ref"><a href="#fn1" id="fnref1">1</a></sup></p>\n'
                '<section class="footnotes">\n<ol>\n<li id="fn1">\n'
                '<p>N <a href="#fnref1" class="footnote-backref">↩\ufe0e</a></p>\n</li>\n</ol>\n</section>\n'
            ),
        ),
        ("", ""),
    ],
)
def test_markdown_becomes_this_html(markdown, html):
    """Images get their new address; raw HTML stays as it was written otherwise."""
    assert html_of(markdown, PLACED) == html


def test_rendering_twice_gives_the_same():
    """The shared tokens are not changed by rendering them."""
    body = '![A](a.png "t")\n\n- [x] a\n\n```js\nx\n```'
    first = html_of(body, PLACED)
    html_of(body, {})
    assert html_of(body, PLACED) == first


def test_for_a_classic_wordpress_a_video_stays_a_bare_address():
    """WordPress puts the player in its place, also for authors whose iframes it would remove."""
    assert html_of("https://vimeo.com/1?a=1&b=2", players=False) == "<p>https://vimeo.com/1?a=1&amp;b=2</p>\n"
