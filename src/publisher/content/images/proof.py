"""What an image is, proved from its bytes: it is decoded before anything of it is believed."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from publisher.content.images.formats import WRITABLE, media_type_of, opened
from publisher.content.images.memory import budget
from publisher.errors import ContentError

__all__ = ["MAX_ANIMATION", "MAX_PIXELS", "broken_is_told", "frames_of", "prove"]

#: More pixels than any page needs; such a file would take hundreds of megabytes to look into.
MAX_PIXELS = 80_000_000
#: Pixels of all frames of an animation: about a minute of 720p at 12 frames a second. More would take minutes of CPU.
MAX_ANIMATION = 700_000_000

_ALLOWED = "Use a JPEG, PNG, GIF, WebP or AVIF file."
# ISO/IEC 23008-12 (HEIF) brands; see https://nokiatech.github.io/heif/technical.html
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
# What people hand over instead of an image, by its first bytes.
_NO_IMAGE = {
    b"%PDF-": ("a PDF document", "Export the page as PNG or JPEG."),
    b"PK\3\4": ("a ZIP archive or an office document", _ALLOWED),
    b"8BPS": ("a Photoshop document", "Export it as PNG or JPEG."),
    b"\0\0\0\x0cjP  ": ("a JPEG 2000 image, which browsers do not show", "Export it as JPEG, PNG or WebP."),
    b"\0\0\0\x0cJXL ": ("a JPEG XL image, which most browsers do not show", "Export it as JPEG, PNG or WebP."),
    b"\xff\x0a": ("a JPEG XL image, which most browsers do not show", "Export it as JPEG, PNG or WebP."),
    b"\0\0\1\0": ("an icon", "Export it as PNG."),
    b"version https://git-lfs": ("a pointer of Git LFS, not the image itself", "Run 'git lfs pull' and try again."),
}
# What images begin with that could be read if they were whole.
_IMAGE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
# What Pillow's decoders raise for broken files (a warning where the program made errors of them); all of it means that
# the bytes are no whole image.
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, RuntimeError, UserWarning, struct.error, zlib.error
)  # fmt: skip
_SVG = re.compile(rb"<svg[\s>/]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def prove(data: bytes, path: str | Path) -> str:
    """The media type of some bytes, after decoding them; ``path`` is what errors call them.

    A JPEG is decoded at an eighth of its size, which reads all its bytes; of a PNG all checksums are verified; all
    frames of an animation are looked at, but those of an APNG. Raises :class:`ContentError` where the bytes are no
    whole image, or hold more than :data:`MAX_PIXELS` or :data:`MAX_ANIMATION` pixels.
    """
    if not data:
        raise ContentError("the image is empty", path=path, hint="Save the image again.")
    with broken_is_told(path):
        try:
            image = opened(data)
        except UnidentifiedImageError:
            what, hint = _explained(data)
            raise ContentError(what, path=path, hint=hint) from None
        with image:
            media_type = media_type_of(image)
            _check_size(image, path)
            needed = _decoded_size(image, media_type)
        budget.spend(needed, lambda: _decode(data, media_type))
    return media_type


@contextmanager
def broken_is_told(path: str | Path | None) -> Iterator[None]:
    """Turn what Pillow raises for a broken or huge file into a :class:`ContentError`."""
    try:
        yield
    except UnidentifiedImageError:
        raise ContentError("the file is not an image that can be published", path=path, hint=_ALLOWED) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ContentError(
            f"the image has more than {MAX_PIXELS:,} pixels", path=path, hint="Make it smaller."
        ) from None
    except _BROKEN as error:
        raise ContentError(f"the image is broken ({error})", path=path, hint="Save the image again.") from None


def frames_of(image: Image.Image) -> int:
    """How many frames are shown one after the other; 1 for what has further pages or pictures (TIFF, MPO)."""
    return getattr(image, "n_frames", 1) if image.format in ("GIF", "PNG", "WEBP", "AVIF") else 1


def _check_size(image: ImageFile.ImageFile, path: str | Path) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ContentError(
            f"the image has {width} x {height} pixels, more than {MAX_PIXELS:,}", path=path, hint="Make it smaller."
        )
    frames = frames_of(image)
    if frames > 1 and width * height * frames > MAX_ANIMATION:
        raise ContentError(
            f"the animation has {frames} frames of {width} x {height} pixels, more than {MAX_ANIMATION:,} together",
            path=path,
            hint="Make it smaller or shorter, or publish it as a video.",
        )


def _decoded_size(image: ImageFile.ImageFile, media_type: str) -> int:
    """About how many bytes :func:`_decode` takes."""
    area = image.width * image.height
    if media_type == "image/png":
        return 0
    if media_type == "image/jpeg":
        # A progressive JPEG holds all its coefficients in memory, whatever the size that it is decoded at.
        return area * 4 if image.info.get("progressive") else area // 8
    return area * (8 if frames_of(image) > 1 else 4)


def _decode(data: bytes, media_type: str) -> None:
    with opened(data) as image:
        if media_type == "image/png":
            image.verify()
            return
        image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        for frame in range(frames_of(image)):
            image.seek(frame)
            image.load()


def _explained(data: bytes) -> tuple[str, str]:
    """What bytes that are no image that can be read seem to be, and what to do."""
    head = data[:1024]
    for start, said in _NO_IMAGE.items():
        if head.startswith(start):
            return f"the file is {said[0]}", said[1]
    if head.startswith(_IMAGE) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "the image is broken (its header cannot be read)", "Save the image again."
    if head[4:8] == b"ftyp":
        brands = {head[at : at + 4] for at in range(8, min(len(head), int.from_bytes(head[:4], "big")), 4)}
        if brands & _AVIF:
            if "image/avif" in WRITABLE:
                return "the image is broken (its header cannot be read)", "Save the image again."
            return "the image is an AVIF, which this Pillow cannot read", "Export it as JPEG, PNG or WebP."
        if brands & _HEIC:
            return "the image is a HEIC, which browsers do not show", "Export it as JPEG; phones have a setting for it."
        return "the file is a video, not an image", _ALLOWED
    if _HTML.search(head):
        return "the file is a web page, not an image", "Save the image itself, not the page that shows it."
    if _SVG.search(head):
        return "the image is an SVG, which sites refuse", "Export it as PNG or WebP."
    return "the file is not an image that can be published", _ALLOWED
