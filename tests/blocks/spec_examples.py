"""The examples of the CommonMark and GFM specifications: Markdown, and the HTML that it stands for.

They are other people's text (CC BY-SA 4.0) and not committed: the source distribution of marko, a Markdown parser that
is tested with them, has both files. Property tests may use them as well:

    for example in spec_examples(): ...
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from node_packages import from_sdist

_SOURCE = "marko==2.2.4"
#: How many examples each specification has: CommonMark 0.31.2, GFM 0.29. Fewer were not downloaded or not read.
COUNTS = {"commonmark": 652, "gfm": 672}
# spec.txt: a fence of 32 backticks with "example" and perhaps extensions; tabs are written as arrows.
_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """``name`` is the specification and the number in it, as in ``gfm-198``."""

    name: str
    markdown: str
    html: str


@lru_cache(maxsize=1)
def spec_examples() -> tuple[Example, ...]:
    """All examples of both. Raises ``node_packages.Unavailable`` where they are not in the cache and cannot be had."""
    examples: list[Example] = []
    texts = from_sdist(_SOURCE, *(f"tests/spec/{specification}.txt" for specification in COUNTS))
    for (specification, count), text in zip(COUNTS.items(), texts, strict=True):
        found = _EXAMPLE.findall(text.replace("→", "\t"))
        if len(found) != count:
            raise ValueError(f"{specification}.txt of {_SOURCE} has {len(found)} examples, and {count} are known")
        examples += [Example(f"{specification}-{at}", *pair) for at, pair in enumerate(found, 1)]
    return tuple(examples)
