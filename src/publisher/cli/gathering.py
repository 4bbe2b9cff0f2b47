"""What keeps several articles from one target for one reason is told once, with their number and names."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from publisher.errors import ConfigurationError, PublisherError, TargetError, error_from_record

__all__ = ["bare", "gathered", "named"]

#: How many articles are named where not everything is to be said.
MOST_NAMED = 5

R = TypeVar("R")


def gathered(results: Iterable[R], reason: Callable[[R], tuple[str, str, PublisherError | None]]) -> list[list[R]]:
    """The results, in order; those together that have the same ``reason``: a target, a word, and an error.

    Only what is wrong with a target or with the configuration is a reason for several. What is wrong with an article is
    told of each.
    """
    groups: dict[Hashable, list[R]] = {}
    for number, result in enumerate(results):
        target, word, error = reason(result)
        shared = isinstance(error, ConfigurationError | TargetError)
        same = (target, word, json.dumps(_without_place(error.record()))) if error and shared else number
        groups.setdefault(same, []).append(result)
    return list(groups.values())


def bare(error: PublisherError) -> str:
    """The error without the target and the article, which stand before it."""
    return str(error_from_record(_without_place(error.record())))


def named(keys: Sequence[str], *, every: bool) -> str:
    """The names of articles, of many the first ones."""
    if every or len(keys) <= MOST_NAMED + 1:
        return ", ".join(keys)
    return f"{', '.join(keys[:MOST_NAMED])} and {len(keys) - MOST_NAMED} more"


def _without_place(record: dict[str, Any]) -> dict[str, Any]:
    others = [_without_place(other) for other in record["others"]]
    return record | {"article": None, "target": None, "others": others}
