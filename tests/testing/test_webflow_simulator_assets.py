"""Assets of the simulated Webflow: registered, uploaded as a form, looked at."""

from __future__ import annotations

import hashlib

import pytest

MD5 = hashlib.md5(b"picture").hexdigest()


def assets(desk):
    return f"/sites/{desk.sim.site_id}/assets"


def test_an_upload_takes_two_steps(desk):
    """Between them the asset has no bytes, and cannot be looked at."""
    registered = desk.register()
    assert desk.call("GET", registered["hostedUrl"]).status_code == 403
    assert [asset["size"] for asset in desk.sim.assets()] == [0]
    assert desk.sim.data(registered["id"]) is None
    answer = desk.upload(registered)
    assert (answer.status_code, "<PostResponse>" in answer.text) == (201, True)
    looked = desk.call("GET", registered["hostedUrl"])
    assert (looked.content, looked.headers["content-type"]) == (b"picture", "image/png")
    assert [asset["size"] for asset in desk.sim.assets()] == [7]
    assert desk.sim.data(registered["id"]) == b"picture"


@pytest.mark.parametrize(
    "body",
    [
        {"fileName": "a.png"},
        {"fileName": "", "fileHash": MD5},
        {"fileName": "a.png", "fileHash": hashlib.sha256(b"picture").hexdigest()},
        {"fileName": "a.png", "fileHash": "x" * 32},
        {"fileName": "a.exe", "fileHash": MD5},
        {"fileName": "a/b.png", "fileHash": MD5},
        {"fileName": "no-ending", "fileHash": MD5},
        {"fileName": "a" * 96 + ".png", "fileHash": MD5},
        {"fileName": "a.png", "fileHash": MD5, "parentFolder": "0" * 24},
        {"fileName": "a.png", "fileHash": MD5, "parentFolder": "Pictures"},
    ],
)
def test_a_registration_is_checked(desk, body):
    """Its name, its ending, its hash and its folder."""
    assert desk.refused("POST", assets(desk), body)[:2] == (400, "validation_error")
    assert desk.sim.assets() == []


def test_an_upload_needs_every_field_as_it_was_given(desk):
    """None missing, none changed, and no token of the API."""
    registered = desk.register()
    file = {"file": ("picture.png", b"picture", "image/png")}
    for name in registered["uploadDetails"]:
        short = {key: value for key, value in registered["uploadDetails"].items() if key != name}
        assert desk.call("POST", registered["uploadUrl"], data=short, files=file).status_code == 403
        assert desk.upload(registered, **{name: "something else"}).status_code == 403
    full = registered["uploadDetails"]
    token = {"Authorization": f"Bearer {desk.token}"}
    assert desk.call("POST", registered["uploadUrl"], data=full, files=file, headers=token).status_code == 400
    assert desk.call("POST", registered["uploadUrl"], full).status_code == 412
    broken = {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}
    assert desk.call("POST", registered["uploadUrl"], **broken).status_code == 412
    assert desk.call("POST", registered["uploadUrl"], data=full, files={"other": b""}).status_code == 400
    assert desk.call("PUT", registered["uploadUrl"]).status_code == 405
    assert desk.sim.data(registered["id"]) is None


def test_fields_after_the_file_are_ignored(desk):
    """So the file comes last."""
    registered = desk.register()
    parts = [("file", ("picture.png", b"picture", "image/png"))]
    parts += [(name, (None, value)) for name, value in registered["uploadDetails"].items()]
    assert desk.call("POST", registered["uploadUrl"], files=parts).status_code == 403
    assert desk.call("POST", registered["uploadUrl"], files=[*parts[1:], parts[0]]).status_code == 201


def test_the_bytes_are_those_that_were_registered(desk):
    """And the registration is good for an hour."""
    registered = desk.register()
    answer = desk.upload(registered, b"another picture")
    assert (answer.status_code, "BadDigest" in answer.text) == (400, True)
    desk.clock.advance(3601)
    assert "expired" in desk.upload(registered).text
    assert desk.sim.data(registered["id"]) is None


@pytest.mark.parametrize(("name", "megabytes"), [("big.png", 4), ("big.pdf", 10)])
def test_a_file_has_a_largest_size(desk, name, megabytes):
    """4 MB for images, 10 MB for documents."""
    largest = b"x" * (megabytes * 1024 * 1024)
    assert desk.upload(desk.register(largest, name), largest).status_code == 201
    larger = largest + b"x"
    answer = desk.upload(desk.register(larger, name), larger)
    assert (answer.status_code, "EntityTooLarge" in answer.text) == (400, True)


def test_a_hosted_url_may_answer_403_for_a_while(make_desk):
    """As a URL does that was made up by hand, for ever."""
    desk = make_desk(hosted_after=30.0)
    url = desk.asset()["hostedUrl"]
    assert desk.call("GET", url).status_code == 403
    desk.clock.advance(30)
    assert desk.call("GET", url).status_code == 200
    assert desk.call("GET", url.replace("picture.png", "other.png")).status_code == 403
    assert desk.call("PUT", url).status_code == 405


def test_the_same_bytes_may_be_one_asset_under_its_old_name(make_desk):
    """Or two."""
    desk = make_desk(same_hash="existing asset")
    first, second = desk.asset(), desk.register(name="another.png")
    assert (second["id"], second["originalFileName"]) == (first["id"], "picture.png")
    desk = make_desk()
    assert desk.asset()["id"] != desk.register()["id"]
    assert len(desk.sim.assets()) == 2


def test_assets_are_listed_by_page_and_by_folder(desk):
    """Names of folders are unique."""
    folders = f"/sites/{desk.sim.site_id}/asset_folders"
    folder = desk.ok("POST", folders, {"displayName": "Pictures"})["id"]
    assert desk.refused("POST", folders, {"displayName": "Pictures"})[:2] == (400, "validation_error")
    assert desk.refused("POST", folders, {"displayName": "In", "parentFolder": "0" * 24})[0] == 400
    assert desk.refused("GET", f"/asset_folders/{'0' * 24}")[0] == 404
    one = desk.register()["id"]
    body = {"fileName": "a.png", "fileHash": MD5, "parentFolder": folder}
    two = desk.ok("POST", assets(desk), body)["id"]

    def ids(**params):
        return [asset["id"] for asset in desk.ok("GET", assets(desk), params=params)["assets"]]

    assert (ids(), ids(offset=1), ids(limit=1), ids(folderId=folder)) == ([one, two], [two], [one], [two])
    assert desk.refused("GET", assets(desk), params={"limit": 101})[0] == 400


def test_an_asset_is_named_described_and_deleted(desk):
    """Its file name stays."""
    asset = desk.asset()["id"]
    changed = desk.ok("PATCH", f"/assets/{asset}", {"displayName": "A picture", "altText": "What it shows"})
    assert (changed["displayName"], changed["altText"]) == ("A picture", "What it shows")
    assert (changed["originalFileName"], desk.ok("GET", f"/assets/{asset}")) == ("picture.png", changed)
    assert desk.call("DELETE", f"/assets/{asset}").status_code == 204
    for method, body in [("GET", None), ("PATCH", {}), ("DELETE", None)]:
        assert desk.refused(method, f"/assets/{asset}", body)[:2] == (404, "resource_not_found")
