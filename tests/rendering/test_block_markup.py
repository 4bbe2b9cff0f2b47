"""Every Markdown construct becomes the block markup that the editor itself would save."""

from __future__ import annotations

import pytest

from publisher.content.markdown import parse
from publisher.errors import ContentError
from publisher.rendering import Placed
from publisher.rendering.blocks import blocks_from_tokens


def blocks_of(markdown: str, placed=None, mark: str = "") -> str:
    return blocks_from_tokens(parse(markdown), placed or {}, mark)


def block(name: str, inner: str, attributes: str = "") -> str:
    return f"<!-- wp:{name} {attributes + ' ' if attributes else ''}-->\n{inner}\n<!-- /wp:{name} -->"


def paragraph(text: str) -> str:
    return block("paragraph", f"<p>{text}</p>")


def item(text: str) -> str:
    return block("list-item", f"<li>{text}</li>")


def bullets(*items: str) -> str:
    return block("list", f'<ul class="wp-block-list">{_joined(*items)}</ul>')


def numbers(*items: str, start: int | None = None) -> str:
    attributes, html = ('{"ordered":true}', "") if start is None else (f'{{"ordered":true,"start":{start}}}', start)
    html = f' start="{start}"' if start is not None else ""
    return block("list", f'<ol{html} class="wp-block-list">{_joined(*items)}</ol>', attributes)


def quote(*inner: str) -> str:
    return block("quote", f'<blockquote class="wp-block-quote">{_joined(*inner)}</blockquote>')


def code(text: str, language: str = "") -> str:
    attributes = f'{{"className":"language-{language}"}}' if language else ""
    classes = f"wp-block-code language-{language}" if language else "wp-block-code"
    return block("code", f'<pre class="{classes}"><code>{text}</code></pre>', attributes)


def image(inner: str, attributes: str = "", size: str = "") -> str:
    return block("image", f'<figure class="wp-block-image{size}">{inner}</figure>', attributes)


def table(inner: str) -> str:
    figure = f'<figure class="wp-block-table"><table>{inner}</table></figure>'
    return block("table", figure, '{"hasFixedLayout":false}')


def html(inner: str) -> str:
    return block("html", inner)


def _joined(*blocks: str) -> str:
    return "\n\n".join(blocks)


