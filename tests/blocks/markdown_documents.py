"""Hypothesis strategies: Markdown documents put together from constructs, with what makes block markup go wrong."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["IMAGES", "documents"]

#: Image sources that documents use and a caller may place.
IMAGES = ("a.png", "img/b%20c.jpg", "https://e.org/c.png?x=1&y=2")

WORDS = (
    "word", "two words", "é ñ ß", "日本語", "שלום עולם", "مرحبا", "🥖 👩\u200d👩\u200d👧", "a--b", "C++",
    "x < y > z", "AT&T", "&copy;", "&amp;lt;", "&#x1F600;", "&nbsp;", "\u00a0", "\\*", "[x]", "[gallery ids=1]",
    "{{ liquid }}", "$x^2$", "1.", "it's \"q\"", "-->", "<!", "wp:x", "\u200b", "…—“”", "snake_case_name",
    "https", "#tag", "@name", "a|b",
)  # fmt: skip
AUTOLINK = "<https://e.org/?a=1&b=2>"
URLS = (
    "https://e.org/",
    "https://e.org/?a=1&b=2",
    "/path",
    "#part",
    "https://e.org/a_b_(c)",
    "mailto:a@e.org",
    "https://e.org/ü",
)
VIDEOS = (
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtu.be/dQw4w9WgXcQ?t=1&x=2",
    "https://vimeo.com/76979871",
)
TITLES = ("", ' "T"', " 'T \"q\" -- é'", ' "a < b & c > d"')
CODE = (
    "x",
    "a[0] && b < c",
    "let s = `t`",
    "https://e.org/v",
    "<!-- wp:html -->",
    "\ta\n\n  b",
    "",
    "[x](y)",
    "--a\u00a0b",
)
TAGS = ("kbd", "sub", "mark", "small", "u", "ins", "q", 'span style="color:red"', 'abbr title="a--b"', 'a href="#x"')
WHOLE_HTML = (
    "<div class=\"x\" data-a=\"b--c\">\n  <b>raw</b>\n</div>", "<details><summary>S</summary>in</details>",
    "<video src=\"a.mp4\" controls></video>", "<!-- a note -- with dashes -->", "<!--more-->",
    "<!--more Go on-->", "<!--nextpage-->", "<table><tbody><tr><td>1</td></tr></tbody></table>",
    "<iframe src=\"https://e.org/\"></iframe>", "<p align=\"center\">x</p>", "<img src=\"a.png\" alt=\"A\">",
    "<script>\nif (a < b) { c(); }\n</script>", "<style>\na > b { color: red }\n</style>",
    "<div>\n\n*Markdown* inside\n\n</div>", "<hr>", "<div></div>", "<svg><path d=\"M0 0\"/></svg>",
)  # fmt: skip
BROKEN_HTML = (
    "<div>", "</div>", "<div\nfoo", "<table><tr><td>1</td></tr></table>", "<?php echo 1; ?>", "<![CDATA[ x ]]>",
    "<!DOCTYPE html>", "<p>a<p>b", "<ul><li>a<li>b</ul>", "<b><i>x</b></i>", "<DIV CLASS=X>y</DIV>",
    "<input disabled>", "<a/>",
)  # fmt: skip


def documents(*, broken_html: bool) -> st.SearchStrategy[str]:
    """Whole bodies. Without ``broken_html`` every raw tag is closed where it should be: no browser repairs it."""
    blocks = st.recursive(_leaves(broken_html), _containers, max_leaves=6)
    body = st.lists(blocks, min_size=1, max_size=5).map("\n\n".join)
    # Definitions stand at the end, where they end whatever was left open.
    return body.map(
        lambda text: (
            f"{text}\n\n[ref]: https://e.org/ref 'R'\n\n[^1]: A note with *marks*.\n\n[^n]: Two\n\n    paragraphs\n"
        )
    )


def _leaves(broken_html: bool) -> st.SearchStrategy[str]:
    text = _inline(broken_html)
    line = text.map(lambda said: " ".join(said.split("\n")))
    language = st.sampled_from(("", "python", "c++", "html--x", 'a"b', "{.ruby}", "日本 title=x"))
    html = st.sampled_from(WHOLE_HTML + (BROKEN_HTML if broken_html else ()))
    return st.one_of(
        text,
        st.builds("{} {}".format, st.sampled_from(("#", "##", "###", "######")), line),
        st.builds("{} {{#{}}}".format, line.map("## {}".format), st.sampled_from(("a-b", "größe", "x--y"))),
        st.builds("{}\n{}".format, line, st.sampled_from(("===", "---"))),
        st.builds("~~~~{}\n{}\n~~~~".format, language, st.sampled_from(CODE)),
        st.sampled_from(CODE).map(lambda code: _indented(f"x\n{code}", "    ", "    ")),
        st.sampled_from(("---", "* * *")),
        html,
        _image(),
        st.builds("[{}]({}{})".format, _image(), st.sampled_from(URLS), st.sampled_from(TITLES)),
        st.sampled_from(VIDEOS + URLS),
        _table(line),
    )


def _inline(broken_html: bool) -> st.SearchStrategy[str]:
    plain = st.sampled_from(WORDS)
    if broken_html:
        # Whatever characters there are, those that mean something in Markdown and HTML above all.
        characters = st.sampled_from("ab \\*_`[]()!#<>&;:/\"'-~|.1\n\t\u00a0\u2028é") | st.characters(codec="utf-8")
        plain |= st.text(characters, max_size=12).map("{}a".format)  # something to see: for nothing see KNOWN
    # At the beginning of a line a tag or comment makes HTML of all that follows it there, and of "<https://…>", too.
    raw = ("<br>", "<!-- c -->") if broken_html else ("a<br>", "a<!-- c -->")
    atoms = st.one_of(
        plain,
        st.sampled_from(CODE[:5]).map("`` {} ``".format),
        st.sampled_from(("[^1]", "[^n]", "[ref]", AUTOLINK, "https://e.org/x_y", "a<wbr>b", *raw)),
        _image(),
    )

    # Browsers take apart a link in a link, and what overlaps: "*a <u>b*</u>".
    tags = st.sampled_from(TAGS if broken_html else TAGS[:-1])

    def link(text: str, url: str, title: str) -> str:
        return f"[{text if broken_html else text.replace(AUTOLINK, 'x')}]({url}{title})"

    def tagged(tag: str, text: str) -> str:
        return f"<{tag}>{text}</{tag.split()[0]}>"

    def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            inner.map("*{}*".format),
            inner.map("**{}**".format),
            inner.map("~~{}~~".format),
            st.builds(link, inner, st.sampled_from(URLS), st.sampled_from(TITLES)),
            st.builds(tagged, tags, inner if broken_html else plain),
        )

    parts = st.recursive(atoms, wrapped, max_leaves=3)
    joints = st.sampled_from((" ", " ", "\n", "  \n", "\\\n", ""))
    return st.lists(st.tuples(parts, joints), min_size=1, max_size=4).map(
        lambda pairs: "".join(part + joint for part, joint in pairs).strip()
    )


def _image() -> st.SearchStrategy[str]:
    alt = st.sampled_from(("", "A", 'a "b" <c> & d--e', "*m* `c`", "日本"))
    return st.builds("![{}]({}{})".format, alt, st.sampled_from(IMAGES), st.sampled_from(TITLES))


def _table(line: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cell = line.map(lambda said: said.replace("|", "\\|").strip())
    rule = st.sampled_from(("---", ":--", ":-:", "--:"))
    rows = st.lists(st.lists(cell, min_size=1, max_size=3), max_size=2)

    def written(head: list[str], rules: list[str], rows: list[list[str]]) -> str:
        return "\n".join(f"| {' | '.join(row)} |" for row in (head, rules, *rows))

    return st.builds(written, st.tuples(cell, cell).map(list), st.tuples(rule, rule).map(list), rows)


def _containers(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.lists(blocks, min_size=1, max_size=3), min_size=1, max_size=3)
    return st.one_of(
        _list(items, st.sampled_from(("- ", "* ", "- [ ] ", "- [x] "))),
        _list(items, st.sampled_from(("1. ", "7) ", "0. "))),
        st.lists(blocks, min_size=1, max_size=2).map("\n\n".join).map(lambda text: _indented(text, "> ", "> ")),
    )


def _list(items: st.SearchStrategy[list[list[str]]], marker: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(entries: list[list[str]], marker: str, gap: str) -> str:
        indent = " " * (marker.index(" ") + 1)
        return gap.join(_indented("\n\n".join(entry), marker, indent) for entry in entries)

    return st.builds(written, items, marker, st.sampled_from(("\n", "\n\n")))


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join((rest if at else first) + line if line or rest.strip() else line for at, line in enumerate(lines))
