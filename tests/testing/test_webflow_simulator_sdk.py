"""Webflow's official Python SDK walks through every call that the simulator has, over HTTP, and parses the answers."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import anyio
import httpx
import pytest
import webflow
from webflow.core.parse_error import ParsingError
from webflow.environment import WebflowEnvironment
from webflow.errors import ConflictError, NotFoundError, UnauthorizedError
from webflow.resources.collections.resources.items.types import (
    ItemIDs,
    ItemIDsWithLocales,
    ItemsDeleteItemsLiveRequestItemsItem,
    ItemsDeleteItemsRequestItemsItem,
    ItemsPublishItemRequestItemsItemsItem,
    MultipleItems,
    MultipleLiveItems,
    SingleCmsItem,
)
from webflow.types import (
    CollectionItem,
    CollectionItemFieldData,
    CollectionItemPatchSingleFieldData,
    CollectionItemPostSingle,
    CollectionItemPostSingleFieldData,
    CollectionItemWithIdInput,
    CollectionItemWithIdInputFieldData,
    ItemsListItemsRequestLastPublished,
    Metadata,
    MetadataOptionsItem,
    OptionField,
    ReferenceField,
    ReferenceFieldMetadata,
    StaticField,
)

from publisher.testing import WebflowSimulator

ONCE: Any = {"max_retries": 0}

#: Apps alone may introspect their token.
APP = "app-token-0123456789"


@pytest.fixture(scope="module")
def sim():
    sim = WebflowSimulator(requests_per_minute=None)
    sim.add_token(APP, kind="app", requests_per_minute=None)
    return sim


@pytest.fixture(scope="module")
def url(sim):
    """The simulator is served once for the tests of this file."""
    with sim.serving() as url:
        yield url


@pytest.fixture(scope="module")
def sdk(url):
    """A client of the SDK, by token."""
    environment = WebflowEnvironment(base=url, data_api=url, content_delivery_api=url)
    with httpx.Client() as http:
        yield lambda token: webflow.Webflow(access_token=token, environment=environment, httpx_client=http)


@pytest.fixture
def site(sim):
    """A site of the test's own, with a second language and a custom domain."""
    return sim.add_site("Test site", locales=("en", "de"), domains=("www.example.org",))


@pytest.fixture
def client(sdk, sim):
    return sdk(sim.token)


@pytest.fixture
def blog(sim, site):
    return sim.add_blog(site)


def post(slug: str, **fields: Any) -> CollectionItemPostSingle:
    data = CollectionItemPostSingleFieldData(name=slug.title(), slug=slug, **fields)
    return CollectionItemPostSingle(field_data=data)


def test_sites_are_listed_read_and_published(client, sim, site):
    """With their languages and domains."""
    [listed] = [entry for entry in client.sites.list().sites or [] if entry.id == site]
    read = client.sites.get(site)
    assert read == listed
    assert read.locales is not None
    assert read.locales.primary is not None
    assert read.locales.primary.cms_locale_id == sim.locales(site)["en"]
    assert [locale.tag for locale in read.locales.secondary or []] == ["de"]
    [domain] = client.sites.get_custom_domain(site).custom_domains or []
    assert domain.url == "www.example.org"
    done = client.sites.publish(site, custom_domains=[domain.id], publish_to_webflow_subdomain=True)
    assert done.publish_to_webflow_subdomain is True
    assert [entry.id for entry in done.custom_domains or []] == [domain.id]
    assert client.sites.get(site).last_published > read.last_published


def test_only_an_app_is_told_about_its_token(sdk, sim):
    """The same call with a site's token is refused."""
    told = sdk(APP).token.introspect()
    assert told.authorization is not None
    assert told.authorization.authorized_to is not None
    assert sim.site_id in (told.authorization.authorized_to.site_ids or [])
    assert "cms:write" in (told.authorization.scope or "")
    with pytest.raises(UnauthorizedError):
        sdk(sim.token).token.introspect(request_options=ONCE)


