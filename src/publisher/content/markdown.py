"""The one Markdown parser: CommonMark with GFM tables, strikethrough, task lists and links from full URLs.

Everything that looks into a body (images, titles, all renderers) reads this token stream, so all agree on what is
code, what is a link and what is raw HTML.
"""

from __future__ import annotations

import threading
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

__all__ = ["OPTIONS", "parse", "plain_text"]


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"tasklists": True})
    if parser.linkify is not None:
        # Only what the author wrote as a full URL: "setup.py" and "Node.js" are words, not sites.
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        parser.linkify.add("//", None)
    return parser


# One parser a thread: linkify-it keeps the state of a match in the object in some of its releases.
_parsers = threading.local()


def _parser() -> MarkdownIt:
    if not hasattr(_parsers, "parser"):
        _parsers.parser = _new_parser()
    parser: MarkdownIt = _parsers.parser
    return parser


#: The options that a renderer of these tokens needs.
OPTIONS: OptionsDict = _new_parser().options


@lru_cache(maxsize=16)
def parse(body: str) -> tuple[Token, ...]:
    """The tokens of a body. They are shared between callers: never change one."""
    return tuple(_parser().parse(body))


def plain_text(tokens: list[Token] | None) -> str:
    """What inline tokens say, without marks and tags: for a title or the alt text of an image."""
    said = []
    for token in tokens or ():
        if token.type in ("text", "code_inline"):
            said.append(token.content)
        elif token.type == "image":
            said.append(plain_text(token.children))
        elif token.type in ("softbreak", "hardbreak"):
            said.append("\n")
    return "".join(said)
