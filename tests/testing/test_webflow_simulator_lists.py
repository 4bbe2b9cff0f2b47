"""Lists of items of the simulated Webflow: filtered, sorted, by page, and of ten thousand."""

from __future__ import annotations

import anyio
import httpx
import pytest

NOBODY = "0" * 24


@pytest.fixture
def shelf(desk):
    """Three items, a minute apart; the second was changed last, the third is live."""
    ids = []
    for slug in ("b", "a", "c"):
        ids.append(desk.create(slug))
        desk.clock.advance(60)
    desk.ok("POST", f"{desk.items}/publish", {"itemIds": [ids[2]]})
    desk.clock.advance(60)
    desk.ok("PATCH", f"{desk.items}/{ids[1]}", {"fieldData": {"name": "Zebra"}})
    return desk


def listed(desk, **params):
    rows = desk.ok("GET", desk.items, params=params)["items"]
    return "".join(row["fieldData"]["slug"] for row in rows)


def minutes(desk, number):
    """Ten seconds before ``number`` minutes after the first item was made, as the API writes moments."""
    first = desk.sim.items(desk.blog.posts)[0]["createdOn"]
    assert first[14:19] == "13:20"
    return f"{first[:14]}{13 + number}:10.000Z"


@pytest.mark.parametrize(
    ("params", "slugs"),
    [
        ({}, "bac"),
        ({"slug": "a"}, "a"),
        ({"slug": "A"}, ""),
        ({"slug": ""}, "bac"),
        ({"name": "Zebra"}, "a"),
        ({"name": "zebra"}, ""),
        ({"sortBy": "slug"}, "abc"),
        ({"sortBy": "slug", "sortOrder": "desc"}, "cba"),
        ({"sortBy": "name", "sortOrder": "asc"}, "bca"),
        ({"sortBy": "createdOn", "sortOrder": "desc"}, "cab"),
        ({"sortBy": "lastUpdated", "sortOrder": "desc"}, "acb"),
        ({"sortBy": "lastPublished", "sortOrder": "desc", "limit": 1}, "c"),
        ({"limit": 2}, "ba"),
        ({"limit": 2, "offset": 2}, "c"),
        ({"offset": 9}, ""),
        ({"createdOn[gte]": 1}, "ac"),
        ({"createdOn[lte]": 1}, "b"),
        ({"createdOn[gte]": 1, "createdOn[lte]": 2}, "a"),
        ({"lastUpdated[gte]": 4}, "a"),
        ({"lastPublished[gte]": 0}, "c"),
        ({"lastPublished[lte]": 9}, "c"),
    ],
)
def test_a_list_is_filtered_sorted_and_cut(shelf, params, slugs):
    """By the exact name and slug, and by times."""
    params = {name: minutes(shelf, value) if name.endswith("]") else value for name, value in params.items()}
    assert listed(shelf, **params) == slugs


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 101},
        {"limit": -1},
        {"offset": "x"},
        {"sortBy": "id"},
        {"sortBy": "slug", "sortOrder": "up"},
        {"createdOn[gte]": "yesterday"},
        {"cmsLocaleId": NOBODY},
        {"skipInvalidFiles": "maybe"},
    ],
)
def test_a_list_cannot_be_asked_for_otherwise(desk, params):
    """400, and the parameter is named."""
    status, code, details = desk.refused("GET", desk.items, params=params)
    assert (status, code) == (400, "validation_error")
    assert details[0]["param"] in params or details[0]["param"] == "sortOrder"


def test_a_hundred_requests_make_ten_thousand_items(desk):
    """Made in full batches, published, and listed page by page; every slug is found."""

    async def walk() -> None:
        headers = {"Authorization": f"Bearer {desk.sim.token}"}
        transport = desk.sim.transport()
        async with httpx.AsyncClient(transport=transport, base_url=desk.sim.base_url, headers=headers) as client:
            for start in range(0, 10_000, 100):
                fields = [{"name": str(number), "slug": f"n{number}"} for number in range(start, start + 100)]
                answer = await client.post(f"{desk.items}/bulk", json={"fieldData": fields, "isDraft": False})
                ids = [row["id"] for row in answer.json()["items"]]
                await client.post(f"{desk.items}/publish", json={"itemIds": ids})
            seen = []
            for offset in range(0, 10_000, 100):
                page = (await client.get(f"{desk.items}/live", params={"offset": offset})).json()
                seen += [row["fieldData"]["slug"] for row in page["items"]]
            assert seen == [f"n{number}" for number in range(10_000)]
            found = (await client.get(desk.items, params={"slug": "n4321"})).json()
            assert [row["fieldData"]["name"] for row in found["items"]] == ["4321"]

    anyio.run(walk)
    assert len(desk.sim.requests) == 301
