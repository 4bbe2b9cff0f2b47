"""Writing pixels as files: one way for each format, and the ways that are tried until a file is small enough."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from publisher.content.pixels import Picture, coloured, is_transparent, unpaletted

__all__ = ["Way", "encode", "has_few_colours", "paletted", "ways"]

#: JPEG and WebP qualities, from the first that is tried to the last; below, the picture is made smaller instead.
QUALITIES = (85, 75, 65, 55)
# Colours of what was drawn and not photographed. Greys are fewer, or every grey photo would seem to be a drawing.
_FEW_COLOURS, _FEW_GREYS = 256, 64


class Way(NamedTuple):
    """A format, and how it is written: with a quality (1 to 100), without any loss, or with a palette.

    ``like`` are the quantisation tables and the subsampling of a JPEG: what is only turned is written as finely as it
    was.
    """

    media_type: str
    quality: int | None = None
    palette: bool = False
    like: tuple[Mapping[int, Sequence[int]], int] | None = None


def ways(media_type: str, picture: Picture, *, lossless: bool, instead: str | None) -> list[Way]:
    """How a picture can be written as this type, from the best to the smallest.

    ``lossless`` says that nothing need be lost; ``instead`` is a type that may be taken where a PNG gets too large.
    """
    lossy = [Way(media_type, quality) for quality in QUALITIES]
    match media_type:
        case "image/jpeg" | "image/avif":
            return lossy
        case "image/webp":
            return [Way(media_type), *lossy] if lossless else lossy
        case "image/gif":
            return [Way(media_type)]
    if instead:
        return [Way(media_type), *(Way(instead, quality) for quality in QUALITIES)]
    if picture.image.mode in ("1", "L", "P"):  # has no more than 256 colours as it is
        return [Way(media_type)]
    return [Way(media_type), Way(media_type, palette=True)]


def encode(picture: Picture, way: Way, colour: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """The file. ``colour`` are chunks of a PNG that say what its colours mean (gAMA, cHRM, sRGB, cICP)."""
    options: dict[str, Any] = {"icc_profile": picture.profile}
    match way.media_type:
        case "image/jpeg":
            image = unpaletted(picture.image)
            if image.mode in ("LA", "RGBA"):  # with nothing transparent in it
                image = image.convert("L" if image.mode == "LA" else "RGB")
            if way.like:
                options["qtables"], options["subsampling"] = way.like
            else:
                options["quality"] = way.quality
            return _saved(image, "JPEG", options)
        case "image/webp":
            picture = coloured(picture)
            options = {"icc_profile": picture.profile, "method": 4}
            options |= {"quality": way.quality} if way.quality else {"lossless": True, "quality": 75, "exact": False}
            return _saved(picture.image, "WEBP", options)
        case "image/avif":
            picture = coloured(picture)
            # One thread: the budget of threads is spent by the caller, and the bytes stay the same on any machine.
            options = {"icc_profile": picture.profile, "quality": way.quality, "max_threads": 1}
            return _saved(picture.image, "AVIF", options)
        case "image/gif":
            return _saved(paletted(picture.image), "GIF", {})
    if way.palette:
        picture = coloured(picture)
        picture = picture._replace(image=picture.image.quantize(256))
    return _saved(picture.image, "PNG", {"icc_profile": picture.profile, "pnginfo": png_info(colour)})


def png_info(colour: Sequence[tuple[bytes, bytes]]) -> PngInfo:
    """The chunks as Pillow's writer of PNG takes them."""
    info = PngInfo()
    for kind, content in colour:
        info.add(kind, content)
    return info


def _saved(image: Image.Image, format: str, options: dict[str, Any]) -> bytes:
    # Pillow's writers take comments, loops and profiles from here where they are not told.
    clear = image.info.get("transparency")
    image.info = {} if clear is None or image.mode in ("LA", "RGBA") else {"transparency": clear}
    into = io.BytesIO()
    image.save(into, format, **options)
    return into.getvalue()


def has_few_colours(image: Image.Image) -> bool:
    """Whether the image looks drawn: at most 256 colours, or 64 greys."""
    if image.mode in ("1", "P"):
        return True
    return image.getcolors(_FEW_GREYS if image.mode in ("L", "LA") else _FEW_COLOURS) is not None


def paletted(image: Image.Image) -> Image.Image:
    """The image in 256 colours for a GIF, where a pixel is transparent or it is not."""
    if image.mode in ("1", "L", "P") and "transparency" not in image.info:
        return image
    if not is_transparent(image):
        return unpaletted(image).convert("RGB").quantize(256)
    image = unpaletted(image).convert("RGBA")
    clear = image.getchannel("A").point([255] * 128 + [0] * 128)
    few = image.convert("RGB").quantize(255)
    palette = few.getpalette() or []
    index = len(palette) // 3
    few.putpalette([*palette, 0, 0, 0])
    few.paste(index, mask=clear)
    few.info = {"transparency": index}
    return few