def test_collections_and_fields_are_made_changed_and_deleted(client, site, blog):
    """With choices and references, whose ids come back in the validations."""
    fields = [
        StaticField(type="RichText", display_name="Body", is_required=True),
        OptionField(display_name="Kind", metadata=Metadata(options=[MetadataOptionsItem(name="News")])),
        ReferenceField(
            type="Reference", display_name="Author", metadata=ReferenceFieldMetadata(collection_id=blog.authors)
        ),
    ]
    made = client.collections.create(site, display_name="Notes", singular_name="Note", fields=fields)
    assert [field.slug for field in made.fields] == ["name", "slug", "body", "kind", "author"]
    assert client.collections.get(made.id) == made
    assert made.id in [entry.id for entry in client.collections.list(site).collections or []]
    body, kind, author = made.fields[2:]
    assert (body.type, body.is_required) == ("RichText", True)
    assert kind.validations is not None
    assert [option["name"] for option in kind.validations.options] == ["News"]
    assert author.validations is not None
    assert author.validations.collectionId == blog.authors

    added = client.collections.fields.create(made.id, request=StaticField(type="Number", display_name="Pages"))
    assert (added.type, added.display_name) == ("Number", "Pages")
    renamed = client.collections.fields.update(made.id, added.id, display_name="Length", help_text="In pages")
    assert (renamed.display_name, renamed.slug, renamed.help_text) == ("Length", "pages", "In pages")
    client.collections.fields.delete(made.id, added.id)
    for request in fields[1:]:
        again = client.collections.fields.create(made.id, request=request)
        assert (type(again), again.display_name) == (type(request), request.display_name)
        client.collections.fields.delete(made.id, again.id)
    assert client.collections.get(made.id).fields == made.fields
    client.collections.delete(made.id)
    with pytest.raises(NotFoundError):
        client.collections.get(made.id, request_options=ONCE)


def test_one_staged_item_from_its_creation_to_its_end(client, blog):
    """Created, listed, read, changed, deleted. The SDK keeps fields of the collection as extra attributes."""
    items = client.collections.items
    made = items.create_item(blog.posts, request=post("one", excerpt="Short"))
    assert (made.is_draft, made.is_archived, made.last_published) == (True, False, None)
    listed = items.list_items(
        blog.posts, slug="one", sort_by="lastUpdated", sort_order="desc", limit=10, offset=0, name="One"
    )
    assert listed.items == [made]
    assert listed.pagination is not None
    assert (listed.pagination.limit, listed.pagination.offset, listed.pagination.total) == (10, 0, 1)
    changed = items.update_item(
        blog.posts, made.id, is_draft=False, field_data=CollectionItemPatchSingleFieldData(name="Uno")
    )
    assert items.get_item(blog.posts, made.id) == changed
    assert (changed.field_data.name, changed.field_data.excerpt) == ("Uno", "Short")
    assert changed.last_updated > made.last_updated
    items.delete_item(blog.posts, made.id)
    with pytest.raises(NotFoundError):
        items.get_item(blog.posts, made.id, request_options=ONCE)


def test_many_staged_items(client, blog):
    """Created, changed, published and deleted by the list.

    The SDK types the answer to a create of several as one item, and that has to have ``fieldData``: it cannot parse
    the form that the API documents in its example. The items are made all the same.
    """
    items = client.collections.items
    with pytest.raises(ParsingError) as unread:
        items.create_item(blog.posts, request=MultipleItems(items=[post("one"), post("two")]), request_options=ONCE)
    assert unread.value.status_code == 202
    one, two = items.list_items(blog.posts, sort_by="slug", sort_order="asc").items
    assert [entry["id"] for entry in unread.value.body["items"]] == [one.id, two.id]

    changes = [
        CollectionItemWithIdInput(id=item.id, field_data=CollectionItemWithIdInputFieldData(name=f"New {number}"))
        for number, item in enumerate((one, two))
    ]
    changed = items.update_items(blog.posts, items=changes)
    assert [
        item["fieldData"]["name"] if isinstance(item, dict) else item.field_data.name for item in changed.items
    ] == [
        "New 0",
        "New 1",
    ]
    done = items.publish_item(blog.posts, request=ItemIDs(item_ids=[one.id, two.id, "0" * 24]))
    assert done.published_item_ids == [one.id, two.id]
    assert done.errors == [f"Staging item ID {'0' * 24} not found."]
    asked = [ItemsDeleteItemsRequestItemsItem(id=item.id) for item in (one, two)]
    items.delete_items(blog.posts, items=asked)
    assert items.list_items(blog.posts).items == []


