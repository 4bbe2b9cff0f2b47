"""Whatever is sent to the simulated Webflow, it answers in its own form, and can answer what it has stored."""

from __future__ import annotations

import json

import anyio
import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.testing import FakeClock, WebflowSimulator
from publisher.testing.webflow.application import OPERATIONS
from publisher.testing.webflow.blog import post_fields

NOBODY = "0" * 24

words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["x", "1979-10-12", "0001-01-01T00:00:00+10:00", "https://[", "https://a.test/a.png", "#fff", "x@y.zz"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["fileId", "url", "alt", "id", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
slugs = [field.slug or field.display_name.lower().replace(" ", "-") for field in post_fields("", "", "")]
field_data = st.dictionaries(st.sampled_from(["name", "slug", "x", *slugs]), values, max_size=4)
entry = st.fixed_dictionaries(
    {"fieldData": field_data | values},
    optional={"id": st.just(NOBODY) | values, "isDraft": values, "isArchived": values, "cmsLocaleId": values},
)
names = ["items", "itemIds", "cmsLocaleIds", "customDomains", "publishToWebflowSubdomain", "displayName", "type"]
names += ["singularName", "fields", "metadata", "fileName", "fileHash", "parentFolder", "altText", "isRequired"]
bodies = st.one_of(
    entry,
    st.fixed_dictionaries({"items": st.lists(entry, max_size=3)}),
    st.fixed_dictionaries({"fieldData": st.lists(field_data, max_size=3)}),
    st.dictionaries(st.sampled_from(names), values, max_size=4),
    values,
)
query = st.dictionaries(
    st.sampled_from(["limit", "offset", "slug", "sortBy", "createdOn[gte]", "cmsLocaleId", "skipInvalidFiles"]),
    st.one_of(words, st.sampled_from(["1", "101", "9" * 5000, "true", "false", "slug"])),
    max_size=2,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), bodies, query), min_size=1, max_size=4))
def test_any_request_is_answered(calls):
    """With success, or with an error of the API's form; and everything there can be listed afterwards."""
    sim = WebflowSimulator(clock=FakeClock(), requests_per_minute=None)
    posts = sim.add_blog().posts
    item = sim.designer.add_item(posts, "Post", "post", live=True)
    ids = {"site_id": sim.site_id, "collection_id": posts, "item_id": item}
    ids |= dict.fromkeys(["asset_id", "asset_folder_id", "field_id"], NOBODY)
    headers = {"Authorization": f"Bearer {sim.token}", "Content-Type": "application/json"}

    async def send() -> None:
        async with httpx.AsyncClient(transport=sim.transport(), base_url=sim.base_url, headers=headers) as client:
            for operation, body, params in calls:
                path = operation.path.format_map(ids)
                answer = await client.request(operation.method, path, content=json.dumps(body), params=params)
                assert answer.status_code < 500
                if not answer.is_success:
                    assert set(answer.json()) == {"message", "code", "externalReference", "details"}
            gone = (await client.get(f"/collections/{posts}")).status_code == 404
            for tail in ("", "/live"):
                listed = await client.get(f"/collections/{posts}/items{tail}")
                assert listed.status_code == (404 if gone else 200)

    anyio.run(send)
