"""Rich text as Webflow keeps it: compared as readers see it, and looked through for what has no place in it.

Webflow rewrites rich text: the Designer adds attributes when somebody saves, white space between blocks may go, and
some sites get no embeds back when an item is read. So texts are compared by what is left of them then.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["blocks", "canonical", "components", "left", "moved", "same"]

_OURS = "[data-rt-embed-type]"
_EMBED = f"{_OURS}, .w-embed"
_COMPONENT = "wf-component"

#: Attributes that say something to readers; all others the Designer sets as it likes.
_TOLD = ("href", "src", "alt", "start")

#: What the Designer takes out of running text without a word, and is no text.
_FOREIGN = "iframe, video, audio, object, embed, form, input, button, select, textarea, script, style, svg, canvas"


@lru_cache(maxsize=512)
def canonical(markup: str) -> tuple[str, tuple[str, ...]]:
    """What rich text says: its elements and words without embeds and components, and the embeds."""
    tree = _tree(markup)
    embeds = tuple(" ".join((node.html or "").split()) for node in tree.css(_EMBED))
    for node in [*tree.css(_EMBED), *tree.css(_COMPONENT)]:
        node.decompose()
    said = "".join(_said(node) for node in (tree.root.traverse(include_text=True) if tree.root else ()))
    return said, embeds


def same(ours: str, theirs: str) -> bool:
    """Whether ``theirs`` is what Webflow may have made of ``ours``."""
    if ours == theirs:
        return True
    (said, embeds), (there, shown) = canonical(ours), canonical(theirs)
    return said == there and (embeds == shown or not shown)


def blocks(markup: str) -> list[str]:
    """The blocks of a text, one after the other, as a browser writes them."""
    tree = _tree(markup)
    found = [node.html or "" for node in tree.root.iter(include_text=True)] if tree.root else []
    return [block for block in found if block.strip()]


def components(markup: str) -> list[str]:
    """The components that somebody put into a text on the site: their ids, and where one has none, its markup."""
    if f"<{_COMPONENT}" not in markup.lower():
        return []
    tree = _tree(markup)
    return [node.attributes.get("component-id") or node.html or _COMPONENT for node in tree.css(_COMPONENT)]


def moved(markup: str) -> list[str]:
    """What of a rendered text stands in embeds, in words."""
    kinds = Counter(_kind(node) for node in _tree(markup).css(_OURS))
    return [f"{number} {kind if number == 1 else _PLURALS[kind]}" for kind, number in kinds.items()]


def left(markup: str) -> list[str]:
    """What of a rendered text stands where rich text does not keep it, in words: players and the like amid text, and
    links to headings, which have no ids."""
    tree = _tree(markup)
    amid = Counter(node.tag for node in tree.css(_FOREIGN) if not _embedded(node))
    told = [f"{number} <{tag}> amid text, which the Designer drops" for tag, number in amid.items()]
    ids = {node.attributes.get("id") for node in tree.css("[id]")}
    dangling = [
        node for node in tree.css('a[href^="#"]') if (node.attributes.get("href") or "").removeprefix("#") not in ids
    ]
    if dangling:
        told.append(f"{len(dangling)} link{'s' * (len(dangling) > 1)} to headings, which keep no ids in rich text")
    return told


_PLURALS = {
    "table": "tables",
    "code block": "code blocks",
    "player": "players",
    "list of footnotes": "lists of footnotes",
    "piece of HTML": "pieces of HTML",
}


def _kind(embed: LexborNode) -> str:
    for selector, kind in (
        ("section.footnotes", "list of footnotes"),
        ("table", "table"),
        ("pre", "code block"),
        ("iframe", "player"),
    ):
        if embed.css_first(selector) is not None:
            return kind
    return "piece of HTML"


def _embedded(node: LexborNode) -> bool:
    while node.parent is not None:
        node = node.parent
        if node.attributes.get("data-rt-embed-type") is not None:
            return True
    return False


def _tree(markup: str) -> LexborHTMLParser:
    return LexborHTMLParser(markup, is_fragment=True)


def _said(node: LexborNode) -> str:
    if node.tag == "-text":
        text = " ".join((node.text_content or "").split())
        # With the element it stands in, so that it is seen where an emphasis ends.
        return f"{node.parent.tag if node.parent else ''}:{text}\n" if text else ""
    if not node.tag or node.tag.startswith(("-", "!", "_")) or node.tag in ("html", "head", "body"):
        return ""
    told = "".join(f" {name}={node.attributes[name]}" for name in _TOLD if node.attributes.get(name) not in (None, ""))
    return f"<{node.tag}{told}>"
