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
from markdown_it.tree import SyntaxTreeNode

from publisher.content.markdown import parse
from publisher.errors import ContentError
from publisher.rendering.html import html_from_tokens, task_box, with_placed
from publisher.rendering.images import Alone, Placed, alone, alt_text, place
from publisher.rendering.inline import inline
from publisher.rendering.nesting import end_of_html
from publisher.rendering.spelling import block, code, own_attribute, text

__all__ = ["blocks_from_markdown"]

_MORE = re.compile(r"<!--\s*more(?:\s+(?P<text>.*?))?\s*-->", re.DOTALL)
_NEXT_PAGE = re.compile(r"<!--\s*nextpage\s*-->")
# What WordPress takes for the edge of a block, wherever it stands.
_DELIMITER = re.compile(r"<!--\s+/?wp:")


class _Block(NamedTuple):
    """One block: ``inner`` is what stands between its delimiters."""

    name: str
    inner: str
    attributes: Mapping[str, Any]

    def __str__(self) -> str:
        return block(self.name, self.inner, self.attributes)


def blocks_from_markdown(body: str, placed: Mapping[str, Placed], mark: str = "") -> str:
    """A Markdown body as block markup; ``mark`` goes into the attributes of the first block.

    Raises :class:`ContentError` with the line of the body where raw HTML holds block delimiters.
    """
    tokens = parse(body)
    _refuse_delimiters(tokens)
    blocks = _Writer(placed).blocks(SyntaxTreeNode(tokens).children)
    if mark:
        first = blocks[0] if blocks else _Block("paragraph", "<p></p>", {})
        # The editor writes metadata after the attributes of the block's own.
        blocks[:1] = [first._replace(attributes={**first.attributes, "metadata": {"publisher": mark}})]
    return _joined(blocks)


def _joined(blocks: Sequence[_Block]) -> str:
    return "\n\n".join(str(one) for one in blocks)


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
        _refuse_delimiters(token.children or (), line)


