"""The HTML of articles as it is shown: nothing in it runs, and its images are those that are stored here."""

from __future__ import annotations

import re
from collections.abc import Mapping

import nh3

from publisher.content.rawhtml.allowlist import ATTRIBUTES, SCHEMES, TAGS, kept_value
from publisher.receiver.addresses import ASSET

__all__ = ["cleaned", "own_address", "sums"]

_SUM = re.compile(r"assets/([0-9a-f]{64})\.")

#: ``rel`` is written here, and ``id`` is kept for footnotes and anchors: there is no script that it could confuse.
_ATTRIBUTES = {name: set(names) - {"rel"} for name, names in ATTRIBUTES.items()}


def cleaned(html: str, images: Mapping[str, str]) -> str:
    """``html`` without scripts, handlers, forms and frames other than the players of YouTube and Vimeo.

    ``images`` says under which address each stored image is shown, by SHA-256.
    """

    def kept(element: str, attribute: str, value: str) -> str | None:
        if attribute in ("src", "href"):
            value = own_address(value, images) or value
        return kept_value(element, attribute, value)

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=set(SCHEMES),
        link_rel="noopener",
        set_tag_attribute_values={"img": {"loading": "lazy"}, "iframe": {"loading": "lazy"}},
    )


def own_address(url: str, images: Mapping[str, str]) -> str | None:
    """Where an image is shown here that an article knows by ``url``; None for what is not stored here."""
    found = ASSET.search(url)
    return images.get(found["sha256"]) if found else None


def sums(urls: str) -> set[str]:
    """The SHA-256 of every image that may be named in a text."""
    return set(_SUM.findall(urls))
