"""What belongs to the author's tools is found before it is published, with its line; what only looks like it is not."""

from __future__ import annotations

from typing import get_args

import pytest
from leaks_found import found

from publisher.content.leaks import find_leaks
from publisher.models.article import Leak


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("---\ntitle: x\n---\ntext", 1, "title: x"),
        ("\n---\ntitle: x\ntags:\n  - a\n- b\n# c\n---\n", 2, "title: x"),
        ("+++\ntitle = 'x'\n\n[extra]\na = 1\n+++\n", 1, "title = 'x'"),
        ("title: x\ndate: 2026-01-01\n---\ntext", 1, "title: x"),
        ("text\n\n---\nlayout: post\n---\n", 3, "layout: post"),
        ("text\r\n\r\n---\r\nlayout: post\r\n---\r\n", 3, "layout: post"),
    ],
)
def test_a_second_head_is_found(body, line, said):
    """Whether Markdown made headings, rules or lists of it."""
    assert found(body) == [("front-matter", line, said)]


@pytest.mark.parametrize(
    "body",
    [
        "---\n\ntext\n\n---\n",
        "---\nNote: this is a remark\n---\n",
        "---\nDate: Monday\nTime: noon\n---\n",
        "A heading\n---\n\ntitle: x\n",
        "---\ntitle: x\nand then some prose\n---\n",
        "```yaml\n---\ntitle: x\n---\n```\n",
        "<!--\n---\ntitle: x\n---\n-->\n",
        "    ---\n    title: x\n    ---\n",
        "text\n\n---\n",
        "| title: | x |\n|---|---|\n| date: | y |\n",
        "+++\ntext\n",
        "",
    ],
)
def test_rules_and_headings_are_no_head(body):
    """A head holds nothing but fields, and one that heads have."""
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("a {{ page.title }} b", "{{ page.title }}"),
        ("a {{x}} b", "{{x}}"),
        ("{{{ raw }}}", "{{{ raw }}}"),
        ("{{ a\n| b }}", "{{ a | b }}"),
        ("{{ '*a* b' | d }}", "{{ '*a* b' | d }}"),
        ("{% include a.html %}", "{% include a.html %}"),
        ("{%- if a -%}", "{%- if a -%}"),
        ("{# a note #}", "{# a note #}"),
        ("# {{ a }}", "{{ a }}"),
        ("| a |\n|---|\n| {{ b }} |", "{{ b }}"),
        ("[a]({{ site.url }}/b)", "{{ site.url }}"),
        ("[a]({{site.url}}/b)", "{{site.url}}"),
        ("![a]({{site.url}}/b.png)", "{{site.url}}"),
        ("[a][b]\n\n[b]: {{site.url}}/b", "{{site.url}}"),
        ("[a]: {{ site.url }}/b", "{{ site.url }}"),
        ("<a href='{{ b }}'>c</a>", "{{ b }}"),
        ("<a href={{ b }}>c</a>", "{{ b }}"),
        ("<div>\n{{ a }}\n</div>", "{{ a }}"),
        ("<https://e.org/{{a}}>", "{{a}}"),
        ("[^1]\n\n[^1]: {{ a }}", "{{ a }}"),
        ("a `b` \\` {{ c }} `d`", "{{ c }}"),
        ("<code>a</code> {{ c }} <code>b</code>", "{{ c }}"),
        ("costs ${{ price }}", "{{ price }}"),
        ("costs $5 and {{ a }}, or $6", "{{ a }}"),
    ],
)
def test_templates_are_found(body, said):
    """Of Liquid, Jinja, Handlebars and Vue, in text, in addresses and in HTML."""
    assert [(kind, text) for kind, _, text in found(body)] == [("liquid", said)]