SEPARATOR = block("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>')
HEADING = block("heading", '<h2 id="h" class="wp-block-heading">H</h2>', '{"anchor":"h"}')

TEXT = {
    'AT&T 1 < 2 > 0 "q" it\'s': paragraph('AT&amp;T 1 &lt; 2 &gt; 0 "q" it\'s'),
    "a&nbsp;b &copy;": paragraph("a&nbsp;b ©"),
    "*a* **b** ***c*** ~~d~~ `<e>`": paragraph(
        "<em>a</em> <strong>b</strong> <em><strong>c</strong></em> <s>d</s> <code>&lt;e&gt;</code>"
    ),
    "one\ntwo": paragraph("one\ntwo"),
    "one  \ntwo\\\nthree": paragraph("one<br>two<br>three"),
    '[x](https://e.org/?a=1&b=2 "T \\"q\\" <b>")': paragraph(
        '<a href="https://e.org/?a=1&amp;b=2" title="T &quot;q&quot; <b>">x</a>'
    ),
    "https://e.org/a, www.e.org, setup.py and a@b.org": paragraph(
        '<a href="https://e.org/a">https://e.org/a</a>, <a href="http://www.e.org">www.e.org</a>, setup.py and '
        '<a href="mailto:a@b.org">a@b.org</a>'
    ),
    "~a~ ~~b~~": paragraph("<s>a</s> <s>b</s>"),
    '[x](u "<!-- /wp:paragraph -->")': paragraph('<a href="u" title="&lt;!-- /wp:paragraph -->">x</a>'),
    "[x] [gallery] `[y]`": paragraph("[x] [gallery] <code>[y]</code>"),
    "<KBD>K</KBD> <span class='a' hidden>s</span> <br/>": paragraph(
        '<kbd>K</kbd> <span class="a" hidden="">s</span> <br>'
    ),
    "a <!-- c --> b": paragraph("a <!-- c --> b"),
    "": "",
    "[r]: https://e.org": "",
}

HEADINGS = {
    "# H": block("heading", '<h1 id="h" class="wp-block-heading">H</h1>', '{"level":1,"anchor":"h"}'),
    "## H": HEADING,
    "###### H *e*": block(
        "heading", '<h6 id="h-e" class="wp-block-heading">H <em>e</em></h6>', '{"level":6,"anchor":"h-e"}'
    ),
    "## Über `C++`?": block(
        "heading", '<h2 id="über-c" class="wp-block-heading">Über <code>C++</code>?</h2>', '{"anchor":"über-c"}'
    ),
    "## H {#a--b}": block("heading", '<h2 id="a--b" class="wp-block-heading">H</h2>', r'{"anchor":"a\u002d\u002db"}'),
    "## 🎉": block("heading", '<h2 class="wp-block-heading">🎉</h2>'),
    "## H\n\n## H {#h}\n\n## H": "\n\n".join(
        block("heading", f'<h2 id="{name}" class="wp-block-heading">H</h2>', f'{{"anchor":"{name}"}}')
        for name in ("h-1", "h", "h-2")
    ),
    "##": block("heading", '<h2 class="wp-block-heading"></h2>'),
    "***": SEPARATOR,
}

LISTS = {
    "- a\n- b": bullets(item("a"), item("b")),
    "- a\n\n- b": bullets(item("a"), item("b")),
    "- a\n  1. b": bullets(item("a" + numbers(item("b")))),
    "5. a\n6. b": numbers(item("a"), item("b"), start=5),
    "0. a": numbers(item("a"), start=0),
    "- [ ] a\n- [X] b\n- [y] c": bullets(item("☐ a"), item("☑\ufe0e b"), item("[y] c")),
    "- a\n\n  b": bullets(item("a<br><br>b")),
    "- a\n\n  b\n  - c": bullets(item("a<br><br>b" + bullets(item("c")))),
    "- a\n\n      x": bullets(item("a" + code("x"))),
    "- ## H": bullets(item(HEADING)),
    "- [ ] ## H": bullets(item("☐ " + HEADING)),
    "-\n- a": bullets(item(""), item("a")),
    "- a\n  > q\n\n  b": bullets(
        item("a" + block("group", f'<div class="wp-block-group">{quote(paragraph("q"))}\n\n{paragraph("b")}</div>'))
    ),
    "- a\n\n  ![i](i.png)": bullets(item("a" + image('<img src="i.png" alt="i"/>'))),
    "- ![i](i.png)": bullets(item('<img src="i.png" alt="i">')),
}

QUOTES = {
    "> a\n>\n> b": quote(paragraph("a"), paragraph("b")),
    "> a\n> > b": quote(paragraph("a"), quote(paragraph("b"))),
    "> - a\n>\n> ## H\n>\n>     x": quote(bullets(item("a")), HEADING, code("x")),
    ">": quote(),
}

CODE = {
    '```\na < b && c[0] "q"\n```': code('a &lt; b &amp;&amp; c&#91;0] "q"'),
    "    indented\n\n    code": code("indented\n\ncode"),
    "```python title=x\nx\n```": code("x", "python"),
    "```c++\nx\n```": code("x", "c++"),
    "```\n\nx\n\n```": code("\nx\n"),
    "```\n```": code(""),
    "```\na\n https://e.org/x\nb https://e.org\n```": code("a\n https:&#47;&#47;e.org/x\nb https://e.org"),
    '```a"b--c\nx\n```': block(
        "code",
        '<pre class="wp-block-code language-a&quot;b--c"><code>x</code></pre>',
        r'{"className":"language-a\u0022b\u002d\u002dc"}',
    ),
}

IMAGES = {
    "![A](a.png)": image('<img src="a.png" alt="A"/>'),
    "![A *b* \"q\" 'x' & <](a.png)": image('<img src="a.png" alt="A b &quot;q&quot; \'x\' &amp; &lt;"/>'),
    '![A](a.png "C & \\"d\\"")': image(
        '<img src="a.png" alt="A"/><figcaption class="wp-element-caption">C &amp; "d"</figcaption>'
    ),
    "[![A](a.png)](https://e.org/)": image(
        '<a href="https://e.org/"><img src="a.png" alt="A"/></a>', '{"linkDestination":"custom"}'
    ),
    '[![A](a.png)](u "t")': paragraph('<a href="u" title="t"><img src="a.png" alt="A"></a>'),
    'x ![A](a.png "t")': paragraph('x <img src="a.png" alt="A" title="t">'),
    "![A](a.png) ![B](b.png)": paragraph('<img src="a.png" alt="A"> <img src="b.png" alt="B">'),
}

TABLES = {
    "|A|\n|-|\n|1|": table("<thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody>"),
    "|A|\n|-|": table("<thead><tr><th>A</th></tr></thead>"),
    "|C|N|\n|:-:|-|\n|**2**|": table(
        '<thead><tr><th class="has-text-align-center" data-align="center">C</th><th>N</th></tr></thead>'
        '<tbody><tr><td class="has-text-align-center" data-align="center"><strong>2</strong></td><td></td></tr></tbody>'
    ),
}

# What a browser would have to repair is repaired: the editor of WordPress 6.1 refuses it otherwise.
RAW = {
    "<table><tr><td>x</table>": html("<table><tbody><tr><td>x</td></tr></tbody></table>"),
    '<div id="a"\n*b*': html('&lt;div id="a"\n*b*'),
    "<!DOCTYPE html>": "",
    "<?php echo 1; ?>": html("<!--?php echo 1; ?-->"),
    "**<kbd></kbd>**": html("<p><strong><kbd></kbd></strong></p>"),
    '<div class="x">\n  <b>raw</b>\n</div>': html('<div class="x">\n  <b>raw</b>\n</div>'),
    "<!-- a comment -->": html("<!-- a comment -->"),
    "<details>\n\n*in*\n\n</details>\n\nout": html("<details>\n<p><em>in</em></p>\n</details>")
    + "\n\n"
    + paragraph("out"),
    "<div>\n\na\n\n<div>\n\nb\n\n</div>\n\n</div>": html("<div>\n<p>a</p>\n<div>\n<p>b</p>\n</div>\n</div>"),
    "<div>never closed\n\na": html("<div>never closed</div>") + "\n\n" + paragraph("a"),
    "a <b>open": html("<p>a <b>open</b></p>"),
    "` `": html("<p><code> </code></p>"),
    "a </b> stray": html("<p>a  stray</p>"),
    "*a <b>x* y</b>": html("<p><em>a <b>x</b></em><b> y</b></p>"),
    'a <a href="u">b <a href="v">c</a></a>': html('<p>a <a href="u">b </a><a href="v">c</a></p>'),
    "a <video src=v></video>": html('<p>a <video src="v"></video></p>'),
    "## a <b>open": html('<h2 id="a-open">a <b>open</b></h2>'),
    "- a <b>open": html("<ul>\n<li>a <b>open</b></li><b>\n</b></ul>"),
    "> a <b>open": quote(html("<p>a <b>open</b></p>")),
    "<!--more-->": block("more", "<!--more-->"),
    "<!-- more -->": block("more", "<!--more-->"),
    '<!--more Go "on"-->': block("more", '<!--more Go "on"-->', r'{"customText":"Go \u0022on\u0022"}'),
    "<!--nextpage-->": block("nextpage", "<!--nextpage-->"),
}


def embed(url: str, provider: str) -> str:
    classes = f"wp-block-embed is-provider-{provider} wp-block-embed-{provider}"
    shown = url.replace("&", "&amp;")
    return block(
        "embed",
        f'<figure class="{classes}"><div class="wp-block-embed__wrapper">\n{shown}\n</div></figure>',
        f'{{"url":"{url}","providerNameSlug":"{provider}","responsive":true}}'.replace("&", r"\u0026"),
    )


def reference(number: int, name: str = "") -> str:
    return f'<sup class="footnote-ref"><a href="#fn{number}" id="fnref{name or number}">{number}</a></sup>'


def footnote(number: int, inner: str, *names: str) -> str:
    back = "".join(f' <a href="#fnref{name}" class="footnote-backref">↩\ufe0e</a>' for name in names or (str(number),))
    return f'<li id="fn{number}">\n<p>{inner}{back}</p>\n</li>\n'


def footnotes(*notes: str) -> str:
    return html(f'<section class="footnotes">\n<ol>\n{"".join(notes)}</ol>\n</section>')


EXTENSIONS = {
    "https://youtu.be/dQw4w9WgXcQ": embed("https://youtu.be/dQw4w9WgXcQ", "youtube"),
    "<https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=9>": embed(
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=9", "youtube"
    ),
    "> https://vimeo.com/123456": quote(embed("https://vimeo.com/123456", "vimeo")),
    "- https://vimeo.com/1": bullets(item('<a href="https://vimeo.com/1">https://vimeo.com/1</a>')),
    "https://vimeo.com/about": paragraph('<a href="https://vimeo.com/about">https://vimeo.com/about</a>'),
    "[see](https://youtu.be/dQw4w9WgXcQ)": paragraph('<a href="https://youtu.be/dQw4w9WgXcQ">see</a>'),
    "a[^x]\n\n[^x]: N *e*": paragraph(f"a{reference(1)}") + "\n\n" + footnotes(footnote(1, "N <em>e</em>")),
    "a[^x] b[^y] c[^x]\n\n[^y]: Y\n[^x]: X": paragraph(f"a{reference(1)} b{reference(2)} c{reference(1, '1-2')}")
    + "\n\n"
    + footnotes(footnote(1, "X", "1", "1-2"), footnote(2, "Y")),
    "a[^none]": paragraph("a[^none]"),
}


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        pytest.param(markdown, markup, id=repr(markdown))
        for group in (TEXT, HEADINGS, LISTS, QUOTES, CODE, IMAGES, TABLES, RAW, EXTENSIONS)
        for markdown, markup in group.items()
    ],
)
def test_markdown_becomes_this_markup(markdown, markup):
    """Byte for byte, as measured with the block library."""
    assert blocks_of(markdown, {}) == markup


