"""Places where text, a link or an image is lost or changed and should not be: to be mended, here or upstream.

Each is a test that is expected to fail. When one passes, the run fails and says so: then its entry leaves this list,
and the property tests compare what it has kept from them.
"""

from __future__ import annotations

from decisions import Difference
from meeting_decisions import pattern

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
]
