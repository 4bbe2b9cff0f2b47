"""The words that the articles of benchmarks are made of."""

from __future__ import annotations

WORDS = [
    "bread",
    "flour",
    "water",
    "salt",
    "starter",
    "oven",
    "crumb",
    "steam",
    "basket",
    "dough",
    "evening",
    "patience",
]
