"""What an event is too large by, and what helps."""

from __future__ import annotations

import json

from publisher.errors import ContentError
from publisher.webhooks.payload import Event, Item

__all__ = ["too_large"]


def too_large(event: Event, size: int, largest: int, sources: int) -> ContentError:
    """Why an event of ``size`` bytes, of which ``largest`` are allowed, is not sent. ``sources`` is the size of the
    article's images as files, which is what ``inline`` is about."""
    item = event.data if isinstance(event.data, Item) else None
    text = _weight(item.content_html, item.content_text, item.publisher.content_markdown) if item else 0
    images = _weight(*(image.data for image in item.publisher.images if image.data)) if item else 0
    rest = size - text - images
    parts = (
        (text, f"{text} of its text, which is in it as HTML, as plain words and as Markdown"),
        (images, f"{images} of its images"),
        (rest, f"{rest} of the rest"),
    )
    helps = [f"pass an inline= below {sources}, so that its images go ahead of it"] if images else []
    if item is not None and size - images > largest:
        helps.append("make several articles of it" if text >= rest else "write less into other fields, such as meta")
    hint = " and ".join(helps) + ", or pass" if helps else "pass"
    return ContentError(
        f"its event has {size} bytes, and {largest} are allowed: {', '.join(said for many, said in parts if many)}",
        hint=f"{hint[0].upper()}{hint[1:]} a larger largest= where the receiver takes that.",
    )


def _weight(*texts: str) -> int:
    """Bytes of texts in an event."""
    return sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
