"""What is uploaded of an image: upright, silent about who took it and where, and otherwise what it was."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from image_files import CANARY, SRGB, average, exif, made, opened, photo, png_chunk, same_pixels, saved, silent, spoken
from PIL import ExifTags, Image, ImageOps

from publisher.content.images import renditions
from publisher.content.images.assets import asset_from_file
from publisher.content.images.metadata import is_lossless_webp, without_metadata
from publisher.errors import ContentError
from publisher.models import Article, Asset, ImageLimits

# Metadata


@pytest.mark.parametrize("limits", [{}, {"max_width": 20}], ids=["as-it-is", "scaled"])
@pytest.mark.parametrize("orientation", [1, 6], ids=["upright", "lying"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF"])
def test_nothing_hidden_is_uploaded(format, orientation, limits):
    """EXIF, GPS, XMP, IPTC, comments, texts, private chunks, and what stands behind the end."""
    data = spoken(format, orientation, photo().quantize(64) if format == "GIF" else None)
    assert not silent(data)
    assert silent(made(data, **limits).data)


@pytest.mark.parametrize("limits", [{}, {"max_width": 20}], ids=["as-it-is", "scaled"])
@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF"])
def test_nothing_hidden_in_an_animation_is_uploaded(format, limits):
    """Its frames stay."""
    frames = [photo(seed=seed * 40) for seed in range(3)]
    data = spoken(format, image=frames[0], save_all=True, append_images=frames[1:], duration=100)
    assert not silent(data)
    shown = made(data, **limits)
    assert silent(shown.data)
    assert opened(shown.data).n_frames == 3


def test_pictures_behind_the_first_are_not_uploaded():
    """A phone's second picture has a position of its own."""
    data = saved(photo(), "MPO", save_all=True, append_images=[photo(seed=9)], exif=exif())
    shown = made(data)
    assert silent(shown.data)
    assert opened(shown.data).format == "JPEG"
    assert same_pixels(opened(shown.data), opened(data))


def test_a_thumbnail_is_not_uploaded():
    """It may show what was cut away."""
    thumbnail = bytes([77]) * 27
    data = saved(photo(), "JPEG")
    jfif = data[4 + 2 : 4 + 2 + 12]
    head = b"\xff\xe0" + struct.pack(">H", 16 + 27) + jfif + b"\x03\x03" + thumbnail
    shown = made(data[:2] + head + data[20:])
    assert thumbnail not in shown.data
    assert shown.data == data


# What need not change does not


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(saved(photo(), "JPEG", quality=93), id="jpeg"),
        pytest.param(saved(photo(), "JPEG", progressive=True, icc_profile=SRGB), id="progressive-jpeg"),
        pytest.param(saved(photo(mode="L"), "JPEG"), id="grey-jpeg"),
        pytest.param(saved(photo(), "JPEG", restart_marker_rows=1), id="jpeg-with-restarts"),
        pytest.param(saved(photo(), "PNG"), id="png"),
        pytest.param(saved(photo(mode="RGBA"), "PNG"), id="transparent-png"),
        pytest.param(saved(photo(mode="LA"), "PNG"), id="transparent-grey-png"),
        pytest.param(saved(photo().quantize(16), "PNG"), id="palette-png"),
        pytest.param(saved(photo(mode="RGBA").quantize(16), "PNG"), id="transparent-palette-png"),
        pytest.param(saved(photo(mode="1"), "PNG"), id="one-bit-png"),
        pytest.param(saved(photo(), "PNG", transparency=(250, 0, 20), dpi=(72, 72)), id="png-with-a-clear-colour"),
        pytest.param(saved(photo(), "GIF"), id="gif"),
        pytest.param(saved(photo(), "WEBP"), id="webp"),
        pytest.param(saved(photo(mode="RGBA"), "WEBP", lossless=True, icc_profile=SRGB), id="lossless-webp"),
    ],
)
def test_an_image_that_is_right_is_uploaded_as_it_is(data):
    """To the byte, where nothing is hidden in it."""
    assert made(data).data == data


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_without_its_metadata_an_image_looks_the_same(format):
    """To the bit, and in the same file format: nothing is encoded again."""
    data = spoken(format, image=photo().quantize(64) if format == "GIF" else None)
    shown = made(data)
    assert opened(shown.data).format == format
    assert opened(shown.data).mode == opened(data).mode
    assert same_pixels(opened(shown.data), opened(data))


