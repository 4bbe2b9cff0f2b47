"""Clean HTML from the token stream: markdown-it's own renderer, with rules for what is ours."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from publisher.content.markdown import OPTIONS
from publisher.content.rawhtml import with_sources
from publisher.rendering.embeds import Video, player, video
from publisher.rendering.footnotes import footnote_anchor, footnote_id, footnote_reference
from publisher.rendering.images import Placed, alone, alt_text, place
from publisher.rendering.more import more

__all__ = ["html_from_tokens", "html_in_text", "task_box"]


def html_from_tokens(tokens: Sequence[Token], placed: Mapping[str, Placed], *, players: bool = True) -> str:
    """HTML of tokens, whole or a part of a stream.

    An image alone in a paragraph becomes a figure if its title gives it a caption. A video alone in a paragraph becomes
    its player, or without ``players`` stays a bare address, in whose place WordPress puts the player by itself.
    """
    rendered: str = _RENDERER.render(tokens, OPTIONS, {"placed": placed, "players": players})
    return rendered


def html_in_text(children: Sequence[Token] | None, placed: Mapping[str, Placed]) -> str:
    """HTML of inline tokens: the text of a paragraph, an item, a heading or a cell."""
    return _RENDERER.renderInline(children or (), OPTIONS, {"placed": placed})


def task_box(item: Token | None) -> str:
    """The box of a task list item with a blank after it, else nothing. A character, since sites remove inputs.

    U+FE0E says that it is text: WordPress would put a picture of its own in the place of a ticked box, and not of an
    empty one.
    """
    if item is None or "checked" not in (item.meta or {}):
        return ""
    return "☑\ufe0e " if item.meta["checked"] else "☐ "


class _Renderer(RendererHTML):
    """Never changes a token: they are shared. ``env["placed"]`` says where images live."""

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if not tokens[idx].hidden:
            single = alone(tokens[idx + 1].children)
            if single and single.image.attrs.get("title"):
                env["captioned"] = True
                return "<figure>"
        box = task_box(tokens[idx - 1]) if idx and not tokens[idx].hidden else ""
        return self.renderToken(tokens, idx, options, env) + box

    def paragraph_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        single = None if tokens[idx].hidden else alone(tokens[idx - 1].children)
        caption = str(single.image.attrs.get("title", "")) if single else ""
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
        said = more(tokens[idx].content)
        if said is not None:
            # The one spelling that WordPress, Hugo and Jekyll all know.
            return f"<!--more {said}-->\n" if said else "<!--more-->\n"
        return with_placed(tokens[idx].content, env["placed"])

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return with_placed(tokens[idx].content, env["placed"])

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return footnote_reference(tokens[idx])

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<section class="footnotes">\n<ol>\n'

    def footnote_block_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</ol>\n</section>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<li id="{footnote_id(tokens[idx])}">\n'

    def footnote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</li>\n"

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f" {footnote_anchor(tokens[idx])}"

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """As markdown-it does it, but a paragraph that is a video is one thing."""
        if not any(token.type == "inline" and video(token.children) for token in tokens):
            rendered: str = super().render(tokens, options, env)
            return rendered
        written, at, since = [], 0, 0
        while at < len(tokens):
            found = tokens[at].type == "paragraph_open" and not tokens[at].hidden and video(tokens[at + 1].children)
            if found:
                written.append(super().render(tokens[since:at], options, env))
                written.append(_shown(found, players=env["players"]))
                since = at + 3
            at += 1
        return "".join([*written, super().render(tokens[since:], options, env)])


def _shown(found: Video, *, players: bool) -> str:
    return f"<figure>{player(found)}</figure>\n" if players else f"<p>{html.escape(found.url)}</p>\n"


def with_placed(markup: str, placed: Mapping[str, Placed]) -> str:
    """Raw HTML with the new addresses of its images."""

    def new(src: str) -> str | None:
        home = place(src, placed)
        return home.url if home else None

    return with_sources(markup, new) if placed else markup


_RENDERER = _Renderer()
