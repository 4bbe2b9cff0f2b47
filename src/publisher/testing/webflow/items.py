"""What happens to items: created, changed, put live, taken down, deleted. One object for one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.refusals import Problem, RefusedError, conflict, invalid, merged, missing
from publisher.testing.webflow.store import Collection, Item, Site, Store
from publisher.testing.webflow.values import LONGEST, Reading

Entry = TypeVar("Entry")
Ready = TypeVar("Ready")

_NEVER_PUBLISHED = (
    "Conflict with server data: Live PATCH updates can't be applied to items that have never been published"
)


@dataclass(frozen=True, slots=True)
class New:
    """An item to create, in each of its locales. ``id`` names an item that exists, to add a locale's variant to."""

    fields: Any
    draft: bool = True
    archived: bool = False
    locales: Sequence[str] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A partial update; None leaves a flag as it is."""

    id: str
    fields: Any = None
    draft: bool | None = None
    archived: bool | None = None
    locale: str | None = None


@dataclass(slots=True)
class Desk:
    """Works on the items of one collection, at the store's present moment."""

    store: Store
    collection: Collection
    quirks: Quirks
    skip_invalid_files: bool = True
    _claimed: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.collection.site

    # Creating

    def create(self, news: Sequence[New], *, live: bool = False) -> list[Item]:
        """The staged items, one for each locale; with ``live`` they are published as well."""
        if live:
            self._may_publish()

        def put(items: list[Item]) -> list[Item]:
            return [self._put_live(item) if live else self.collection.staged.put(item) for item in items]

        made = self._each(news, lambda new: self._prepare(new, live=live), put)
        return [item for variants in made for item in variants]

    def _prepare(self, new: New, *, live: bool) -> list[Item]:
        values, problems = self._reading.values(new.fields, partial=False)
        if problems:
            raise invalid(*problems)
        if new.id is not None and not self.variants(new.id):
            raise missing(f"Item {new.id}")
        item_id = new.id or self.store.new_id()
        items = []
        for locale in self.locales(new.locales):
            if new.id is not None and self.collection.staged.get(item_id, locale) is not None:
                raise conflict(f"Item {item_id} already exists in locale {locale}")
            fields = {slug: value for slug, value in values.items() if value is not None}
            fields["slug"] = self._claim(
                fields["slug"], locale, item_id, rename=self.quirks.duplicate_slug == "suffixed"
            )
            now = self.store.moment
            item = Item(item_id, locale, now, now, None, new.draft and not live, new.archived, fields)
            if live:
                self._refuse_unpublished(item)
            items.append(item)
        return items

    # Changing

    def update(self, changes: Sequence[Change]) -> list[Item]:
        """The staged items, changed."""
        return self._each(changes, self._checked, lambda checked: self._change(*checked))

    def update_live(self, changes: Sequence[Change]) -> list[Item]:
        """The live items, changed at once."""
        return self._each(changes, self._checked_live, lambda checked: self._change_live(*checked))

    def _checked(self, change: Change) -> tuple[Change, Mapping[str, Any]]:
        return change, self._change_of(change, self.staged(change.id, change.locale))

    def _checked_live(self, change: Change) -> tuple[Change, Mapping[str, Any]]:
        item = self.collection.live.get(change.id, self.locale(change.locale))
        if item is None:
            self.staged(change.id, change.locale)
            raise conflict(_NEVER_PUBLISHED)
        return change, self._change_of(change, item)

    def _change(self, change: Change, values: Mapping[str, Any]) -> Item:
        item = self.staged(change.id, change.locale)
        draft = item.draft if change.draft is None else change.draft
        archived = item.archived if change.archived is None else change.archived
        fields = _merge(item.fields, values)
        changed = replace(item, updated=self.store.moment, draft=draft, archived=archived, fields=fields)
        return self.collection.staged.put(changed)

    def _change_live(self, change: Change, values: Mapping[str, Any]) -> Item:
        item, now = self.live(change.id, change.locale), self.store.moment
        staged = self.collection.staged.get(item.id, item.locale)
        if staged is not None and self.quirks.live_patch == "staged too":
            # Changes that waited before still wait.
            waits = staged.published is None or staged.published < staged.updated
            published = staged.published if waits else now
            fields = _merge(staged.fields, values)
            self.collection.staged.put(replace(staged, updated=now, published=published, fields=fields))
        return self.collection.live.put(replace(item, updated=now, published=now, fields=_merge(item.fields, values)))

    def _change_of(self, change: Change, item: Item) -> Mapping[str, Any]:
        values, problems = ({}, []) if change.fields is None else self._reading.values(change.fields, partial=True)
        slug = values.get("slug")
        if slug == item.slug and self.quirks.own_slug == "refused":
            problems.append(_duplicate(slug))
        if problems:
            raise invalid(*problems)
        if slug is not None and slug != item.slug:
            values["slug"] = self._claim(slug, item.locale, item.id, rename=False)
        return values

    # Live or not

    def publish(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> tuple[list[str], list[str]]:
        """Put items live as they are staged; the ids that are live now, and in words why others are not."""
        self._may_publish()
        done: dict[str, None] = {}
        errors = []
        for item_id, locales in wanted:
            for locale in self.locales(locales):
                item = self.collection.staged.get(item_id, locale)
                try:
                    if item is None:
                        errors.append(f"Staging item ID {item_id} not found.")
                    elif item.archived:
                        errors.append(f"Staging item ID {item_id} is archived.")
                    else:
                        self._refuse_unpublished(item)
                        self._put_live(replace(item, draft=False))
                        done[item_id] = None
                except RefusedError as refused:
                    errors += [f"Staging item ID {item_id}: {problem.description}." for problem in refused.problems]
        return list(done), errors

    def unpublish(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Take items down; they stay staged, as drafts."""

        def take_down(items: list[Item]) -> None:
            for item in items:
                self.collection.live.take(item.id, item.locale)
                staged = self.collection.staged.get(item.id, item.locale)
                if staged is not None:
                    self.collection.staged.put(replace(staged, draft=True, published=None, updated=self.store.moment))

        self._each(wanted, lambda entry: [self.live(entry[0], locale) for locale in entry[1] or (None,)], take_down)

    def delete(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Delete the staged items, and with them the live ones, at once or with the next publish of the site."""

        def remove(items: list[Item]) -> None:
            for item in items:
                self.collection.staged.take(item.id, item.locale)
                if self.quirks.delete_published == "gone at once":
                    self.collection.live.take(item.id, item.locale)
                if self.quirks.slug_of_deleted != "free":
                    self.collection.buried.add((item.locale, item.slug))

        self._each(wanted, lambda entry: [self.staged(entry[0], locale) for locale in entry[1] or (None,)], remove)

    def publish_all(self) -> None:
        """What a publish of the site does: everything that is staged goes live, except drafts."""
        staged, live = self.collection.staged, self.collection.live
        for item in list(staged.items.values()):
            if item.archived:
                live.take(item.id, item.locale)
                staged.put(replace(item, published=None))
            elif not item.draft and (item.published is None or item.published < item.updated):
                self._put_live(item)
        for key in [key for key in live.items if key not in staged.items]:
            live.take(*key)
        if self.quirks.slug_of_deleted == "taken until site publish":
            self.collection.buried.clear()

    def _put_live(self, item: Item) -> Item:
        now = self.store.moment
        updated = now if self.quirks.publish_touches_updated else item.updated
        item = replace(item, draft=False, published=now, updated=updated)
        self.collection.live.put(item)
        return self.collection.staged.put(item)

    def _may_publish(self) -> None:
        site = self.site
        if site.published is None:
            if self.quirks.needs_published_site:
                raise conflict("Site has never been published")
            return
        if self.quirks.needs_published_schema and self.collection.updated > site.published:
            raise conflict("Collection structure changed since the last publish, publish the site first")
        moments = {domain.published for domain in site.domains} | {site.published_subdomain}
        if self.quirks.needs_domains_in_sync and len(moments) > 1:
            raise conflict("Site is published to multiple domains at different times", code=None)

    def _refuse_unpublished(self, item: Item) -> None:
        if self.quirks.unpublished_reference == "kept":
            return
        problems = []
        for field_ in self.collection.fields.values():
            value = item.fields.get(field_.slug)
            if field_.type not in ("Reference", "MultiReference") or value is None:
                continue
            target = self.store.collections.get(field_.collection_id or "")
            ids = value if isinstance(value, list) else [value]
            if target is None or any(target.live.get(one, target.site.primary) is None for one in ids):
                problems.append(Problem(field_.slug, f"Referenced item of field {field_.slug} is not published"))
        if problems:
            raise invalid(*problems)

    # Looking up

    def staged(self, id: str, locale: str | None = None) -> Item:
        """The staged item, of the primary locale if none is named."""
        item = self.collection.staged.get(id, self.locale(locale))
        if item is None:
            raise missing(f"Item {id}")
        return item

    def live(self, id: str, locale: str | None = None) -> Item:
        """The live item."""
        item = self.collection.live.get(id, self.locale(locale))
        if item is None:
            raise missing(f"Item {id}")
        return item

    def variants(self, id: str) -> list[Item]:
        """The staged item in all its locales."""
        found = [self.collection.staged.get(id, locale.cms_id) for locale in self.site.locales]
        return [item for item in found if item is not None]

    def locales(self, asked: Iterable[str]) -> list[str]:
        """Checked ``cmsLocaleIds``; the primary one if none is asked for."""
        known = {locale.cms_id for locale in self.site.locales}
        wanted = list(dict.fromkeys(asked)) or [self.site.primary]
        unknown = [locale for locale in wanted if locale not in known]
        if unknown:
            raise invalid(Problem("cmsLocaleId", f"Locale not found: {unknown[0]!r}"))
        return wanted

    def locale(self, asked: str | None) -> str:
        """One checked ``cmsLocaleId``."""
        return self.locales([asked] if asked else [])[0]

    @property
    def _reading(self) -> Reading:
        return Reading(self.store, self.collection, self.quirks, self.skip_invalid_files)

    def _claim(self, slug: str, locale: str, id: str, *, rename: bool) -> str:
        """The slug, if nobody else has it; one request's own items count as well."""
        collection = self.collection
        owners = (
            collection.staged.owner(slug, locale),
            collection.live.owner(slug, locale),
            self._claimed.get((locale, slug)),
        )
        if (locale, slug) in collection.buried or any(owner not in (None, id) for owner in owners):
            if not rename:
                raise invalid(_duplicate(slug))
            return self._claim(f"{slug[: LONGEST - 6]}-{self.store.new_id()[-5:]}", locale, id, rename=True)
        self._claimed[locale, slug] = id
        return slug

    def _each(
        self, entries: Sequence[Entry], check: Callable[[Entry], Ready], do: Callable[[Ready], Item | Any]
    ) -> list[Any]:
        """Check every entry, then do them all, or those that are good."""
        ready, refusals = [], []
        for entry in entries:
            try:
                ready.append(check(entry))
            except RefusedError as refused:
                refusals.append(refused)
        if refusals and self.quirks.bad_entry == "all refused":
            raise merged(refusals)
        done = [do(value) for value in ready]
        if refusals:
            raise merged(refusals)
        return done


def _merge(fields: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {slug: value for slug, value in {**fields, **values}.items() if value is not None}


def _duplicate(slug: Any) -> Problem:
    return Problem("slug", f"Unique value is already in database: '{slug}'")
