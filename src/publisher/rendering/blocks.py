"""WordPress block markup from the token stream, spelled as the editor saves it.

What blocks cannot hold (tags across paragraphs, unclosed tags in text, anything unknown) becomes one core/html block
with the same HTML, so that nothing is lost and the editor has nothing to repair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from publisher.errors import ContentError
from publisher.rendering.embeds import Video, video
from publisher.rendering.html import html_from_tokens, task_box, with_placed
from publisher.rendering.images import Alone, Placed, alone, alt_text, place
from publisher.rendering.inline import inline
from publisher.rendering.more import is_next_page, more
from publisher.rendering.spelling import block, code, own_attribute, text
from publisher.rendering.structure import Stream
from publisher.rendering.whole import whole

__all__ = ["blocks_from_tokens"]

# What WordPress takes for the edge of a block, wherever it stands.
_DELIMITER = re.compile(r"<!--\s+/?wp:")


class _Block(NamedTuple):
    """One block: ``inner`` is what stands between its delimiters."""

    name: str
    inner: str
    attributes: Mapping[str, Any]

    def __str__(self) -> str:
        return block(self.name, self.inner, self.attributes)


def blocks_from_tokens(tokens: Sequence[Token], placed: Mapping[str, Placed], mark: str = "") -> str:
    """Tokens as block markup; ``mark`` goes into the attributes of the first block.

    Raises :class:`ContentError` with the line of the body where raw HTML holds block delimiters.
    """
    _refuse_delimiters(tokens)
    blocks = _Writer(tokens, placed).blocks(0, len(tokens))
    if mark:
        first = blocks[0] if blocks else _Block("paragraph", "<p></p>", {})
        # The editor writes metadata after the attributes of the block's own.
        blocks[:1] = [first._replace(attributes={**first.attributes, "metadata": {"publisher": mark}})]
    return _joined(blocks)


def _joined(blocks: Sequence[_Block]) -> str:
    return "\n\n".join([str(one) for one in blocks])


def _refuse_delimiters(tokens: Sequence[Token], line: int = 0) -> None:
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type in ("html_block", "html_inline"):
            found = _DELIMITER.search(token.content)
            if found:
                raise ContentError(
                    "raw HTML that holds a WordPress block delimiter would become a block of its own",
                    line=line + 1 + token.content.count("\n", 0, found.start()),
                    hint="Write it as code, or publish the article as html.",
                )
        if token.children:
            _refuse_delimiters(token.children, line)


class _Writer:
    """Writes the blocks of a stream. Places are indices of tokens; a block begins at one and ends before another."""

    def __init__(self, tokens: Sequence[Token], placed: Mapping[str, Placed]) -> None:
        self.tokens = tokens
        self.stream = Stream(tokens)
        self.placed = placed

    def blocks(self, start: int, end: int) -> list[_Block]:
        written: list[_Block] = []
        at = start
        while at < end:
            after = self.stream.after(at)
            if self.tokens[at].type == "html_block":
                beyond = self.stream.after_html(at, end)
                one = self.html(at, beyond) if beyond > after else self.html_block(self.tokens[at].content)
                after = beyond
            else:
                one = self.one(at, after)
            if one is not None:
                written.append(one)
            at = after
        return written

    def one(self, at: int, after: int) -> _Block | None:
        match self.tokens[at].type:
            case "paragraph_open":
                found = self.paragraph(at)
            case "heading_open":
                found = self.heading(at)
            case "bullet_list_open" | "ordered_list_open":
                found = self.list(at)
            case "blockquote_open":
                inner = _joined(self.blocks(at + 1, after - 1))
                found = _Block("quote", f'<blockquote class="wp-block-quote">{inner}</blockquote>', {})
            case "fence" | "code_block":
                found = _code(self.tokens[at])
            case "table_open":
                found = self.table(at, after)
            case "hr":
                found = _Block("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>', {})
            case _:
                found = None
        return found or self.html(at, after)

    def html(self, start: int, end: int) -> _Block | None:
        """The block of what no other block can hold; ``None`` if it shows nothing."""
        return _html(html_from_tokens(self.tokens[start:end], self.placed))

    def html_block(self, markup: str) -> _Block | None:
        """The block of raw HTML; ``None`` if it shows nothing."""
        said = more(markup)
        if said is not None:
            words = {"customText": said} if said else {}
            return _Block("more", f"<!--more {said}-->" if said else "<!--more-->", words)
        if is_next_page(markup):
            return _Block("nextpage", "<!--nextpage-->", {})
        return _html(with_placed(markup, self.placed))

    def text(self, at: int) -> str | None:
        """The text of what opens at ``at`` and holds inline content; ``None`` if blocks cannot hold it."""
        held = self.tokens[at + 1]
        return inline(held.children, self.placed) if held.type == "inline" else ""

    def paragraph(self, at: int) -> _Block | None:
        single, shown = self.figure(at), video(self.tokens[at + 1].children)
        if single:
            return self.image(single)
        if shown and not self.tokens[at].hidden:
            return _embed(shown)
        said = self.text(at)
        return None if said is None else _Block("paragraph", f"<p>{said}</p>", {})

    def heading(self, at: int) -> _Block | None:
        said, opening = self.text(at), self.tokens[at]
        if said is None:
            return None
        level, own_id = int(opening.tag[1:]), str(opening.attrs.get("id", ""))
        attributes: dict[str, Any] = {"level": level} if level != 2 else {}
        shown_id = ""
        if own_id:
            attributes["anchor"] = own_id
            shown_id = f' id="{own_attribute(own_id)}"'
        return _Block(
            "heading", f'<{opening.tag}{shown_id} class="wp-block-heading">{said}</{opening.tag}>', attributes
        )

    def figure(self, at: int) -> Alone | None:
        """The image that a paragraph becomes. One whose link has a title stays text: a block has no place for that."""
        single = None if self.tokens[at].hidden else alone(self.tokens[at + 1].children)
        return None if single and single.link and "title" in single.link.attrs else single

    def image(self, single: Alone) -> _Block:
        image, link = single
        src = str(image.attrs["src"])
        home = place(src, self.placed)
        remote_id = home.remote_id if home and home.remote_id.isdecimal() else ""
        attributes: dict[str, Any] = {"id": int(remote_id), "sizeSlug": "full"} if remote_id else {}
        if link or remote_id:
            attributes["linkDestination"] = "custom" if link else "none"
        shown = f'<img src="{own_attribute(home.url if home else src)}" alt="{own_attribute(alt_text(image))}"'
        shown += f' class="wp-image-{remote_id}"/>' if remote_id else "/>"
        if link:
            shown = f'<a href="{own_attribute(str(link.attrs["href"]))}">{shown}</a>'
        if image.attrs.get("title"):
            shown += f'<figcaption class="wp-element-caption">{text(str(image.attrs["title"]))}</figcaption>'
        size = " size-full" if remote_id else ""
        return _Block("image", f'<figure class="wp-block-image{size}">{shown}</figure>', attributes)

    def list(self, at: int) -> _Block | None:
        found = [self.item(*place) for place in self.stream.within(at)]
        items = [item for item in found if item is not None]
        if len(items) < len(found):
            return None
        opening = self.tokens[at]
        attributes: dict[str, Any] = {}
        tag, start = "ul", ""
        if opening.type == "ordered_list_open":
            tag, attributes = "ol", {"ordered": True}
            if "start" in opening.attrs:
                attributes["start"] = int(opening.attrs["start"])
                start = f' start="{attributes["start"]}"'
        return _Block("list", f'<{tag}{start} class="wp-block-list">{_joined(items)}</{tag}>', attributes)

    def item(self, at: int, after: int) -> _Block | None:
        said, here = task_box(self.tokens[at]), at + 1
        while here < after - 1 and self.tokens[here].type == "paragraph_open" and not self.figure(here):
            paragraph = self.text(here)
            if paragraph is None:
                return None
            said += ("<br><br>" if here > at + 1 else "") + paragraph
            here = self.stream.after(here)
        inner = self.blocks(here, after - 1)
        if len(inner) > 1:
            # The editor takes the empty lines between two blocks in an item for text of the item, at every save anew.
            inner = [_Block("group", f'<div class="wp-block-group">{_joined(inner)}</div>', {})]
        return _Block("list-item", f"<li>{said.rstrip() if said.isspace() else said}{_joined(inner)}</li>", {})

    def table(self, at: int, after: int) -> _Block | None:
        written: list[str] = []
        for here in range(at + 1, after - 1):
            token = self.tokens[here]
            if token.type in ("th_open", "td_open"):
                said = self.text(here)
                if said is None:
                    return None
                side = str(token.attrs.get("style", "")).removeprefix("text-align:")
                aligned = f' class="has-text-align-{side}" data-align="{side}"' if side else ""
                written.append(f"<{token.tag}{aligned}>{said}")
            elif token.type != "inline":
                written.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
        # Without a class on the table, and saying so, it is valid in all editors since WordPress 6.1.
        return _Block(
            "table",
            f'<figure class="wp-block-table"><table>{"".join(written)}</table></figure>',
            {"hasFixedLayout": False},
        )


def _html(markup: str) -> _Block | None:
    shown = whole(markup)
    return _Block("html", shown, {}) if shown else None


def _code(token: Token) -> _Block:
    said = unescapeAll(token.info).split(maxsplit=1) if token.info else []
    shown = code(token.content.removesuffix("\n"))
    name = f"language-{said[0]}" if said else ""
    classes = f"wp-block-code {own_attribute(name)}" if name else "wp-block-code"
    return _Block("code", f'<pre class="{classes}"><code>{shown}</code></pre>', {"className": name} if name else {})


def _embed(shown: Video) -> _Block:
    classes = f"wp-block-embed is-provider-{shown.provider} wp-block-embed-{shown.provider}"
    return _Block(
        "embed",
        f'<figure class="{classes}"><div class="wp-block-embed__wrapper">\n{text(shown.url)}\n</div></figure>',
        {"url": shown.url, "providerNameSlug": shown.provider, "responsive": True},
    )
