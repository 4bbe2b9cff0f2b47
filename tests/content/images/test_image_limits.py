"""An image is fitted to what a target takes: formats, pixels and bytes."""

from __future__ import annotations

import pytest
from image_files import average, made, noise, opened, photo, same_pixels, saved
from PIL import Image, ImageChops

from publisher.errors import ContentError

# Formats


@pytest.mark.parametrize(
    ("data", "allowed", "media_type", "name"),
    [
        pytest.param(saved(photo(), "BMP"), None, "image/jpeg", "a.b.jpg", id="photo-bmp"),
        pytest.param(saved(photo().quantize(9).convert("RGB"), "BMP"), None, "image/png", "a.b.png", id="drawn-bmp"),
        pytest.param(saved(photo(), "TIFF"), None, "image/jpeg", "a.b.jpg", id="photo-tiff"),
        pytest.param(saved(photo(mode="L"), "TIFF"), None, "image/jpeg", "a.b.jpg", id="grey-photo-tiff"),
        pytest.param(saved(photo(mode="1"), "TIFF"), None, "image/png", "a.b.png", id="fax-tiff"),
        pytest.param(saved(photo(mode="RGBA"), "TIFF"), None, "image/png", "a.b.png", id="transparent-tiff"),
        pytest.param(saved(photo(), "AVIF"), None, "image/jpeg", "a.b.jpg", id="avif"),
        pytest.param(saved(photo(), "AVIF"), ["image/avif", "image/png"], "image/avif", "a.b.avif", id="avif-taken"),
        pytest.param(saved(photo(mode="RGBA"), "AVIF"), None, "image/png", "a.b.png", id="transparent-avif"),
        pytest.param(saved(photo(), "WEBP"), ["image/png", "image/jpeg"], "image/jpeg", "a.b.jpg", id="webp"),
        pytest.param(
            saved(photo(mode="RGBA"), "WEBP"), ["image/png", "image/jpeg"], "image/png", "a.b.png", id="clear-webp"
        ),
        pytest.param(saved(photo(), "JPEG"), ["image/webp"], "image/webp", "a.b.webp", id="jpeg-to-webp"),
        pytest.param(
            saved(photo(mode="RGBA"), "PNG"), ["image/jpeg", "image/webp"], "image/webp", "a.b.webp", id="to-webp"
        ),
        pytest.param(saved(photo().quantize(9), "GIF"), ["image/jpeg", "image/png"], "image/png", "a.b.png", id="gif"),
        pytest.param(saved(photo(mode="RGBA"), "PNG"), ["image/gif"], "image/gif", "a.b.gif", id="only-gif"),
        pytest.param(saved(photo(), "PNG"), ["image/avif"], "image/avif", "a.b.avif", id="only-avif"),
        pytest.param(saved(photo().convert("RGBA"), "PNG"), ["image/jpeg"], "image/jpeg", "a.b.jpg", id="solid-alpha"),
    ],
)
def test_a_format_that_the_target_does_not_take_is_converted(data, allowed, media_type, name):
    """To the one that suits; the name follows."""
    shown = made(data, "a.b", **({"media_types": tuple(allowed)} if allowed else {}))
    assert (shown.media_type, shown.name) == (media_type, name)
    assert Image.MIME[opened(shown.data).format] == media_type
    tolerance = {"image/gif": 60, "image/avif": 8}.get(media_type, 6)
    assert average(opened(shown.data), opened(data)) < tolerance


@pytest.mark.parametrize(
    ("data", "allowed", "said"),
    [
        (
            saved(photo(mode="RGBA"), "PNG"),
            ("image/jpeg",),
            "the image has transparent parts, and the target takes only JPEG",
        ),
        (saved(photo(), "PNG"), ("image/svg+xml",), "the image is a PNG, and the target takes only image/svg+xml"),
        (saved(photo(), "PNG"), (), "the image is a PNG, and the target takes no images"),
    ],
)
def test_what_cannot_be_converted_is_an_error(data, allowed, said):
    """It names the image, what the target takes, and what to do."""
    with pytest.raises(ContentError) as caught:
        made(data, "a.png", media_types=allowed)
    assert (caught.value.what, caught.value.path) == (said, "a.png")
    assert caught.value.hint


# Pixels


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((400, 300), {"max_width": 200}, (200, 150)),
        ((400, 300), {"max_height": 200}, (266, 200)),
        ((400, 300), {"max_width": 200, "max_height": 100}, (133, 100)),
        ((400, 300), {"max_width": 100, "max_height": 200}, (100, 75)),
        ((400, 300), {"max_width": 400, "max_height": 300}, (400, 300)),
        ((400, 300), {"max_width": 4000, "max_height": 3000}, (400, 300)),
        ((400, 2), {"max_width": 100}, (100, 1)),
        ((400, 300), {"max_width": 1}, (1, 1)),
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_an_image_is_scaled_into_the_limits(format, size, limits, expected):
    """Its shape stays, and it is never enlarged."""
    shown = made(saved(photo(size), format), **limits)
    assert (shown.width, shown.height) == opened(shown.data).size == expected
    assert opened(shown.data).format == format


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_scaled_png_looks_like_the_original(mode):
    """Palettes and bits become colours, so that edges are smooth; what is transparent stays so."""
    image = photo((400, 300)).quantize(64) if mode == "P" else photo((400, 300), mode)
    shown = opened(made(saved(image, "PNG"), max_width=100).data)
    clear = mode in ("LA", "RGBA")
    assert shown.mode == {"1": "L", "P": "RGB"}.get(mode, mode)
    expected = image.convert("RGBA" if clear else "RGB").resize((100, 75), Image.Resampling.LANCZOS)
    assert average(shown.convert(expected.mode), expected) < 2
    if clear:
        assert ImageChops.difference(shown.getchannel("A"), expected.getchannel("A")).getextrema()[1] <= 4


