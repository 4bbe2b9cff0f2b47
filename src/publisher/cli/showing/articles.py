"""A few small articles for somebody who has none at hand."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["write_articles"]

_TEXTS = {
    "rain-barrel.md": """---
title: A barrel for the rain
tags: [Garden, Water]
categories: [[Home, Garden]]
image: {src: barrel.png, alt: A green barrel below a grey sky}
date: 2025-04-12T09:00:00Z
---

Our roof is as large as a small flat, and all the rain of a year ran past the beans. Now it runs into a **barrel**.

![A green barrel below a grey sky](barrel.png "It was full after one night")

| Month | Rain | Barrels |
|:------|-----:|--------:|
| April | 41 mm | 10 |
| May | 63 mm | 15 |

One millimetre of rain on fifty square metres is fifty litres. Half of it splashes over the edge.
""",
    "two-kettles.md": """---
title: Two kettles, one shelf
tags: [Kitchen]
status: draft
---

A draft: it is stored, and no reader sees it until its status says so.
""",
    "halley.md": """---
title: The comet is back
tags: [Sky]
date: 2061-07-28T18:00:00Z
---

Written long before, for the evening on which Halley's comet passes the sun. It waits for its date.
""",
}


def write_articles(folder: Path) -> None:
    """Write three articles and a picture into ``folder``: a published one, a draft, and one of the future."""
    folder.mkdir()
    for name, text in _TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    picture = Image.new("RGB", (480, 300), "#aab4bd")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 240, 480, 300), "#6b5a45")
    draw.rounded_rectangle((180, 90, 300, 260), 24, "#2f6b4f")
    for height in (125, 215):
        draw.rectangle((180, height, 300, height + 8), "#1d4231")
    picture.save(folder / "barrel.png")
