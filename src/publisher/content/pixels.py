"""What is done to decoded pixels: turned upright, brought to 8 bits and to RGB, and made smaller."""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

from PIL import ExifTags, Image, ImageCms, ImageMath

__all__ = [
    "Picture",
    "coloured",
    "is_transparent",
    "orientation_of",
    "plain",
    "scaled",
    "turned",
    "turned_size",
    "unpaletted",
]

Size = tuple[int, int]

# What an orientation of EXIF asks for (Exif 2.32, tag 274): how the stored pixels must be turned to be seen upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Offset of the colour space in the header of an ICC profile (ICC.1:2022, 7.2), and what may be encoded with it.
_SPACE = slice(16, 20)
_MODES = {b"GRAY": ("1", "L", "LA"), b"RGB ": ("P", "RGB", "RGBA")}


class Picture(NamedTuple):
    """Pixels that every writer can take (mode 1, L, LA, P, RGB or RGBA), and the ICC profile that goes with them."""

    image: Image.Image
    profile: bytes | None


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or it makes no sense. Decodes a PNG."""
    if image.format == "TIFF":  # is upright when Pillow has decoded it
        return 1
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error, UserWarning):
        return 1  # EXIF that Pillow cannot make sense of says nothing; the pixels may be whole all the same
    return value if value in _TURNS else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image upright."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def turned_size(size: Size, orientation: int) -> Size:
    """The size that an image of this size has when it is upright; or the other way round."""
    return (size[1], size[0]) if orientation >= 5 else size


def scaled(image: Image.Image, size: Size) -> Image.Image:
    """The image at this size, which is not above its own; palettes and single bits become colours first."""
    if size == image.size:
        return image
    # Pillow weighs colours with their alpha, so nothing hidden under transparent pixels bleeds out.
    return unpaletted(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def unpaletted(image: Image.Image) -> Image.Image:
    """The same colours as L, LA, RGB or RGBA; a colour that is marked as transparent becomes an alpha channel."""
    clear = image.has_transparency_data
    grey = image.mode in ("1", "L", "LA")
    mode = ("LA" if clear else "L") if grey else ("RGBA" if clear else "RGB")
    return image if image.mode == mode else image.convert(mode)  # which would copy it


def is_transparent(image: Image.Image) -> bool:
    """Whether any pixel lets through what is behind it. An alpha channel alone does not make it so."""
    if not image.has_transparency_data:
        return False
    lowest, _ = unpaletted(image).getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def plain(image: Image.Image, *, deep: bool = False) -> Picture:
    """An image of any mode as a picture: 8 bits, and RGB where it is CMYK, Lab or YCbCr.

    ``deep`` says that the file has 16 bits a channel, of which Pillow reads the upper 8 for colours. The profile is
    kept, unless colours are converted: then they become sRGB, which needs none. Without a profile, CMYK is converted
    by Pillow's formula.
    """
    profile = image.info.get("icc_profile") or None
    clear = image.info.get("transparency")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    elif deep and isinstance(clear, tuple):
        image.info["transparency"] = tuple(value >> 8 for value in clear)
    elif deep and image.mode == "L" and isinstance(clear, int):
        image.info["transparency"] = clear >> 8
    if image.mode in ("CMYK", "LAB", "YCbCr"):
        return Picture(_srgb(image, profile), None)
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):  # PA, RGBX and the premultiplied ones
        image = image.convert("LA" if image.mode == "La" else "RGBA" if image.has_transparency_data else "RGB")
    if profile and image.mode not in _MODES.get(profile[_SPACE], ()):
        return Picture(image, None)  # a profile for other pixels than these: viewers ignore it, too
    return Picture(image, profile)


def coloured(picture: Picture) -> Picture:
    """The picture as RGB or RGBA. Greys with a profile of their own are converted to sRGB."""
    image, profile = unpaletted(picture.image), picture.profile
    if image.mode in ("RGB", "RGBA"):
        return Picture(image, profile)
    if profile is None:
        return Picture(image.convert("RGBA" if image.mode == "LA" else "RGB"), None)
    colours = _srgb(image.getchannel("L"), profile)
    if image.mode == "LA":
        colours.putalpha(image.getchannel("A"))
    return Picture(colours, None)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    source = ImageCms.createProfile("LAB") if image.mode == "LAB" else io.BytesIO(profile) if profile else None
    if source is not None:
        try:
            converted = ImageCms.profileToProfile(
                image,
                source,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one for other pixels: as if there were none
        else:
            assert converted is not None  # only None where the image is changed in place
            converted.info = {}
            return converted
    return image.convert("RGB") if image.mode != "LAB" else image.getchannel("L").convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greys of 16 or 32 bits or of floating point in 256 steps: scaled, where Pillow's convert() would cut off.

    16 bits count from 0 to 65535 and floats from 0 to 1; values beyond that are spread between the lowest and highest.
    """
    clear = image.info.get("transparency")
    values = image if image.mode in ("I", "F") else image.convert("I")
    low, high = values.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    white = 1.0 if values.mode == "F" else 65535.0
    if low < 0 or high > white:
        black, white = float(low), float(high)
    else:
        black = 0.0
    factor = 255.0 / ((white - black) or 1.0)
    offset = 0.5 - black * factor
    greys = values.point(lambda value: value * factor + offset).convert("L")
    if isinstance(clear, int):
        mask = ImageMath.lambda_eval(lambda given: (given["values"] != clear) * 255, values=values)
        greys.putalpha(mask.convert("L"))
    greys.info = {}
    return greys
