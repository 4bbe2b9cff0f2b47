"""Clean HTML from the token stream: markdown-it's own renderer, with rules for images and task lists."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from publisher.content.markdown import OPTIONS, parse
from publisher.content.rawhtml import with_sources
from publisher.rendering.images import Placed, alone, alt_text, place

__all__ = ["html_from_markdown", "html_from_tokens", "task_box"]


def html_from_markdown(body: str, placed: Mapping[str, Placed]) -> str:
    """A Markdown body as HTML. An image alone in a paragraph becomes a figure if its title gives it a caption."""
    return html_from_tokens(parse(body), placed)


def html_from_tokens(tokens: Sequence[Token], placed: Mapping[str, Placed]) -> str:
    """The same for a part of a token stream."""
    rendered: str = _RENDERER.render(tokens, OPTIONS, {"placed": placed})
    return rendered


def task_box(item: Token | None) -> str:
    """The box of a task list item with a blank after it, else nothing. A character, since sites remove inputs."""
    if item is None or "checked" not in (item.meta or {}):
        return ""
    return "☑ " if item.meta["checked"] else "☐ "


class _Renderer(RendererHTML):
    """Never changes a token: they are shared. ``env["placed"]`` says where images live."""

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if _captioned(tokens[idx], tokens[idx + 1]):
            env["captioned"] = True
            return "<figure>"
        box = task_box(tokens[idx - 1]) if idx and not tokens[idx].hidden else ""
        return self.renderToken(tokens, idx, options, env) + box

    def paragraph_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        caption = _captioned(tokens[idx], tokens[idx - 1])
        if caption:
            return f"<figcaption>{html.escape(caption, quote=False)}</figcaption></figure>\n"
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        src = str(token.attrs["src"])
        home = place(src, env["placed"])
        attributes: dict[str, Any] = {"src": home.url if home else src, "alt": alt_text(token)}
        if home and home.remote_id.isdecimal():
            # WordPress finds the sizes of an image by this class; elsewhere it is harmless.
            attributes["class"] = f"wp-image-{home.remote_id}"
        if "title" in token.attrs and not env.pop("captioned", False):
            attributes["title"] = token.attrs["title"]
        written = "".join(f' {name}="{html.escape(str(value))}"' for name, value in attributes.items())
        return f"<img{written}>"

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        box = task_box(tokens[idx])
        if not box:
            return self.renderToken(tokens, idx, options, env)
        # In a loose list the box belongs into the first paragraph.
        loose = tokens[idx + 1].type == "paragraph_open" and not tokens[idx + 1].hidden
        return "<li>\n" if loose else f"<li>{box}"

    def bullet_list_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, idx, options, env).replace(' class="contains-task-list"', "")

    def ordered_list_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.bullet_list_open(tokens, idx, options, env)

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return with_placed(tokens[idx].content, env["placed"])

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return with_placed(tokens[idx].content, env["placed"])


def with_placed(markup: str, placed: Mapping[str, Placed]) -> str:
    """Raw HTML with the new addresses of its images."""

    def new(src: str) -> str | None:
        home = place(src, placed)
        return home.url if home else None

    return with_sources(markup, new) if placed else markup


def _captioned(paragraph: Token, inline: Token) -> str:
    single = None if paragraph.hidden else alone(inline.children)
    return str(single.image.attrs.get("title", "")) if single else ""


_RENDERER = _Renderer()
