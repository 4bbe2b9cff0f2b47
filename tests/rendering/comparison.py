"""Whether a page shows what the reference shows: word by word, link by link, image by image.

What is taken for the same here is listed, with its reason, in decisions.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from reference import reference_html
from seen import Image, Link, Seen, folded, same_url, seen

__all__ = ["lost"]

_BOXES = {"☐": ["[", "]"], "☑\ufe0e": ["[x]"], "[X]": ["[x]"]}
_PRE_IN_TEXT = re.compile(r"[^\s>]<pre")
_BRACKET = re.compile(r"[\[\]]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<![A-Z][^<>]*>", re.DOTALL)


def lost(page: str, markdown: str) -> list[str]:
    """What ``page`` shows otherwise than the reference does, in words; an empty list if they agree."""
    ours, reference = seen(page), seen(reference_html(markdown))
    faults = []
    if _words(ours) != _words(reference):
        faults.append(f"words: {ours.words} and not {reference.words}")
    if not _same_links(ours, reference, markdown):
        faults.append(f"links: {ours.links} and not {reference.links}")
    if [_image(one) for one in ours.images] != [_image(one) for one in reference.images]:
        faults.append(f"images: {ours.images} and not {reference.images}")
    if _code(ours, markdown) != _code(reference, markdown):
        faults.append(f"code: {ours.code} and not {reference.code}")
    if ours.frames != reference.frames:
        faults.append(f"frames: {ours.frames} and not {reference.frames}")
    return faults


def _words(page: Seen) -> list[str]:
    """Boxes as written, URLs in one spelling, and no blanks of any kind at the edges."""
    spelled = [part for word in page.words for part in _BOXES.get(word, [word])]
    return [word for word in (_word(word) for word in spelled) if word]


def _word(word: str) -> str:
    return (same_url(word) if "://" in word else word).strip()


def _link(link: Link) -> Link:
    return link._replace(text=" ".join(_words(Seen(words=tuple(_TAG.sub("", link.text).split(" "))))))


def _image(image: Image) -> Image:
    return image._replace(alt=folded(_TAG.sub("", image.alt)))


def _code(page: Seen, markdown: str) -> list[str]:
    # A raw <pre> may go on over what follows, and what stands between blocks is not the same everywhere.
    if _PRE_IN_TEXT.search(markdown):
        return []
    return ["".join(one.split()) for one in page.code] if "<pre" in markdown else list(page.code)


def _same_links(ours: Seen, reference: Seen, markdown: str) -> bool:
    """All the links of the reference in their order. Where there are brackets, those from bare URLs may differ."""
    got, wanted = [_link(link) for link in ours.links], [_link(link) for link in reference.links]
    if got == wanted or not _BRACKET.search(markdown):
        return got == wanted
    written = [_link(link) for link in seen(reference_html(markdown, bare_links=False)).links]
    bare = Counter(link for link in (*got, *wanted) if _is_bare(link)) - Counter(written)
    return _without(got, bare) == _without(wanted, bare)


def _without(links: Iterable[Link], bare: Counter[Link]) -> list[Link]:
    return [link for link in links if link not in bare]


def _is_bare(link: Link) -> bool:
    """Whether a link says its own address and nothing else."""
    addresses = (link.text, f"http://{link.text}", f"mailto:{link.text}")
    return not link.title and unquote(link.href).lower() in {unquote(same_url(one)).lower() for one in addresses}
