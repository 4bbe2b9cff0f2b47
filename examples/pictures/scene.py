"""A canvas for simple scenes: gradients, layered shapes, glows, hills, stars and water.

All is painted twice as large as it is saved, which smooths the edges. The same calls always draw the same.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT, FINE = 1200, 800, 2

Color = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


def rgb(text: str) -> Color:
    """``"f4a261"`` as numbers."""
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def between(one: Color, other: Color, share: float) -> Color:
    """The colour that lies ``share`` (0 to 1) of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Scene:
    """A canvas in units of the finished picture, 1200 by 800."""

    def __init__(self, *sky: str) -> None:
        """``sky`` are the colours from top to bottom."""
        self.image = _gradient([rgb(color) for color in sky])
        self.random = random.Random(len(sky) + sum(map(ord, sky[0])))

    def shape(self, points: Sequence[Point], color: str, *, alpha: float = 1.0, blur: float = 0.0) -> None:
        """A filled polygon."""
        self._stain(lambda draw: draw.polygon([_fine(point) for point in points], fill=255), color, alpha, blur)

    def round(
        self, box: Box, color: str, *, alpha: float = 1.0, blur: float = 0.0, radius: float | None = None
    ) -> None:
        """An ellipse, or with ``radius`` a rectangle with round corners."""
        inside = [value * FINE for value in box]

        def draw_it(draw: ImageDraw.ImageDraw) -> None:
            if radius is None:
                draw.ellipse(inside, fill=255)
            else:
                draw.rounded_rectangle(inside, radius * FINE, fill=255)

        self._stain(draw_it, color, alpha, blur)

    def line(self, points: Sequence[Point], color: str, width: float, *, alpha: float = 1.0, blur: float = 0.0) -> None:
        """A line with round ends."""
        places, half = [_fine(point) for point in points], width * FINE / 2

        def draw_it(draw: ImageDraw.ImageDraw) -> None:
            draw.line(places, fill=255, width=round(width * FINE), joint="curve")
            for x, y in (places[0], places[-1]):
                draw.ellipse((x - half, y - half, x + half, y + half), fill=255)

        self._stain(draw_it, color, alpha, blur)

    def glow(self, x: float, y: float, radius: float, color: str, alpha: float = 0.6) -> None:
        """Light that fades away from a point."""
        self.round((x - radius, y - radius, x + radius, y + radius), color, alpha=alpha, blur=radius / 2.2)

    def hills(self, level: float, height: float, color: str, *, waves: float = 2.0, shift: float = 0.0) -> None:
        """A ridge of hills from ``level`` (pixels from the top) down to the lower edge."""
        ridge = [(x, level - height * wave(x / WIDTH * waves + shift)) for x in range(-10, WIDTH + 20, 6)]
        self.shape([*ridge, (WIDTH + 20, HEIGHT + 10), (-10, HEIGHT + 10)], color)

    def stars(self, count: int, below: float) -> None:
        """Stars in the upper ``below`` pixels."""
        for _ in range(count):
            x, y = self.random.uniform(0, WIDTH), self.random.uniform(0, below)
            size = self.random.choice((0.8, 0.8, 1.1, 1.1, 1.6, 2.2))
            self.round((x - size, y - size, x + size, y + size), "fff7e0", alpha=self.random.uniform(0.4, 0.95))

    def water(self, level: float, color: str, light: str, *, at: float, spread: float = 160) -> None:
        """Short strokes of light on the water below ``level``, under a light at ``at``."""
        for _ in range(110):
            depth = self.random.random() ** 1.5
            y = level + 6 + depth * (HEIGHT - level)
            x = at + self.random.gauss(0, spread * (0.35 + depth))
            long = 12 + depth * 70
            self.line(
                [(x - long, y), (x + long, y)], light, 1.5 + depth * 3.5, alpha=0.15 + 0.35 * self.random.random()
            )
        for _ in range(60):
            y = level + 6 + self.random.random() * (HEIGHT - level)
            x, long = self.random.uniform(0, WIDTH), self.random.uniform(20, 90)
            self.line([(x - long, y), (x + long, y)], color, 2.5, alpha=0.25)

    def coarsen(self, box: Box, step: int) -> None:
        """Show what is in the box in blocks of ``step`` pixels."""
        left, top, right, low = (int(value * FINE) for value in box)
        part = self.image.crop((left, top, right, low))
        size = max(1, part.width // (step * FINE)), max(1, part.height // (step * FINE))
        small = part.resize(size, Image.Resampling.BOX)
        self.image.paste(small.resize(part.size, Image.Resampling.NEAREST), (left, top))

    def save(self, path: Path) -> None:
        """Save it in the format of its name."""
        image = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".png":  # flat colours: a palette keeps it small
            image.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)
        else:
            image.save(path, quality=84, optimize=True, progressive=True, method=6)

    def _stain(self, draw: Callable[[ImageDraw.ImageDraw], None], color: str, alpha: float, blur: float) -> None:
        mask = Image.new("L", self.image.size)
        draw(ImageDraw.Draw(mask))
        box = mask.getbbox()
        if box is None:  # all of it lies outside
            return
        more = math.ceil(blur * FINE * 3)  # work only where there is something to see
        left, top, right, low = box[0] - more, box[1] - more, box[2] + more, box[3] + more
        stain = mask.crop((left, top, right, low))
        if blur:
            stain = stain.filter(ImageFilter.GaussianBlur(blur * FINE))
        if alpha < 1:
            stain = ImageChops.multiply(stain, Image.new("L", stain.size, round(alpha * 255)))
        self.image.paste(rgb(color), (left, top, right, low), stain)


def _gradient(colors: Sequence[Color]) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        part, share = divmod(y / HEIGHT * (len(colors) - 1), 1)
        column.putpixel((0, y), between(colors[int(part)], colors[min(int(part) + 1, len(colors) - 1)], share))
    return column.resize((WIDTH * FINE, HEIGHT * FINE), Image.Resampling.BICUBIC)


def _fine(point: Point) -> Point:
    return point[0] * FINE, point[1] * FINE


def wave(x: float) -> float:
    return 0.55 * math.sin(x * 3.1) + 0.3 * math.sin(x * 7.3 + 1.3) + 0.15 * math.sin(x * 15.7 + 4)


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> list[Point]:
    """Points on an ellipse around x, y; angles in degrees, clockwise from the right."""
    steps = [start + (end - start) * step / 48 for step in range(49)]
    return [(x + width * math.cos(math.radians(a)), y + height * math.sin(math.radians(a))) for a in steps]
