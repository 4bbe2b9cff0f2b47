"""A person at work in Webflow's Designer: what changes without the API."""

from __future__ import annotations

from typing import Any

from publisher.testing.webflow.backstage import Backstage
from publisher.testing.webflow.collection_calls import remove_field
from publisher.testing.webflow.items import Change, Desk, New
from publisher.testing.webflow.refusals import missing
from publisher.testing.webflow.richtext import read_back
from publisher.testing.webflow.site_calls import publish_site
from publisher.testing.webflow.store import Field


class Designer:
    """Does at once what it is told, without rates, scopes or faults. Wrong values are refused as the API refuses them.

    Every method raises :class:`~publisher.testing.webflow.RefusedError` when something is not there or does not fit.
    """

    def __init__(self, backstage: Backstage) -> None:
        self._backstage = backstage

    def add_item(self, collection_id: str, name: str, slug: str, *, live: bool = False, **fields: Any) -> str:
        """Somebody else's item, a draft unless ``live``; its id. Fields are named by slug (``**{"post-body": …}``)."""
        with self._backstage.lock:
            values = {"name": name, "slug": slug, **fields}
            [item] = self._desk(collection_id).create([New(values)], live=live)
            return item.id

    def edit_item(self, collection_id: str, item_id: str, fields: dict[str, Any], *, locale: str | None = None) -> None:
        """Change fields of the staged item. A published item has a change waiting then, as a draft."""
        with self._backstage.lock:
            desk = self._desk(collection_id)
            draft = desk.staged(item_id, locale).published is not None or None
            desk.update([Change(item_id, fields, draft=draft, locale=locale)])

    def save_item(self, collection_id: str, item_id: str) -> None:
        """Open the item and save it: its rich text loses what the editor does not know."""
        with self._backstage.lock:
            desk = self._desk(collection_id)
            item = desk.staged(item_id)
            texts = [field.slug for field in desk.collection.fields.values() if field.type == "RichText"]
            fields = {slug: read_back(item.fields[slug]) for slug in texts if slug in item.fields}
            desk.update([Change(item_id, fields)])

    def publish_item(self, collection_id: str, item_id: str) -> None:
        """Put the item live as it is staged."""
        with self._backstage.lock:
            _, errors = self._desk(collection_id).publish([(item_id, [])])
            if errors:
                raise missing(" ".join(errors))

    def unpublish_item(self, collection_id: str, item_id: str) -> None:
        """Take the item down; it becomes a draft."""
        with self._backstage.lock:
            self._desk(collection_id).unpublish([(item_id, [])])

    def archive_item(self, collection_id: str, item_id: str) -> None:
        """Archive the item; it leaves the live site with the next publish of the site."""
        with self._backstage.lock:
            self._desk(collection_id).update([Change(item_id, archived=True)])

    def delete_item(self, collection_id: str, item_id: str) -> None:
        """Delete the item."""
        with self._backstage.lock:
            self._desk(collection_id).delete([(item_id, [])])

    def add_field(self, collection_id: str, field: Field) -> str:
        """Add a field to a collection; its slug."""
        with self._backstage.lock:
            return self._backstage.store.add_field(self._desk(collection_id).collection, field).slug

    def change_field(
        self, collection_id: str, slug: str, *, display_name: str | None = None, required: bool | None = None
    ) -> None:
        """Rename a field, which keeps its slug, or make it required."""
        with self._backstage.lock:
            collection = self._desk(collection_id).collection
            field = collection.fields[slug]
            field.display_name = field.display_name if display_name is None else display_name
            field.required = field.required if required is None else required
            collection.updated = self._backstage.store.moment

    def remove_field(self, collection_id: str, slug: str) -> None:
        """Remove a field and what items have in it."""
        with self._backstage.lock:
            remove_field(self._backstage.store, self._desk(collection_id).collection, slug)

    def publish_site(self, site_id: str | None = None) -> None:
        """Publish the whole site, the simulator's first one by default, to all its domains."""
        with self._backstage.lock:
            store = self._backstage.store
            store.tick(store.clock.now())
            site = store.sites[site_id or next(iter(store.sites))]
            publish_site(store, site, self._backstage.quirks, site.domains, subdomain=True)

    def _desk(self, collection_id: str) -> Desk:
        """At a moment of its own, after whatever was still under way."""
        self._backstage.arrive()
        store = self._backstage.store
        store.tick(store.clock.now())
        return Desk(store, store.collections[collection_id], self._backstage.quirks, skip_invalid_files=False)
