"""GitHub's additions to Markdown as plugins of the parser, mended where they lose or mistake what an author wrote.

Sources: https://github.github.com/gfm/#autolinks-extension- and GitHub's footnotes (``[^name]``, ``[^name]: text``).
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.gfm_autolink.index import _email_rule, _protocol_rule

__all__ = ["bare_links", "footnotes"]

_IN_A_FOOTNOTE = "publisher: in a footnote"


def bare_links(parser: MarkdownIt) -> None:
    """Links from ``https://…``, ``www.…`` and e-mail addresses that stand in the text as they are."""
    parser.use(gfm_autolink_plugin)
    parser.inline.ruler.at("gfm_autolink_protocol", _link_after_a_scheme)
    parser.inline.ruler.at("gfm_autolink_email", _whole_address)


def footnotes(parser: MarkdownIt) -> None:
    """Footnotes, defined anywhere but inside another footnote. Of two with one name the first one counts."""
    parser.use(footnote_plugin, inline=False)
    parser.block.ruler.at("footnote_def", _first_definition, {"alt": ["paragraph", "reference", "blockquote"]})


def _link_after_a_scheme(state: StateInline, silent: bool) -> bool:
    # The plugin's own rule searches all the text before a colon, which makes a page of colons take minutes.
    on_the_web = state.pending.endswith(("http", "https")) and state.src.startswith("://", state.pos)
    return (on_the_web or state.pending.endswith(("mailto", "xmpp"))) and _protocol_rule(state, silent)


def _whole_address(state: StateInline, silent: bool) -> bool:
    # An underscore may mark emphasis, so what stands before it is not pending any more: "ana_b@example.com" must not
    # become a link to b@example.com.
    start = state.pos - len(state.pending)
    cut = all(_is_local(character) for character in state.pending) and start > 0 and _is_local(state.src[start - 1])
    return not cut and _email_rule(state, silent)


def _is_local(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ".+-_")


def _first_definition(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    # The plugin's tokens do not nest. A line outside of the footnote that is being read begins the next one.
    if state.env.get(_IN_A_FOOTNOTE) and not (silent and state.sCount[startLine] < state.blkIndent):
        return False
    if silent:
        return footnote_def(state, startLine, endLine, silent)
    known = set(state.env.get("footnotes", {}).get("refs", ()))
    begin = len(state.tokens)
    state.env[_IN_A_FOOTNOTE] = True
    try:
        found = footnote_def(state, startLine, endLine, silent)
    finally:
        state.env[_IN_A_FOOTNOTE] = False
    if found and f":{state.tokens[begin].meta['label']}" in known:
        del state.tokens[begin:]
    return found
