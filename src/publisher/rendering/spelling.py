"""How the block editor spells markup: byte for byte, so that opening and saving an article changes nothing."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["attribute", "block", "code", "own_attribute", "text"]

# A URL alone on a line: WordPress would put an embed in its place, in code as well.
_ISOLATED_URL = re.compile(r'^([ \t]*https?:)//([^\s<>"]+[ \t]*)$', re.MULTILINE)


def text(said: str) -> str:
    """Text between tags. Quotes stay; U+00A0 is named; a carriage return cannot be told from a line end in HTML."""
    return html.escape(said.replace("\r", "\n"), quote=False).replace("\u00a0", "&nbsp;")


def code(source: str) -> str:
    """The text of a code block: shortcodes and embeds do not start in it."""
    return _ISOLATED_URL.sub(r"\1&#47;&#47;\2", text(source).replace("[", "&#91;"))


def attribute(value: str) -> str:
    """The value of an attribute inside text, as browsers write it; but never the start of a comment."""
    spelled = value.replace("\r", "\n").replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace('"', "&quot;")
    # A raw "<!-- wp:…" in a value would be taken for a block.
    return spelled.replace("<!--", "&lt;!--")


def own_attribute(value: str) -> str:
    """The value of an attribute of a block's own tags."""
    return html.escape(value.replace("\r", "\n"), quote=False).replace('"', "&quot;")


def block(name: str, inner: str, attributes: Mapping[str, Any] | None = None) -> str:
    """A block between its delimiters; an empty attribute mapping is not written."""
    written = ""
    if attributes:
        plain = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
        for found, escaped in (
            # The backslash first: it stands before the quotes.
            ("\\\\", "\\u005c"),
            ("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ('\\"', "\\u0022"),
        ):  # fmt: skip
            plain = plain.replace(found, escaped)
        written = plain + " "
    return f"<!-- wp:{name} {written}-->\n{inner}\n<!-- /wp:{name} -->"
