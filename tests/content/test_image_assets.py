"""An asset is a whole image whose type its bytes prove."""

from __future__ import annotations

import hashlib
import struct
import zlib

import pytest
from image_files import noise, photo, png_chunk, saved
from PIL import Image

from publisher.content.assets import asset_from_bytes, asset_from_file
from publisher.errors import ContentError
from publisher.models import Asset, ImageLimits


def picture(format: str, frames: int = 1) -> bytes:
    images = [noise((64, 48)) for _ in range(frames)]
    return saved(images[0], format, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}))


def huge_png(side: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(b"\0" * 99))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + pixels + png_chunk(b"IEND", b"")


def endless_gif() -> bytes:
    """A few hundred bytes that say 300 times: 1,600 x 1,600 pixels."""
    tiny = saved(Image.new("L", (1, 1)), "GIF")
    frame = tiny[tiny.index(b"\x2c") : -1]
    return tiny[:6] + struct.pack("<HH", 1600, 1600) + tiny[10 : tiny.index(b"\x2c")] + frame * 300 + b"\x3b"


def box(brand: bytes, *more: bytes) -> bytes:
    """The first box of a file of the MP4 family."""
    content = brand + b"\0\0\0\0" + b"".join(more)
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + b"\0" * 64


@pytest.mark.parametrize(
    ("format", "written", "name", "media_type"),
    [
        ("PNG", "a.png", "a.png", "image/png"),
        ("JPEG", "a.JPG", "a.JPG", "image/jpeg"),
        ("JPEG", "a.jpeg", "a.jpeg", "image/jpeg"),
        ("GIF", "a.gif", "a.gif", "image/gif"),
        ("WEBP", "a.webp", "a.webp", "image/webp"),
        ("BMP", "a.bmp", "a.bmp", "image/bmp"),
        ("TIFF", "a.tif", "a.tif", "image/tiff"),
        ("AVIF", "a.avif", "a.avif", "image/avif"),
        ("JPEG", "a.jfif", "a.jfif", "image/jpeg"),
        ("PNG", "photo", "photo.png", "image/png"),
        ("PNG", "v1.2", "v1.2.png", "image/png"),
        ("WEBP", "folder/photo", "photo.webp", "image/webp"),
        ("WEBP", "C:\\folder\\photo", "photo.webp", "image/webp"),
        ("WEBP", "größe 1\r\n.webp", "größe 1.webp", "image/webp"),
        ("WEBP", "", "image.webp", "image/webp"),
    ],
)
def test_the_bytes_say_what_an_image_is(format, written, name, media_type):
    """A name without an extension gets the one that fits; it stays readable."""
    data = picture(format)
    asset = asset_from_bytes(data, written)
    assert (asset.name, asset.media_type, asset.size) == (name, media_type, len(data))
    assert asset.id == Asset.identify(hashlib.sha256(data).hexdigest(), ImageLimits())
    assert asset.read() == data


def test_the_asset_of_a_file_holds_no_bytes(tmp_path):
    """They are read when they are sent."""
    file = tmp_path / "a.png"
    file.write_bytes(picture("PNG"))
    asset = asset_from_file(file)
    assert (asset.path, asset.data) == (file, None)
    assert asset == asset_from_bytes(picture_bytes := file.read_bytes(), "a.png").model_copy(
        update={"path": file, "data": None, "stamp": asset.stamp}
    )
    assert asset.read() == picture_bytes


@pytest.mark.parametrize(
    ("format", "name", "said", "right"),
    [
        ("JPEG", "photo.png", "the file is a JPEG image, but its name 'photo.png' says PNG", "photo.jpg"),
        ("WEBP", "holiday 1.JPG", "the file is a WebP image, but its name 'holiday 1.JPG' says JPEG", "holiday 1.webp"),
        ("PNG", "a.svg", "the file is a PNG image, but its name 'a.svg' says SVG", "a.png"),
        ("GIF", "a.b.heic", "the file is a GIF image, but its name 'a.b.heic' says HEIC", "a.b.gif"),
        ("TIFF", "a.bmp", "the file is a TIFF image, but its name 'a.bmp' says BMP", "a.tif"),
    ],
)
def test_a_name_that_says_another_format_is_refused(tmp_path, format, name, said, right):
    """In memory and on disk; the error says both formats and the right name."""
    data = picture(format)
    with pytest.raises(ContentError) as caught:
        asset_from_bytes(data, name)
    assert (caught.value.what, caught.value.hint, caught.value.path) == (said, f"Rename it to '{right}'.", name)
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(ContentError) as caught:
        asset_from_file(file)
    assert (caught.value.what, caught.value.hint, caught.value.path) == (said, f"Rename it to '{right}'.", str(file))


