"""Image files made by Pillow, with everything hidden in them that cameras and editors hide."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from publisher.models import Asset, ImageLimits, Rendition

CANARY = "Kanarienvogel"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{CANARY}"/></rdf:RDF></x:xmpmeta>'
).encode()
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ANY = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")


def photo(size: tuple[int, int] = (64, 48), mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Many colours, and no two corners alike."""
    image = Image.merge(
        "RGB",
        [
            Image.linear_gradient("L").resize(size),
            Image.linear_gradient("L").rotate(90 + seed).resize(size),
            Image.radial_gradient("L").resize(size),
        ],
    )
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 3), fill=(250, seed % 256, 20))
    if mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        image.putalpha(Image.linear_gradient("L").resize(size))
    return image.convert(mode)


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """What no encoder can make small; another at every call."""
    return Image.merge(mode, [Image.effect_noise(size, 100) for _ in mode])


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    into = io.BytesIO()
    image.save(into, format, **options)
    return into.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def exif(orientation: int = 1) -> Image.Exif:
    """The name of an owner, and the place where the picture was taken."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Artist] = CANARY
    gps = made.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (52.0, 31.0, 12.0)
    gps[ExifTags.GPS.GPSAreaInformation] = b"ASCII\0\0\0" + CANARY.encode()
    return made


def spoken(format: str, orientation: int = 1, image: Image.Image | None = None, **options: Any) -> bytes:
    """A file that says :data:`CANARY` wherever its format can say anything."""
    image = image or photo()
    told = CANARY.encode()
    match format:
        case "JPEG":
            data = saved(image, "JPEG", exif=exif(orientation), xmp=XMP, comment=told, **options)
            iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 18) + b"\x1c\x02\x50\0\x0d" + told
            flashpix = b"FPXR\0" + told
            return data[:2] + segment(0xED, iptc) + segment(0xE2, flashpix) + data[2:] + told
        case "PNG":
            texts = PngInfo()
            texts.add_text("Author", CANARY)
            texts.add_text("Comment", CANARY, zip=True)
            texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
            texts.add(b"tIME", told[:7])
            texts.add(b"prVt", told, after_idat=True)
            return saved(image, "PNG", exif=exif(orientation), pnginfo=texts, **options) + told
        case "WEBP":
            data = saved(image, "WEBP", exif=exif(orientation), xmp=XMP, **options)
            more = b"JUNK" + struct.pack("<I", len(told)) + told + b"\0" * (len(told) % 2)
            return data[:4] + struct.pack("<I", len(data) - 8 + len(more)) + data[8:] + more + told
        case "GIF":
            data = saved(image, "GIF", comment=told, **options)
            trailer = bytes([1]) + bytes(range(255, -1, -1)) + b"\0"
            xmp = b"\x21\xff\x0bXMP DataXMP" + XMP + trailer
            return data[:-1] + xmp + data[-1:] + told
        case _:
            return saved(image, format, exif=exif(orientation), **options)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def made(data: bytes, name: str = "picture", **limits: Any) -> Rendition:
    """The rendition of some bytes within some limits."""
    return Asset.from_bytes(data, name).fitted(ImageLimits(**limits)).rendition()


def silent(data: bytes) -> bool:
    """Whether no byte of what was hidden is left, compressed or not."""
    image = opened(data)
    image.load()
    said = [
        *map(str, image.info.values()),
        str(dict(image.getexif())),
        str(image.getexif().get_ifd(ExifTags.IFD.GPSInfo)),
    ]
    return CANARY.encode() not in data and CANARY not in "".join(said) and b"xpacket" not in data


def same_pixels(one: Image.Image, other: Image.Image) -> bool:
    """Whether two images look the same to the bit."""
    one, other = (image.convert("RGBA") for image in (one, other))
    return one.size == other.size and ImageChops.difference(one, other).getbbox(alpha_only=False) is None


def furthest(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel, 0 to 255."""
    assert one.size == other.size
    bands = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return max(int(high) for _, high in bands)


def average(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of all channels of all pixels, 0 to 255."""
    assert one.size == other.size
    histogram = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).histogram()
    return sum(count * (place % 256) for place, count in enumerate(histogram)) / (3 * one.width * one.height)
