"""``targets:``, by which an article differs between the places where it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.content.fields.dates import DATE_FORMS
from publisher.content.fields.given import NAMES, given
from publisher.content.fields.values import Block, Found
from publisher.content.frontmatter.parts import shown
from publisher.models.article import Status

__all__ = ["read_targets"]

_ALLOWED = f"Write fields such as 'status: draft' below it; it may have {', '.join(NAMES)}."
#: Fields whose keys are taken one by one: what an override does not name of them stays as the article says it.
_BY_KEY = ("seo", "meta")


def read_targets(found: Found, base: Mapping[str, Any], *, dated: bool) -> dict[str, dict[str, Any]]:
    """The fields that each target gets instead of the article's own, as :meth:`publisher.Article.at` takes them.

    The names are those of targets: a kind such as ``wordpress``, a host, an identity, an id. The fields are read as at
    the top of the front matter. A field replaces the article's as a whole; only of ``seo`` and ``meta`` the keys that
    are given replace those of the article (``base``), and what is stored is the whole of both. Where two names fit one
    target, the ``seo`` (and ``meta``) of the later one counts, without what the earlier one says.

    An empty list or an empty text takes a field away; one without a value says nothing, as everywhere. Unknown names
    and ``id`` are faults here, because nobody would ever see them. ``dated`` says whether the article has a date.
    """
    if not isinstance(found.value, dict):
        found.wrong(
            f"names of targets are needed, found {shown(found.value)}", "Write 'wordpress:' and fields below it."
        )
        return {}
    targets: dict[str, dict[str, Any]] = {}
    for name, fields in found.value.items():
        if fields is None:
            continue
        one = found.at(name)
        if not isinstance(fields, dict):
            one.wrong(f"fields are needed, found {shown(fields)}", _ALLOWED)
            continue
        targets[name] = _override(Block(fields, one.place, one.reading), base, dated=dated)
    return targets


def _override(block: Block, base: Mapping[str, Any], *, dated: bool) -> dict[str, Any]:
    values = given(block)
    for name in ("title", "slug"):
        if values.get(name) == "":
            block.reading.wrong((*block.place, name), f"the {name} is empty", "Write one, or leave the field out.")
    if values.get("status") is Status.SCHEDULED and not dated and block.find("date") is None:
        block.reading.wrong((*block.place, "status"), "a scheduled article needs a date", f"Add a date. {DATE_FORMS}")
    for name in block.values:
        if name not in block.used:
            _unknown(block, name)
    for name in _BY_KEY:
        if values.get(name) is not None:
            values[name] = {**(base.get(name) or {}), **values[name]}
    return values


def _unknown(block: Block, name: str) -> None:
    if name == "id":
        what, hint = "an article has one id for all targets", "Write it at the top of the front matter."
    elif name in NAMES:
        what, hint = f"{name!r} says the same as another field here", "Keep one of the two."
    else:
        what, hint = f"there is no field {name!r} that a target could get", f"Use one of {', '.join(NAMES)}."
    block.reading.wrong((*block.place, name), what, hint)
