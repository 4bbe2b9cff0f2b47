"""An asset is a whole image whose type its bytes prove."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from publisher.content.assets import asset_from_bytes, asset_from_file
from publisher.errors import ContentError
from publisher.models import Asset


def picture(format: str, frames: int = 1) -> bytes:
    into = io.BytesIO()
    images = [Image.effect_noise((64, 48), 50 + n).convert("RGB") for n in range(frames)]
    several = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(into, format, **several)
    return into.getvalue()


def huge_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("format", "written", "name", "media_type"),
    [
        ("PNG", "a.png", "a.png", "image/png"),
        ("JPEG", "a.JPG", "a.JPG", "image/jpeg"),
        ("JPEG", "a.jpeg", "a.jpeg", "image/jpeg"),
        ("GIF", "a.gif", "a.gif", "image/gif"),
        ("WEBP", "a.webp", "a.webp", "image/webp"),
        ("JPEG", "photo.png", "photo.jpg", "image/jpeg"),
        ("PNG", "photo", "photo.png", "image/png"),
        ("PNG", "v1.2", "v1.2.png", "image/png"),
        ("WEBP", "folder/photo.jpg", "photo.webp", "image/webp"),
    ],
)
def test_the_bytes_say_what_an_image_is(format, written, name, media_type):
    """A wrong extension is replaced; the name stays readable."""
    data = picture(format)
    asset = asset_from_bytes(data, written)
    assert (asset.name, asset.media_type, asset.size) == (name, media_type, len(data))
    assert asset.id == Asset.identify(data)
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


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("frames", [1, 3])
def test_a_truncated_image_is_refused(format, frames):
    """Half an image is found before it is uploaded, in the last frame as well."""
    if frames > 1 and format == "JPEG":
        frames = 1
    data = picture(format, frames)
    with pytest.raises(ContentError, match="broken"):
        asset_from_bytes(data[: len(data) * 4 // 5], "a.png")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"hello", "not an image", id="text"),
        pytest.param(b"%PDF-1.4", "not an image", id="pdf"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG", id="svg"),
        pytest.param(b'<?xml version="1.0"?>\n<svg/>', "SVG", id="svg-with-a-declaration"),
        pytest.param(huge_png(), "pixels", id="decompression-bomb"),
    ],
)
def test_what_is_no_image_is_refused(data, said):
    """The error names the file and what to use instead."""
    with pytest.raises(ContentError, match=said) as caught:
        asset_from_bytes(data, "a.png")
    assert caught.value.path == "a.png"
    assert caught.value.hint


def test_a_missing_file_is_refused(tmp_path):
    """As a content error, not as an OSError."""
    with pytest.raises(ContentError, match="no such image"):
        asset_from_file(tmp_path / "a.png")
    with pytest.raises(ContentError, match="cannot be read"):
        asset_from_file(tmp_path)
