"""Rig: what the suite has to be told about a kind of target, so that it can see the truth there."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from publisher.backends.base import Backend
from publisher.driving.clock import Clock
from publisher.models import Article, Asset
from publisher.testing.clock import FakeClock


@dataclass(frozen=True, slots=True)
class Copy:
    """One article as it stands at the target. ``text`` is its body's words; ``shown`` tells whether readers see it."""

    remote_id: str
    slug: str
    title: str
    text: str
    shown: bool


class Rig(ABC):
    """One empty place for one test. The truth about it is read behind the backend's back.

    ``clock`` is what the publishers of the test go by.
    """

    clock: Clock

    def __init__(self) -> None:
        self.clock = FakeClock()

    @abstractmethod
    def backend(self) -> Backend:
        """A new backend for the place, as a new process would make it."""

    @abstractmethod
    def articles(self) -> Sequence[Copy]:
        """Everything that stands there, shown or not, except what was deleted."""

    @abstractmethod
    def assets(self) -> Sequence[str]:
        """The file names of all images there."""

    @abstractmethod
    def terms(self) -> Sequence[str]:
        """The names of all terms there that were made by articles."""

    @abstractmethod
    def edit(self, remote_id: str, title: str | None) -> None:
        """Somebody gives the article another title at the target; with None it is only saved again."""

    @abstractmethod
    def remove(self, remote_id: str) -> None:
        """Somebody deletes the article at the target."""

    @abstractmethod
    def occupy(self, slug: str) -> str:
        """Somebody else's article takes a slug; its remote id."""

    def halves(self) -> Sequence[str]:
        """What stands there half-made, in words: an image without its bytes, a post without its tags."""
        return ()

    def lone_picture(self) -> Asset:
        """A picture that the target gets by itself and before its article, where it takes pictures at all."""
        return picture(1)

    def article(self, number: int = 1, *, body: str = "", **fields: object) -> Article:
        """An article of the suite's: a heading, a list, two tags and two images, one of them shared by all articles.

        With ``assets={}`` its text shows no images.
        """
        images = {"own.png": picture(number), "shared.png": picture(0)}
        text = f"## Number {number}\n\n- one\n- two\n\n![Own](own.png)\n\n![Shared](shared.png)\n\n{body}"
        values: dict[str, object] = {
            "key": f"suite/article-{number}",
            "title": f"Article {number}",
            "slug": f"article-{number}",
            "body": text,
            "tags": ("Shared tag", f"Tag {number}"),
            "assets": images,
        }
        if fields.get("assets") == {} or not type(self.backend()).capabilities.assets:
            values |= {"body": f"## Number {number}\n\n{body}", "assets": {}}
        return Article.model_validate(values | fields)


@lru_cache(maxsize=32)
def picture(number: int) -> Asset:
    """A small image, another one for each number."""
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (number * 40 % 256, 80, 160)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), f"picture-{number}.png")