def test_items_in_two_languages(client, sim, site, blog):
    """One id with two variants. The SDK types this answer, too, as one item; all its fields are optional."""
    items = client.collections.items
    languages = sim.locales(site)
    made = items.create_items(
        blog.posts,
        field_data=[SingleCmsItem(name="One", slug="one"), SingleCmsItem(name="Two", slug="two")],
        cms_locale_ids=list(languages.values()),
        is_draft=False,
    )
    entries = made.items
    assert [entry["cmsLocaleId"] for entry in entries] == list(languages.values()) * 2
    assert len({entry["id"] for entry in entries}) == 2
    one = entries[0]["id"]
    request = ItemIDsWithLocales(
        items=[ItemsPublishItemRequestItemsItemsItem(id=one, cms_locale_ids=[languages["de"]])]
    )
    assert items.publish_item(blog.posts, request=request).published_item_ids == [one]
    live = items.list_items_live(blog.posts, cms_locale_id=",".join(languages.values())).items
    assert [(item.id, item.cms_locale_id) for item in live] == [(one, languages["de"])]
    assert items.get_item_live(blog.posts, one, cms_locale_id=languages["de"]).field_data.slug == "one"
    items.delete_item_live(blog.posts, one, cms_locale_id=languages["de"])
    items.delete_item(blog.posts, one, cms_locale_id=languages["de"])
    assert items.get_item(blog.posts, one).cms_locale_id == languages["en"]


def test_live_items(client, blog):
    """Created live, changed live, listed by the time of their publication, taken down: they stay as drafts."""
    items = client.collections.items
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    fields = CollectionItemFieldData(name="One", slug="one")
    one = items.create_item_live(blog.posts, request=CollectionItem(field_data=fields))
    assert (one.is_draft, one.last_published) == (False, one.last_updated)
    two = items.create_item(blog.posts, request=post("two"))
    with pytest.raises(ConflictError) as conflict:
        items.update_item_live(
            blog.posts, two.id, field_data=CollectionItemPatchSingleFieldData(name="2"), request_options=ONCE
        )
    assert conflict.value.body["code"] == "conflict"
    changed = items.update_item_live(blog.posts, one.id, field_data=CollectionItemPatchSingleFieldData(name="1"))
    assert items.get_item_live(blog.posts, one.id) == changed
    entry = CollectionItemWithIdInput(id=one.id, field_data=CollectionItemWithIdInputFieldData(name="First"))
    [again] = items.update_items_live(blog.posts, items=[entry]).items
    assert again.field_data.name == "First"
    since = ItemsListItemsRequestLastPublished(gte=before)
    assert [item.id for item in items.list_items_live(blog.posts, last_published=since).items] == [one.id]
    until = ItemsListItemsRequestLastPublished(lte=before)
    assert items.list_items(blog.posts, last_published=until).items == []
    items.delete_items_live(blog.posts, items=[ItemsDeleteItemsLiveRequestItemsItem(id=one.id)])
    down = items.get_item(blog.posts, one.id)
    assert (down.is_draft, down.last_published, down.field_data.name) == (True, None, "First")


