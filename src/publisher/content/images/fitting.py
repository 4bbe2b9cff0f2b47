"""Pictures written anew within a target's limits: the format that suits, and the best quality that is small enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from publisher.content.images import animations, encoding, pixels
from publisher.content.images.encoding import Way, has_few_colours
from publisher.content.images.formats import ANIMATED, MAX_SIDE, WRITABLE, opened, title
from publisher.content.images.memory import budget
from publisher.content.images.metadata import png_colour
from publisher.content.images.pixels import Picture, Size
from publisher.content.images.proof import broken_is_told
from publisher.errors import ContentError
from publisher.models.asset import ImageLimits

__all__ = ["Made", "Source", "animated", "area", "fits", "still", "within"]

#: A picture is made smaller for the sake of ``max_bytes`` down to this part of its width; smaller, it is not that
#: picture any more.
SMALLEST = 0.25
#: What the frames of an animation may take in memory while it is written anew, in bytes.
MAX_FILM = 200_000_000

_PHOTO = ("image/jpeg", "image/webp", "image/avif", "image/png", "image/gif")
_DRAWING = ("image/png", "image/webp", "image/gif", "image/avif", "image/jpeg")
_TRANSPARENT = ("image/png", "image/webp", "image/avif", "image/gif")


class Made(NamedTuple):
    """A file within the limits, without a name."""

    data: bytes
    media_type: str
    size: Size


class Source(NamedTuple):
    """What is known of an image before it is decoded.

    ``size`` is the upright one, ``mode`` Pillow's, ``deep`` 16 bits a channel, ``frames`` more than 1 for an animation;
    ``lossless`` says that its format lost nothing so far.
    """

    data: bytes
    media_type: str
    size: Size
    orientation: int
    mode: str
    deep: bool
    frames: int
    progressive: bool
    lossless: bool


def fits(data: bytes, limits: ImageLimits) -> bool:
    """Whether a file is within ``max_bytes``."""
    return limits.max_bytes is None or len(data) <= limits.max_bytes


def within(size: Size, limits: ImageLimits) -> Size:
    """The largest size of this shape within the limits, and never above its own."""
    width, height = size
    factor = min(1.0, (limits.max_width or width) / width, (limits.max_height or height) / height)
    return _times(size, factor)


def _times(size: Size, factor: float) -> Size:
    return max(1, math.floor(size[0] * factor + 1e-6)), max(1, math.floor(size[1] * factor + 1e-6))


def area(size: Size) -> int:
    """Pixels."""
    return size[0] * size[1]


def still(source: Source, size: Size, limits: ImageLimits) -> Made:
    """A single picture of this size. Raises :class:`ContentError` if it is broken, or if no file is small enough."""
    wanted = pixels.turned_size(size, source.orientation)
    with broken_is_told(None):
        decoded = _opened(source, wanted).size
    return budget.spend(_still_size(source, decoded, size), lambda: _decoded_still(source, size, limits))


def _opened(source: Source, wanted: Size) -> ImageFile:
    image = opened(source.data)
    if image.size != wanted:
        image.draft(None, wanted)  # a JPEG is decoded at a half, a quarter or an eighth, if that is enough
    return image


def _decoded_still(source: Source, size: Size, limits: ImageLimits) -> Made:
    wanted = pixels.turned_size(size, source.orientation)
    with broken_is_told(None):
        image = _opened(source, wanted)
        image.load()
    picture = pixels.plain(image, deep=source.deep)
    drawn = source.lossless and has_few_colours(picture.image)
    picture = picture._replace(image=pixels.turned(pixels.scaled(picture.image, wanted), source.orientation))
    media_type = _media_type(picture, source, limits, drawn=drawn)
    ways = _ways(media_type, picture, source, limits, drawn=drawn)
    same = media_type == source.media_type and size == source.size and image.mode != "CMYK"
    if same and isinstance(image, JpegImageFile):
        # What is only turned is written as it was: neither coarser nor larger.
        ways.insert(0, Way(media_type, like=(image.quantization, get_sampling(image))))
    del image  # its pixels are not needed any more, and may be as many as the picture's
    return _written(picture, source, limits, ways)


def _still_size(source: Source, decoded: Size, size: Size) -> int:
    """About how many bytes :func:`still` takes at its peak: Pillow holds 4 bytes a pixel."""
    coefficients = area(source.size) * 4 if source.progressive else 0
    # What is decoded, and its copy while it is turned or scaled; another while it is converted, or weighed with alpha.
    copies = 2 if source.mode in ("L", "RGB") else 3
    return coefficients + area(decoded) * 4 * copies + area(size) * 4


def _ways(media_type: str, picture: Picture, source: Source, limits: ImageLimits, *, drawn: bool) -> list[Way]:
    """How the picture can be written, from the best to the smallest. A photograph may become a JPEG if it must."""
    lossless = source.lossless and (drawn or source.media_type == "image/webp")
    photo = not drawn and not pixels.is_transparent(picture.image)
    instead = next((kind for kind in ("image/jpeg", "image/webp") if _holds(kind, picture.image.size, limits)), None)
    return encoding.ways(media_type, picture, lossless=lossless, instead=instead if photo else None)


def _written(picture: Picture, source: Source, limits: ImageLimits, ways: Sequence[Way]) -> Made:
    colour = png_colour(source.data) if source.media_type == "image/png" and picture.profile is None else ()

    def tries(size: Size, ways: Sequence[Way]) -> Iterator[Made]:
        smaller = picture._replace(image=pixels.scaled(picture.image, size))
        for way in ways:
            yield Made(encoding.encode(smaller, way, colour), way.media_type, size)

    return _small_enough(tries, picture.image.size, ways, limits)


def animated(source: Source, size: Size, limits: ImageLimits) -> Made:
    """An animation of this size, with all its frames. Raises as :func:`still`, and where it is too long to be read."""
    kinds = [kind for kind in (source.media_type, *ANIMATED) if kind in ANIMATED and _holds(kind, size, limits)]
    if not kinds:
        raise ContentError(
            f"the image is an animation of {source.frames} frames, and the target takes {_taken(limits)}",
            hint="Publish a single picture of it, or a video.",
        )
    media_type = kinds[0]
    gif = media_type == "image/gif"
    needed = animations.film_size(source.frames, size, gif=gif)
    if needed > MAX_FILM:
        raise ContentError(
            f"the animation has {source.frames} frames of {size[0]} x {size[1]} pixels, too many to be written anew "
            f"for {_limits(limits)}",
            hint="Make it smaller or shorter, or publish it as a video.",
        )
    colour = png_colour(source.data) if source.media_type == "image/png" else ()

    def tries(size: Size, ways: Sequence[Way]) -> Iterator[Made]:
        # Read anew for each size: the frames of two sizes at once would be too much.
        with broken_is_told(None):
            film = animations.film(source.data, source.media_type, size, gif=gif)
        for way in ways:
            yield Made(animations.encode_film(film, way, colour), way.media_type, size)

    ways = animations.film_ways(media_type, lossless=source.lossless)
    return budget.spend(needed + area(source.size) * 12, lambda: _small_enough(tries, size, ways, limits))


def _small_enough(
    tries: Callable[[Size, Sequence[Way]], Iterator[Made]], size: Size, ways: Sequence[Way], limits: ImageLimits
) -> Made:
    """The first that is within ``max_bytes``: at full size in all ways, then smaller and smaller in the last two."""
    factor = 1.0
    while True:
        smallest = None
        for made in tries(_times(size, factor), ways):
            if fits(made.data, limits):
                return made
            smallest = made if smallest is None or len(made.data) < len(smallest.data) else smallest
        assert smallest is not None
        assert limits.max_bytes is not None
        if factor <= SMALLEST or area(smallest.size) == 1:
            raise ContentError(
                f"the image still has {len(smallest.data):,} bytes as a {title(smallest.media_type)} of "
                f"{smallest.size[0]} x {smallest.size[1]} pixels; max_bytes of the target is {limits.max_bytes:,}",
                hint="Use a picture with less detail, save it as JPEG or WebP, or allow more bytes.",
            )
        # The size of a file grows about as the number of pixels.
        guess = math.sqrt(limits.max_bytes / len(smallest.data)) * 0.98
        factor = max(SMALLEST, factor * min(0.85, max(0.5, guess)))
        ways = ways[-2:]


def _media_type(picture: Picture, source: Source, limits: ImageLimits, *, drawn: bool) -> str:
    """The format of a still: its own where the target takes it, else the first that suits it."""
    transparent = pixels.is_transparent(picture.image)
    suitable: tuple[str, ...] = _TRANSPARENT if transparent else _DRAWING if drawn else _PHOTO
    for kind in (source.media_type, *suitable):
        if _holds(kind, picture.image.size, limits):
            return kind
    reason = "has transparent parts" if transparent else f"is a {title(source.media_type)}"
    raise ContentError(
        f"the image {reason}, and the target takes {_taken(limits)}",
        hint="Save it without transparency, on a background." if transparent else "Save it in one of these formats.",
    )


def _holds(media_type: str, size: Size, limits: ImageLimits) -> bool:
    """Whether the target takes this type, and a file of it can be written and hold so many pixels."""
    return media_type in limits.media_types and media_type in WRITABLE and max(size) <= MAX_SIDE[media_type]


def _taken(limits: ImageLimits) -> str:
    titles = ", ".join(title(kind) for kind in limits.media_types)
    return f"only {titles}" if titles else "no images"


def _limits(limits: ImageLimits) -> str:
    named = limits.model_dump(include={"max_width", "max_height", "max_bytes"}, exclude_none=True)
    return ", ".join(f"{name} {value:,}" for name, value in named.items()) or f"a target that takes {_taken(limits)}"
