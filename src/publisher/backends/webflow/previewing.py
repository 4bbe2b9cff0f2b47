"""What a job would change in an item, field by field, in words for people."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from publisher.backends.base import Known, Preview
from publisher.backends.steps import Failed, Flow, together
from publisher.backends.webflow.assets import short_id, short_id_in
from publisher.backends.webflow.deciding import Deed, Seen, decide
from publisher.backends.webflow.fields import Wish, used_terms
from publisher.backends.webflow.items import Item, Place, iso
from publisher.backends.webflow.looking import by_ids
from publisher.backends.webflow.mapping import REFERENCES, FieldMap
from publisher.backends.webflow.richtext import blocks, canonical
from publisher.backends.webflow.schema import Collection, Field
from publisher.errors import PublisherError
from publisher.models import Article, Job, Subject

__all__ = ["previews"]

_AT_ONCE = 4
_ADDRESS = re.compile(r"""https?://[^\s"'<>()]+""")


def previews(
    place: Place, seen: Seen, jobs: Sequence[Job], known: Known, custom: Sequence[str]
) -> Flow[dict[str, Preview]]:
    """What becomes of each job, by key. What items refer to is read where that changes.

    An article that may not be written is compared all the same, where that can be.
    """
    decided = {job.key: _decided(job, seen, place, known) for job in jobs}
    deeds = [deed for deed, _ in decided.values() if deed is not None]
    names = yield from _names(place, deeds)
    shown = {}
    for key, (deed, error) in decided.items():
        if deed is None or deed.wish is None or deed.job.article is None:
            shown[key] = Preview(None, error=error)
        else:
            telling = _Telling.of(deed.job.article, place, known, custom, names)
            shown[key] = replace(telling.preview(deed), error=error)
    return shown


def _decided(job: Job, seen: Seen, place: Place, known: Known) -> tuple[Deed | None, PublisherError | None]:
    try:
        return decide(job, seen, place, known, ()), None
    except PublisherError as refusal:
        try:
            return decide(job, seen, place, replace(known, on_conflict="overwrite"), ()), refusal
        except PublisherError:
            return None, refusal


def _names(place: Place, deeds: Sequence[Deed]) -> Flow[dict[str, str]]:
    """The names of what fields that change refer to, by id. Those of a collection that cannot be read are missing."""
    wanted: dict[str, dict[str, str]] = {}
    for deed in deeds:
        for slug, value in deed.item.fields.items() if deed.item is not None else ():
            field = place.fields.field(slug)
            if field is not None and field.type in REFERENCES and slug in deed.changes:
                wanted.setdefault(field.refers_to, {}).update(dict.fromkeys(_ids(value), ""))
    flows = []
    for collection, items in wanted.items():
        there = place._replace(fields=FieldMap(Collection(collection, collection, ()), {}))
        flows += [by_ids(there, items)] if items else []
    found: dict[str, Item] = {}
    for some in (yield from together(flows, _AT_ONCE)):
        found |= {} if isinstance(some, Failed) else some
    return {item.id: item.name for item in found.values()}


class _Telling(NamedTuple):
    """Says the values of an article's item in words. ``referred`` are the names that the article refers to, by field;
    ``files`` the names of its images, by their addresses and by their ids; ``names`` those of items, by id."""

    place: Place
    referred: Mapping[str, Sequence[str]]
    files: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(
        cls, article: Article, place: Place, known: Known, custom: Sequence[str], names: Mapping[str, str]
    ) -> _Telling:
        referred: dict[str, list[str]] = {}
        for need, name in used_terms(article, place.fields, custom).items():
            referred.setdefault(place.fields.fields[need.name.partition(":")[0]].slug, []).append(name)
        files: dict[str, str] = {}
        for asset in article.assets.values():
            files[short_id(asset.id)] = files[known.placed[Subject("asset", asset.id)].url] = asset.name
        return cls(place, referred, files, names)

    def preview(self, deed: Deed) -> Preview:
        wish, item = deed.wish, deed.item
        assert wish is not None
        fields = {slug: self.place.fields.field(slug) for slug in _slugs(deed)}
        wanted = {slug: self.wanted(field, slug, wish.fields.get(slug)) for slug, field in fields.items()}
        wanted["status"] = self.status(wish, item)
        if item is None:
            return Preview(None, {slug: text for slug, text in wanted.items() if text}, losses=wish.losses)
        there = {slug: self.there(field, item.fields.get(slug)) for slug, field in fields.items()}
        for slug, field in fields.items():
            if slug not in deed.changes:
                wanted[slug] = there[slug]
            elif field is not None and field.type == "RichText":
                wanted[slug] = _as_spelled(wanted[slug], there[slug])
            elif field is not None and field.type in REFERENCES and wanted[slug].casefold() == there[slug].casefold():
                wanted[slug] = there[slug]
        waits = item.waits and wish.shown and self.place.live
        there["status"] = "published, but not its last changes" if waits else item.status
        if wish.due is not None and item.status == "draft":  # which it stays for now
            there["status"] = wanted["status"]
        return Preview(there, wanted, losses=wish.losses)

    def status(self, wish: Wish, item: Item | None) -> str:
        if wish.due is not None:
            return f"draft; a run at or after {iso(wish.due).replace('.000Z', 'Z')} publishes it"
        if not wish.shown:
            return "draft"
        return "published" if self.place.live or (item is not None and item.live) else "queued"

    def wanted(self, field: Field | None, slug: str, value: Any) -> str:
        if field is not None and field.type in REFERENCES and value:
            return _listed(self.referred.get(slug, ()))
        return self.there(field, value)

    def there(self, field: Field | None, value: Any) -> str:
        if value is None or value in ("", []):
            return ""
        kind = field.type if field is not None else ""
        if kind in REFERENCES:
            return _listed([self.names.get(one, f"#{one}") for one in _ids(value)])
        if kind == "RichText":
            return "\n".join(blocks(_ADDRESS.sub(lambda found: self.file(found[0], found[0]), str(value))))
        if kind == "Option" and field is not None:
            return next((label for label, one in field.options.items() if one == value), f"#{value}")
        if isinstance(value, Mapping):
            return self.image(value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def image(self, value: Mapping[str, Any]) -> str:
        url, alt = str(value.get("url") or ""), value.get("alt")
        last = unquote(urlsplit(url).path.rpartition("/")[2]).removeprefix(f"{value.get('fileId')}_")
        # What Webflow fetches itself is known by its address.
        name = self.file(url, last if value.get("fileId") else url)
        return f"{name} ({alt})" if alt else name

    def file(self, url: str, otherwise: str) -> str:
        """The name of the article's image that stands at an address."""
        plain = html.unescape(url)
        return self.files.get(plain) or self.files.get(short_id_in(plain), otherwise)


def _slugs(deed: Deed) -> list[str]:
    """The fields that are written, or emptied."""
    return list(dict.fromkeys([*(deed.wish.fields if deed.wish else ()), *deed.changes]))


def _ids(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [value] if isinstance(value, str) and value else []


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(names, key=str.casefold))


def _as_spelled(wanted: str, there: str) -> str:
    """A text with those of its blocks that say what a block there says spelled as they are there: the Designer adds
    attributes of its own."""
    spelled = {canonical(block): block for block in blocks(there)}
    return "\n".join(spelled.get(canonical(block), block) for block in blocks(wanted))
