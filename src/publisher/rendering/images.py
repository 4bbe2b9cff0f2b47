"""Images in a body: where they live at the target, and which ones stand alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from publisher.content.markdown import parse, plain_text

__all__ = ["Alone", "Placed", "alone", "alt_text", "alt_texts", "place"]


class Placed(NamedTuple):
    """Where an image lives now: its address, and the target's id for it where there is one."""

    url: str
    remote_id: str = ""


class Alone(NamedTuple):
    """An image that is all a paragraph says, with the link around it if there is one."""

    image: Token
    link: Token | None = None


def place(src: str, placed: Mapping[str, Placed]) -> Placed | None:
    """The new place of an image source, spelled as in the article or percent-encoded as in the tokens."""
    return placed.get(src) or placed.get(unquote(src))


def alt_text(image: Token) -> str:
    """The alt text of an image, without marks."""
    return plain_text(image.children)


def alt_texts(body: str) -> dict[str, str]:
    """The alt text of each image in a body, by its source as the tokens spell it: the first one that is not empty."""
    found: dict[str, str] = {}
    for token in parse(body):
        for child in token.children or ():
            if child.type == "image" and (alt := alt_text(child)):
                found.setdefault(str(child.attrs["src"]), alt)
    return found


def alone(children: Sequence[Token] | None) -> Alone | None:
    """The image of a paragraph that holds nothing else, or ``None``."""
    kinds = [child.type for child in children or ()]
    if kinds == ["image"]:
        return Alone((children or ())[0])
    if kinds == ["link_open", "image", "link_close"]:
        return Alone((children or ())[1], (children or ())[0])
    return None
