"""The rules by which the articles of a project are read, and what an argument or a front matter changes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple, get_args

from publisher.models.article import Leak, RawHtml

__all__ = ["DEFAULTS", "LEAKS", "RAW_HTML", "Rules"]

#: What may be allowed, and what may be done about raw HTML.
LEAKS: tuple[Leak, ...] = get_args(Leak)
RAW_HTML: tuple[RawHtml, ...] = get_args(RawHtml)


class Rules(NamedTuple):
    """How articles are read.

    ``category_separator`` parts the names of a category path ("/" in ``News/Local``); without one a name is one name.
    ``raw_html`` and ``allow`` are those of :class:`publisher.Article`. ``static_root`` is the folder of site-absolute
    image paths, as the publisher.toml spells it: so the rules are the same on every machine.

    As text the rules are what changes the meaning of a file, and nothing where they are the defaults.
    """

    category_separator: str = ""
    raw_html: RawHtml = "trust"
    allow: tuple[Leak, ...] = ()
    static_root: str = ""

    def __str__(self) -> str:
        return (
            ""
            if self is DEFAULTS or self == DEFAULTS
            else json.dumps(self._asdict(), ensure_ascii=False, sort_keys=True)
        )

    def but(
        self,
        raw_html: RawHtml | None = None,
        allow: Sequence[Leak] | None = None,
        category_separator: str | None = None,
    ) -> Rules:
        """The rules with those arguments in place of their own that are not ``None``."""
        if raw_html is None and allow is None and category_separator is None:
            return self
        return self._replace(
            raw_html=self.raw_html if raw_html is None else raw_html,
            allow=self.allow if allow is None else tuple(allow),
            category_separator=self.category_separator if category_separator is None else category_separator,
        )


#: The rules of texts, and of files without a project.
DEFAULTS = Rules()
