"""Animations keep their frames, their times and their loops, whatever else is done to them."""

from __future__ import annotations

import pytest
from image_files import ANY, average, made, noise, opened, photo, png_chunk, same_pixels, saved, spoken
from PIL import Image, ImageDraw

from publisher.content.images import fitting
from publisher.content.images.metadata import with_alpha
from publisher.errors import ContentError

TIMES = [100, 250, 40, 500]
EXACT = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100}}


def drawn(number: int, *, clear: bool = False) -> Image.Image:
    """A bar that moves over a ground; or over nothing."""
    image = Image.new("RGBA", (120, 80), (0, 0, 0, 0) if clear else (240, 240, 230, 255))
    ImageDraw.Draw(image).rectangle(
        (number * 20, 10 + number * 8, number * 20 + 40, 60), fill=(200, 30 * number, 40, 255)
    )
    return image


def moving(format: str, frames: list[Image.Image], **options: object) -> bytes:
    options = {"save_all": True, "append_images": frames[1:], "duration": TIMES} | EXACT.get(format, {}) | options
    return spoken(format, image=frames[0], **options)


def shown(data: bytes) -> tuple[list[Image.Image], list[float], object]:
    """The frames as they are seen, their times in milliseconds, and the loop."""
    frames, times = [], []
    with opened(with_alpha(data) if data.startswith(b"RIFF") else data) as image:
        loop = image.info.get("loop")
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            frames.append(image.convert("RGBA"))
            times.append(image.info.get("duration"))
    return frames, times, loop


def over_grey(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "grey")
    ground.alpha_composite(image)
    return ground


@pytest.mark.parametrize("loop", [0, 3])
@pytest.mark.parametrize("clear", [False, True], ids=["solid", "transparent"])
@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_an_animation_that_is_right_loses_only_its_metadata(format, clear, loop):
    """Every frame is the same to the bit."""
    data = moving(format, [drawn(number, clear=clear) for number in range(4)], loop=loop, disposal=2 if clear else 0)
    frames, times, loops = shown(made(data).data)
    before = shown(data)
    assert (len(frames), times, loops) == (4, TIMES, loop) == (len(before[0]), before[1], before[2])
    assert all(same_pixels(*pair) for pair in zip(frames, before[0], strict=True))


def test_equal_frames_stay_apart():
    """Though Pillow would join them: another tool made the file, and had its reasons."""
    still = saved(drawn(0).convert("L"), "GIF")
    start = still.index(b"\x2c")
    control = b"\x21\xf9\x04\0\x0a\0\0\0"
    data = still[:start] + (control + still[start:-1]) * 5 + b"\x3b"
    shown_frames, times, _ = shown(made(data).data)
    assert (len(shown_frames), times) == (5, [100] * 5)


def test_frames_with_palettes_of_their_own_keep_their_colours():
    """More than 256 of them together."""
    frames = [photo((60, 40), seed=seed * 60).quantize(256) for seed in range(4)]
    data = moving("GIF", frames)
    assert all(same_pixels(*pair) for pair in zip(shown(made(data).data)[0], shown(data)[0], strict=True))


@pytest.mark.parametrize("loop", [0, 1, 3])
@pytest.mark.parametrize("clear", [False, True], ids=["solid", "transparent"])
@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_scaled_frame_by_frame(format, clear, loop):
    """Each looks like the frame that it was; times and loop stay."""
    originals = [drawn(number, clear=clear) for number in range(4)]
    data = moving(format, originals, loop=loop, disposal=2 if clear else 0)
    result = made(data, max_width=60)
    frames, times, loops = shown(result.data)
    assert (opened(result.data).format, opened(result.data).size) == (format, (60, 40))
    assert (len(frames), times, loops) == (4, TIMES, loop)
    assert format == "GIF" or not clear or opened(result.data).mode == "RGBA"
    for frame, original in zip(frames, originals, strict=True):
        expected = original.resize((60, 40), Image.Resampling.LANCZOS)
        assert average(over_grey(frame), over_grey(expected)) < 3


def test_a_gif_that_is_shown_once_is_shown_once():
    """It has no loop at all."""
    data = moving("GIF", [drawn(number) for number in range(4)])
    assert shown(data)[2] is None
    assert shown(made(data).data)[2] is None
    assert shown(made(data, max_width=60).data)[2] is None
    assert shown(made(data, media_types=("image/webp",)).data)[2] == 1


