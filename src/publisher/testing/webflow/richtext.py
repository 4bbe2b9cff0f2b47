"""What a rich text field may lose until it is read again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = "p|h[1-6]|ul|ol|li|blockquote|figure|figcaption|div|table|pre|hr"
_BETWEEN = re.compile(rf"(</?(?:{_BLOCKS})\b[^>]*>)\s+(?=</?(?:{_BLOCKS})\b)")


@lru_cache(maxsize=4096)
def read_back(html: str) -> str:
    """Without whitespace between blocks; outside embeds, tables are text and ``<pre>`` is empty."""
    root = LexborHTMLParser(f"<body>{html}</body>").body
    if root is None:
        return ""
    for node in root.css("table, pre"):
        if any("data-rt-embed-type" in (above.attributes or {}) for above in _above(node)):
            continue
        if node.tag == "table":
            node.replace_with(" ".join(node.text(separator=" ").split()))
        else:
            node.inner_html = ""
    return _BETWEEN.sub(r"\1", root.inner_html or "")


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
