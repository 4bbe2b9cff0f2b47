"""What a body would show of the author's tools."""

from __future__ import annotations

from publisher.content.leaks import find_leaks, may_leak


def found(body: str) -> list[tuple[str, int, str]]:
    """The leaks of a body without their hints; and the look at the text alone agrees."""
    leaks = find_leaks(body)
    assert may_leak(body) or not leaks
    return [(leak.kind, leak.line, leak.found) for leak in leaks]