def test_blocks_stand_apart_by_one_empty_line():
    """As the editor saves them."""
    assert blocks_of("a\n\n\n\nb\n***\n", {}) == "\n\n".join([paragraph("a"), paragraph("b"), SEPARATOR])


PLACED = {"a.png": Placed("https://b.org/a.png?x=1&y=2", "7"), "größe 1.png": Placed("https://b.org/g.png")}


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        (
            '![A](a.png "C")',
            image(
                '<img src="https://b.org/a.png?x=1&amp;y=2" alt="A" class="wp-image-7"/>'
                '<figcaption class="wp-element-caption">C</figcaption>',
                '{"id":7,"sizeSlug":"full","linkDestination":"none"}',
                " size-full",
            ),
        ),
        (
            "[![A](a.png)](u)",
            image(
                '<a href="u"><img src="https://b.org/a.png?x=1&amp;y=2" alt="A" class="wp-image-7"/></a>',
                '{"id":7,"sizeSlug":"full","linkDestination":"custom"}',
                " size-full",
            ),
        ),
        ("![A](<größe 1.png>)", image('<img src="https://b.org/g.png" alt="A"/>')),
        (
            "x ![A](a.png)",
            paragraph('x <img src="https://b.org/a.png?x=1&amp;y=2" alt="A" class="wp-image-7">'),
        ),
        ("x <img src='a.png'>", paragraph('x <img src="https://b.org/a.png?x=1&amp;y=2">')),
        ("<div><img src=a.png alt=A></div>", html('<div><img src="https://b.org/a.png?x=1&amp;y=2" alt="A"></div>')),
        ("![A](b.png)", image('<img src="b.png" alt="A"/>')),
        ("`a.png` [a](a.png)", paragraph('<code>a.png</code> <a href="a.png">a</a>')),
    ],
)
def test_placed_images_get_their_new_address(markdown, markup):
    """And the attachment's id where there is one; everything else keeps its source."""
    assert blocks_of(markdown, PLACED) == markup


