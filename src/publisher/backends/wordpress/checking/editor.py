"""Which editor the site's authors use, and whether articles come in a form that it likes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from publisher.backends.wordpress.checking.saying import Unseen, good, mapping, unknown, warning
from publisher.models import Finding

#: Plugins that switch the block editor off, by their folders.
_CLASSIC = {"classic-editor": "Classic Editor", "disable-gutenberg": "Disable Gutenberg"}

_OURS, _BLOCK = '"publisher":"', "<!-- wp:"


def editor(
    body: str, form: str, plugins: Collection[str] | Unseen, posts: Sequence[Mapping[str, Any]] | Unseen
) -> Finding:
    """Whether the form of articles fits the editor.

    A plugin of a known name is certain. Else the newest articles that people wrote tell what they write with.
    """
    written = f"articles are written as {'blocks' if form == 'blocks' else 'HTML'} (body={body!r})"
    named = () if isinstance(plugins, Unseen) else plugins
    classic = next((name for folder, name in _CLASSIC.items() if folder in named), None)
    texts = [] if isinstance(posts, Unseen) else [str(mapping(post.get("content")).get("raw", "")) for post in posts]
    by_hand = [text for text in texts if _OURS not in text]
    blocks = any(_BLOCK in text for text in by_hand)
    if classic is not None:
        return _classic(form, f"the plugin {classic} is active, and {written}")
    if by_hand and not blocks:
        return _no_blocks(form, written)
    if blocks or not isinstance(plugins, Unseen):
        reason = "the newest articles are made of blocks" if blocks else "no plugin of a known name switches it off"
        kept = "" if form == "blocks" else "; it shows each as one Classic block"
        return good("editor", f"the block editor, it seems ({reason}); {written}{kept}")
    return unknown(
        "editor",
        f"which editor the site uses could not be seen; {written}",
        "If wp-admin shows a single text field with 'Visual' and 'Text' above it, pass body=\"html\".",
    )


def _classic(form: str, what: str) -> Finding:
    if form != "blocks":
        return good("editor", what)
    return warning(
        "editor",
        f"{what}: readers see them well, but authors see comments such as <!-- wp:paragraph --> in the editor",
        'Pass body="html".',
    )


def _no_blocks(form: str, written: str) -> Finding:
    what = f"the newest articles hold no blocks, so the block editor may be switched off; {written}"
    if form != "blocks":
        return good("editor", what)
    return unknown("editor", what, 'Open an article in wp-admin: if it is not made of blocks there, pass body="html".')
