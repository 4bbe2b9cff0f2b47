"""Colours are seen as they were: profiles stay, and inks and 16 bits are converted by what they mean."""

from __future__ import annotations

import struct
import zlib

import pytest
from image_files import ANY, SRGB, average, furthest, made, opened, photo, png_chunk, saved, spoken
from PIL import Image, ImageCms


@pytest.mark.parametrize("limits", [{}, {"max_width": 20}], ids=["as-it-is", "scaled"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_the_colour_profile_stays(format, limits):
    """To the byte."""
    profile = SRGB.replace(b"sRGB built-in", b"sRGB built-IN")
    shown = made(spoken(format, 6, icc_profile=profile), media_types=ANY, **limits)
    assert opened(shown.data).info["icc_profile"] == profile


def grey_profile(gamma: float) -> bytes:
    """An ICC profile for greys with this gamma."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    return icc(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": curve, b"wtpt": white})


def icc(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2 (ICC.1:2001-04)."""
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s12s4s", at + len(body), b"lcms", 0x02100000, kind, space, connection, b"", b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def ink_profile() -> bytes:
    """An ICC profile whose cyan looks red, magenta green and yellow blue, as no formula would have it."""
    labs = {0: (255, 128, 128), 1: (138, 209, 198), 2: (224, 49, 209), 4: (75, 196, 16)}
    grid = b""
    for corner in range(16):  # the last ink changes first
        cyan, magenta, yellow, black = (corner >> bit & 1 for bit in (3, 2, 1, 0))
        inks = cyan | magenta << 1 | yellow << 2
        grid += bytes((0, 128, 128) if black else labs.get(inks, (0, 128, 128)))
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    straight = bytes(range(256))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unit + straight * 4 + grid + straight * 3
    return icc(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table, b"A2B1": table})


INKS = {
    (0, 0, 0, 0): (255, 255, 255),
    (255, 0, 0, 0): (0, 255, 255),
    (0, 255, 255, 0): (255, 0, 0),
    (0, 0, 0, 255): (0, 0, 0),
}


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
@pytest.mark.parametrize(("ink", "colour"), INKS.items())
def test_cmyk_becomes_the_colours_that_it_prints(format, ink, colour):
    """Also where Adobe's marker says that the values are stored upside down, as every CMYK JPEG of Photoshop does."""
    data = saved(Image.new("CMYK", (32, 32), ink), format)
    assert (b"Adobe" in data) == (format == "JPEG")
    shown = opened(made(data).data)
    assert shown.mode == "RGB"
    assert furthest(shown, Image.new("RGB", (32, 32), colour)) <= 2


@pytest.mark.parametrize("limits", [{}, {"max_width": 16}], ids=["as-it-is", "scaled"])
@pytest.mark.parametrize(
    ("ink", "colour"),
    [((0, 0, 0, 0), "white"), ((255, 0, 0, 0), "red"), ((0, 255, 0, 0), "lime"), ((0, 0, 255, 0), "blue")],
)
def test_cmyk_is_converted_by_its_own_profile(ink, colour, limits):
    """Which is not kept: the colours are sRGB then."""
    data = saved(Image.new("CMYK", (32, 32), ink), "JPEG", icc_profile=ink_profile(), quality=100)
    shown = opened(made(data, **limits).data)
    assert "icc_profile" not in shown.info
    assert furthest(shown, Image.new("RGB", shown.size, colour)) <= 12


def test_cmyk_with_a_broken_profile_is_converted_by_formula():
    """As viewers do it."""
    data = saved(Image.new("CMYK", (32, 32), (255, 0, 0, 0)), "JPEG", icc_profile=b"no profile" * 20)
    assert furthest(opened(made(data).data), Image.new("RGB", (32, 32), "cyan")) <= 2


def test_lab_becomes_srgb():
    """As Pillow's colour management has it."""
    profiles = [ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")]
    lab = ImageCms.profileToProfile(photo(), *profiles, outputMode="LAB")
    shown = made(saved(lab, "TIFF"), media_types=("image/png",))
    assert average(opened(shown.data), photo()) < 2


def test_greys_with_a_profile_stay_as_bright_where_a_format_has_no_greys():
    """WebP knows only colours: they are converted, not relabelled."""
    grey = Image.new("L", (32, 32), 128)
    profile = grey_profile(1.0)
    kept = made(saved(grey, "PNG", icc_profile=profile), max_width=16)
    assert opened(kept.data).info["icc_profile"] == profile
    shown = made(saved(grey, "PNG", icc_profile=profile), media_types=("image/webp",))
    assert "icc_profile" not in opened(shown.data).info
    assert furthest(opened(shown.data), Image.new("RGB", (32, 32), (188, 188, 188))) <= 2  # sRGB of linear 128


def deep_png(kind: int, samples: list[int], *chunks: bytes) -> bytes:
    """A PNG of one row with 16 bits a channel; Pillow writes only grey ones."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    head = struct.pack(">IIBBBBB", len(samples) // channels, 1, 16, kind, 0, 0, 0)
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples)
    body = png_chunk(b"IHDR", head), *chunks, png_chunk(b"IDAT", zlib.compress(row)), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bit_greys_are_scaled_not_cut_off(format):
    """65,535 is white and 32,768 is grey; neither is 255 of 255."""
    values = [0, 257, 300, 25_700, 32_768, 65_535]
    grey = Image.new("I;16", (len(values), 1))
    for place, value in enumerate(values):
        grey.putpixel((place, 0), value)
    shown = opened(made(saved(grey, format), media_types=("image/png",)).data)
    assert shown.mode == "L"
    assert [shown.getpixel((place, 0)) for place in range(len(values))] == [0, 1, 1, 100, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.25, 1.0], [0, 64, 255]),
        ([0.0, 100.0, 200.0], [0, 128, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([0.5, 0.5, 0.5], [128, 128, 128]),
    ],
)
def test_floating_point_greys_are_spread(values, expected):
    """From 0 to 1, or between what there is."""
    image = Image.new("F", (3, 1))
    for place, value in enumerate(values):
        image.putpixel((place, 0), value)
    shown = opened(made(saved(image, "TIFF"), media_types=("image/png",)).data)
    assert [shown.getpixel((place, 0)) for place in range(3)] == expected


@pytest.mark.parametrize(
    ("kind", "samples", "mode", "first"),
    [
        (0, [65_535, 0], "L", 255),
        (2, [65_535, 32_768, 0, 0, 0, 0], "RGB", (255, 128, 0)),
        (4, [65_535, 32_768, 0, 0], "RGBA", (255, 255, 255, 128)),  # as Pillow reads it
        (6, [65_535, 32_768, 0, 65_535, 0, 0, 0, 0], "RGBA", (255, 128, 0, 255)),
    ],
)
def test_sixteen_bit_png_becomes_eight_bit(kind, samples, mode, first):
    """Of every colour type."""
    shown = made(deep_png(kind, samples))
    assert shown.data[24] == 8
    assert (opened(shown.data).mode, opened(shown.data).getpixel((0, 0))) == (mode, first)


@pytest.mark.parametrize(("kind", "clear"), [(0, [1000]), (2, [1000, 2000, 3000])])
def test_the_clear_colour_of_a_sixteen_bit_png_stays_clear(kind, clear):
    """And no other does."""
    other = [value + 30_000 for value in clear]
    chunk = png_chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear))
    shown = opened(made(deep_png(kind, clear + other, chunk)).data).convert("RGBA")
    assert [shown.getpixel((place, 0))[3] for place in (0, 1)] == [0, 255]
