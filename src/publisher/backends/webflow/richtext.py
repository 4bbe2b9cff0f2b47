"""Rich text as Webflow keeps it: compared as readers see it, and looked through for what has no place in it.

Webflow rewrites rich text: the Designer adds attributes when somebody saves, white space between blocks may go, and
some sites get no embeds back when an item is read. So texts are compared by what is left of them then.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Told", "blocks", "canonical", "components", "left", "moved", "same"]

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


class Told(NamedTuple):
    """What rich text does not hold as it was written, in words: ``at`` is the number of the piece where it stands
    first, from 0, and ``sign`` what its source has there, where that is known."""

    said: str
    at: int
    sign: str = ""


def moved(*pieces: str) -> list[Told]:
    """What of a rendered text, given in one piece or in several, stands in embeds."""
    kinds = [(_kind(node), at) for at, piece in enumerate(pieces) for node in _tree(piece).css(_OURS)]
    told = []
    for kind, (number, at) in _counted(kinds).items():
        told.append(Told(f"{number} {kind if number == 1 else _PLURALS[kind]}", at))
    return told


def left(*pieces: str) -> list[Told]:
    """What of a rendered text, given as for :func:`moved`, stands where rich text does not keep it: players and the
    like amid text, and links to headings, which have no ids."""
    trees = [_tree(piece) for piece in pieces]
    amid = [(node.tag or "", at) for at, tree in enumerate(trees) for node in tree.css(_FOREIGN) if not _embedded(node)]
    told = [
        Told(f"{number} <{tag}> amid text, which the Designer drops", at, f"<{tag}")
        for tag, (number, at) in _counted(amid).items()
    ]
    ids = {node.attributes.get("id") for tree in trees for node in tree.css("[id]")}
    links = [
        (node.attributes.get("href") or "", at) for at, tree in enumerate(trees) for node in tree.css('a[href^="#"]')
    ]
    dangling = [(href, at) for href, at in links if href.removeprefix("#") not in ids]
    if dangling:
        many = f"{len(dangling)} link{'s' * (len(dangling) > 1)}"
        told.append(Told(f"{many} to headings, which keep no ids in rich text", dangling[0][1], dangling[0][0]))
    return told


def _counted(found: Iterable[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    """How often each is found, and where first."""
    counted: dict[str, tuple[int, int]] = {}
    for name, at in found:
        number, first = counted.get(name, (0, at))
        counted[name] = number + 1, first
    return counted


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
