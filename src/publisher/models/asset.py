"""Asset: a file that articles refer to, how it is fitted to a target, and what is uploaded of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import Field

from publisher.errors import ContentError
from publisher.models.base import Noun

#: Part of every asset id. A new value means that the same source bytes become another asset, so all are uploaded anew.
PROCESSING = "1"


class ImageLimits(Noun):
    """What a target takes of an image.

    ``max_width`` and ``max_height`` are pixels and ``max_bytes`` the size of the file; ``None`` is no limit. An image
    above them is made smaller, never larger: for ``max_bytes`` the quality goes first, then the size, down to a quarter
    of the width. Formats that are not in ``media_types`` are converted to one that is, of which JPEG, PNG, GIF, WebP
    and (where Pillow has it) AVIF can be written: photographs to JPEG if it is there, what is drawn or transparent to
    PNG, animations to WebP or GIF. A transparent image never becomes a JPEG, nor an animation a still.
    """

    max_width: int | None = Field(default=None, ge=1)
    max_height: int | None = Field(default=None, ge=1)
    max_bytes: int | None = Field(default=None, ge=1024)
    media_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "image/webp")


class Rendition(NamedTuple):
    """What is uploaded of an asset: the bytes, a name whose extension fits them, their media type, and the pixels."""

    data: bytes
    name: str
    media_type: str
    width: int
    height: int


class Asset(Noun):
    """One file that articles refer to, on disk or in memory.

    ``id`` is the SHA-256 (64 hex digits) of the source bytes and the processing settings, ``source`` that of the
    source bytes alone; ``name`` is the readable file name with its extension; ``media_type`` is proved from the bytes;
    ``size`` is that of the source in bytes; ``limits`` are what it will be fitted to.
    """

    id: str
    name: str
    media_type: str
    size: int
    source: str
    limits: ImageLimits = ImageLimits()
    path: Path | None = None
    data: bytes | None = Field(default=None, repr=False)
    stamp: tuple[int, int] | None = Field(default=None, repr=False, description="size and mtime of the file as read")

    @staticmethod
    def identify(source: str, limits: ImageLimits) -> str:
        """The id of an asset whose source bytes have this SHA-256."""
        return hashlib.sha256(f"{PROCESSING}\0{limits.model_dump_json()}\0{source}".encode()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Asset:
        """An asset without a file; ``name`` is a file name with its extension, such as ``loaf.png``.

        An article shows it under the source by which it refers to it: ``Article(body="![Loaf](loaf.png)",
        assets={"loaf.png": Asset.from_bytes(data, "loaf.png")}, …)``. Raises :class:`ContentError` where the bytes are
        no image that can be published.
        """
        from publisher.content.images.assets import asset_from_bytes

        return asset_from_bytes(data, name)

    def fitted(self, limits: ImageLimits) -> Self:
        """The same file for a target with these limits: another asset, with an id of its own."""
        if limits == self.limits:
            return self
        return self.model_copy(update={"limits": limits, "id": self.identify(self.source, limits)})

    def read(self) -> bytes:
        """The source bytes. Raises :class:`ContentError` if the file went away or is another one now."""
        if self.data is not None:
            return self.data
        if self.path is None:
            raise ContentError(f"the asset {self.name!r} has neither bytes nor a file", hint="Make it with from_bytes.")
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ContentError(
                f"the image cannot be read any more ({error.strerror})",
                path=self.path,
                hint="Put it back and run again.",
            ) from None
        if hashlib.sha256(data).hexdigest() != self.source:
            raise ContentError(
                "the image changed while it was being published",
                path=self.path,
                hint="Run again to publish the new one.",
            )
        return data

    def rendition(self) -> Rendition:
        """What is uploaded: turned upright, without EXIF, GPS and XMP, and within :attr:`limits`.

        Takes CPU time and memory: call it in a worker thread. Raises :class:`ContentError` as :meth:`read`, and where
        the image cannot be fitted to the limits.
        """
        from publisher.content.images.renditions import rendition

        return rendition(self)
