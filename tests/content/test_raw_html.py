"""Raw HTML in a body: trusted, cleaned with nh3, or refused, the same for every renderer."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML

from publisher.content.allowlist import ATTRIBUTES, SCHEMES, TAGS
from publisher.content.markdown import OPTIONS, parse
from publisher.content.rawhtml import FoundHtml, raw_html_in, sanitized, tokens_for
from publisher.content.tags import OPTIONAL_END, VOID
from publisher.errors import ContentError
from publisher.rendering.blocks import blocks_from_tokens
from publisher.rendering.html import html_from_tokens
from publisher.rendering.webflow import webflow_from_tokens


def shown(body: str, raw_html="sanitize") -> str:
    """A body as markdown-it itself writes its tokens."""
    return RendererHTML().render(tokens_for(body, raw_html), OPTIONS, {})


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("<b>a</b>", "<b>a</b>"),
        ('<P CLASS="lead" onclick="x()">a</P>', '<p class="lead">a</p>'),
        ("<script>alert(1)</script>a", "a"),
        ("<script>'<!--'</script>a", "a"),
        ("<style>b { color: red }</style>a", "a"),
        ("<p style='color:red;position:fixed; TEXT-ALIGN : center;'>a", '<p style="color:red; TEXT-ALIGN : center">a'),
        ("<p style='margin-left:-9em;background:url(x);width:expression(x);color:r\\\\65 d'>a</p>", "<p>a</p>"),
        ("<progress value=1 max=2>a</progress>", '<progress value="1" max="2">a</progress>'),
        ('<svg onload="x()"><title>t</title><path/></svg>a', "a"),
        ("<math><mtext><img src=x onerror=x()></mtext></math>", '<img src="x">'),
        ("<form action=x><input name=n>a</form>", "a"),
        ("<object data=x>a</object><embed src=x>", "a"),
        ("<noscript><img src=a.png></noscript>", '<img src="a.png">'),
        ("<textarea><b>a</textarea>", "&lt;b&gt;a"),
        ("<base href=x><meta charset=x><link href=x>a", "a"),
        ("<!-- note -->a<!--more--><!-- nextpage --><!--more b-->", "a<!--more--><!-- nextpage --><!--more b-->"),
        ("<!-- wp:html -->a<!--[if IE]>b<![endif]-->", "a"),
        ("<!DOCTYPE html><?php x ?><![CDATA[x]]>a", "a"),
        ("a &lt;b&gt; &amp;amp; &copy;&nbsp;&#x3c;i>", "a &lt;b&gt; &amp;amp; ©&nbsp;&lt;i&gt;"),
        ("<a href='x?a=1&b=2' title='&quot;<b>'>a</a>", '<a href="x?a=1&amp;b=2" title="&quot;&lt;b&gt;">a</a>'),
        ("<img src=x onerror=y//><img/src=z>", '<img src="x"><img src="z">'),
        ("<details open><summary>s</summary>t</details>", '<details open=""><summary>s</summary>t</details>'),
        ("<kbd>k</kbd><sup>1</sup><abbr title=t>a</abbr>", '<kbd>k</kbd><sup>1</sup><abbr title="t">a</abbr>'),
        ("<time datetime=2026-01-01>d</time>", '<time datetime="2026-01-01">d</time>'),
        ("<figure><img src=a alt=b><figcaption>c</figcaption></figure>",
         '<figure><img src="a" alt="b"><figcaption>c</figcaption></figure>'),
        ("<picture><source srcset='a.webp 1x, b.webp 2x'><img src=a.png></picture>",
         '<picture><source srcset="a.webp 1x, b.webp 2x"><img src="a.png"></picture>'),
        ("<table><tr><td colspan=2>a</td></tr></table>", '<table><tr><td colspan="2">a</td></tr></table>'),
        ("<table><caption>c</caption><colgroup><col span=2></colgroup><tbody><tr><th scope=row>h</table>",
         '<table><caption>c</caption><colgroup><col span="2"></colgroup><tbody><tr><th scope="row">h</table>'),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</ul>"),
    ],
)  # fmt: skip
def test_what_an_article_may_hold_stays(written, clean):
    """And the rest goes: what runs and what hides with its content, other elements without it."""
    assert sanitized(written) == clean
    assert sanitized(clean) == clean


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("<a href='https://e.org/'>a</a>", '<a href="https://e.org/">a</a>'),
        ("<a href=/x#y>a</a>", '<a href="/x#y">a</a>'),
        ("<a href=mailto:a@e.org>a</a>", '<a href="mailto:a@e.org">a</a>'),
        ("<a href=javascript:x()>a</a>", "<a>a</a>"),
        ("<a href='jav&#x09;ascript:x()'>a</a>", "<a>a</a>"),
        ("<a href=' &#1; JaVaScRiPt:x()'>a</a>", "<a>a</a>"),
        ("<a href='data:text/html,x'>a</a>", "<a>a</a>"),
        ("<a href='data:image/png;base64,AA'>a</a>", "<a>a</a>"),
        ("<a href=vbscript:x>a</a><a href=file:///x>b</a>", "<a>a</a><a>b</a>"),
        ("<a href=x target=_blank rel=nofollow>a</a>", '<a href="x" target="_blank" rel="nofollow">a</a>'),
        ("<a href=x target=opener>a</a>", '<a href="x">a</a>'),
        ("<img src='data:image/png;base64,AA'>", '<img src="data:image/png;base64,AA">'),
        ("<img src='data:image/svg+xml,x'>", ""),
        ("<img srcset='a 1x, javascript:x 2x'>", ""),
        ("<img src=tel:1>", ""),
        ("<video src=https://e.org/a.mp4 controls></video>", '<video src="https://e.org/a.mp4" controls=""></video>'),
        ("<video src=data:video/mp4,x poster=data:image/png,x autoplay></video>", "<video></video>"),
        ("<audio controls><source src=https://e.org/a.mp3></audio>",
         '<audio controls=""><source src="https://e.org/a.mp3"></audio>'),
        ("<iframe src='https://www.youtube.com/embed/a_b-c?start=1'>x</iframe>",
         '<iframe src="https://www.youtube.com/embed/a_b-c?start=1"></iframe>'),
        ("<iframe src=//player.vimeo.com/video/1>", '<iframe src="//player.vimeo.com/video/1"></iframe>'),
        ("<iframe src=https://e.org/></iframe>", ""),
        ("<iframe src=https://www.youtube.com.e.org/embed/a></iframe>", ""),
        ("<iframe src='https://www.youtube.com/embed/../redirect?q=e.org'></iframe>", ""),
        ("<iframe srcdoc='<script>x()</script>'></iframe>", ""),
    ],
)  # fmt: skip
def test_addresses_lead_where_an_article_may_lead(written, clean):
    """Links to what a reader may open, pictures and media from the web, players of YouTube and Vimeo only."""
    assert sanitized(written) == clean


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("<div class=a>\n\n*b*\n\n</div>\n", '<div class="a">\n<p><em>b</em></p>\n</div>\n'),
        ("<table>\n\n<tr>\n\n<td>\n\na\n\n</td>\n\n</tr>\n\n</table>\n",
         "<table>\n<tr>\n<td>\n<p>a</p>\n</td>\n</tr>\n</table>\n"),
        ("<center>a\n\nb</center>\n", "<center>a\n<p>b</center></p>\n"),
        ("<div>\n\na\n", "<div>\n<p>a</p>\n</div>\n"),
        ("a</div></p>\n\n</section>\n", "<p>a</p>\n"),
        ("- <div>\n\n  a\n- b\n", "<ul>\n<li>\n<div>\n<p>a</p>\n</div>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
        ("<b>a *b\n\n*c*</b>\n", "<p><b>a *b</b></p>\n<p><em>c</em></p>\n"),
        ("*<b>a* b\n", "<p><em><b>a</b></em> b</p>\n"),
        ("<b><i>a</b> b</i>\n", "<p><b><i>a</i></b> b</p>\n"),
        ("a <script>*x*</script> b\n", "<p>a <em></em> b</p>\n"),
        ("a <script>b *c*\n", "<p>a b <em>c</em></p>\n"),
        ("a <iframe src=https://player.vimeo.com/video/1>x</iframe> b\n",
         '<p>a <iframe src="https://player.vimeo.com/video/1"></iframe> b</p>\n'),
        ("<script>\n\nx\n\n</script>\n\na\n", "<p>a</p>\n"),
        ('<div title="\n\na" onclick="x()">\n', '&lt;div title="\n<p>a&quot; onclick=&quot;x()&quot;&gt;</p>\n'),
        ("![<b>a</b>](x)\n", '<p><img src="x" alt="a"></p>\n'),
        ("`<script>` &lt;i&gt;\n\n    <script>\n",
         "<p><code>&lt;script&gt;</code> &lt;i&gt;</p>\n<pre><code>&lt;script&gt;\n</code></pre>\n"),
        ("a\n\n<!--more-->\n\n<!-- x -->\n\nb <!-- y -->\n", "<p>a</p>\n<!--more-->\n<p>b </p>\n"),
    ],
)  # fmt: skip
def test_pieces_are_cleaned_where_they_stand(body, clean):
    """What one piece opens a later one closes; nothing is closed that is not open, nor left open at the end."""
    assert shown(body).replace('<img src="x" alt="a" />', '<img src="x" alt="a">') == clean


def test_tokens_without_html_are_the_same_tokens():
    """Cleaning copies what it changes: the tokens of a body are shared."""
    body = "a *b*\n\n<b onclick=x>c</b>\n\n- d\n"
    before = [token.as_dict() for token in parse(body)]
    cleaned = tokens_for(body, "sanitize")
    assert [token.as_dict() for token in parse(body)] == before
    same = [token for token in cleaned if any(token is one for one in parse(body))]
    assert len(same) == len(parse(body)) - 1


def test_trusted_html_is_the_author_s():
    """The parser's own tokens, untouched."""
    body = "<script>x()</script>\n\na <b onclick=x>c"
    assert tokens_for(body) is parse(body)


