"""Places where text, a link or an image is lost or changed and should not be: to be mended, here or upstream.

Each is a test that is expected to fail. When one passes, the run fails and says so: then its entry leaves this list,
and the property tests compare what it has kept from them.
"""

from __future__ import annotations

from decisions import Difference
from meeting_decisions import odd_footnote, pattern, shown_otherwise_when_decoded, stray_div_end

__all__ = ["FAULTS"]

FAULTS = [
    Difference(
        "markdown-it-py strips blanks of all kinds at the edges of text, as Python does: Markdown means ASCII ones.",
        "\u00a0a\u00a0",
        "\u00a0a\u00a0",
        "a",
        pattern(
            r"\]:[^\S \t\n]|[^\S \t\n]https?://|https?://[^ \t\n<]*[^\S \t\n]|"
            r">[^\S\n]*[^\S \t\n][^\S\n]*$|^[^\S\n]*[^\S \t\n]"
        ),
    ),
    Difference(
        "The text of a bare link is shown decoded: not as the author wrote it, and U+FFFD where it is no UTF-8.",
        "https://example.com/%A4",
        "https://example.com/%A4 | [https://example.com/%A4](https://example.com/\\xa4)",
        "https://example.com/\ufffd | [https://example.com/\ufffd](https://example.com/\\xa4)",
        shown_otherwise_when_decoded,
    ),
    Difference(
        "The plugin for bare links takes an e-mail address from its last underscore on: another address.",
        "ana_b@example.com",
        "ana_b@example.com | [ana_b@example.com](mailto:ana_b@example.com)",
        "ana_b@example.com | [b@example.com](mailto:b@example.com)",
        pattern(r"_\S*@|@\S*_"),
    ),
    Difference(
        "The plugin for bare links looks for underscores in the host before it cuts the end off.",
        "_https://example.com_",
        "https://example.com | [https://example.com](https://example.com)",
        "https://example.com",
        pattern(r"(?:https?://|www\.)[^\s/]*_"),
    ),
    Difference(
        "The plugin for bare links takes an address without a host for one.",
        "http://.",
        "http://.",
        "http://. | [http://](http://)",
        pattern(r"https?://(?!\w)|www\.[^.\s]*(?:\s|$)|https?://[^\s/]*[`|]"),
    ),
    Difference(
        "Of two footnotes with one name the first is dropped, and nobody is told.",
        "a[^1]\n\n[^1]: b\n\n[^1]: c",
        "a1 1. b | [1](note: b) [](the reference)",
        "a1 1. c | [1](note: c) [](the reference)",
        odd_footnote,
    ),
    Difference(
        "A footnote that is defined inside another one takes the other's text with it.",
        "a[^1]\n\n[^1]: > b\n    > [^2]: c\n\n[^2]: d",
        "a1 1. b | [1](note: b) [](the reference)",
        "a1 1. | [1](note:) [](the reference)",
        pattern(r"\[\^[^\]\n]*\]:(?:.*|(?:.*\n(?:[ >].*)?)*[ >].*)\[\^[^\]\n]*\]:"),
        ("html", "classic"),
    ),
    Difference(
        "A footnote that is defined inside another one: no page at all.",
        "a[^1]\n\n[^1]: > [^2]: c",
        "a1 1. | [1](note:) [](the reference)",
        "IndexError",
        formats=("blocks", "webflow"),
    ),
    Difference(
        "A footnote right below a quote stays in the quote as text.",
        "> a[^1]\n[^1]: b",
        "a1 1. b | [1](note: b) [](the reference)",
        "a[^1] [^1]: b",
        pattern(r"^[ >]*>.*\S.*\n(?:.+\n)*[ >]*\[\^[^\]\n]*\]:"),
    ),
    Difference(
        "Text between a comment and the end of a second one is taken for a comment.",
        "<!-- a --> b -->",
        "b -->",
        "",
        pattern(r"-->.*-->|^(?:[ >]*[-*+>]|[ >]*\d+[.)]).*<!--(?:(?!-->).)*$"),
        ("webflow",),
    ),
    Difference(
        "The title of a link around an image that stands alone is dropped.",
        '[![a](b.png)](c "d")',
        "[[a]](c 'd') | ![a](b.png)",
        "[[a]](c) | ![a](b.png)",
        pattern(r"""^.*\[!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?\](?:\([^)\s]*[ \n]["'(]|\[ref\])"""),
        ("webflow",),
    ),
    Difference(
        "The end of a division that the body did not begin ends the embed around it.",
        "8. </div>\n9. a",
        "8. 9. a",
        "8. a",
        stray_div_end,
        ("webflow",),
    ),
]