@pytest.mark.parametrize(
    ("source", "loop", "target", "plays"),
    [
        ("GIF", 0, "image/webp", 0),
        ("GIF", 2, "image/webp", 3),  # a GIF says how often it is repeated, the others how often it is shown
        ("WEBP", 3, "image/gif", 2),
        ("PNG", 3, "image/gif", 2),
        ("WEBP", 1, "image/gif", None),
        ("GIF", 0, "image/png", 0),
        ("AVIF", 0, "image/webp", 0),
    ],
)
def test_an_animation_is_converted_with_its_frames(source, loop, target, plays):
    """To the format that the target takes."""
    originals = [drawn(number) for number in range(4)]
    options = {} if source == "AVIF" else {"loop": loop}
    result = made(moving(source, originals, **options), media_types=("image/jpeg", target))
    frames, times, loops = shown(result.data)
    assert (result.media_type, len(frames), times, loops) == (target, 4, TIMES, plays)
    assert all(average(*pair) < 4 for pair in zip(frames, originals, strict=True))


def test_an_avif_animation_stays_one_where_it_is_taken():
    """Written anew, for its metadata cannot be taken out otherwise."""
    result = made(moving("AVIF", [drawn(number) for number in range(4)]), media_types=ANY)
    assert result.media_type == "image/avif"
    assert shown(result.data)[1] == TIMES


def test_a_still_that_only_old_viewers_show_stays_apart():
    """The first image of an APNG need not be part of the animation."""
    frames = [drawn(number) for number in range(4)]
    still = Image.new("RGBA", (120, 80), "blue")
    data = saved(still, "PNG", save_all=True, append_images=frames, default_image=True, duration=TIMES)
    for limits in ({}, {"max_width": 60}):
        result = opened(made(data, **limits).data)
        assert (result.info["default_image"], result.n_frames) == (True, 5)
        assert result.convert("RGB").getpixel((5, 5)) == (0, 0, 255)
        result.seek(4)
        assert result.info["duration"] == 500
    frames_only, times, _ = shown(made(data, media_types=("image/gif",)).data)
    assert (len(frames_only), times) == (4, TIMES)


def test_a_lying_animation_is_turned():
    """All its frames."""
    frames = [drawn(number) for number in range(4)]
    data = spoken("WEBP", 6, frames[0], save_all=True, append_images=frames[1:], duration=TIMES, lossless=True)
    result = made(data)
    assert (result.width, result.height) == (80, 120)
    for frame, original in zip(shown(result.data)[0], frames, strict=True):
        assert same_pixels(frame, original.transpose(Image.Transpose.ROTATE_270))


def test_an_animation_whose_frames_become_equal_is_a_still():
    """A single bright pixel that moves is gone at this size; the picture is not."""
    frames = [Image.new("L", (900, 900), 90) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.putpixel((number, 0), 91)
    for kind in ("GIF", "PNG", "WEBP"):
        result = made(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50), max_width=3)
        assert opened(result.data).size == (3, 3)


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_made_small_enough(format):
    """With all its frames."""
    data = moving(format, [noise((120, 80)) for _ in range(4)])
    limit = len(data) // 4
    result = made(data, max_bytes=limit)
    assert len(result.data) <= limit
    assert (opened(result.data).format, len(shown(result.data)[0])) == (format, 4)


def test_an_animation_that_cannot_be_made_small_enough_is_an_error():
    """It names the limit and what was reached."""
    with pytest.raises(ContentError, match=r"still has [\d,]+ bytes as a GIF of 30 x 20 pixels; max_bytes .* is 1,024"):
        made(moving("GIF", [noise((120, 80)) for _ in range(4)]), "a.gif", max_bytes=1024)


def test_an_animation_is_not_made_a_still():
    """A target that takes no moving pictures is told so."""
    with pytest.raises(ContentError) as caught:
        made(moving("GIF", [drawn(number) for number in range(4)]), "a.gif", media_types=("image/jpeg",))
    assert caught.value.what == "the image is an animation of 4 frames, and the target takes only JPEG"
    assert caught.value.path == "a.gif"


def test_an_animation_that_would_fill_the_memory_is_an_error(monkeypatch):
    """It names its frames and the limit that asks for it."""
    monkeypatch.setattr(fitting, "MAX_FILM", 30_000)
    data = moving("WEBP", [drawn(number) for number in range(4)])
    assert made(data).width == 120
    with pytest.raises(ContentError) as caught:
        made(data, max_width=100)
    assert caught.value.what == (
        "the animation has 4 frames of 100 x 66 pixels, too many to be written anew for max_width 100"
    )
    assert caught.value.hint


def test_an_animation_with_broken_frames_is_an_error_when_they_are_needed():
    """The frames of an APNG are not decoded to prove it, only their checksums are."""
    frames = [drawn(number) for number in range(4)]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=TIMES)
    at = data.index(b"fdAT") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    broken = data[:at] + png_chunk(b"fdAT", data[at + 8 : at + 12] + b"\0" * (length - 4)) + data[at + 12 + length :]
    with pytest.raises(ContentError, match="the image is broken"):
        made(broken, "a.png", max_width=60)
