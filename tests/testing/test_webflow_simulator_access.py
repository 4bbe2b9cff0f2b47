"""Who may do what at the simulated Webflow, what goes wrong on the way, and how it is served."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from contextlib import closing

import httpx
import pytest

from publisher.testing import FakeClock, WebflowSimulator
from publisher.testing.webflow import SCOPES, RefusedError

NOBODY = "0" * 24


# Tokens


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic {token}", "{token}", "bearer{token}"])
def test_a_request_without_the_token_is_refused(desk, header):
    """401, whatever it asks for."""
    token, desk.token = desk.token, None
    headers = {} if header is None else {"Authorization": header.format(token=token)}
    for path in ("/sites", desk.items, "/nowhere"):
        assert desk.refused("GET", path, headers=headers)[:2] == (401, "not_authorized")


def test_a_revoked_token_is_refused(desk):
    """From then on."""
    desk.sim.revoke_token(desk.token)
    assert desk.call("GET", "/sites").status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("sites:read", "GET", "/sites"),
        ("sites:write", "POST", "/sites/{site}/publish"),
        ("cms:read", "GET", "/collections/{posts}"),
        ("cms:read", "GET", "/collections/{posts}/items/live"),
        ("cms:write", "POST", "/collections/{posts}/items"),
        ("cms:write", "DELETE", "/collections/{posts}/items/live"),
        ("assets:read", "GET", "/sites/{site}/assets"),
        ("assets:write", "POST", "/sites/{site}/assets"),
        ("assets:write", "DELETE", "/assets/{nobody}"),
    ],
)
def test_a_token_without_the_scope_is_told_which_one_is_missing(make_desk, scope, method, path):
    """403, before anything else is looked at."""
    desk = make_desk({"scopes": set(SCOPES) - {scope}})
    path = path.format(site=desk.sim.site_id, posts=desk.blog.posts, nobody=NOBODY)
    answer = desk.call(method, path, {} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scopes")
    assert answer.json()["message"] == f"OAuthForbidden: You are missing the following scopes - {scope}"


def test_a_token_of_one_site_does_not_see_another(desk):
    """Its sites, collections and assets are not found."""
    other = desk.sim.add_site("Other")
    desk.asset()
    [asset] = desk.sim.assets()
    desk.sim.add_token("other", site_ids=[other])
    desk.token = "other"
    assert [site["id"] for site in desk.ok("GET", "/sites")["sites"]] == [other]
    for path in (f"/sites/{desk.sim.site_id}", f"/collections/{desk.blog.posts}", f"/assets/{asset['id']}"):
        assert desk.refused("GET", path)[:2] == (404, "resource_not_found")


# Sites and collections


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_domains"),
        ({"customDomains": []}, "no_domains"),
        ({"customDomains": ["www.example.com"]}, "invalid_domain"),
        ({"publishToWebflowSubdomain": "yes"}, "validation_error"),
        ({"publishToWebflowSubdomain": True, "pageId": NOBODY}, "validation_error"),
    ],
)
def test_a_site_is_published_to_domains_by_their_ids(desk, body, code):
    """Nothing is published otherwise, and the minute's publish is not used up."""
    path = f"/sites/{desk.sim.site_id}/publish"
    assert desk.refused("POST", path, body)[:2] == (400, code)
    desk.ok("POST", path, {"publishToWebflowSubdomain": True})


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "Notes"},
        {"displayName": "Notes", "singularName": "Note", "fields": [{"type": "Number", "displayName": ""}]},
        {
            "displayName": "Notes",
            "singularName": "Note",
            "fields": [{"type": "Number", "displayName": "x", "metadata": 1}],
        },
        {"displayName": "Notes", "singularName": "Note", "fields": [{"type": "Poem", "displayName": "x"}]},
        {"displayName": "Notes", "singularName": "Note", "fields": [{"type": "ExtFileRef", "displayName": "x"}]},
        {"displayName": "Notes", "singularName": "Note", "fields": [{"type": "Option", "displayName": "x"}]},
        {
            "displayName": "Notes",
            "singularName": "Note",
            "fields": [{"type": "Reference", "displayName": "x", "metadata": {"collectionId": NOBODY}}],
        },
    ],
)
def test_a_collection_that_makes_no_sense_is_not_made(desk, body):
    """400; the name of another one is a conflict."""
    path = f"/sites/{desk.sim.site_id}/collections"
    count = len(desk.ok("GET", path)["collections"])
    assert desk.refused("POST", path, body)[0] == 400
    taken = {"displayName": "Authors", "singularName": "Author"}
    assert desk.refused("POST", path, taken)[:2] == (409, "duplicate_collection")
    assert len(desk.ok("GET", path)["collections"]) == count


