"""What is uploaded of an asset: upright, without what cameras and editors hide in files, within a target's limits.

A file that is right as it is only loses its metadata, and no pixel changes. Else it is decoded once and written anew:
as the same format where the target takes it, with the best quality that is small enough.
"""

from __future__ import annotations

import threading

from cachetools import LRUCache, cached

from publisher.content.images import pixels
from publisher.content.images.fitting import Made, Source, animated, area, fits, still, within
from publisher.content.images.formats import ANIMATED, named, opened
from publisher.content.images.memory import budget
from publisher.content.images.metadata import is_lossless_webp, png_says_more, without_metadata
from publisher.content.images.pixels import Size
from publisher.content.images.proof import broken_is_told, frames_of
from publisher.errors import ContentError
from publisher.models.asset import Asset, ImageLimits, Rendition

__all__ = ["misfit", "rendition"]

#: Bytes of renditions that are kept for the next target, or the next article, with the same limits.
KEPT = 64_000_000
_LOSSY = ("image/jpeg", "image/avif")


def rendition(asset: Asset) -> Rendition:
    """The bytes to upload of an asset. May be called by several threads; what was made is kept for a while.

    The same source and limits give the same bytes with the same releases of Pillow and its codecs. Raises
    :class:`ContentError` where the source cannot be read (see :meth:`Asset.read`), is broken, or cannot be fitted to
    the limits of the asset.
    """
    try:
        made = _made(asset)
    except ContentError as error:
        if error.path is not None:
            raise
        raise ContentError(error.what, hint=error.hint, path=asset.path or asset.name) from None
    return Rendition(made.data, named(asset.name, made.media_type), made.media_type, *made.size)


# With a condition, threads that ask for the same asset wait for the first of them.
@cached(
    LRUCache[str, Made](KEPT, getsizeof=lambda made: len(made.data)),
    key=lambda asset: asset.id,
    condition=threading.Condition(),
)
def _made(asset: Asset) -> Made:
    # Without a name: that is no part of an asset's id.
    data, limits = asset.read(), asset.limits
    with broken_is_told(None):
        source = _look(data, asset.media_type)
    size = within(source.size, limits)
    if _is_right(source, size, limits):
        bare = without_metadata(data, source.media_type)
        if bare is not None and fits(bare, limits):
            return Made(bare, source.media_type, size)
    if source.frames > 1:
        return animated(source, size, limits)
    return still(source, size, limits)


def _look(data: bytes, media_type: str) -> Source:
    with opened(data) as image:
        size, mode, frames = image.size, image.mode, frames_of(image)
        progressive = bool(image.info.get("progressive"))
        orientation = 1
        if media_type != "image/png":
            orientation = pixels.orientation_of(image)
        elif png_says_more(data):  # Pillow decodes the pixels on its way to EXIF that may stand behind them
            orientation = budget.spend(area(size) * 4, lambda: _orientation_of_png(data))
    return Source(
        data,
        media_type,
        pixels.turned_size(size, orientation),
        orientation,
        mode,
        deep=media_type == "image/png" and data[24] == 16,  # the bit depth in the header of a PNG
        frames=frames,
        progressive=progressive,
        lossless=is_lossless_webp(data) if media_type == "image/webp" else media_type not in _LOSSY,
    )


def _orientation_of_png(data: bytes) -> int:
    with opened(data) as image:
        return pixels.orientation_of(image)


def _is_right(source: Source, size: Size, limits: ImageLimits) -> bool:
    """Whether no pixel of a source has to change."""
    return (
        source.media_type in limits.media_types
        and source.orientation == 1
        and source.size == size
        and source.mode != "CMYK"
        and not source.deep
    )


def misfit(asset: Asset) -> ContentError | None:
    """Why an asset cannot be fitted to its limits, or ``None`` where it can.

    A picture of a type and a size in bytes that the target takes can only be too large in pixels, which scaling mends:
    it is not decoded. Any other is fitted, which takes the time of :func:`rendition`.
    """
    limits = asset.limits
    try:
        if asset.media_type in limits.media_types and (limits.max_bytes is None or asset.size <= limits.max_bytes):
            if asset.media_type not in ANIMATED:
                return None
            with broken_is_told(asset.path or asset.name), opened(asset.read()) as image:
                if frames_of(image) == 1:
                    return None
        rendition(asset)
    except ContentError as error:
        return error
    return None