@pytest.mark.parametrize(
    "body",
    [
        "`{{ a }}` and ``{% b ` %}``",
        "`a\n{{ b }}`",
        "```\n{{ a }}\n```",
        "    {{ a }}",
        "<pre>{{ a }}</pre>",
        "<div>\n<pre><code>{{ a }}</code></pre>\n</div>",
        "a <code>{{ b }}</code> <kbd>{{</kbd>",
        "<!-- {{ a }} --> b <!-- {{ c }} -->",
        "<script>\nvar a = {{ b }};\n</script>",
        "<style>\na { b: {{ c }} }\n</style>",
        "\\{{ a }} \\{\\{ b \\}\\}",
        "&#123;&#123; a }}",
        "{ a } {b} {} {{}} { {} }",
        "{{ a",
        "a }} {{ b",
        "50% {off}",
        "$\\frac{{a}}{b}$ and $$\nx^{{n}}\n$$",
        "{% a\n\nb %}",
    ],
)
def test_code_and_braces_are_no_template(body):
    """Code, comments and scripts are not looked at, nor what is escaped; TeX has braces of its own."""
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{< youtube a >}}", "{{< youtube a >}}"),
        ("{{<youtube a>}}", "{{<youtube a>}}"),
        ("{{% notice %}}", "{{% notice %}}"),
        ("{{</* a */>}}", "{{</* a */>}}"),
        ("[a]({{< ref \"b.md\" >}})", '{{< ref "b.md" >}}'),
        ("[a][b]\n\n[b]: {{%b%}}/c", "{{%b%}}"),
        ("<a href='{{< ref b >}}'>c</a>", "{{< ref b >}}"),
        ("a {{< b\n  c=\"d\" >}}", '{{< b c="d" >}}'),
    ],
)  # fmt: skip
def test_shortcodes_of_hugo_are_found(body, said):
    """Also those that Hugo would show."""
    assert [(kind, text) for kind, _, text in found(body)] == [("shortcode", said)]


@pytest.mark.parametrize("body", ["[gallery ids='1,2']", "[caption]a[/caption]", "`{{< a >}}`", "a << b >> c"])
def test_shortcodes_of_wordpress_are_content(body):
    """They cannot be told from text, and WordPress knows them."""
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import Tabs from '@theme/Tabs';", "import Tabs from '@theme/Tabs';"),
        ('import {a,\n  b} from "c"', 'import {a, b} from "c"'),
        ("import * as a from 'b'\n\ntext", "import * as a from 'b'"),
        ("import './a.css'", "import './a.css'"),
        ("\x0bimport './a.css'", "import './a.css'"),
        ("export const a = 1", "export const a = 1"),
        ("export default function A() {}", "export default function A() {}"),
        ("export { a, b } from 'c'", "export { a, b } from 'c'"),
        ("<Tabs>\n\ntext\n\n</Tabs>", "<Tabs>"),
        ("a <Icon name='b' /> c", "<Icon name='b' />"),
        ("<Foo.Bar />", "<Foo.Bar"),
        ("<div style={{color: 'red'}}>a</div>", "<div style={{color: 'red'}}"),
        ("<b style={{color: 'red'}}>a</b>", "<b style={{color: 'red'}}"),
        ("<div className='a'>b</div>", "<div className='a'>"),
        ("<label htmlFor='a'>b</label>", "<label htmlFor='a'>"),
        ("<Image\n  src={a}\n/>", "<Image src={a}"),
        ("{/* a note */}", "{/* a note */}"),
        ("a {/* b\nc */} d", "{/* b c */}"),
        ("A Vec<T> loses its type", "<T>"),
    ],
)
def test_components_are_found(body, said):
    """Imports, tags that are not HTML, attributes and comments that only JSX has."""
    assert [(kind, text) for kind, _, text in found(body)] == [("mdx", said)]


