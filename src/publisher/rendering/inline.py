"""The text of one paragraph, item, heading or cell as the block editor spells it.

Raw tags are allowed in Markdown text, and the editor takes them only if they are whole, well nested and of a kind
that belongs into text. :func:`inline` answers ``None`` where they are not; the caller then keeps the HTML as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from markdown_it.token import Token

from publisher.rendering.footnotes import footnote_reference
from publisher.rendering.images import Placed, alt_text, place
from publisher.rendering.spelling import attribute, text

__all__ = ["inline"]

_IN_TEXT = re.compile(
    r"a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike"
    r"|strong|sub|sup|time|tt|u|var"
)
_VOID = frozenset({"br", "img", "wbr"})
_BLANK = " \t\r\n"
_SHOWN = frozenset({"image", "hardbreak", "footnote_ref"})
# A comment that every HTML parser reads alike.
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*(?<!-)-->", re.DOTALL)


def inline(children: Sequence[Token] | None, placed: Mapping[str, Placed]) -> str | None:
    """The markup of inline tokens, or ``None`` if raw tags in them are not what the editor would write."""
    if not children:
        return ""
    written: list[str] = []
    open_tags: list[str] = []
    shows = False  # anything but blanks inside tags, as in "` `", which the editor takes for nothing and drops
    for token in children:
        kind = token.type
        if kind == "text":
            written.append(text(token.content))
            shows = shows or bool(token.content.strip(_BLANK))
            continue
        if kind == "softbreak":
            written.append("\n")
            continue
        piece = _raw(token.content, open_tags, placed) if kind == "html_inline" else _mark(token, placed)
        if piece is None:
            return None
        if token.nesting == 1:
            if token.tag == "a" and "a" in open_tags:
                return None
            open_tags.append(token.tag)
        elif token.nesting == -1 and (not open_tags or open_tags.pop() != token.tag):
            return None
        elif kind == "code_inline":
            shows = shows or bool(token.content.strip(_BLANK))
        elif kind in _SHOWN or (kind == "html_inline" and piece.startswith(("<img", "<br"))):
            shows = True
        written.append(piece)
    if open_tags:
        return None
    markup = "".join(written)
    return markup if shows or "<" not in markup or not _has_text(children) else None


def _has_text(children: Sequence[Token]) -> bool:
    return any(token.content for token in children if token.type in ("text", "code_inline"))


def _mark(token: Token, placed: Mapping[str, Placed]) -> str | None:
    match token.type:
        case "code_inline":
            return f"<code>{text(token.content)}</code>"
        case "em_open" | "strong_open" | "s_open" | "link_open":
            return f"<{token.tag}{_attributes(token.attrs)}>" if token.attrs else f"<{token.tag}>"
        case "em_close" | "strong_close" | "s_close" | "link_close":
            return f"</{token.tag}>"
        case "hardbreak":
            return "<br>"
        case "image":
            return _image(token, placed)
        case "footnote_ref":
            return footnote_reference(token)
    return None


def _image(token: Token, placed: Mapping[str, Placed]) -> str:
    src = str(token.attrs["src"])
    home = place(src, placed)
    attributes: dict[str, str | int | float] = {"src": home.url if home else src, "alt": alt_text(token)}
    if home and home.remote_id.isdecimal():
        attributes["class"] = f"wp-image-{home.remote_id}"
    if "title" in token.attrs:
        attributes["title"] = token.attrs["title"]
    return f"<img{_attributes(attributes)}>"


def _attributes(values: Mapping[str, str | int | float]) -> str:
    return "".join(f' {name}="{attribute(str(value))}"' for name, value in values.items())


class _Tag(NamedTuple):
    name: str
    attributes: dict[str, str]
    closing: bool


class _Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Tag] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of an attribute that is written twice, browsers keep the first.
        values: dict[str, str] = {}
        for name, value in attrs:
            values.setdefault(name, value or "")
        self.found.append(_Tag(tag, values, closing=False))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(_Tag(tag, {}, closing=True))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # "<span/>" opens a span in HTML; only void tags end by themselves.
        self.handle_starttag(tag, attrs)


def _raw(markup: str, open_tags: list[str], placed: Mapping[str, Placed]) -> str | None:
    if markup.startswith("<!--"):
        return markup if _COMMENT.fullmatch(markup) else None
    tags = _Tags(markup).found
    if len(tags) != 1:
        return None
    tag = tags[0]
    if tag.name in _VOID and not tag.closing:
        if tag.name == "img":
            return _raw_image(tag, placed)
        return f"<{tag.name}{_attributes(tag.attributes)}>"
    if not _IN_TEXT.fullmatch(tag.name):
        return None
    if tag.closing:
        if not open_tags or open_tags.pop() != tag.name:
            return None
        return f"</{tag.name}>"
    if tag.name == "a" and "a" in open_tags:
        return None
    open_tags.append(tag.name)
    return f"<{tag.name}{_attributes(tag.attributes)}>"


def _raw_image(tag: _Tag, placed: Mapping[str, Placed]) -> str:
    values = dict(tag.attributes)
    home = place(values.get("src", ""), placed)
    if home:
        values["src"] = home.url
    return f"<img{_attributes(values)}>"
