"""What a front matter means."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from publisher.content.fields import values as read
from publisher.content.fields.dates import DATE_FORMS
from publisher.content.fields.given import given
from publisher.content.fields.overrides import read_targets
from publisher.content.fields.values import Block, Reading
from publisher.content.frontmatter import Head
from publisher.content.frontmatter.parts import plain
from publisher.content.images.finding import Mention
from publisher.content.rules import DEFAULTS, Rules
from publisher.errors import ContentError
from publisher.models.article import Leak, Status

__all__ = ["Fields", "read_fields"]


class Fields(NamedTuple):
    """What a front matter says.

    ``values`` are the fields of :class:`publisher.Article` that it gives, ``id`` and ``allow`` beside them; ``extra``
    is what has no meaning here; ``images`` are those that it names; ``faults`` is all that is wrong with it.
    """

    id: str
    values: dict[str, Any]
    allow: tuple[Leak, ...]
    images: tuple[Mention, ...]
    faults: tuple[ContentError, ...]


def read_fields(
    head: Head, path: Path | None = None, rules: Rules = DEFAULTS, named: dt.datetime | None = None
) -> Fields:
    """The meaning of a head; nothing is raised, every fault has file, line and field.

    ``status`` is draft, published, scheduled or private; ``draft: true`` and ``published: false`` mean draft.
    ``tags`` and ``categories`` are lists, or one text that is parted at its commas (a blank parts nothing: "static
    sites" is one tag); a list within the list of categories is a path of them. ``updated`` may be called ``lastmod``
    (Hugo) or ``last_modified_at`` (Jekyll). Of ``excerpt``, ``summary`` and ``description`` the first one counts, as of
    ``image`` and ``cover``, and of ``categories`` and ``category``; the others, and all that has no meaning here, go to
    ``extra``. So does ``raw_html``: who writes an article must not decide how far it is trusted. A field without a
    value says nothing. ``named`` is the date that the file's name gives, where the head has none.
    """
    reading = Reading(head.line_of, path, rules.category_separator)
    top = Block(head.values, (), reading)
    key = top.take(read.text, "id") or ""
    values = given(top)
    dated = named is not None or head.values.get("date") is not None
    if not dated and values.get("status") is Status.SCHEDULED:
        reading.wrong(("status",), "a scheduled article needs a date", f"Add a date. {DATE_FORMS}")
    if named is not None and "date" not in values:
        values["date"] = named
    allow = top.take(read.leaks, "allow") or ()
    targets = top.find("targets")
    if targets is not None:
        values["targets"] = read_targets(targets, values, dated=dated)
    extra = {name: plain(value) for name, value in head.values.items() if name not in top.used}
    if extra:
        values["extra"] = extra
    return Fields(key, values, allow, tuple(reading.images), tuple(reading.faults))
