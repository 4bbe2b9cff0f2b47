"""Every place where our pages deliberately differ from the reference, each with its reason.

``LOOKS`` differ in markup only: the reader in seen.py takes both for the same. ``DIFFERENCES`` are seen. Where
``left_out`` is set, it says which Markdown the property tests leave out for it; otherwise comparison.py knows what to
do. Each entry is a test by itself: if an output changes, its entry must change, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

__all__ = ["DIFFERENCES", "LOOKS", "Difference", "Look", "reason_to_leave_out"]


class Look(NamedTuple):
    """One piece of Markdown that reads alike here and there: what stands in the reference, and what in each format."""

    why: str
    markdown: str
    reference: str
    ours: Mapping[str, str]


class Difference(NamedTuple):
    """``reference`` and ``ours`` are what is seen, as ``str(Seen)``.

    ``ours`` holds for every format that ``formats`` names, all of them by default. A ``fault`` is no decision: it
    ought to read as the reference does, and its test fails when it does, so that it leaves this list.
    """

    why: str
    markdown: str
    reference: str
    ours: str
    left_out: Callable[[str], object] | None = None
    formats: tuple[str, ...] = ()
    fault: bool = False


def reason_to_leave_out(markdown: str) -> str:
    """Why a property test does not compare this Markdown; empty if it does."""
    return next((one.why for one in DIFFERENCES if one.left_out is not None and one.left_out(markdown)), "")


_ALL = ("blocks", "html", "classic", "webflow")

LOOKS = [
    Look(
        "A task box is a character: sites remove inputs.",
        "- [x] done",
        '<input type="checkbox"',
        dict.fromkeys(_ALL, "☑ done"),
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


def _pattern(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.MULTILINE).search


# How a line begins inside quotes and lists.
_IN = r"^(?:[ >]|[-+*] +|\d+[.)] +)*"
_RUN = re.compile(r"[*_~]+")
_RULER = re.compile(r"(?P<edge>[ >]*)(?P<ruler>\|?(?:[ \t]*:?-+:?[ \t]*\|)*(?:[ \t]*:?-+:?[ \t]*)?)")
_HEAD = re.compile(r"(?P<edge>(?:[ >]|[-+*] +|\d+[.)] +)*)(?P<row>.*)")
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*")
_DIV = re.compile(r"<(/?)div\b")


def _around(markdown: str, run: re.Match[str]) -> tuple[str, str]:
    return markdown[run.start() - 1 : run.start()] or " ", markdown[run.end() : run.end() + 1] or " "


def _mark_beside_symbol(markdown: str) -> bool:
    def symbol(character: str) -> bool:
        return not character.isascii() and unicodedata.category(character).startswith("S")

    sides = [_around(markdown, run) for run in _RUN.finditer(markdown)]
    return any(
        (symbol(before) and not after.isspace()) or (symbol(after) and not before.isspace()) for before, after in sides
    )


def _tilde_beside_star(markdown: str) -> bool:
    """Save where a blank is on one side, a letter on the other, and the marks change once."""
    for run in _RUN.finditer(markdown):
        if "~" in run[0] and run[0].strip("~"):
            before, after = _around(markdown, run)
            letter = before if after.isspace() else after
            if (
                before.isspace() == after.isspace()
                or not letter.isalnum()
                or not re.fullmatch(r"[*_]+~~|~~[*_]+", run[0])
            ):
                return True
    return False


def _marks_of_two_lengths(markdown: str) -> bool:
    """Marks of one and of two characters in one text, of which some could both open and close."""
    for text in re.sub(r"\\[*_]", "!!", markdown).split("\n\n"):
        for mark in "*_":
            runs = list(re.finditer(rf"{re.escape(mark)}+", text))
            lengths = {len(run[0]) % 3 for run in runs}
            if {1, 2} <= lengths and any(_both_ways(*_around(text, run), mark) for run in runs):
                return True
    return False


def _both_ways(before: str, after: str, mark: str) -> bool:
    if before.isspace() or after.isspace():
        return False
    # An underscore between letters neither opens nor closes.
    return before.isalnum() == after.isalnum() and not (mark == "_" and before.isalnum())


def _odd_table(markdown: str) -> bool:
    """A table without its outer pipes, or with a head that is not inside the same quote or item as its ruler."""
    lines = markdown.split("\n")
    for head, ruler in pairwise(lines):
        under, over = _RULER.fullmatch(ruler), _HEAD.match(head)
        if under and over and "-" in under["ruler"] and (set(under["ruler"]) & set("|:") or "|" in head):
            rows = under["ruler"].strip(), over["row"].strip()
            if not all(len(row) > 1 and row[0] == row[-1] == "|" for row in rows):
                return True
            if re.sub(r"[^ >]", " ", over["edge"]) != under["edge"]:
                return True
    return False


def _odd_comment(markdown: str) -> bool:
    """One that is no comment to every parser, or that begins within a block and goes on behind it."""
    for start in re.finditer(r"(?P<before>.*)<!--", markdown):
        comment = _COMMENT.match(markdown, start.end() - len("<!--"))
        if not comment or (start["before"].strip() and "\n\n" in comment[0]):
            return True
    return False


def _bare_link_behind_bracket(markdown: str) -> bool:
    """If there are characters in it that mean something outside a link."""
    for found in _ADDRESS.finditer(markdown):
        before = markdown[max(0, markdown.rfind("\n\n", 0, found.start())) : found.start()]
        open_before = re.sub(r"\\[\[\]]", "", before).count("[") > before.count("]")
        if (open_before or "]" in found[0]) and re.search(r"[*~`\\\[]", found[0]):
            return True
    return False


def _stray_div_end(markdown: str) -> bool:
    depth = 0
    for found in _DIV.finditer(markdown):
        depth += -1 if found[1] else 1
        if depth < 0:
            return True
    return False


_IN_ADDRESS = re.compile(r"(?:://|www\.)[^\s<]*?((?:%[0-9A-Fa-f]{2})+)")


def _shown_otherwise_when_decoded(markdown: str) -> bool:
    decoded = [unquote(found[1], errors="replace") for found in _IN_ADDRESS.finditer(markdown)]
    return any("\ufffd" in text or not text.isprintable() or " " in text for text in decoded)


_FOOTNOTE = re.compile(r"^[ >]*(?:[-+*] +|\d+[.)] +)*\[\^([^\]\n]+)\]:", re.MULTILINE)


def _odd_footnote(markdown: str) -> bool:
    names = [found[1].lower() for found in _FOOTNOTE.finditer(markdown)]
    return len(names) != len(set(names))


DIFFERENCES = [
    # What we decided.
    Difference(
        "An id behind a heading is its id and not its text, as Hugo, Pandoc and kramdown have it.",
        "# A {#b}",
        "A {#b}",
        "A",
        _pattern(_IN + r"#.*\{#|\{#.*\n[ >]*[=-]"),
    ),
    Difference(
        "Addresses that run scripts are no links: the author's text is shown as it is.",
        "[a](javascript:b)",
        "a | [a](javascript:b)",
        "[a](javascript:b)",
        _pattern(r"(?i)(?:javascript|vbscript|file|data):"),
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
        _pattern(
            r"""(?<=[^ \t\n*_~(<"'=\[])https?://|(?<!=)["']https?://|\\<https?://|[^ \t\n*_~(\[/.]www\."""
            r"""|[^ \t\n(\[a-zA-Z0-9.+*_~<:-][a-zA-Z0-9.+-]+@"""
        ),
    ),
    Difference(
        "Bare addresses are http, https, www and e-mail. GFM knows ftp as well, which browsers no longer open.",
        "ftp://example.com/a",
        "ftp://example.com/a | [ftp://example.com/a](ftp://example.com/a)",
        "ftp://example.com/a",
        _pattern(r"ftp://|HTTPS?://"),
    ),
    # Where the reference is behind the specification, or wrong.
    Difference(
        "Since CommonMark 0.31 symbols count as punctuation beside marks; the reference has 0.29.",
        "a*€*b",
        "a€b",
        "a*€*b",
        _mark_beside_symbol,
    ),
    Difference(
        "A numeric entity has at most 7 decimal or 6 hexadecimal digits, and none is a control character.",
        "&#87654321;",
        "�",
        "&#87654321;",
        _pattern(r"&#(?:\d{8}|[xX][0-9a-fA-F]{7}|0*[1-9];|0*[12]\d;|[xX]0*1?[1-9a-fA-F];)"),
    ),
    Difference(
        "Comments and declarations as browsers read them, since CommonMark 0.31.",
        "a <!--> b -->",
        "a b -->",
        "a b -->",
        lambda markdown: _odd_comment(markdown) or re.search(r"<!(?!--|\[CDATA\[)|<\?(?![^>]*\?>)", markdown),
    ),
    Difference(
        "A task in a quote is a task; the reference looks for boxes at the start of a line only.",
        "> - [x] a",
        "[x] a",
        "☑ a",
    ),
    Difference(
        "The first box counts; the reference takes a later one of the same line.",
        "- [ ] a [x]",
        "☑ a [x]",
        "☐ a [x]",
        _pattern(r"\[[ xX]\].*\[[xX]\]"),
    ),
    Difference(
        "Any block may stand behind a box; the reference reads text there.",
        "- [ ] # A",
        "☐ # A",
        "☐ A",
        _pattern(r"^(?=.*(?:[-+*>]|\d[.)]))[\s>*+\-\d.)]*\[[ xX]\][ \t]+(?:[#>*+\-~`_=|<\d]|$)"),
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
        _bare_link_behind_bracket,
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
        _tilde_beside_star,
    ),
    Difference(
        "Two marks may enclose one that is enclosed in single ones; the reference forgets the first.",
        "**2*3*4*",
        "**234*",
        "*234",
        _marks_of_two_lengths,
    ),
    Difference(
        "Behind a reference, a bracket with brackets in it is no label; so the reference is one by itself.",
        "[a][[b]]\n\n[a]: c",
        "a[[b]] | [a](c)",
        "[a][[b]]",
        _pattern(r"\]\[[^\]]*\["),
    ),
    Difference(
        "A caret does not keep an image from being one, nor a link.",
        "![^a](b.png)",
        "!^a | [^a](b.png)",
        "![^a](b.png)",
        _pattern(r"\[\^[^\]\n]*\]\(|\[[^\]\n]*\[\^[^\]\n]*\][^\[\]\n]*\]"),
    ),
    Difference(
        "Parentheses in the target of a link must be closed.",
        '[a](b( "c")',
        "a | [a](b( 'c')",
        '[a](b( "c")',
        _pattern(r"\]\(\s*[^\s)]*\([^\s)]*\s"),
    ),
    Difference(
        "Brackets around a link are text, as links hold no links.",
        "[[a](b)[c]](d)",
        "a[c] | [](d) [a](b)",
        "[a[c]](d) | [a](b)",
        _pattern(r"\[[^\]]*(?<!!)\[[^\]]*\]\([^)]*\)[^\]]*\[[^\]]*\][^\[\]]*\]"),
    ),
    Difference(
        "A byte order mark at the start belongs to the file: whoever reads it removes it.",
        "\ufeffa",
        "a",
        "\ufeffa",
        _pattern(r"\A\ufeff"),
    ),
    # Inherited from markdown-it: text that Markdown could read in two ways is read in the other one.
    Difference(
        "A table of one column has a pipe in its head.",
        "a\n|-|",
        "a",
        "a |-|",
        _odd_table,
    ),
    Difference(
        "A table may begin in an item and have its ruler outside.",
        "0) | a |\n|-|-|",
        "0. | a | |-|-|",
        "0) a",
        _odd_table,
    ),
    Difference(
        "A line that is indented by four ends the text of an item whose text is indented by more.",
        "12)  a\n    ***",
        "12. a ***",
        "12. a *** | '***'",
        _pattern(r"^[ >]*(?:\d{3,9}[.)] |\d\d[.)] {2}|\d[.)] {3}|[-+*] {4}).*(?:\n.+)*\n[ >]* {4}\S|^ {0,3}> *\n {4}"),
    ),
    Difference(
        "An item that begins with an empty line is over at the next one.",
        "-\n  \n    a",
        "a",
        "a | 'a'",
        _pattern(r"^[ >]*(?:[-+*]|\d+[.)])[ \t]*\n[ >\t]*\n|\[\^.*\]:[ \t]*\n[ >\t]*\n"),
    ),
    Difference(
        "Behind the definition of a link a new block begins.",
        "[a]: b\n<i>\n[a]",
        "a | [a](b)",
        "[a]",
        _pattern(_IN + r"\[(?!\^)[^\]\n]+\]:.*\n(?!\n|\[|\Z)|\[\^[^\]\n]*\]:.*\n<"),
    ),
    Difference(
        "Marks at the end of a link's text are taken for marks before a blank.",
        "[__a\\__](b)",
        "__a__ | [__a__](b)",
        "_a_ | [_a_](b)",
        _marks_of_two_lengths,
    ),
    Difference(
        "In angle brackets that make no link an address is none either, as it stands behind one; cmark links it.",
        "<https://example.com/a b>",
        "<https://example.com/a b> | [https://example.com/a](https://example.com/a)",
        "<https://example.com/a b>",
        _pattern(r"<https?://[^<>\n]*[\s\\\\]|<[^<>\s]*\\\\[^<>\s]*@"),
    ),
    Difference(
        "The same for an e-mail address.",
        "<a\\+@example.com>",
        "<a+@example.com> | [a+@example.com](mailto:a+@example.com)",
        "<a+@example.com>",
        _pattern(r"<[^<>\s]*\\[^<>\s]*@"),
    ),
    Difference(
        "What looks like a footnote and is none is text like any other, with escapes.",
        '[^1\\\\"]',
        '[^1\\\\"]',
        '[^1\\"]',
        _pattern(r"\[\^[^\]\n]*[\s\\&*_`<~\[!]|\[\^\n"),
    ),
    Difference(
        "Half a tag spoils what stands behind it, which is not the same in each format.",
        "- a\n\n  <div\n- b",
        "a b",
        "a b",
        _pattern(r"^(?:[ >*+-]|\d[.)])*(?:<[a-zA-Z/].*)?</?[a-zA-Z][^>\n]*$"),
        ("html", "classic"),
    ),
    # Faults: to be mended, here or upstream.
    Difference(
        "markdown-it-py strips blanks of all kinds at the edges of text, as Python does: Markdown means ASCII ones.",
        "\u00a0a\u00a0",
        "\u00a0a\u00a0",
        "a",
        _pattern(r"[^\S \t\n]https?://|https?://[^ \t\n<]*[^\S \t\n]|>[^\S\n]*[^\S \t\n][^\S\n]*$|^[^\S\n]*[^\S \t\n]"),
        fault=True,
    ),
    Difference(
        "The text of a bare link is shown decoded: not as the author wrote it, and U+FFFD where it is no UTF-8.",
        "https://example.com/%A4",
        "https://example.com/%A4 | [https://example.com/%A4](https://example.com/\\xa4)",
        "https://example.com/\ufffd | [https://example.com/\ufffd](https://example.com/\\xa4)",
        _shown_otherwise_when_decoded,
        fault=True,
    ),
    Difference(
        "The plugin for bare links takes an e-mail address from its last underscore on: another address.",
        "ana_b@example.com",
        "ana_b@example.com | [ana_b@example.com](mailto:ana_b@example.com)",
        "ana_b@example.com | [b@example.com](mailto:b@example.com)",
        _pattern(r"_\S*@|@\S*_"),
        fault=True,
    ),
    Difference(
        "The plugin for bare links looks for underscores in the host before it cuts the end off.",
        "_https://example.com_",
        "https://example.com | [https://example.com](https://example.com)",
        "https://example.com",
        _pattern(r"(?:https?://|www\.)[^\s/]*_"),
        fault=True,
    ),
    Difference(
        "The plugin for bare links takes an address without a host for one.",
        "http://.",
        "http://.",
        "http://. | [http://](http://)",
        _pattern(r"https?://(?!\w)|www\.[^.\s]*(?:\s|$)|https?://[^\s/]*`"),
        fault=True,
    ),
    Difference(
        "Of two footnotes with one name the first is dropped, and nobody is told.",
        "a[^1]\n\n[^1]: b\n\n[^1]: c",
        "a1 1. b | [1](note: b) [](the reference)",
        "a1 1. c | [1](note: c) [](the reference)",
        _odd_footnote,
        fault=True,
    ),
    Difference(
        "A footnote that is defined inside another one takes the other's text with it.",
        "a[^1]\n\n[^1]: > b\n    > [^2]: c\n\n[^2]: d",
        "a1 1. b | [1](note: b) [](the reference)",
        "a1 1. | [1](note:) [](the reference)",
        _pattern(r"\[\^[^\]\n]*\]:(?:.*|(?:.*\n(?:[ >].*)?)*[ >].*)\[\^[^\]\n]*\]:"),
        ("html", "classic"),
        fault=True,
    ),
    Difference(
        "A footnote that is defined inside another one: no page at all.",
        "a[^1]\n\n[^1]: > [^2]: c",
        "a1 1. | [1](note:) [](the reference)",
        "IndexError",
        formats=("blocks", "webflow"),
        fault=True,
    ),
    Difference(
        "A footnote right below a quote stays in the quote as text.",
        "> a[^1]\n[^1]: b",
        "a1 1. b | [1](note: b) [](the reference)",
        "a[^1] [^1]: b",
        _pattern(r"^[ >]*>.*\S.*\n(?:.+\n)*[ >]*\[\^[^\]\n]*\]:"),
        fault=True,
    ),
    Difference(
        "Text between a comment and the end of a second one is taken for a comment.",
        "<!-- a --> b -->",
        "b -->",
        "",
        _pattern(r"-->.*-->|^(?:[ >]*[-*+>]|[ >]*\d+[.)]).*<!--(?:(?!-->).)*$"),
        ("webflow",),
        fault=True,
    ),
    Difference(
        "The title of a link around an image that stands alone is dropped.",
        '[![a](b.png)](c "d")',
        "[[a]](c 'd') | ![a](b.png)",
        "[[a]](c) | ![a](b.png)",
        _pattern(r"""^.*\[!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?\](?:\([^)\s]*[ \n]["'(]|\[ref\])"""),
        ("webflow",),
        fault=True,
    ),
    Difference(
        "The end of a division that the body did not begin ends the embed around it.",
        "8. </div>\n9. a",
        "8. 9. a",
        "8. a",
        _stray_div_end,
        ("webflow",),
        fault=True,
    ),
]