def test_the_colour_chunks_of_a_png_stay():
    """Scaled or not."""
    gamma = png_chunk(b"gAMA", struct.pack(">I", 100_000))
    data = saved(photo(), "PNG")
    data = data[:33] + gamma + data[33:]
    assert gamma in made(data).data
    assert gamma in made(data, max_width=20).data


def test_a_jpeg_that_is_not_built_by_the_book_is_written_anew():
    """Decoders are lenient; what they read is uploaded, and nothing hidden with it."""
    data = spoken("JPEG")
    data = data[: data.rindex(b"\xff\xd9")]  # the last marker is missing
    shown = made(data)
    assert silent(shown.data)
    assert same_pixels(opened(shown.data), opened(data))


# Orientation


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_is_turned_upright(format, orientation):
    """Pixel by pixel as Pillow turns it."""
    exact = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100, "subsampling": "4:4:4"}}.get(format, {})
    data = spoken(format, orientation, image=photo((64, 48)), **exact)
    shown = made(data, media_types=("image/webp",) if format == "WEBP" else ("image/png",))
    expected = ImageOps.exif_transpose(opened(data))
    assert (shown.width, shown.height) == expected.size == ((48, 64) if orientation >= 5 else (64, 48))
    assert opened(shown.data).size == expected.size
    assert same_pixels(opened(shown.data), expected)


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_jpeg_is_turned_with_the_quality_that_it_has(orientation, subsampling):
    """It becomes neither visibly coarser nor much larger."""
    data = spoken("JPEG", orientation, image=photo((320, 240)), quality=90, subsampling=subsampling)
    shown = made(data)
    assert average(opened(shown.data), ImageOps.exif_transpose(opened(data))) < 1
    assert len(shown.data) < 1.2 * len(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_limits_count_for_the_upright_image(orientation):
    """A lying portrait is narrow, not wide."""
    data = spoken("JPEG", orientation, image=photo((400, 200)))
    shown = made(data, max_width=50)
    assert (shown.width, shown.height) == ((50, 100) if orientation >= 5 else (50, 25))
    expected = ImageOps.exif_transpose(opened(data)).resize((shown.width, shown.height), Image.Resampling.LANCZOS)
    assert average(opened(shown.data), expected) < 4


def test_an_orientation_that_makes_no_sense_turns_nothing():
    """EXIF is written by many hands."""
    for orientation in (0, 9, 77):
        shown = made(spoken("JPEG", orientation))
        assert (shown.width, shown.height) == (64, 48)


# Everything together


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"]),
    format=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP"]),
    orientation=st.integers(1, 8),
    max_width=st.none() | st.integers(1, 100),
    max_height=st.none() | st.integers(1, 100),
    max_bytes=st.none() | st.integers(2048, 6000),
    media_types=st.sampled_from([ImageLimits().media_types, ("image/webp",), ("image/jpeg", "image/png")]),
)
def test_a_rendition_is_always_within_its_limits(
    size, mode, format, orientation, max_width, max_height, max_bytes, media_types
):
    """Upright, silent, of a format that the target takes; the same again and again."""
    image = photo(size).convert("I").convert("I;16") if mode == "I;16" else photo(size, mode)
    try:
        data = spoken(format, orientation, image)
    except (OSError, ValueError):  # Pillow cannot write this mode in this format
        data = spoken(format, orientation, photo(size, "RGB"))
    limits = ImageLimits(max_width=max_width, max_height=max_height, max_bytes=max_bytes, media_types=media_types)
    asset = Asset.from_bytes(data, "a").fitted(limits)
    shown = asset.rendition()
    assert silent(shown.data)
    assert shown.media_type in media_types
    assert Image.MIME[opened(shown.data).format] == shown.media_type
    assert opened(shown.data).size == (shown.width, shown.height)
    assert shown.width <= (max_width or 90)
    assert shown.height <= (max_height or 90)
    assert len(shown.data) <= (max_bytes or len(shown.data))
    assert opened(shown.data).getexif().get(ExifTags.Base.Orientation, 1) == 1
    lying = orientation >= 5 and format not in ("GIF", "BMP")
    if not (max_width or max_height or max_bytes):
        assert (shown.width, shown.height) == (size[::-1] if lying else size)
    renditions._made.cache_clear()
    assert asset.rendition() == shown