class _Writer:
    def __init__(self, placed: Mapping[str, Placed]) -> None:
        self.placed = placed

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[_Block]:
        written: list[_Block] = []
        at = 0
        while at < len(nodes):
            after = end_of_html(nodes, at)
            if after > at + 1:
                written.append(self.html(nodes[at:after]))
            else:
                one = self.one(nodes[at])
                if one is not None:
                    written.append(one)
            at = after
        return written

    def one(self, node: SyntaxTreeNode) -> _Block | None:
        """The block of a node; ``None`` if the node shows nothing."""
        match node.type:
            case "paragraph":
                found = self.paragraph(node)
            case "heading":
                found = self.heading(node)
            case "bullet_list" | "ordered_list":
                found = self.list(node)
            case "blockquote":
                inner = _joined(self.blocks(node.children))
                found = _Block("quote", f'<blockquote class="wp-block-quote">{inner}</blockquote>', {})
            case "fence" | "code_block":
                found = _code(node)
            case "table":
                found = self.table(node)
            case "hr":
                found = _Block("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>', {})
            case "html_block":
                return self.html_block(node.content)
            case _:
                found = None
        return found or self.html([node])

    def html(self, nodes: Sequence[SyntaxTreeNode]) -> _Block:
        tokens = [token for node in nodes for token in node.to_tokens()]
        return _Block("html", html_from_tokens(tokens, self.placed).strip(), {})

    def html_block(self, markup: str) -> _Block | None:
        bare = markup.strip()
        more = _MORE.fullmatch(bare)
        if more and "--" not in (more["text"] or ""):
            said = more["text"] or ""
            return _Block(
                "more", f"<!--more {said}-->" if said else "<!--more-->", {"customText": said} if said else {}
            )
        if _NEXT_PAGE.fullmatch(bare):
            return _Block("nextpage", "<!--nextpage-->", {})
        return _Block("html", with_placed(markup, self.placed).strip(), {}) if bare else None

    def text(self, node: SyntaxTreeNode) -> str | None:
        """The text of a node that holds inline content."""
        return "" if not node.children else inline(_children(node.children[0]), self.placed)

    def paragraph(self, node: SyntaxTreeNode) -> _Block | None:
        single = _figure(node)
        if single:
            return self.image(single)
        said = self.text(node)
        return None if said is None else _Block("paragraph", f"<p>{said}</p>", {})

    def heading(self, node: SyntaxTreeNode) -> _Block | None:
        said, level = self.text(node), int(node.tag[1:])
        if said is None:
            return None
        return _Block(
            "heading",
            f'<{node.tag} class="wp-block-heading">{said}</{node.tag}>',
            {"level": level} if level != 2 else {},
        )

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

    def list(self, node: SyntaxTreeNode) -> _Block | None:
        items = [self.item(item) for item in node.children]
        if any(item is None for item in items):
            return None
        attributes: dict[str, Any] = {}
        tag, start = "ul", ""
        if node.type == "ordered_list":
            tag, attributes = "ol", {"ordered": True}
            if "start" in node.attrs:
                attributes["start"] = int(node.attrs["start"])
                start = f' start="{attributes["start"]}"'
        inner = "\n\n".join(str(item) for item in items)
        return _Block("list", f'<{tag}{start} class="wp-block-list">{inner}</{tag}>', attributes)

    def item(self, node: SyntaxTreeNode) -> _Block | None:
        said = task_box(node.nester_tokens.opening if node.nester_tokens else None)
        count = 0
        for count, child in enumerate((*node.children, None)):
            if child is None or child.type != "paragraph" or _figure(child):
                break
            paragraph = self.text(child)
            if paragraph is None:
                return None
            said += ("<br><br>" if count else "") + paragraph
        inner = self.blocks(node.children[count:])
        if len(inner) > 1:
            # The editor takes the empty lines between two blocks in an item for text of the item, at every save anew.
            inner = [_Block("group", f'<div class="wp-block-group">{_joined(inner)}</div>', {})]
        return _Block("list-item", f"<li>{said.rstrip() if said.isspace() else said}{_joined(inner)}</li>", {})

    def table(self, node: SyntaxTreeNode) -> _Block | None:
        parts = []
        for part in node.children:
            rows = []
            for row in part.children:
                cells = [self.cell(cell) for cell in row.children]
                if None in cells:
                    return None
                rows.append(f"<tr>{''.join(str(cell) for cell in cells)}</tr>")
            parts.append(f"<{part.tag}>{''.join(rows)}</{part.tag}>")
        # Without a class on the table, and saying so, it is valid in all editors since WordPress 6.1.
        return _Block(
            "table",
            f'<figure class="wp-block-table"><table>{"".join(parts)}</table></figure>',
            {"hasFixedLayout": False},
        )

    def cell(self, node: SyntaxTreeNode) -> str | None:
        said = self.text(node)
        if said is None:
            return None
        side = str(node.attrs.get("style", "")).removeprefix("text-align:")
        aligned = f' class="has-text-align-{side}" data-align="{side}"' if side else ""
        return f"<{node.tag}{aligned}>{said}</{node.tag}>"


def _children(node: SyntaxTreeNode) -> list[Token]:
    return (node.token.children if node.token else None) or []


def _figure(paragraph: SyntaxTreeNode) -> Alone | None:
    """The image that a paragraph becomes. One whose link has a title stays text: a block has no place for that."""
    single = alone(_children(paragraph.children[0])) if paragraph.children and not paragraph.hidden else None
    return None if single and single.link and "title" in single.link.attrs else single


def _code(node: SyntaxTreeNode) -> _Block:
    said = unescapeAll(node.info).split(maxsplit=1) if node.type == "fence" else []
    shown = code(node.content.removesuffix("\n"))
    name = f"language-{said[0]}" if said else ""
    classes = f"wp-block-code {own_attribute(name)}" if name else "wp-block-code"
    return _Block("code", f'<pre class="{classes}"><code>{shown}</code></pre>', {"className": name} if name else {})
