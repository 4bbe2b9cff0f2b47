"""The paths of collections and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from slugify import slugify

from publisher.testing.webflow.calls import Answer, Call, Operation, Place, entries_of, flag_of, text_of
from publisher.testing.webflow.refusals import Problem, RefusedError, invalid, missing
from publisher.testing.webflow.store import Collection, Field, FieldType, Row, Site, Store, StoredField
from publisher.testing.webflow.values import LONGEST

#: Every type but the one that can only be read.
_CREATABLE: tuple[FieldType, ...] = tuple(kind for kind in get_args(FieldType) if kind != "ExtFileRef")

#: Fields of one collection.
_MOST_FIELDS = 60


def _list(place: Place, call: Call) -> Answer:
    site = place.site(call)
    rows = [collection.shown() for collection in place.store.collections.values() if collection.site is site]
    return Answer(200, {"collections": rows})


def _get(place: Place, call: Call) -> Answer:
    return Answer(200, _with_fields(place.collection(call)))


def _create(place: Place, call: Call) -> Answer:
    site, body = place.site(call), call.json()
    name = text_of(body, "displayName", required=True) or ""
    singular = text_of(body, "singularName", required=True) or ""
    given = body.get("fields")
    fields = [_field(place, site, entry) for entry in entries_of(body, "fields", most=_MOST_FIELDS)] if given else []
    slug = text_of(body, "slug") or slugify(name)
    made = make_collection(place.store, site, name, slug, singular)
    for field in fields:
        place.store.add_field(made, field)
    return Answer(200, _with_fields(made))


def make_collection(store: Store, site: Site, name: str, slug: str, singular: str) -> Collection:
    """A collection with the two fields that each has. Raises RefusedError when its name or slug is taken."""
    others = [collection for collection in store.collections.values() if collection.site is site]
    if any(other.slug == slug or other.display_name == name for other in others):
        raise RefusedError(409, "duplicate_collection", f"Collection already exists: {name!r}")
    made = Collection(store.new_id(), site, name, singular, slug, store.moment, store.moment)
    limits = {"singleLine": True, "maxLength": LONGEST}
    store.add_field(made, Field("Name", required=True, validations=limits))
    store.add_field(made, Field("Slug", required=True, validations=limits))
    store.collections[made.id] = made
    return made


def _delete(place: Place, call: Call) -> Answer:
    del place.store.collections[place.collection(call).id]
    return Answer(204)


def _create_field(place: Place, call: Call) -> Answer:
    collection, body = place.collection(call), call.json()
    made = _field(place, collection.site, body)
    if len(collection.fields) >= _MOST_FIELDS:
        raise invalid(Problem("fields", f"A collection has at most {_MOST_FIELDS} fields"))
    row = place.store.add_field(collection, made).shown()
    return Answer(200, row | _metadata(row))


def _field(place: Place, site: Site, body: Mapping[str, Any]) -> Field:
    kind = next((kind for kind in _CREATABLE if kind == body.get("type")), None)
    if kind is None:
        raise invalid(Problem("type", f"Unknown field type: {body.get('type')!r}"))
    name = text_of(body, "displayName", required=True) or ""
    metadata = body.get("metadata") or {}
    options: list[str] = []
    target = None
    if not isinstance(metadata, dict):
        raise invalid(Problem("metadata", "Expected value to be an object"))
    if kind == "Option":
        options = [text_of(option, "name", required=True) or "" for option in entries_of(metadata, "options")]
    if kind in ("Reference", "MultiReference"):
        target = text_of(metadata, "collectionId", required=True)
        if target not in place.store.collections or place.store.collections[target].site is not site:
            raise invalid(Problem("metadata.collectionId", f"Collection not found: {target!r}"))
    return Field(
        name,
        kind,
        required=flag_of(body, "isRequired") is True,
        help_text=text_of(body, "helpText") or "",
        options=options,
        collection_id=target,
    )


def _metadata(row: Row) -> Row:
    """What only the answer to a new Option or Reference field has."""
    match row["type"]:
        case "Option":
            return {"metadata": {"options": row["validations"]["options"]}}
        case "Reference" | "MultiReference":
            return {"metadata": {"collectionId": row["validations"]["collectionId"]}}
    return {}


def _update_field(place: Place, call: Call) -> Answer:
    collection, body = place.collection(call), call.json()
    field = _stored(collection, call)
    required = flag_of(body, "isRequired")
    name, help_text = text_of(body, "displayName"), text_of(body, "helpText")
    field.required = field.required if required is None else required
    field.display_name = field.display_name if name is None else name
    field.help_text = field.help_text if help_text is None else help_text
    collection.updated = place.store.moment
    return Answer(200, field.shown())


def _delete_field(place: Place, call: Call) -> Answer:
    collection = place.collection(call)
    field = _stored(collection, call)
    if field.slug in ("name", "slug"):
        raise invalid(Problem("field_id", "Every collection has name and slug"))
    remove_field(place.store, collection, field.slug)
    return Answer(204)


def remove_field(store: Store, collection: Collection, slug: str) -> None:
    """The field goes, and with it what items had in it."""
    del collection.fields[slug]
    collection.updated = store.moment
    collection.staged.forget_field(slug)
    collection.live.forget_field(slug)


def _stored(collection: Collection, call: Call) -> StoredField:
    wanted = call.id("field_id")
    field = next((field for field in collection.fields.values() if field.id == wanted), None)
    if field is None:
        raise missing(f"Field {wanted}")
    return field


def _with_fields(collection: Collection) -> Row:
    return collection.shown() | {"fields": [field.shown() for field in collection.fields.values()]}


OPERATIONS = (
    Operation("GET", "/sites/{site_id}/collections", "cms:read", _list),
    Operation("POST", "/sites/{site_id}/collections", "cms:write", _create),
    Operation("GET", "/collections/{collection_id}", "cms:read", _get),
    Operation("DELETE", "/collections/{collection_id}", "cms:write", _delete),
    Operation("POST", "/collections/{collection_id}/fields", "cms:write", _create_field),
    Operation("PATCH", "/collections/{collection_id}/fields/{field_id}", "cms:write", _update_field),
    Operation("DELETE", "/collections/{collection_id}/fields/{field_id}", "cms:write", _delete_field),
)