@pytest.mark.parametrize(
    ("markdown", "first_line"),
    [
        ("a\n\nb", '<!-- wp:paragraph {"metadata":{"publisher":"m"}} -->'),
        ("# H", '<!-- wp:heading {"level":1,"anchor":"h","metadata":{"publisher":"m"}} -->'),
        ("```js\nx\n```", '<!-- wp:code {"className":"language-js","metadata":{"publisher":"m"}} -->'),
        ("|A|\n|-|", '<!-- wp:table {"hasFixedLayout":false,"metadata":{"publisher":"m"}} -->'),
        ("<div>x</div>", '<!-- wp:html {"metadata":{"publisher":"m"}} -->'),
        ("<!--more-->", '<!-- wp:more {"metadata":{"publisher":"m"}} -->'),
    ],
)
def test_the_mark_is_the_last_attribute_of_the_first_block(markdown, first_line):
    """Only of the first, and only there."""
    marked = blocks_of(markdown, {}, "m")
    assert marked.split("\n")[0] == first_line
    assert marked.count("metadata") == 1


def test_the_mark_of_an_empty_body_stands_on_an_empty_paragraph():
    """There must be a place for it."""
    assert blocks_of("", {}, "m") == block("paragraph", "<p></p>", '{"metadata":{"publisher":"m"}}')


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("a\n\n<!-- wp:latest-posts /-->", 3),
        ("a\nb <!-- /wp:paragraph --> c", 1),
        ("> <div>\n> <!-- wp:x -->\n> </div>", 2),
    ],
)
def test_block_delimiters_in_raw_html_are_refused(markdown, line):
    """They would end our block, or begin one that nobody has checked."""
    with pytest.raises(ContentError, match="block delimiter") as caught:
        blocks_of(markdown, {})
    assert caught.value.line == line


def test_block_delimiters_in_code_are_text():
    """An article about blocks can be published."""
    assert blocks_of("`<!-- wp:x -->`", {}) == paragraph("<code>&lt;!-- wp:x --&gt;</code>")
    assert blocks_of("    <!-- wp:x -->", {}) == code("&lt;!-- wp:x --&gt;")