@pytest.mark.parametrize(
    "body",
    [
        "import this, then that",
        "import 'a' or 'b' as you like",
        "imports from 'a'",
        "export default settings to a file",
        "export all of it",
        "text\n\n- import a from 'b'",
        "text\nimport a from 'b'",
        "```js\nimport a from 'b'\n```",
        "<TABLE BORDER=0><TR><TD>a</TD></TR></TABLE>",
        "<Details><Summary>a</Summary></Details>",
        "a <B>b</B> <Br>",
        "{word} and {a: b}",
        "`Vec<T>` and Vec\\<T>",
        "List<System.String> and a <b.c> d",
        "<my-element a='b'></my-element>",
        "a < B and C > d",
        "<p data-x='{a}'>b</p>",
        "<!-- <Tabs> -->",
        "<https://E.org/A>",
    ],
)
def test_prose_and_html_are_no_components(body):
    """HTML in capitals is HTML, a word in braces is a word."""
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "leaks"),
    [
        (":::note\n\ntext\n\n:::\n", [(1, ":::note")]),
        ("::: warning Mind\ntext\n:::\n", [(1, "::: warning Mind")]),
        (":::: {.a}\n\n::: b\n\n:::\n\n::::\n\n:::\n", [(1, ":::: {.a}"), (3, "::: b"), (9, ":::")]),
        ("- a\n\n  :::tip\n  b\n  :::\n", [(3, ":::tip")]),
        ("text\n!!! note\n    text\n", [(2, "!!! note")]),
        ('!!! danger "Mind"\n\n    text\n', [(1, '!!! danger "Mind"')]),
        ('???+ custom "Title"\n', [(1, '???+ custom "Title"')]),
        ("> [!NOTE]\n> text\n", [(1, "[!NOTE]")]),
        ("> [!tip]- Title\n> text\n", [(1, "[!tip]- Title")]),
        ("- > [!WARNING] text\n", [(1, "[!WARNING] text")]),
    ],
)
def test_admonitions_are_found(body, leaks):
    """Their beginnings; an end only where nothing began."""
    assert [(line, said) for kind, line, said in found(body) if kind == "admonition"] == leaks


@pytest.mark.parametrize(
    "body",
    [
        "```\n:::note\n```",
        "a ::: b",
        "std::string and a :::",
        "Wow!!! note that",
        "!!! wow",
        "??? what",
        "!!!",
        "[!NOTE]\n",
        "> text\n> [!NOTE]\n",
        "> [!NOTE](https://e.org)\n",
        "> \\[!NOTE]\n",
        "> `[!NOTE]`\n",
        "![!](https://e.org/a.png)",
    ],
)
def test_exclamations_are_no_admonitions(body):
    """A word of an admonition at its place makes one."""
    assert [leak for leak in found(body) if leak[0] == "admonition"] == []


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("text\n{: .a}\n", 2, "{: .a}"),
        ("text\n{:.a #b}\n", 2, "{:.a #b}"),
        ("- a\n{:toc}\n", 2, "{:toc}"),
        ("## a\n{: .no_toc }\n", 2, "{: .no_toc }"),
        ("## a {: #b}\n", 1, "{: #b}"),
        ("## a {#b .c}\n", 1, "{#b .c}"),
        ("## a {.c}\n", 1, "{.c}"),
        ("[a](https://e.org){:target=\"_blank\"}", 1, '{:target="_blank"}'),
        ("[a](https://e.org){target=_blank}", 1, "{target=_blank}"),
        ("![a](a.png){width=50%}", 1, "{width=50%}"),
        ("![a](a.png){ .b }", 1, "{ .b }"),
        ("[a]{.b}", 1, "{.b}"),
        ("*a*{.b}", 1, "{.b}"),
        ("`a`{.python}", 1, "{.python}"),
        ("`a`{:.python}", 1, "{:.python}"),
        ("text {#b}\n", 1, "{#b}"),
        ("{.a}\n", 1, "{.a}"),
        ("{::options parse_block_html='true' /}\n", 1, "{::options parse_block_html='true' /}"),
        ("{:/}", 1, "{:/}"),
    ],
)  # fmt: skip
def test_attribute_lists_are_found(body, line, said):
    """Those of kramdown, Python-Markdown and Pandoc, on a line of their own or behind an element."""
    assert found(body) == [("attribute-list", line, said)]


