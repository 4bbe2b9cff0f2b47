"""Removing metadata from image files without decoding them: pixels, frames and colour stay what they are to the bit.

Pillow can only write an image anew. That would lose quality in a JPEG, merge equal frames of an animation, and reduce
the colours of a GIF whose frames have palettes of their own. What a file is made of is therefore kept or left out
piece by piece: kept is what decoders need for pixels, colour and time, as listed here; everything else goes, known or
not. What stands behind the end of the image goes too: phones keep more pictures there, each with its own EXIF.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

__all__ = ["is_lossless_webp", "png_colour", "png_says_more", "with_alpha", "without_metadata"]

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# https://www.w3.org/TR/png-3/#11Chunks
_PNG_COLOUR = (b"gAMA", b"cHRM", b"sRGB", b"cICP")
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"mDCV", b"cLLI",
    b"acTL", b"fcTL", b"fdAT", *_PNG_COLOUR,
}  # fmt: skip
# https://developers.google.com/speed/webp/docs/riff_container
_WEBP_KEPT = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_WEBP_ALPHA, _WEBP_EXIF_AND_XMP = 0x10, 0x0C
# A marker ends the entropy-coded data of a JPEG, unless it is a stuffed zero, a restart or a fill byte.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def without_metadata(data: bytes, media_type: str) -> bytes | None:
    """The same image without EXIF, GPS, XMP, IPTC, comments, texts, thumbnails and what stands behind its end.

    ``None`` for a format of which this is not known (AVIF, BMP, TIFF) and for a file that is not built as its format
    says, though decoders may be lenient about it. The same bytes if there is nothing to remove.
    """
    pieces = _PIECES.get(media_type)
    if pieces is None:
        return None
    try:
        return b"".join(pieces(data))
    except (ValueError, IndexError, struct.error):
        return None


def png_colour(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG that say what its colours mean, without the ICC profile: names and contents."""
    return [(kind, whole[8:-4]) for kind, whole in _png_chunks(data) if kind in _PNG_COLOUR]


def png_says_more(data: bytes) -> bool:
    """Whether a PNG has EXIF, XMP or text. True where that cannot be told."""
    try:
        return any(kind in (b"eXIf", b"iTXt", b"tEXt", b"zTXt") for kind, _ in _png_chunks(data))
    except (ValueError, struct.error):
        return True


def is_lossless_webp(data: bytes) -> bool:
    """Whether all frames of a WebP are coded without loss. False where that cannot be told."""
    try:
        kinds = [kind for kind, _ in _webp_frames(data)]
    except (ValueError, struct.error):
        return False
    return b"VP8L" in kinds and b"VP8 " not in kinds


def with_alpha(data: bytes) -> bytes:
    """A WebP animation that says that it is transparent.

    libwebp says so of frames only. Where all of them are opaque but none covers the canvas, it does not, and Pillow
    takes what shows through for black.
    """
    if data[12:16] != b"VP8X":
        return data
    return data[:20] + bytes([data[20] | _WEBP_ALPHA]) + data[21:]


def _jpeg(data: bytes) -> Iterator[bytes]:
    """ITU-T T.81, annex B; JFIF 1.02; ICC.1, annex B.4."""
    yield data[:2]
    at = 2
    while True:
        at = data.index(b"\xff", at)
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            break
        if marker == 0 or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise ValueError("a segment reaches beyond the end")
        segment = data[at:end]
        if marker == 0xE0:
            if segment.startswith(b"JFIF\0", 4) and length >= 16:
                yield b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0"  # the pixel density, and no thumbnail
        elif marker == 0xE2:
            if segment.startswith(b"ICC_PROFILE\0", 4):
                yield segment
        elif marker == 0xEE:
            if segment.startswith(b"Adobe", 4) and length >= 14:  # says how the colours are coded
                yield b"\xff\xee\0\x0e" + segment[4:16]
        elif 0xC0 <= marker <= 0xCF or 0xDA <= marker <= 0xDF:  # tables, frame and scan headers
            yield segment
        at = end
        if marker == 0xDA:
            found = _JPEG_MARKER.search(data, at)
            end = found.start() if found else len(data)
            yield data[at:end]
            at = end
            if found is None:  # decoders do without the last marker
                break
    yield b"\xff\xd9"


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG_SIGNATURE
    for kind, whole in _png_chunks(data):
        if kind in _PNG_KEPT:
            yield whole


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to the last: their names, and their bytes with length and checksum."""
    at, kind = len(_PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise ValueError("a chunk reaches beyond the end")
        yield kind, data[at:end]
        at = end


def _webp(data: bytes) -> Iterator[bytes]:
    kept = b"".join(_webp_kept(data))
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_kept(data: bytes) -> Iterator[bytes]:
    for kind, content in _riff_chunks(data, 12, _riff_end(data)):
        if kind == b"VP8X":
            yield _riff_chunk(kind, bytes([content[0] & ~_WEBP_EXIF_AND_XMP]) + content[1:10])
        elif kind == b"ANMF":
            parts = [_riff_chunk(*part) for part in _riff_chunks(content, 16, len(content)) if part[0] in _WEBP_KEPT]
            yield _riff_chunk(kind, content[:16] + b"".join(parts))
        elif kind in _WEBP_KEPT:
            yield _riff_chunk(kind, content)


def _webp_frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, content in _riff_chunks(data, 12, _riff_end(data)):
        if kind == b"ANMF":
            yield from _riff_chunks(content, 16, len(content))
        else:
            yield kind, content


def _riff_end(data: bytes) -> int:
    (size,) = struct.unpack_from("<I", data, 4)
    return min(len(data), 8 + int(size))


def _riff_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > end:
            raise ValueError("a chunk reaches beyond the end")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _gif(data: bytes) -> Iterator[bytes]:
    """https://www.w3.org/Graphics/GIF/spec-gif89a.txt"""
    at = 13 + _gif_palette(data[10])
    yield data[:at]
    while at < len(data):
        start, kind = at, data[at]
        if kind == 0x3B:
            break
        if kind == 0x2C:
            at = _gif_blocks_end(data, at + 11 + _gif_palette(data[at + 9]))
            yield data[start:at]
        elif kind == 0x21:
            label, at = data[at + 1], _gif_blocks_end(data, at + 2)
            if label == 0xF9:  # time and transparency of the frame that follows
                yield data[start:at]
            elif label == 0xFF:
                yield from _gif_application(data[start:at])
        else:
            raise ValueError("neither an image nor an extension")
    yield b"\x3b"


def _gif_palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks_end(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _gif_application(extension: bytes) -> Iterator[bytes]:
    name = extension[3:14]
    if name in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):  # how often the animation is played
        if extension[14:16] == b"\x03\x01":
            yield extension[:18] + b"\0"
    elif name == b"ICCRGBG1012":
        yield extension


_PIECES = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}