def test_html_is_refused_with_all_its_lines():
    """One error names them all, in the lines of the body; code and comments are none."""
    body = "a `<i>` <b\nid=x>c</b> <u>\n<!-- x -->\n\n<!--more-->\n\n<div>\n<p>\n</div>\n\n    <pre>\n"
    with pytest.raises(ContentError, match="set raw_html to 'sanitize' or 'trust'") as caught:
        tokens_for(body, "refuse")
    assert [(fault.line, fault.what) for fault in caught.value.all] == [
        (1, "raw HTML is refused here, found '<b id=x>'"),
        (2, "raw HTML is refused here, found '<u>'"),
        (7, "raw HTML is refused here, found '<div>'"),
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("a\n\n> b\n> <i>c</i>", [FoundHtml(4, "<i>")]),
        ("<!-- a --> <i>b</i>", [FoundHtml(1, "<i>")]),
        ("a</b>\n\n</div>", [FoundHtml(1, "</b>"), FoundHtml(3, "</div>")]),
        ("<!DOCTYPE html>\n\n<?php x ?>", [FoundHtml(1, "<!DOCTYPE html>"), FoundHtml(3, "<?php x ?>")]),
        ("<div title='\n\na", [FoundHtml(1, "<div title='")]),
        (f"<i title='{'x' * 99}'>", [FoundHtml(1, f"<i title='{'x' * 49}…")]),
        ("<https://e.org> a < b &lt;i> \\<i> `<i>`\n<!--more-->\n\n<!-- x\n\ny -->", []),
    ],
)
def test_html_is_found_where_it_stands(body, found):
    """Tags in text one by one, of a block the first; closing tags only where nothing opens."""
    assert raw_html_in(body) == found


