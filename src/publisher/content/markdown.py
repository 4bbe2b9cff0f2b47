"""The one Markdown parser: CommonMark with GFM's extensions and footnotes, and an id for every heading.

Everything that looks into a body (images, titles, leaks, all renderers) reads this token stream, so all agree on what
is code, what is a link and what is raw HTML.

Sources: https://spec.commonmark.org/0.31.2/ and https://github.github.com/gfm/.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.anchors.index import slugify as github_slug
from mdit_py_plugins.anchors.index import unique_slug

from publisher.content.kept import kept
from publisher.content.plugins import bare_links, footnotes

__all__ = ["OPTIONS", "new_parser", "parse", "plain_text", "with_lines"]

# "## Setup {#install}": the id that Hugo, Pandoc and kramdown readers write behind a heading.
_OWN_ID = re.compile(r"[ \t]*\{#(?P<id>[^\s{}#]+)\}[ \t]*$")


class _Parser(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the name is markdown-it's
        return link  # an address in the text is shown as the author wrote it, not decoded


def new_parser() -> MarkdownIt:
    """A parser of our Markdown. One thread at a time may use it."""
    options = {"tasklists": True, "strikethrough_single_tilde": True, "xhtmlOut": False}
    parser = _Parser("commonmark", options).enable(["table", "strikethrough"])
    bare_links(parser)
    footnotes(parser)
    parser.core.ruler.push("heading_ids", _give_headings_ids)
    return parser


def _give_headings_ids(state: StateCore) -> None:
    """The id that the author wrote behind a heading, or else the one that GitHub would make of its text."""
    headings = [at for at, token in enumerate(state.tokens) if token.type == "heading_open"]
    taken: set[str] = set()
    for at in headings:
        own = _take_own_id(state.tokens[at + 1].children or [])
        if own:
            state.tokens[at].attrs["id"] = own
            taken.add(own)
    for at in headings:
        heading = state.tokens[at]
        slug = "" if "id" in heading.attrs else github_slug(plain_text(state.tokens[at + 1].children).strip())
        if slug:
            heading.attrs["id"] = unique_slug(slug, taken)


def _take_own_id(children: list[Token]) -> str:
    """The id at the end of a heading, which leaves its text."""
    last = children[-1] if children else None
    found = _OWN_ID.search(last.content) if last is not None and last.type == "text" else None
    if last is None or found is None:
        return ""
    last.content = last.content[: found.start()]
    return found["id"]


# One parser a thread: some plugins keep state while they parse.
_parsers = threading.local()


def _parser() -> MarkdownIt:
    if not hasattr(_parsers, "parser"):
        _parsers.parser = new_parser()
    parser: MarkdownIt = _parsers.parser
    return parser


_first = new_parser()

#: The options that a renderer of these tokens needs.
OPTIONS: OptionsDict = _first.options

# mdurl fills its table when the first address is encoded, and shows it half-filled to other threads: they would fail,
# or publish an address with letters encoded that must not be. A module is imported by one thread.
_first.normalizeLink("/")


@kept
def parse(body: str) -> tuple[Token, ...]:
    """The tokens of a body. They are shared between callers: never change one."""
    return tuple(_parser().parse(body))


def with_lines(tokens: Sequence[Token]) -> Iterator[tuple[Token, int, int]]:
    """Each token, with the lines that it stands in: the first, from 0, and the one behind the last."""
    start, end = 0, 0
    for token in tokens:
        # The cells of a table have no lines of their own: they share their row's.
        start, end = token.map or (start, end)
        yield token, start, end


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