def test_a_file_is_read_when_it_is_needed(tmp_path: Path):
    """And a file that changed meanwhile is not uploaded as something else."""
    file = tmp_path / "a.jpg"
    file.write_bytes(spoken("JPEG", image=photo(seed=91)))
    asset = asset_from_file(file)
    file.write_bytes(spoken("JPEG", image=photo(seed=3)))
    with pytest.raises(ContentError, match="the image changed while it was being published"):
        asset.rendition()


def test_an_article_without_files_has_renditions_all_the_same():
    """Its images are bytes, under the sources that its body uses."""
    data = spoken("JPEG", 6)
    article = Article(title="T", body="![A](a.jpg)", assets={"a.jpg": Asset.from_bytes(data, "a.jpg")})
    (asset,) = article.fitted(ImageLimits(max_width=20)).assets.values()
    assert (asset.rendition().name, asset.rendition().width) == ("a.jpg", 20)
    assert silent(asset.rendition().data)


def test_bytes_that_were_never_proved_are_an_error():
    """An asset may be made by hand."""
    for data in (b"no image", saved(photo(), "PNG")[:300]):
        asset = Asset(id=data.hex(), name="x.png", media_type="image/png", size=9, source="0", data=data)
        with pytest.raises(ContentError, match=r"x\.png: the (image is broken|file is not an image)"):
            asset.rendition()


def test_a_picture_in_memory_is_the_same_as_one_on_disk(tmp_path: Path):
    """Bytes, name and size."""
    data = spoken("PNG", 6)
    (tmp_path / "a.png").write_bytes(data)
    assert asset_from_file(tmp_path / "a.png").rendition() == Asset.from_bytes(data, "a.png").rendition()


# Broken files


SEEDS = [
    spoken("JPEG", 6),
    saved(photo(mode="CMYK"), "JPEG", icc_profile=SRGB),
    *(spoken(kind, 6) for kind in ("PNG", "WEBP", "TIFF", "AVIF")),
    *(
        spoken(kind, save_all=True, append_images=[photo(seed=50), photo(seed=99)], duration=50)
        for kind in ("PNG", "GIF", "WEBP", "AVIF")
    ),
    spoken("BMP"),
]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow says what it makes of damaged tags
@settings(max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
    head=st.booleans(),
    cut=st.floats(0.1, 1) | st.just(1.0),
    max_width=st.none() | st.just(20),
)
def test_a_damaged_file_is_shown_or_refused(seed, changes, head, cut, max_width):
    """With a content error and no other; and what is shown is whole and silent."""
    data = bytearray(seed[: int(len(seed) * cut)])
    for place, value in changes:
        data[int(place * (min(len(data), 100) - 1 if head else len(data) - 1))] = value
    try:
        result = Asset.from_bytes(bytes(data), "a").fitted(ImageLimits(max_width=max_width)).rendition()
    except ContentError:
        return
    with opened(result.data) as image:
        assert image.size == (result.width, result.height)
    assert CANARY.encode() not in result.data


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffIHDR", "image/png", id="png-chunk-without-end"),
        pytest.param(b"\xff\xd8\xff\xe1\xff\xff", "image/jpeg", id="jpeg-segment-without-end"),
        pytest.param(b"\xff\xd8\xff\xe1\0\0\0\0", "image/jpeg", id="jpeg-segment-without-length"),
        pytest.param(b"RIFF\xff\0\0\0WEBPVP8L\xff\0\0\0", "image/webp", id="webp-chunk-without-end"),
        pytest.param(b"GIF89a" + b"\0" * 7 + b"\x2c", "image/gif", id="gif-image-without-end"),
        pytest.param(b"GIF89a" + b"\0" * 7 + b"\x99\0", "image/gif", id="gif-block-of-no-kind"),
        pytest.param(b"BM", "image/bmp", id="a-format-that-is-always-written-anew"),
    ],
)
def test_what_is_not_built_as_its_format_says_is_left_to_the_decoder(data, media_type):
    """It is not taken apart piece by piece."""
    assert without_metadata(data, media_type) is None
    assert not is_lossless_webp(data)


def test_a_jpeg_with_fill_bytes_keeps_its_pixels():
    """Markers may be preceded by any number of them."""
    data = spoken("JPEG")
    filled = data[:2] + b"\xff\xff\xff" + data[2:]
    shown = made(filled)
    assert silent(shown.data)
    assert same_pixels(opened(shown.data), opened(data))