def test_a_clear_colour_stays_clear_when_scaled():
    """As an alpha channel, with smooth edges."""
    image = photo((400, 300))
    image.paste((1, 2, 3), (200, 150, 400, 300))
    shown = opened(made(saved(image, "PNG", transparency=(1, 2, 3)), max_width=100).data)
    assert shown.mode == "RGBA"
    assert (shown.getpixel((90, 70))[3], shown.getpixel((5, 5))[3]) == (0, 255)


def test_a_scaled_jpeg_is_as_good_as_one_scaled_by_hand():
    """Though it is never decoded at full size."""
    image = photo((1600, 1200))
    shown = made(saved(image, "JPEG", quality=95), max_width=300)
    assert average(opened(shown.data), image.resize((300, 225), Image.Resampling.LANCZOS)) < 2


def test_webp_without_loss_stays_without_loss():
    """Scaled pixels are stored exactly."""
    image = photo((400, 300))
    exact = made(saved(image, "WEBP", lossless=True), max_width=100)
    assert b"VP8L" in exact.data
    assert same_pixels(opened(exact.data), image.resize((100, 75), Image.Resampling.LANCZOS, reducing_gap=3.0))
    assert b"VP8L" not in made(saved(image, "WEBP"), max_width=100).data


# Bytes


@pytest.mark.parametrize(
    ("data", "limit", "media_type"),
    [
        pytest.param(saved(noise((200, 150)), "JPEG", quality=95), 15_000, "image/jpeg", id="jpeg-by-quality"),
        pytest.param(saved(noise((200, 150)), "JPEG", quality=95), 5_000, "image/jpeg", id="jpeg-by-size"),
        pytest.param(saved(noise((200, 150)), "WEBP", quality=95), 5_000, "image/webp", id="webp"),
        pytest.param(saved(noise((200, 150)), "WEBP", lossless=True), 9_000, "image/webp", id="lossless-webp"),
        pytest.param(saved(noise((200, 150)), "PNG"), 15_000, "image/jpeg", id="photo-png-becomes-jpeg"),
        pytest.param(saved(noise((200, 150), "RGBA"), "PNG"), 20_000, "image/png", id="transparent-png-stays-png"),
        pytest.param(saved(noise((200, 150)).quantize(200), "PNG"), 20_000, "image/png", id="palette-png-stays-png"),
        pytest.param(saved(noise((200, 150)), "GIF"), 12_000, "image/gif", id="gif"),
        pytest.param(saved(noise((200, 150)), "TIFF"), 5_000, "image/jpeg", id="tiff"),
        pytest.param(saved(noise((200, 150)), "AVIF", quality=95), 4_000, "image/jpeg", id="avif"),
    ],
)
def test_an_image_is_made_small_enough(data, limit, media_type):
    """By quality first and by size then; never below a quarter of its width."""
    assert len(data) > limit
    shown = made(data, max_bytes=limit)
    assert len(shown.data) <= limit
    assert (shown.media_type, opened(shown.data).size) == (media_type, (shown.width, shown.height))
    assert 50 <= shown.width <= 200
    assert abs(shown.width * 3 - shown.height * 4) <= 4


def test_quality_goes_before_size():
    """An image that is small enough with a lower quality keeps all its pixels."""
    data = saved(noise((200, 150)), "JPEG", quality=95)
    assert (made(data, max_bytes=len(data) // 2).width) == 200


def test_a_transparent_png_gets_a_palette_before_it_gets_smaller():
    """It stays a PNG, and transparent."""
    data = saved(photo((400, 300), "RGBA"), "PNG")
    shown = made(data, max_bytes=len(data) // 2)
    assert (shown.width, opened(shown.data).mode) == (400, "P")
    alphas = opened(shown.data).convert("RGBA").getchannel("A"), photo((400, 300), "RGBA").getchannel("A")
    assert ImageChops.difference(*alphas).getextrema()[1] < 64


@pytest.mark.parametrize("allowed", [("image/png",), ("image/png", "image/gif")])
def test_a_photo_stays_png_where_jpeg_is_not_taken(allowed):
    """With fewer colours, and then smaller."""
    shown = made(saved(noise((200, 150)), "PNG"), max_bytes=20_000, media_types=allowed)
    assert (shown.media_type, len(shown.data) <= 20_000) == ("image/png", True)


def test_what_cannot_be_made_small_enough_is_an_error():
    """It names the limit, what was reached, and what to do."""
    with pytest.raises(ContentError) as caught:
        made(saved(noise((1000, 800), "RGBA"), "PNG"), "a.png", max_bytes=2000)
    assert caught.value.what.startswith("the image still has ")
    assert caught.value.what.endswith("bytes as a PNG of 250 x 200 pixels; max_bytes of the target is 2,000")
    assert (caught.value.path, bool(caught.value.hint)) == ("a.png", True)


def test_a_format_is_not_asked_for_more_pixels_than_it_holds():
    """A WebP has at most 16,383 in a row and a JPEG 65,500."""
    long = saved(noise((17_000, 2)), "PNG")
    assert made(long, media_types=("image/webp", "image/png")).media_type == "image/png"
    assert made(saved(noise((17_000, 2)), "TIFF"), media_types=("image/webp", "image/jpeg")).media_type == "image/jpeg"
    with pytest.raises(ContentError, match="the image is a PNG, and the target takes only WebP"):
        made(long, media_types=("image/webp",))
    longer = made(saved(noise((66_000, 2)), "PNG"), max_bytes=100_000)  # a shorter one would become a JPEG
    assert (longer.media_type, len(longer.data) <= 100_000) == ("image/png", True)
