"""Image files as assets: the media type is proved from the bytes, never believed from the name."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path, PurePath
from typing import Any

from PIL import Image, UnidentifiedImageError

from publisher.errors import ContentError
from publisher.models.asset import Asset, ImageLimits

__all__ = ["asset_from_bytes", "asset_from_file"]

#: More pixels than any page needs; such a file would take hundreds of megabytes to look into.
MAX_PIXELS = 80_000_000

_MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
# The first of each is the one that a wrong extension is replaced with.
_EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
_IMAGE_EXTENSIONS = {extension for known in _EXTENSIONS.values() for extension in known} | {
    ".avif", ".bmp", ".heic", ".svg", ".tif", ".tiff",
}  # fmt: skip
_ALLOWED = "Use a JPEG, PNG, GIF or WebP file."


def asset_from_bytes(data: bytes, name: str) -> Asset:
    """An asset in memory, called ``name`` with the extension that its bytes deserve.

    Raises :class:`ContentError` if the bytes are not a whole JPEG, PNG, GIF or WebP image of a sane size.
    """
    media_type = _prove(data, name)
    return _asset(data, name, media_type, data=data)


def asset_from_file(path: Path) -> Asset:
    """The asset of a file; its bytes are read again when they are sent. Raises as :func:`asset_from_bytes`."""
    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            data = file.read()
    except FileNotFoundError:
        raise ContentError("there is no such image", path=path, hint="Correct the path, or add the file.") from None
    except OSError as error:
        raise ContentError(
            f"the image cannot be read ({error.strerror})", path=path, hint="Check that it is a readable file."
        ) from None
    media_type = _prove(data, path)
    return _asset(data, path.name, media_type, path=path, stamp=(stat.st_size, stat.st_mtime_ns))


def _asset(content: bytes, name: str, media_type: str, **where: Any) -> Asset:
    source, limits = hashlib.sha256(content).hexdigest(), ImageLimits()
    return Asset(
        id=Asset.identify(source, limits),
        name=_name(name, media_type),
        media_type=media_type,
        size=len(content),
        source=source,
        limits=limits,
        **where,
    )


def _name(name: str, media_type: str) -> str:
    plain = PurePath(name.replace("\\", "/")).name or "image"
    extension = PurePath(plain).suffix
    if extension.lower() in _EXTENSIONS[media_type]:
        return plain
    stem = plain.removesuffix(extension) if extension.lower() in _IMAGE_EXTENSIONS else plain
    return stem + _EXTENSIONS[media_type][0]


def _prove(data: bytes, path: str | Path) -> str:
    """The media type of the bytes, after decoding them: a type in the header alone says nothing about the rest."""
    if not data:
        raise ContentError("the image is empty", path=path, hint="Save the image again.")
    head = data[:1024].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"\xef\xbb\xbf<")) or b"<svg" in head:
        raise ContentError("the image is an SVG, which sites refuse", path=path, hint="Export it as PNG or WebP.")
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "GIF", "WEBP"]) as image:
            media_type = _MEDIA_TYPES[str(image.format)]
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise ContentError(
                    f"the image has {width} x {height} pixels, more than {MAX_PIXELS:,}",
                    path=path,
                    hint="Make it smaller.",
                )
            image.verify()
        if media_type != "image/png":  # verify() has summed every chunk of a PNG; the others it does not look into
            _decode(data)
    except UnidentifiedImageError:
        raise ContentError("the file is not an image that can be published", path=path, hint=_ALLOWED) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ContentError(
            f"the image has more than {MAX_PIXELS:,} pixels", path=path, hint="Make it smaller."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error) as error:
        # What Pillow's decoders raise for broken files; all of it means that the bytes are no whole image.
        raise ContentError(f"the image is broken ({error})", path=path, hint="Save the image again.") from None
    return media_type


def _decode(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as image:
        # A JPEG may be decoded at an eighth of its size: all bytes are read, most of the arithmetic is not done.
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            image.load()