@pytest.mark.parametrize(
    "body",
    [
        "## a {#b}\n",
        "## `a` {#b-c}\n",
        "a\n=== \n\nb {#c}\n---\n",
        "{:ok, value} and {:ok}",
        "a set {a} and {a=1}",
        "f(a){b=1}",
        "x_{.5} and {1.5}",
        "files {.a} or {.b} there",
        "`{: .a}`",
        "\\{: .a}",
        "```python {.a}\nb\n```",
    ],
)
def test_a_heading_may_have_its_id(body):
    """The parser understands it; and braces in prose are none."""
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[[page]]", "[[page]]"),
        ("a [[page|text]] b", "[[page|text]]"),
        ("![[image.png]]", "![[image.png]]"),
        ("[[my page#part]]", "[[my page#part]]"),
        ("![[a.png|300]]", "![[a.png|300]]"),
        ("[[maybe]] we", "[[maybe]]"),
        ("参见[[页面]]。", "[[页面]]"),
        ("[[a_b_c]]", "[[a_b_c]]"),
        ("[[1984 the book]]", "[[1984 the book]]"),
        ("| a |\n|---|\n| [[b\\|c]] |", "[[b|c]]"),
        ("<div>\n[[a]]\n</div>", "[[a]]"),
        ("# [[a]]", "[[a]]"),
    ],
)
def test_wiki_links_are_found(body, said):
    """Pages and pictures of Obsidian and of wikis."""
    assert [(kind, text) for kind, _, text in found(body)] == [("wiki-link", said)]


@pytest.mark.parametrize(
    "body",
    [
        "[[x]](https://e.org)",
        "[[1]](#n) and [[1]] and [[1, 2], [3, 4]] and [[1, 2]]",
        "[[see]] that\n\n[see]: https://e.org",
        "[[see][x]]\n\n[x]: https://e.org",
        "x[[i]] and f()[[i]] and x[1][[i]]",
        "`[[a]]` and ``[[b]]``",
        "```toml\n[[bin]]\n```",
        "\\[[a]] and [\\[b]]",
        "[[ -f a ]]",
        "[[...]] [[]] [[",
        "[![a](https://e.org/a.png)](https://e.org)",
        "<!-- [[a]] -->",
    ],
)
def test_brackets_are_no_wiki_link(body):
    """Links in brackets, notes, numbers, indexes and code."""
    assert found(body) == []


def test_the_line_is_that_of_the_body():
    """In paragraphs, quotations, lists, tables, HTML and behind code and tags that hold line ends."""
    body = (
        "one `a\nb` <b\nid=x>two</b> {{ a }}\nthree [x](b.md)\n\n> - {{ c }}\n>\n>   d\n>   [[e]]\n\n"
        "| a |\n|---|\n| b |\n| {{ f }} |\n\n<div>\n\n<p>\n{% g %}\n</p></div>\n\nh\n{{ i }}\n===\n"
    )
    assert [(line, said) for _, line, said in found(body)] == [
        (3, "{{ a }}"),
        (4, "b.md"),
        (6, "{{ c }}"),
        (9, "[[e]]"),
        (14, "{{ f }}"),
        (19, "{% g %}"),
        (23, "{{ i }}"),
    ]


def test_a_leak_says_what_to_do_and_how_to_allow_it():
    """Every kind does; what is long is shortened."""
    body = (
        "title: x\n---\n{{ a }} {{< b >}} <C> [[d]] [e](f) [g](~/h)\n\n:::i\n\nj\n{: .k}\n\n{{ "
        + "l" * 99
        + " }}\n"
    )  # fmt: skip
    leaks = find_leaks(body)
    assert {leak.kind for leak in leaks} == set(get_args(Leak))
    assert all(leak.hint.endswith(f"; or allow it: allow: [{leak.kind}].") for leak in leaks)
    assert max(len(leak.found) for leak in leaks) == 60
