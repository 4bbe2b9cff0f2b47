"""Shelf keeps the contract of all backends: the whole of its test is a rig that tells the suite the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from publisher_shelf import Shelf
from shelf_cms import ShelfCms

from publisher import Article, Asset, Publisher
from publisher.backends import backend_class
from publisher.backends.base import Backend
from publisher.errors import AuthenticationError, ContentError
from publisher.rendering import words
from publisher.testing import BackendSuite, Copy, Rig

TOKEN = "token-of-the-tests"


class ShelfRig(Rig):
    """One empty shelf; the truth is in its own dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.cms = ShelfCms(TOKEN)

    def backend(self) -> Backend:
        return Shelf("https://shelf.test", token=TOKEN, transport=httpx.ASGITransport(self.cms.app))

    def articles(self) -> Sequence[Copy]:
        return [
            Copy(note["id"], note["slug"], note["title"], words(note["html"]), shown=note["state"] == "live")
            for note in self.cms.notes.values()
        ]

    def assets(self) -> Sequence[str]:
        return ()

    def terms(self) -> Sequence[str]:
        return ()

    def edit(self, remote_id: str, title: str | None) -> None:
        self.cms.write(remote_id, {} if title is None else {"title": title})

    def remove(self, remote_id: str) -> None:
        del self.cms.notes[remote_id]

    def occupy(self, slug: str) -> str:
        note_id: str = self.cms.add({"slug": slug, "title": "Somebody's", "state": "live"})["id"]
        return note_id


class TestShelf(BackendSuite):
    @pytest.fixture
    def make_rig(self) -> type[ShelfRig]:
        return ShelfRig

    @pytest.fixture
    def walk_points(self) -> Callable[[int], Iterator[int]]:
        """A sample of the steps to die at, to be quick. Without this fixture the suite takes them all."""
        return lambda points: iter(range(1, points + 1, 17))


def test_the_installed_package_brings_targets_of_kind_shelf() -> None:
    assert backend_class("shelf") is Shelf


def test_an_article_with_an_image_of_its_own_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    rig, png = ShelfRig(), BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG")
    article = Article(title="A note", body="![A](a.png)", assets={"a.png": Asset.from_bytes(png.getvalue(), "a.png")})
    with Publisher(rig.backend(), ledger=tmp_path / "ledger.db") as publisher:
        [outcome] = publisher.publish_many([article])
    assert isinstance(outcome.error, ContentError)
    assert "'a.png'" in str(outcome.error)
    assert rig.articles() == []


def test_a_wrong_token_is_named_and_never_shown(tmp_path: Path) -> None:
    shelf = Shelf("https://shelf.test", token="wrong-one", transport=httpx.ASGITransport(ShelfCms(TOKEN).app))
    with Publisher(shelf, ledger=tmp_path / "ledger.db") as publisher:
        [outcome] = publisher.publish_many([Article(title="A note", body="Its words.")])
    assert isinstance(outcome.error, AuthenticationError)
    assert "wrong-one" not in str(outcome.error)
