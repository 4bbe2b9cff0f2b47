"""Every place where our pages deliberately differ from the reference, each with its reason.

``LOOKS`` differ in markup only: the reader in seen.py takes both for the same. ``DIFFERENCES`` are seen. Where
``left_out`` is set, it says which Markdown the property tests leave out for it; otherwise comparison.py knows what to
do. Each entry is a test by itself: if an output changes, its entry must change, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from meeting_decisions import (
    IN,
    bare_link_behind_bracket,
    mark_beside_symbol,
    marks_of_two_lengths,
    odd_comment,
    odd_footnote,
    odd_table,
    pattern,
    tilde_beside_star,
)

__all__ = ["DIFFERENCES", "LOOKS", "Difference", "Look"]


class Look(NamedTuple):
    """One piece of Markdown that reads alike here and there: what stands in the reference, and what in each format."""

    why: str
    markdown: str
    reference: str
    ours: Mapping[str, str]


class Difference(NamedTuple):
    """``reference`` and ``ours`` are what is seen, as ``str(Seen)``.

    ``ours`` holds for every format that ``formats`` names, all of them by default.
    """

    why: str
    markdown: str
    reference: str
    ours: str
    left_out: Callable[[str], object] | None = None
    formats: tuple[str, ...] = ()


_ALL = ("blocks", "html", "classic", "webflow")

LOOKS = [
    Look(
        "A task box is a character: sites remove inputs.",
        "- [x] done",
        '<input type="checkbox"',
        dict.fromkeys(_ALL, "☑\ufe0e done"),
    ),
    Look(
        "The title of an image that stands alone is its caption, so that everybody sees it.",
        '![A](a.png "T")',
        'title="T"',
        dict.fromkeys(_ALL, ">T</figcaption>"),
    ),
    Look(
        "A bare link to a video that is all a paragraph says is a player, which WordPress makes from the address.",
        "https://youtu.be/dQw4w9WgXcQ",
        '<a href="https://youtu.be/dQw4w9WgXcQ">',
        {
            "blocks": "<!-- wp:embed ",
            "html": "<iframe ",
            "classic": "<p>https://youtu.be/dQw4w9WgXcQ</p>",
            "webflow": "<iframe ",
        },
    ),
    Look(
        "The way back from a footnote is an arrow that is not drawn as an emoji; ids are numbers.",
        "a[^x]\n\n[^x]: b",
        '<a href="#fnref-x" class="footnote-backref" ',
        dict.fromkeys(_ALL, '<a href="#fnref1" class="footnote-backref">↩\ufe0e</a>'),
    ),
    Look(
        "Paragraphs of an item are joined by breaks where an item holds text only.",
        "- a\n\n  b",
        "<p>b</p>",
        {"blocks": "a<br><br>b", "html": "<p>b</p>", "classic": "<p>b</p>", "webflow": "a<br><br>b"},
    ),
    Look(
        "Headings have ids, where the target keeps them.",
        "## A b",
        "<h2>",
        {"blocks": 'id="a-b"', "html": 'id="a-b"', "classic": 'id="a-b"', "webflow": "<h2>"},
    ),
    Look(
        "What Webflow's rich text cannot hold is an embed, which shows the same.",
        "```\na\n```",
        "<pre>",
        {"blocks": "<pre ", "html": "<pre>", "classic": "<pre>", "webflow": "<div data-rt-embed-type='true'><pre>"},
    ),
]


DIFFERENCES = [
    # What we decided.
    Difference(
        "An id behind a heading is its id and not its text, as Hugo, Pandoc and kramdown have it.",
        "# A {#b}",
        "A {#b}",
        "A",
        pattern(IN + r"#.*\{#|\{#.*\n[ >]*[=-]"),
    ),
    Difference(
        "Addresses that run scripts are no links: the author's text is shown as it is.",
        "[a](javascript:b)",
        "a | [a](javascript:b)",
        "[a](javascript:b)",
        pattern(r"(?i)(?:javascript|vbscript|file|data):"),
    ),
    Difference(
        "Tags are no part of an alternative text, which is read aloud.",
        "![a <b>c</b>](d.png)",
        "![a <b>c</b>](d.png)",
        "![a c](d.png)",
    ),
    Difference(
        "GFM allows a bare link at the start of a line, behind a blank and behind any of *_~( only; cmark takes more.",
        'a "https://example.com" b',
        'a "https://example.com" b | [https://example.com](https://example.com)',
        'a "https://example.com" b',
        pattern(
            r"""(?<=[^ \t\n*_~(<"'=\[])https?://|(?<!=)["']https?://|\\<https?://|[^ \t\n*_~(\[/.]www\."""
            r"""|[^ \t\n(\[a-zA-Z0-9.+*_~<:-][a-zA-Z0-9.+-]+@"""
        ),
    ),
    Difference(
        "Bare addresses are http, https, www and e-mail. GFM knows ftp as well, which browsers no longer open.",
        "ftp://example.com/a",
        "ftp://example.com/a | [ftp://example.com/a](ftp://example.com/a)",
        "ftp://example.com/a",
        pattern(r"ftp://|HTTPS?://"),
    ),
    # Where the reference is behind the specification, or wrong.
    Difference(
        "Since CommonMark 0.31 symbols count as punctuation beside marks; the reference has 0.29.",
        "a*€*b",
        "a€b",
        "a*€*b",
        mark_beside_symbol,
    ),
    Difference(
        "A numeric entity has at most 7 decimal or 6 hexadecimal digits, and none is a control character.",
        "&#87654321;",
        "�",
        "&#87654321;",
        pattern(r"&#(?:\d{8}|[xX][0-9a-fA-F]{7}|0*[1-9];|0*[12]\d;|[xX]0*1?[1-9a-fA-F];)"),
    ),
    Difference(
        "Any declaration is HTML, since CommonMark 0.31, and not only those in capitals.",
        "a <!b> c",
        "a <!b> c",
        "a c",
        pattern(r"<!(?!--|\[CDATA\[)|<\?(?![^>]*\?>)"),
    ),
    Difference(
        "A comment that is left open ends with its block, since the end of the block is a comment for its part.",
        "- <!-- a\n- b",
        "",
        "b",
        odd_comment,
        ("blocks",),
    ),
    Difference(
        "A task in a quote is a task; the reference looks for boxes at the start of a line only.",
        "> - [x] a",
        "[x] a",
        "☑\ufe0e a",
    ),
    Difference(
        "The first box counts; the reference takes a later one of the same line.",
        "- [ ] a [x]",
        "☑\ufe0e a [x]",
        "☐ a [x]",
        pattern(r"\[[ xX]\].*\[[xX]\]"),
    ),
    Difference(
        "Any block may stand behind a box; the reference reads text there.",
        "- [ ] # A",
        "☐ # A",
        "☐ A",
        pattern(r"^(?=.*(?:[-+*>]|\d[.)]))[\s>*+\-\d.)]*\[[ xX]\][ \t]+(?:[#>*+\-~`_=|<\d]|$)"),
    ),
    Difference(
        "The reference finds no bare link behind a bracket that is not closed.",
        "[ https://example.com",
        "[ https://example.com",
        "[ https://example.com | [https://example.com](https://example.com)",
    ),
    Difference(
        "So it finds marks in such a link, where we find none.",
        "[ https://example.com/*a*",
        "[ https://example.com/a",
        "[ https://example.com/*a* | [https://example.com/*a](https://example.com/*a)",
        bare_link_behind_bracket,
    ),
    Difference(
        "A bare link does not end with a bracket.",
        "https://example.com/a]",
        "https://example.com/a] | [https://example.com/a]](https://example.com/a%5D)",
        "https://example.com/a] | [https://example.com/a](https://example.com/a)",
    ),
    Difference(
        "The reference looks through tildes when it decides whether a star or underscore opens or closes.",
        "*b~*a",
        "b~a",
        "*b~*a",
        tilde_beside_star,
    ),
    Difference(
        "Two marks may enclose one that is enclosed in single ones; the reference forgets the first.",
        "**2*3*4*",
        "**234*",
        "*234",
        marks_of_two_lengths,
    ),
    Difference(
        "Behind a reference, a bracket with brackets in it is no label; so the reference is one by itself.",
        "[a][[b]]\n\n[a]: c",
        "a[[b]] | [a](c)",
        "[a][[b]]",
        pattern(r"\]\[[^\]]*\["),
    ),
    Difference(
        "One tilde does not look over two for its like.",
        "~(~~)~",
        "(~~)",
        "~(~~)~",
        # An escaped tilde that touches others counts with them there.
        pattern(r"(?<!~)~(?!~)(?:.|\n(?!\n))*~~|~~(?:.|\n(?!\n))*(?<!~)~(?!~)|~\\~|\\~~"),
    ),
    Difference(
        "A caret does not keep an image from being one, nor a link.",
        "![^a](b.png)",
        "!^a | [^a](b.png)",
        "![^a](b.png)",
        pattern(r"\[\^[^\]\n]*\]\(|\[[^\]\n]*\[\^[^\]\n]*\][^\[\]\n]*\]"),
    ),
    Difference(
        "Parentheses in the target of a link must be closed.",
        '[a](b( "c")',
        "a | [a](b( 'c')",
        '[a](b( "c")',
        pattern(r"\]\(\s*[^\s)]*\([^\s)]*\s"),
    ),
    Difference(
        "Brackets around a link are text, as links hold no links.",
        "[[a](b)[c]](d)",
        "a[c] | [](d) [a](b)",
        "[a[c]](d) | [a](b)",
        pattern(r"\[[^\]]*(?<!!)\[[^\]]*\]\([^)]*\)[^\]]*\[[^\]]*\][^\[\]]*\]"),
    ),
    Difference(
        "A byte order mark at the start belongs to the file: whoever reads it removes it.",
        "\ufeffa",
        "a",
        "\ufeffa",
        pattern(r"\A\ufeff"),
    ),
    # Inherited from markdown-it: text that Markdown could read in two ways is read in the other one.
    Difference(
        "A table of one column has a pipe in its head.",
        "a\n|-|",
        "a",
        "a |-|",
        odd_table,
    ),
    Difference(
        "A table may begin in an item and have its ruler outside.",
        "0) | a |\n|-|-|",
        "0. | a | |-|-|",
        "0) a",
        odd_table,
    ),
    Difference(
        "A line that is indented by four ends the text of an item whose text is indented by more.",
        "12)  a\n    ***",
        "12. a ***",
        "12. a *** | '***'",
        pattern(r"^[ >]*(?:\d{3,9}[.)] |\d\d[.)] {2}|\d[.)] {3}|[-+*] {4}).*(?:\n.+)*\n[ >]* {4}\S|^ {0,3}> *\n {4}"),
    ),
    Difference(
        "An item that begins with an empty line is over at the next one.",
        "-\n  \n    a",
        "a",
        "a | 'a'",
        pattern(r"^[ >]*(?:[-+*]|\d+[.)])[ \t]*\n[ >\t]*\n|\[\^.*\]:[ \t]*\n[ >\t]*\n"),
    ),
    Difference(
        "Behind the definition of a link a new block begins.",
        "[a]: b\n<i>\n[a]",
        "a | [a](b)",
        "[a]",
        pattern(IN + r"\[(?!\^)[^\]\n]+\]:.*\n(?!\n|\[|\Z)|\[\^[^\]\n]*\]:.*\n<"),
    ),
    Difference(
        "Marks at the end of a link's text are taken for marks before a blank.",
        "[__a\\__](b)",
        "__a__ | [__a__](b)",
        "_a_ | [_a_](b)",
        marks_of_two_lengths,
    ),
    Difference(
        "In angle brackets that make no link an address is none either, as it stands behind one; cmark links it.",
        "<https://example.com/a b>",
        "<https://example.com/a b> | [https://example.com/a](https://example.com/a)",
        "<https://example.com/a b>",
        pattern(r"<https?://[^<>\n]*[\s\\\\]|<[^<>\s]*\\\\[^<>\s]*@"),
    ),
    Difference(
        "The same for an e-mail address.",
        "<a\\+@example.com>",
        "<a+@example.com> | [a+@example.com](mailto:a+@example.com)",
        "<a+@example.com>",
        pattern(r"<[^<>\s]*\\[^<>\s]*@"),
    ),
    Difference(
        "Raw HTML right below an item is a block of its own and no further text of the item.",
        "1. a\n<b>\n~~~",
        "1. a ~~~",
        "1. a | ''",
        pattern(r"^[ >]*(?:[-*+]|\d+[.)]|>)[ \t]*.*\n(?:.+\n)*?<"),
    ),
    Difference(
        "What looks like a footnote and is none is text like any other, with escapes.",
        '[^1\\\\"]',
        '[^1\\\\"]',
        '[^1\\"]',
        pattern(r"\[\^[^\]\n]*[\s\\&*_`<~\[!]|\[\^\n"),
    ),
    Difference(
        "A tag that never ends would take the rest of the page with it: where HTML is made whole it is text.",
        "<div class\nfoo",
        "",
        "<div class foo",
        pattern(r"^(?:[ >*+-]|\d[.)])*(?:<[a-zA-Z/!](?:.+\n)*?.*)?</?[a-zA-Z][^>\n]*$"),
        ("blocks", "webflow"),
    ),
    Difference(
        "What was left open ends with its own HTML where that is made whole: a title takes nothing else with it.",
        "<title>\n\n<b>a</b>\n\nb",
        "",
        "a b",
        pattern(r"(?i)<(?:title|style|xmp|textarea|script|iframe|noembed|noframes|plaintext)\b"),
        ("blocks", "webflow"),
    ),
    Difference(
        "An e-mail address with an underscore is not linked, rather than linked to half of it.",
        "ana_b@example.com",
        "ana_b@example.com | [ana_b@example.com](mailto:ana_b@example.com)",
        "ana_b@example.com",
        pattern(r"_\S*@|@\S*_"),
    ),
    Difference(
        "A footnote is not defined inside another one: that line is text there, and the definition outside counts.",
        "a[^1]\n\n[^1]: > b\n    > [^2]: c\n\n[^2]: d",
        "a1 1. b | [1](note: b) [](the reference)",
        "a1 1. b 2: c 2. d | [1](note: b 2: c) [2](note: d) [](the reference)",
        pattern(r"\[\^[^\]\n]*\]:(?:.*|(?:.*\n(?:[ >].*)?)*[ >].*)\[\^[^\]\n]*\]:"),
    ),
    Difference(
        "Of two footnotes with one name the first counts in all it says, also where only the second refers to it.",
        "[^1]:\n[^1]:[^1]",
        "1. ↩ | [↩](#fnref-1)",
        "",
        odd_footnote,
    ),
]