def test_many_live_items(client, blog):
    """The SDK cannot parse this answer either; the items are live all the same."""
    items = client.collections.items
    entries = [CollectionItem(field_data=CollectionItemFieldData(name=slug, slug=slug)) for slug in ("one", "two")]
    with pytest.raises(ParsingError) as unread:
        items.create_item_live(blog.posts, request=MultipleLiveItems(items=entries), request_options=ONCE)
    assert unread.value.status_code == 202
    assert len(items.list_items_live(blog.posts).items) == 2


def test_the_newest_create_is_not_in_the_sdk(url, client, sim, blog):
    """``items/insert`` makes items with flags of their own."""
    path = f"{url}/collections/{blog.posts}/items/insert"
    entries = [
        {"fieldData": {"name": "One", "slug": "one"}, "isDraft": False},
        {"fieldData": {"name": "Two", "slug": "two"}},
    ]
    answer = httpx.post(path, json={"items": entries}, headers={"Authorization": f"Bearer {sim.token}"})
    assert answer.status_code == 202
    read = client.collections.items.list_items(blog.posts).items
    assert [(item.id, item.is_draft) for item in read] == [
        (entry["id"], draft) for entry, draft in zip(answer.json()["items"], (False, True), strict=True)
    ]


def test_assets_are_uploaded_named_and_deleted(client, site):
    """In two steps, as the SDK describes them; folders hold them."""
    folder = client.assets.create_folder(site, display_name="Pictures")
    inner = client.assets.create_folder(site, display_name="Small", parent_folder=folder.id)
    data = b"the bytes of a picture"
    made = client.assets.create(
        site, file_name="a picture.png", file_hash=hashlib.md5(data).hexdigest(), parent_folder=folder.id
    )
    details = made.upload_details.dict(by_alias=True)
    # The SDK's name for this one field; S3 does not mind its capitals.
    details["Content-Type"] = details.pop("content-type")
    answer = httpx.post(made.upload_url, data=details, files={"file": ("a picture.png", data, made.content_type)})
    assert answer.status_code == 201
    assert httpx.get(made.hosted_url).content == data

    read = client.assets.get(made.id)
    assert (read.size, read.content_type, read.original_file_name) == (len(data), "image/png", "a picture.png")
    assert client.assets.list(site, limit=10, offset=0).assets == [read]
    assert client.assets.update(made.id, display_name="A picture").display_name == "A picture"
    assert client.assets.get_folder(folder.id).assets == [made.id]
    assert [entry.id for entry in client.assets.list_folders(site).asset_folders or []] == [folder.id, inner.id]
    client.assets.delete(made.id)
    assert client.assets.list(site).assets == []


def test_the_sdk_understands_the_errors(client, sdk, sim, blog):
    """Codes, messages and details arrive in its own exceptions."""
    items = client.collections.items
    items.create_item(blog.posts, request=post("one"))
    with pytest.raises(webflow.BadRequestError) as taken:
        items.create_item(blog.posts, request=post("one"), request_options=ONCE)
    assert taken.value.body["code"] == "validation_error"
    assert taken.value.body["details"] == [
        {"param": "slug", "description": "Unique value is already in database: 'one'"}
    ]
    sim.faults.add("429", seconds=7)
    with pytest.raises(webflow.TooManyRequestsError) as many:
        items.create_item(blog.posts, request=post("two"), request_options=ONCE)
    assert many.value.headers["retry-after"] == "7"
    with pytest.raises(UnauthorizedError):
        sdk("wrong").sites.list(request_options=ONCE)


def test_the_async_sdk_needs_no_port():
    """Over the simulator's transport, in this process."""
    sim = WebflowSimulator()
    blog = sim.add_blog()

    async def walk() -> list[str | None]:
        async with httpx.AsyncClient(transport=sim.transport()) as http:
            client = webflow.AsyncWebflow(access_token=sim.token, httpx_client=http)
            made = await client.collections.items.create_item(blog.posts, request=post("one"))
            listed = await client.collections.items.list_items(blog.posts)
            assert listed.items == [made]
            return [item.id for item in listed.items]

    assert anyio.run(walk) == [row["id"] for row in sim.items(blog.posts)]
