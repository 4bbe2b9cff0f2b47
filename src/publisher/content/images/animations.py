"""Animations whose pixels must change: every frame is made smaller or written in another format, and time stays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from PIL import Image

from publisher.content.images.encoding import QUALITIES, Way, paletted, png_info
from publisher.content.images.formats import opened
from publisher.content.images.metadata import with_alpha
from publisher.content.images.pixels import Size, is_transparent, orientation_of, scaled, turned, turned_size
from publisher.content.images.proof import frames_of

__all__ = ["Film", "encode_film", "film", "film_size", "film_ways"]


class Film(NamedTuple):
    """The frames of an animation as they are seen, and their times.

    ``durations`` are milliseconds; ``plays`` is how often it is shown, 0 for ever. ``still`` is a first frame that
    only viewers show which know no animations (APNG).
    """

    frames: list[Image.Image]
    durations: list[int]
    plays: int
    profile: bytes | None
    still: Image.Image | None


def film(data: bytes, media_type: str, size: Size, *, gif: bool) -> Film:
    """Read an animation at this size, which is that of the upright frames. ``gif``: in 256 colours a frame.

    Raises what Pillow raises for broken bytes.
    """
    frames: list[Image.Image] = []
    durations: list[int] = []
    with opened(with_alpha(data) if media_type == "image/webp" else data) as image:
        orientation = orientation_of(image)
        plays = _plays(image, media_type)
        profile = image.info.get("icc_profile") or None
        apart = bool(image.info.get("default_image"))
        for number in range(frames_of(image)):
            image.seek(number)
            image.load()
            frame = turned(scaled(image.convert("RGBA"), turned_size(size, orientation)), orientation)
            frame.info = {}
            frames.append(paletted(frame) if gif else frame)
            durations.append(round(image.info.get("duration", 0)))
    still = frames.pop(0) if apart else None
    return Film(frames, durations[1:] if apart else durations, plays, profile, still)


def film_size(frames: int, size: Size, *, gif: bool) -> int:
    """About how many bytes a film of this size takes in memory."""
    return frames * size[0] * size[1] * (1 if gif else 4)


def film_ways(media_type: str, *, lossless: bool) -> list[Way]:
    """How an animation can be written as this type, from the best to the smallest."""
    if media_type == "image/webp":
        return [*([Way(media_type)] if lossless else []), *(Way(media_type, quality) for quality in QUALITIES)]
    if media_type == "image/avif":
        return [Way(media_type, quality) for quality in QUALITIES]
    return [Way(media_type)]


def encode_film(film: Film, way: Way, colour: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """The file. Frames that became equal by being made smaller may be joined; the time they are seen stays."""
    first, *rest = film.frames
    options: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": film.durations}
    match way.media_type:
        case "image/gif":
            kind = "GIF"
            # A transparent pixel shows what was there before, unless that is wiped away first.
            options["disposal"] = 2 if any("transparency" in frame.info for frame in film.frames) else 1
            if film.plays != 1:
                options["loop"] = max(0, film.plays - 1)
        case "image/webp":
            kind = "WEBP"
            options |= {"loop": film.plays, "icc_profile": film.profile, "background": (0, 0, 0, 0), "method": 4}
            options |= {"quality": way.quality} if way.quality else {"lossless": True, "quality": 75}
        case "image/avif":
            kind = "AVIF"
            options |= {"icc_profile": film.profile, "quality": way.quality, "max_threads": 1}
        case _:
            kind = "PNG"
            options |= {"loop": film.plays, "icc_profile": film.profile, "pnginfo": png_info(colour)}
            if film.still is not None:
                first, options["append_images"], options["default_image"] = film.still, film.frames, True
    into = io.BytesIO()
    first.save(into, kind, **options)
    clear = kind == "WEBP" and any(is_transparent(frame) for frame in film.frames)
    return with_alpha(into.getvalue()) if clear else into.getvalue()


def _plays(image: Image.Image, media_type: str) -> int:
    loop = image.info.get("loop")
    if media_type == "image/gif":  # counts how often it is shown again
        return 1 if loop is None else loop and loop + 1
    return loop or 0