def test_every_collection_keeps_its_name_and_slug_fields(desk):
    """And has at most sixty fields."""
    path = f"/collections/{desk.blog.tags}"
    name, slug = desk.ok("GET", path)["fields"]
    for field in (name, slug):
        assert desk.refused("DELETE", f"{path}/fields/{field['id']}")[0] == 400
    assert desk.refused("PATCH", f"{path}/fields/{NOBODY}", {})[:2] == (404, "resource_not_found")
    for _ in range(58):
        desk.ok("POST", f"{path}/fields", {"type": "PlainText", "displayName": "Same name"})
    assert desk.refused("POST", f"{path}/fields", {"type": "PlainText", "displayName": "Same name"})[0] == 400
    slugs = [field["slug"] for field in desk.ok("GET", path)["fields"]]
    assert (slugs[2:4], len(set(slugs))) == (["same-name", "same-name-2"], 60)


# Faults


def create(desk, slug="post"):
    return desk.call("POST", desk.items, {"fieldData": {"name": "x", "slug": slug}})


@pytest.mark.parametrize(
    ("trouble", "status", "made"),
    [
        ("commit then 502", 502, True),
        ("commit then 504", 504, True),
        ("500", 500, False),
        ("502", 502, False),
        ("503", 503, False),
    ],
)
def test_an_answer_may_be_wrong_about_what_happened(desk, trouble, status, made):
    """Once; then all is well again."""
    desk.sim.faults.add(trouble)
    assert create(desk).status_code == status
    assert desk.slugs() == (["post"] if made else [])
    assert create(desk, "other").status_code == 202
    assert [entry.status for entry in desk.sim.requests] == [status, 202]


DROPPED, SILENT = (httpx.RemoteProtocolError, ConnectionResetError), (httpx.ReadTimeout, TimeoutError)


@pytest.mark.parametrize(
    ("trouble", "errors", "made"),
    [("commit then drop", DROPPED, True), ("commit then silence", SILENT, True), ("drop", DROPPED, False),
     ("late", SILENT, False)],
)  # fmt: skip
def test_an_answer_may_never_come(desk, trouble, errors, made):
    """In process and over the network alike."""
    desk.sim.faults.add(trouble, times=2)
    in_process, over_http = errors
    with pytest.raises(in_process):
        create(desk, "in-process")
    headers = {"Authorization": f"Bearer {desk.token}", "Content-Type": "application/json"}
    body = json.dumps({"fieldData": {"name": "x", "slug": "over-http"}})
    with desk.sim.serving() as url, closing(http.client.HTTPConnection(httpx.URL(url).netloc.decode())) as connection:
        connection.request("POST", httpx.URL(url).path + desk.items, body, headers)
        while len(desk.sim.requests) < 2:  # only then the client's patience is of any matter
            time.sleep(0.005)
        connection.sock.settimeout(0.1)
        with pytest.raises(over_http):
            connection.getresponse()
    assert desk.slugs() == (["in-process", "over-http"] if made else [])
    assert [entry.status for entry in desk.sim.requests] == [None, None]


def test_a_late_request_takes_effect_when_its_time_has_come(desk):
    """Seen by whoever looks then; what it meets may have changed."""
    desk.sim.faults.add("late", seconds=30, times=2)
    for slug in ("late", "taken"):
        with pytest.raises(httpx.ReadTimeout):
            create(desk, slug)
    create(desk, "taken")
    desk.clock.advance(29)
    assert desk.slugs() == ["taken"]
    desk.clock.advance(1)
    assert [row["fieldData"]["slug"] for row in desk.ok("GET", desk.items)["items"]] == ["taken", "late"]