@pytest.mark.parametrize(
    ("format", "frames"),
    [(kind, 1) for kind in ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")]
    + [(kind, 3) for kind in ("PNG", "GIF", "WEBP", "AVIF")],
)
def test_a_truncated_image_is_refused(format, frames):
    """Half an image is found before it is uploaded, in the last frame as well."""
    data = picture(format, frames)
    with pytest.raises(ContentError, match="broken") as caught:
        asset_from_bytes(data[: len(data) * 4 // 5], "a")
    assert caught.value.hint == "Save the image again."


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_png_with_a_wrong_bit_is_refused(at):
    """Its checksums say so; no pixel need be decoded for it."""
    data = bytearray(picture("PNG"))
    data[int(len(data) * at)] ^= 1
    with pytest.raises(ContentError, match="broken"):
        asset_from_bytes(bytes(data), "a")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "the image is empty", id="empty"),
        pytest.param(b"hello", "the file is not an image that can be published", id="text"),
        pytest.param(b"%PDF-1.4", "the file is a PDF document", id="pdf"),
        pytest.param(b"<!DOCTYPE html><svg></svg>", "the file is a web page, not an image", id="html"),
        pytest.param(b"PK\3\4abc", "the file is a ZIP archive or an office document", id="zip"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "the image is an SVG, which sites refuse", id="svg"),
        pytest.param(
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<SVG/>',
            "the image is an SVG, which sites refuse",
            id="xml",
        ),
        pytest.param(box(b"heic"), "the image is a HEIC, which browsers do not show", id="heic"),
        pytest.param(box(b"mif1", b"mif1", b"heix"), "the image is a HEIC, which browsers do not show", id="heif"),
        pytest.param(box(b"isom", b"mp42"), "the file is a video, not an image", id="mp4"),
        pytest.param(
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
            "the file is a pointer of Git LFS, not the image itself",
            id="lfs",
        ),
        pytest.param(
            huge_png(9_000), "the image has 9000 x 9000 pixels, more than 80,000,000", id="more-pixels-than-we-take"
        ),
        pytest.param(huge_png(12_000), "the image has more than 80,000,000 pixels", id="more-than-pillow-warns-of"),
        pytest.param(huge_png(60_000), "the image has more than 80,000,000 pixels", id="more-than-pillow-takes"),
        pytest.param(
            endless_gif(),
            "the animation has 300 frames of 1600 x 1600 pixels, more than 700,000,000 together",
            id="more-frames-than-we-take",
        ),
    ],
)
def test_what_is_no_image_is_refused(data, said):
    """The error names the file, what it is, and what to do."""
    with pytest.raises(ContentError) as caught:
        asset_from_bytes(data, "a.png")
    assert (caught.value.what, caught.value.path) == (said, "a.png")
    assert caught.value.hint


def test_a_file_that_no_picture_can_be_is_not_read(tmp_path):
    """A disk image of gigabytes with a wrong name does not fill the memory."""
    file = tmp_path / "a.png"
    with file.open("wb") as hole:
        hole.truncate(300_000_000)
    with pytest.raises(ContentError, match="the image has 300,000,000 bytes, more than 200,000,000"):
        asset_from_file(file)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "AVIF", "TIFF"])
def test_a_file_of_which_only_the_header_is_left_is_refused(format):
    """It is said to be broken, not to be something else."""
    with pytest.raises(ContentError, match="the image is broken"):
        asset_from_bytes(picture(format)[:20], "a")


def test_a_jpeg_with_more_pictures_behind_it_is_a_jpeg():
    """As phones write them (MPO)."""
    first, second = photo(), photo(seed=9)
    data = saved(first, "MPO", save_all=True, append_images=[second])
    asset = asset_from_bytes(data, "a.jpg")
    assert (asset.media_type, asset.name) == ("image/jpeg", "a.jpg")


def test_a_missing_file_is_refused(tmp_path):
    """As a content error, not as an OSError."""
    with pytest.raises(ContentError, match="no such image"):
        asset_from_file(tmp_path / "a.png")
    with pytest.raises(ContentError, match="cannot be read"):
        asset_from_file(tmp_path)
