"""The image formats that are read and written: their media types, their names on disk and in messages."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import NamedTuple

# The plugins are imported by name, so that Pillow does not load all that it has in order to find them.
from PIL import (
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
    features,
)

__all__ = [
    "ANIMATED",
    "EXTENSIONS",
    "MAX_SIDE",
    "WRITABLE",
    "kind_of_name",
    "media_type_of",
    "named",
    "opened",
    "title",
]


class _Format(NamedTuple):
    title: str
    pillow: tuple[str, ...]
    extensions: tuple[str, ...]


# The first extension is the one that a name gets which has none, or that of another format.
_FORMATS = {
    # An MPO file is a JPEG with further pictures behind it, as phones and stereo cameras write it.
    "image/jpeg": _Format("JPEG", ("JPEG", "MPO"), (".jpg", ".jpeg", ".jpe", ".jfif")),
    "image/png": _Format("PNG", ("PNG",), (".png", ".apng")),
    "image/gif": _Format("GIF", ("GIF",), (".gif",)),
    "image/webp": _Format("WebP", ("WEBP",), (".webp",)),
    "image/avif": _Format("AVIF", ("AVIF",), (".avif", ".avifs")),
    "image/bmp": _Format("BMP", ("BMP",), (".bmp", ".dib")),
    "image/tiff": _Format("TIFF", ("TIFF",), (".tif", ".tiff")),
}
_UNREADABLE = {
    ".heic": "HEIC", ".heif": "HEIC", ".ico": "icon", ".jp2": "JPEG 2000", ".jxl": "JPEG XL", ".psd": "Photoshop",
    ".svg": "SVG", ".svgz": "SVG",
}  # fmt: skip
_AVIF = ("image/avif",) if features.check("avif") else ()
# Pillow's reader of JPEG finds an MPO by itself.
_READ = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", *(("AVIF",) if _AVIF else ())]

#: Media types that a rendition can have.
WRITABLE = ("image/jpeg", "image/png", "image/gif", "image/webp", *_AVIF)
#: Those that can move.
ANIMATED = ("image/webp", "image/gif", "image/png", *_AVIF)
#: Pixels of the longer side that a file of this type can have.
MAX_SIDE = {
    "image/jpeg": 65_500,
    "image/png": 2**31 - 1,
    "image/gif": 65_535,
    "image/webp": 16_383,
    "image/avif": 65_536,
}
#: Every extension that says what an image is, and the format that it says.
EXTENSIONS = {extension: one.title for one in _FORMATS.values() for extension in one.extensions} | _UNREADABLE


def opened(data: bytes) -> ImageFile.ImageFile:
    """The image in some bytes, not decoded yet. Raises what :func:`PIL.Image.open` raises."""
    return Image.open(io.BytesIO(data), formats=_READ)


def media_type_of(image: ImageFile.ImageFile) -> str:
    """The media type of an opened image."""
    return next(media_type for media_type, one in _FORMATS.items() if image.format in one.pillow)


def title(media_type: str) -> str:
    """What a format is called in messages: ``JPEG`` for ``image/jpeg``."""
    return _FORMATS[media_type].title if media_type in _FORMATS else media_type


def kind_of_name(name: str) -> str | None:
    """The title of the format that the extension of a name promises; ``None`` if it promises no image."""
    return EXTENSIONS.get(PurePath(name).suffix.lower())


def named(name: str, media_type: str) -> str:
    """The name with an extension that fits the media type: the one that it has, if it fits."""
    extension = PurePath(name).suffix
    if extension.lower() in _FORMATS[media_type].extensions:
        return name
    stem = name.removesuffix(extension) if extension.lower() in EXTENSIONS else name
    return stem + _FORMATS[media_type].extensions[0]