def test_a_fault_is_aimed(desk):
    """By method, by path, by what the request says, at every third, and as often as it is told."""
    faults = desk.sim.faults
    faults.add("500", method="GET", path="*/items/live")
    faults.add("429", when=lambda call: call.json()["fieldData"]["slug"] == "chosen", seconds=7)
    assert create(desk).status_code == 202
    assert desk.call("GET", desk.items).status_code == 200
    assert desk.call("GET", f"{desk.items}/live").status_code == 500
    chosen = create(desk, "chosen")
    assert (chosen.status_code, chosen.headers["Retry-After"]) == (429, "7")
    assert "X-RateLimit-Remaining" not in chosen.headers  # this token has no limit
    assert create(desk, "chosen").status_code == 202
    faults.add("503", every=3, times=None)
    assert [create(desk, f"n{number}").status_code for number in range(7)] == [202, 202, 503, 202, 202, 503, 202]
    faults.clear()
    assert [create(desk, f"m{number}").status_code for number in range(3)] == [202, 202, 202]


def test_a_429_out_of_the_blue_says_that_nothing_is_left(make_desk):
    """However much there is."""
    desk = make_desk({"requests_per_minute": 60})
    desk.sim.faults.add("429")
    refused = create(desk)
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("60", "0")
    assert create(desk).headers["X-RateLimit-Remaining"] == "59"


def test_uploads_can_fail_as_well(desk):
    """Their path begins with ``/uploads/``."""
    registered = desk.register()
    desk.sim.faults.add("commit then drop", path="/uploads/*")
    with pytest.raises(httpx.RemoteProtocolError):
        desk.upload(registered)
    assert desk.sim.data(registered["id"]) == b"picture"
    assert desk.sim.requests[-1].path.startswith("/uploads/")


# Serving it


def test_the_same_simulator_is_seen_in_process_and_on_a_port():
    """Uploads go to the port while it is served, and files are looked at there."""
    sim = WebflowSimulator(clock=FakeClock())
    headers = {"Authorization": f"Bearer {sim.token}"}
    body = {"fileName": "a.png", "fileHash": "0" * 32}
    with sim.serving() as url:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v2", url)
        answer = httpx.post(f"{url}/sites/{sim.site_id}/assets", json=body, headers=headers).json()
        origin = url.removesuffix("/v2")
        assert answer["uploadUrl"].startswith(f"{origin}/uploads/")
        assert answer["hostedUrl"].startswith(f"{origin}/cdn/")
        assert sim.requests[0].path == f"/sites/{sim.site_id}/assets"
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert not sim.assets()[0]["hostedUrl"].startswith(origin)


def test_many_threads_get_along():
    """Every one of their items is made, once."""
    sim = WebflowSimulator(requests_per_minute=None)
    path = f"/collections/{sim.add_blog().posts}/items"
    headers = {"Authorization": f"Bearer {sim.token}"}

    def work(worker: int) -> None:
        with httpx.Client(base_url=url, headers=headers) as client:
            for number in range(10):
                fields = {"name": "x", "slug": f"{worker}-{number}"}
                assert client.post(path, json={"fieldData": fields}).status_code == 202

    with sim.serving() as url:
        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with httpx.Client(base_url=url, headers=headers) as client:
            assert client.get(path).json()["pagination"]["total"] == 40


def test_it_can_be_tried_by_hand():
    """``python -m publisher.testing.webflow`` prints what a client needs."""
    command = [sys.executable, "-m", "publisher.testing.webflow", "--token", "by-hand"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().split() for _ in range(7)]
            told = dict(lines)
            assert list(told) == ["url", "token", "site", "posts", "authors", "categories", "tags"]
            headers = {"Authorization": f"Bearer {told['token']}"}
            collection = httpx.get(f"{told['url']}/collections/{told['posts']}", headers=headers).json()
            assert collection["displayName"] == "Blog Posts"
            # Nothing waits for a publish of the site, of which a checkup would warn.
            [site] = httpx.get(f"{told['url']}/sites", headers=headers).json()["sites"]
            assert site["lastPublished"] >= collection["lastUpdated"]
        finally:
            process.terminate()


def test_a_mistake_in_a_test_is_told(desk):
    """Setting up what is not there, or twice, raises."""
    with pytest.raises(RefusedError, match="duplicate_collection"):
        desk.sim.add_blog()
    with pytest.raises(RefusedError, match="resource_not_found"):
        desk.sim.designer.delete_item(desk.blog.posts, NOBODY)
    with pytest.raises(RefusedError, match="resource_not_found"):
        desk.sim.designer.publish_item(desk.blog.posts, NOBODY)
    with pytest.raises(KeyError):
        desk.sim.items(NOBODY)