def test_a_refused_body_shows_no_comment():
    """Notes are for the author; the marks of WordPress stay."""
    assert shown("a <!-- b -->\n\n<!--more-->\n\n<!-- wp:html -->\n", "refuse") == "<p>a </p>\n<!--more-->\n"


def test_nh3_is_loaded_only_to_clean():
    """A program whose authors are trusted never loads it."""
    code = (
        "import sys; from publisher.content.rawhtml import tokens_for; tokens_for('a <b>c</b>');"
        "tokens_for('a', 'refuse'); print('nh3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


NASTY = [
    "<script>", "</script>", "<script src=//e.org>", "</ script>", "<ScRiPt\n>", "alert(1)", "<style>", "</style>",
    "<img src=x onerror=alert(1)>", "<img src=x:x onerror=alert(1)//", "<img src=`x` onerror=alert(1)>",
    '<img title="--><script>alert(1)</script>">', "<a href=javascript:alert(1)>", "<a href='jav&#x09;ascript:x'>",
    '<a href="&#106;avascript&colon;x">', "</a>", "[a](javascript:x)", "[a](x \"<b>\")", "![a](x 'y\"onload=z')",
    "<svg onload=x>", "<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<annotation-xml encoding=text/html>",
    "<foreignObject>", "<table>", "<tr>", "<td>", "</table>", "<caption>", "<select>", "<option>", "<template>",
    "<iframe srcdoc='<script>x</script>'>", "<iframe src=https://player.vimeo.com/video/1>", "</iframe>",
    "<iframe src=javascript:x>", "<noscript>", "</noscript>", "<noembed>", "<xmp>", "</xmp>", "<textarea>", "<title>",
    "</title>", "</textarea>", "<plaintext>", "<!--", "-->", "--!>", "<!-->", "<!--->", "<!--more-->", "<!--more ",
    "<!-- x -->", "<!-- wp:evil -->", "<![CDATA[", "]]>", "<!DOCTYPE x [", "<?", "?>", "<?php echo ?>",
    "<", ">", "</", "</>", "<>", "/>",
    '"', "'", "`", "``", "=", "&lt;script&gt;", "&lt", "&#60;", "\\<", "<div>", "</div>", '<div title="', "<p>", "</p>",
    "<b>", "</b>", "<i class=\"", "<form>", "</form>", "<input autofocus onfocus=x>", "<details ontoggle=x open>",
    "<body onload=x>", "<html>", "<base href=//e.org>", "<meta http-equiv=refresh>", "<link rel=import>", "<object>",
    "<button formaction=javascript:x>", "<video poster=javascript:x onerror=x>", "<source srcset='javascript:x'>",
    "<b/onclick=x>", "<b\nonclick\n=\nx>", "<b title='</b><script>x'>", "<b title=\"<!--\">", "<A HREF=x STYLE=y>",
    "<b style='color:red;background:url(javascript:x)'>",
    "*", "_", "~~", "#", "- ", "> ", "1. ", "| a | b |\n|---|:-:|\n| ", "```\n", "    ", "\t", "\0", "\x0c", "\u2028",
    "a", "x=y", "on", "http://e.org/<b>", "<http://e.org/?<script>>", "\n<pre>", "</pre>", "<li>", "<ul>", "<h1>",
]  # fmt: skip
BODIES = st.lists(st.sampled_from([*NASTY, " ", "\n", "\n\n"]), max_size=14).map("".join)

RICH = {"data-rt-align", "data-rt-type"}
#: What the writers themselves write beside what raw HTML may hold: the alignment of cells, and frames for HTML.
OWN = {"td": {"data-align"}, "th": {"data-align"}, "div": {"data-rt-embed-type"}, "figure": RICH}


class Seen(HTMLParser):
    """The tags with their attributes that a parser finds; comments and the like are tags too."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[tuple[str, tuple[tuple[str, str | None], ...]]] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add((tag, tuple(sorted(attrs))))

    def handle_comment(self, data):
        if data.split()[0] not in ("more", "nextpage"):
            self.tags.add(("!--", ((data, None),)))

    def handle_decl(self, decl):
        self.tags.add(("!", ((decl, None),)))

    handle_pi = unknown_decl = handle_decl


def not_allowed(markup: str) -> list[str]:
    """The tags and attributes of a page that no article may hold."""
    return [
        f"{tag} {name}={value}"
        for tag, attributes in Seen(markup).tags
        for name, value in (*attributes, (None, None))
        if tag not in TAGS
        or (name and name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | OWN.get(tag, set()))
        or (value and "script:" in value.lower() and name not in ("title", "alt", "class"))
    ]


#: The writers of a page: that of markdown-it, and all of ours.
WRITERS = {
    "markdown-it": lambda tokens: RendererHTML().render(tokens, OPTIONS, {}),
    "html": lambda tokens: html_from_tokens(tokens, {}),
    "blocks": lambda tokens: OWN_COMMENT.sub("", blocks_from_tokens(tokens, {})),
    "webflow": lambda tokens: webflow_from_tokens(tokens, {}),
}
OWN_COMMENT = re.compile(r"<!-- /?wp:(?!evil)[^<>]*-->")


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=200, deadline=None)
@given(body=BODIES)
def test_no_body_gets_past_the_cleaning(writer, body):
    """Whatever stands in it, and whoever writes the tokens: an independent parser finds allowed tags only."""
    assert not_allowed(WRITERS[writer](tokens_for(body, "sanitize"))) == []


#: What an HTML parser leaves out of its place, or puts there because it belongs there.
OF_TABLES = {"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"}


@settings(max_examples=400, deadline=None)
@given(BODIES)
def test_nh3_finds_nothing_left_to_clean(body):
    """On the whole page it drops no tag and no attribute, but for parts of tables that stand outside of one."""
    page = shown(body)
    attributes = {tag: set(ATTRIBUTES.get(tag, set()) | OWN.get(tag, set()) | ATTRIBUTES["*"]) for tag in TAGS}
    cleaned = nh3.clean(page, tags=set(TAGS), attributes=attributes, link_rel=None, url_schemes=set(SCHEMES))
    before, after = Seen(page).tags, Seen(cleaned).tags
    assert {tag for tag, _ in before - after} <= OF_TABLES
    assert {tag for tag, _ in after - before} <= OF_TABLES | {"p"}


class Balance(HTMLParser):
    """How many of each element are open, and the end tags that ended nothing."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: Counter[str] = Counter()
        self.stray: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open[tag] += tag not in VOID | OPTIONAL_END

    def handle_endtag(self, tag):
        self.open[tag] -= tag not in OPTIONAL_END
        if self.open[tag] < 0:
            self.stray.append(tag)


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_every_element_that_html_opens_is_closed(body):
    """Nothing is left open, nothing is closed that is not; and what is clean stays as it is."""
    markup = sanitized(body)
    assert sanitized(markup) == markup
    balance = Balance(markup)
    assert (+balance.open, balance.stray) == (Counter(), [])


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_a_body_without_raw_html_is_left_as_it_is(body):
    """What is not refused holds no tag; but for comments, cleaning it changes nothing."""
    if raw_html_in(body) or "<!--" in body:
        return
    assert shown(body, "refuse") == shown(body, "trust")
