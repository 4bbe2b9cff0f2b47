"""Markdown documents for property tests: composed of all constructs, and soups of the characters that mean something.

Each strategy knows the seams where renderers disagree on purpose (see decisions.py) and stays on this side of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

__all__ = ["bare_links", "documents", "soups"]

_WORDS = st.sampled_from([
    "word", "Zwölf", "naïve", "東京", "שלום", "مرحبا", "👩‍👩‍👧", "🎉", "e\u0301", "a\u00a0b", "zero\u200bwidth",
    "soft\u00adhyphen", "x" * 90, "snake_case_word", "2 * 3", "C:\\path", "it's", '"quoted"', "“typed”", "[brackets]",
    "(round)", "100%", "a|b", "a<b", "x>y", "AT&T", "1.", "7)", "+", "-", "#", "=", "!", "...", "--", "\\", "`",
    "*", "_", "[", "]", "$x$", "{curly}", ":smile:", "@name", "#12", "Node.js", "&amp", "end.",
    "\u202eright\u202c", "½", "…", "–", "¿",
])  # fmt: skip
_ATOMS = st.sampled_from([
    "&amp;", "&lt;b&gt;", "&nbsp;", "&copy;", "&#35;", "&#x1F600;", "&hellip;", "&unknown;", "&#0;", "&quot;", "&ouml;",
    "\\*", "\\_", "\\`", "\\[", "\\]", "\\<", "\\#", "\\\\", "\\!", "\\|", "\\&amp;", "\\a", "\\~", "\\>",
    "`code`", "`` a`b ``", "`<b>`", "`a & b`", "`  two  `", "` `", "`[y](z)`", "`{{ x }}`", "`&amp;`", "`a\\`",
    "<https://example.com/auto>", "<a@example.com>", "[^1]", "[^long]", "[^code]", "[^missing]",
    "[ref]", "[Text][ref]", "[two  words][]", "[no][missing]", "![Alt][pic]", "![pic]",
    "[![Alt *text*][pic]][Two Words]",
    "  \n", "\\\n", "\n",
    "<kbd>Ctrl</kbd>", "<sub>2</sub>", "<br>", "<br/>", "<!-- note -->", "<span class=x>in</span>", "<mark>m", "<b>",
    "</b>", "<u>u</u>", "<custom-tag>c</custom-tag>", "<abbr title='T'>A</abbr>", "<wbr>", "<input>", "<div>",
    "<p>", "<details>", '<a href="https://example.com/raw">raw</a>', '<img src="raw.png" alt="Raw">',
])  # fmt: skip
_URLS = st.sampled_from([
    "https://example.com", "http://example.com/a?b=c&d=e", "/relative/path", "page.html#part", "#part", "",
    "mailto:a@example.com", "https://example.com/%C3%A4", "https://example.com/ä", "https://example.com/a_(b)", "?q=1",
    "https://bücher.example/", "//example.com/x", "tel:+4312345", "<two words.html>",
])  # fmt: skip
_BARE = st.sampled_from([
    "https://example.com", "http://example.org/a?b=c&d=e", "https://example.com/a_b/c-d", "https://example.com/x#y",
    "https://www.example.co.uk/path/", "https://example.com:8080/x.html", "https://example.com/ä",
    "www.example.com/a?b", "ana.b@example.com",
])  # fmt: skip
_VIDEOS = st.sampled_from([
    "https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10", "https://vimeo.com/76979871",
])  # fmt: skip
_SOURCES = st.sampled_from(["a.png", "img/b%20c.jpg", "https://example.com/d.webp?x=1&y=2", "ä.svg", "../e.gif"])
_TITLES = st.sampled_from(["", "", ' "Title"', " 'with \"quotes\"'", " (round)", ' "AT&T <b>"', ' "two\nlines"', ' ""'])
_RAW_BLOCKS = st.sampled_from([
    "<div>\nraw\n</div>", "<div>\n\n*inside*\n\n</div>", "<!-- comment -->", "<!-- many\nlines of it -->",
    "<script>\nx < y;\n</script>", "<style>p { }</style>", "<pre>\n  as  is\n\n</pre>", "<p>paragraph", "<hr>", "<div>",
    "<table><tr><td>cell</td></tr></table>", "<details>\n<summary>S</summary>\n\nhidden\n\n</details>",
    '<figure><img src="f.png" alt="F"><figcaption>Caption</figcaption></figure>', "<ul><li>one<li>two</ul>",
    '<iframe src="https://example.com/embed"></iframe>', '<p><img src="p.png"></p>', "<?php echo ?>",
    "<video src='v.mp4' controls></video>", "<![CDATA[ x ]]>", "<custom-element>\nx\n</custom-element>",
    "<blockquote>raw quote</blockquote>", "<section>\n\n# Heading in it\n\n</section>",
])  # fmt: skip
_CODE = st.sampled_from([
    "", "code", "<b>&amp;</b>", "  indented", "a\n\nb", "# no heading", "- no list", "[shortcode]", "tab\there", "```",
    "~~~", "\n", "<!-- x -->", "|a|b|\n|-|-|", "https://example.com", "🎉 שלום", "a\u00a0b", "\\*", "[^1]",
])  # fmt: skip
_DEFINITIONS = (
    '[ref]: https://example.com/ref "Ref title"\n[Two Words]: <two words.html>\n[pic]: ref.png\n\n'
    "[^1]: First note.\n[^long]: Long *note*\n\n    with two paragraphs.\n"
    "[^code]:\n    Note with `code` and [link](n.html).\n"
)
_SPACING = st.sampled_from([" ", " ", " ", ""])
_LEVELS = st.sampled_from(["# ", "## ", "### ", "#### ", "##### ", "###### "])
_GAPS = st.sampled_from(["\n\n", "\n\n", "\n\n", "\n"])


# Stand for marks until a document is whole. One has both "*" and "__", or both "_" and "**": where marks of both
# lengths meet, renderers do not agree.
_MARKS = {"E": "\ue000", "B": "\ue001", "S": "\ue002"}
_STYLES = st.sampled_from([
    {"\ue000": "*", "\ue001": "__", "\ue002": "*"}, {"\ue000": "_", "\ue001": "**", "\ue002": "**"},
    {"\ue000": "*", "\ue001": "***", "\ue002": "*"},
])  # fmt: skip


def _chance(draw: Any, of: int) -> bool:
    return draw(st.integers(1, of)) == 1


def _text(draw: Any, depth: int = 2, *, linked: bool = False) -> str:
    """A text of a few spans, in one line or in several. In a link there are no further ones."""
    return "".join(_span(draw, depth, linked=linked) for _ in range(draw(st.integers(1, 3))))


def _span(draw: Any, depth: int, *, linked: bool) -> str:
    kind = draw(st.integers(0, 10 if depth else 6))
    if kind <= 3 or (linked and kind in (4, 5, 7)):
        return draw(_WORDS) + draw(_SPACING)
    if kind == 4:
        return draw(_ATOMS) + draw(_SPACING)
    if kind == 5:
        return f" {draw(_BARE)} "
    if kind == 6:
        return f"![{draw(_WORDS)}]({draw(_SOURCES)}{draw(_TITLES)})"
    inner = _text(draw, depth - 1, linked=linked or kind == 7).strip()
    if kind == 7:
        return f"[{inner}]({draw(_URLS)}{draw(_TITLES)})" + draw(_SPACING)
    if kind == 8:
        # Beside a tilde stands a blank or a letter: see the decision on tildes and stars.
        return f" ~~gone {inner} too~~ "
    # An underscore may belong to an address; and marks of one kind do not touch.
    usable = "S" if "@" in inner or "://" in inner else "EB"
    marks = [_MARKS[name] for name in usable if _MARKS[name] not in (inner[:1], inner[-1:])]
    mark = draw(st.sampled_from(marks)) if marks else ""
    return f"{mark}{inner}{mark} "


def _line(draw: Any) -> str:
    return _text(draw).replace("  \n", " ").replace("\\\n", " ").replace("\n", " ")


def _indented(text: str, first: str, rest: str) -> str:
    return "\n".join((rest if at else first) + line if line else "" for at, line in enumerate(text.split("\n")))


def _heading(draw: Any) -> str:
    if _chance(draw, 4):
        return _line(draw) + draw(st.sampled_from(["\n===", "\n---"]))
    return draw(_LEVELS) + _line(draw) + draw(st.sampled_from(["", "", " ##", " #", "#"]))


def _code(draw: Any) -> str:
    code = draw(_CODE)
    if _chance(draw, 3):
        return _indented(code, "    ", "    ")
    mark = draw(st.sampled_from(["```", "~~~", "````"]))
    info = draw(st.sampled_from(["", "python", "js {1,3}", "c++", "a&amp;b", "x\\*y", "mermaid"]))
    return f"{mark}{info}\n{code}\n{mark}"


def _table(draw: Any) -> str:
    width = draw(st.integers(1, 3))
    ruler = [draw(st.sampled_from(["---", ":--", "--:", ":-:"])) for _ in range(width)]
    rows = [
        "| " + " | ".join(_line(draw).replace("|", "\\|") for _ in range(width)) + " |"
        for _ in range(draw(st.integers(1, 3)))
    ]
    return "\n".join([rows[0], "|" + "|".join(ruler) + "|", *rows[1:]])


def _image(draw: Any) -> str:
    shown = f"![{draw(_WORDS)}]({draw(_SOURCES)}{draw(_TITLES)})"
    return f"[{shown}]({draw(_URLS)})" if _chance(draw, 3) else shown


def _from(strategy: st.SearchStrategy[str]) -> Callable[[Any], str]:
    return lambda draw: draw(strategy)


_RULES = st.sampled_from(["---", "***", "_ _ _"])
_LEAVES = [
    _text, _text, _heading, _code, _table, _image, _from(_RAW_BLOCKS), _from(_VIDEOS), _from(_RULES),
]  # fmt: skip


def _block(draw: Any, depth: int) -> str:
    kind = draw(st.integers(0, len(_LEAVES) + (3 if depth else -1)))
    if kind < len(_LEAVES):
        return _LEAVES[kind](draw)
    if kind == len(_LEAVES):
        inner = _several(draw, depth - 1)
        return "\n".join(f"> {line}" if line else ">" for line in inner.split("\n"))
    return _list(draw, depth - 1)


def _several(draw: Any, depth: int) -> str:
    return draw(_GAPS).join(_block(draw, depth) for _ in range(draw(st.integers(1, 3))))


def _list(draw: Any, depth: int) -> str:
    bullet = draw(st.sampled_from(["-", "*", "+", "1.", "0.", "7.", "12)", "98."]))
    items = []
    for at in range(draw(st.integers(1, 3))):
        marker = f"{int(bullet[:-1]) + at}{bullet[-1]} " if bullet[0].isdecimal() else f"{bullet} "
        inner = _several(draw, depth).lstrip(" ")
        # Behind a box stands text, and no other box: see the decisions on both.
        box = "" if "[" in inner.partition("\n")[0] else draw(st.sampled_from(["", "", "[ ] to do ", "[x] done "]))
        items.append(_indented(box + inner, marker, " " * len(marker)))
    return draw(st.sampled_from(["\n", "\n\n"])).join(items)


@st.composite
def documents(draw: Any) -> str:
    """Documents of up to four blocks, with the definitions that their references need."""
    blocks = [_block(draw, 2) for _ in range(draw(st.integers(1, 4)))]
    body = draw(_GAPS).join(blocks).translate(str.maketrans(draw(_STYLES)))
    return body + "\n\n" + draw(st.sampled_from([_DEFINITIONS, ""]))


@st.composite
def bare_links(draw: Any) -> str:
    """Lines of words with bare links at all the places where GFM finds one."""
    around = st.sampled_from(["{}", "({})", "*{}*", "**{}**", "_{}_", "~~{}~~", "{}.", "{},", "{}!", "{}?", "{}:"])
    pieces = [draw(around).format(draw(_BARE)) for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([" ", "\n", " and ", "  \n"])).join(pieces)


def soups() -> st.SearchStrategy[str]:
    """What no author writes: any mix of the characters and tokens that Markdown gives a meaning."""
    letters = st.text(alphabet="ab1 \n\t*_~`[]()!#>+-.:|\\&;<\"'/=^x", max_size=40)
    tokens = st.sampled_from([
        "a", "b", " ", " ", "\n", "\n\n", "\n    ", "\n- ", "\n1. ", "\n> ", "*", "**", "_", "__", "~~", "`", "``", "[",
        "]", "](u)", "![", '](u "t")', "[^1]", "\n[^1]: ", "\n[a]: b\n", "<b>", "</b>", "<i>", "<div>", "</div>",
        "<!--", "-->", "&amp;", "&#38;", "\\", "|", "\n|-|-|\n", "|a|b|", "#", "\n# ", "\n===\n", "\n---\n", "\n```\n",
        "\n~~~\n", "[ ] ", "[x] ", "http://a.bc", "<http://a.bc>", "\t", "é", "🎉", "\u00a0",
    ])  # fmt: skip
    return letters | st.lists(tokens, max_size=14).map("".join)
