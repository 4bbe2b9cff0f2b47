"""Images in the site's assets: registered, then uploaded to the storage that the registration names.

They are found again by the asset's id in their file names. What was registered and never got its bytes is removed.
Source: https://developers.webflow.com/data/docs/working-with-assets
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import httpx
from slugify import slugify

from publisher.backends.base import Known
from publisher.backends.steps import (
    Absent,
    Evidence,
    Fact,
    Failed,
    Flow,
    Found,
    Half,
    Lost,
    Placed,
    Unsure,
    done,
    fit,
    send,
    settling,
    together,
)
from publisher.backends.webflow.answers import refusal, value_of
from publisher.backends.webflow.removing import deleted, unreachable
from publisher.backends.webflow.site import Row, Site
from publisher.errors import PublisherError, UnexpectedAnswerError, UnreachableError
from publisher.models import Asset, Rendition, Subject

__all__ = ["ASSETS", "file_name", "find_assets", "place_assets", "short_id", "short_id_in"]

#: The images of ours that were there when the assets were last listed, by the id in their names.
ASSETS = Subject("fact", "assets")
_LISTED_SECONDS = 86_400.0

_AT_ONCE = 4

#: How many characters of an asset's id stand in its file name. Webflow takes fewer than 100 in all.
_DIGITS = 16
_NAME = re.compile(rf"-([0-9a-f]{{{_DIGITS}}})\.\w+$")
_STEM = 60


def place_assets(site: Site, site_id: str, needs: Mapping[Subject, Asset], known: Known) -> Flow[None]:
    """Place assets side by side: one request for each that is missing, and its upload."""
    if not needs:
        return
    told = known.facts.get(ASSETS.name)
    if told is None:
        rows = yield from _listed(site, site_id)
        # What has no bytes yet may be on its way: it is removed only by who has just seen it.
        whole = {name: some for name, files in rows.items() if (some := [file for file in files if file["size"]])}
        yield from done(ASSETS, Fact({"files": whole}, ttl=_LISTED_SECONDS))
    else:
        rows = told["files"]
    flows = [
        settling([need], _place(site, site_id, need, asset, rows.get(need.name[:_DIGITS], ())))
        for need, asset in needs.items()
    ]
    yield from together(flows, _AT_ONCE)


def find_assets(site: Site, site_id: str, subjects: Iterable[Subject]) -> Flow[None]:
    """Look for registrations that were not answered. One without bytes is removed here: who looks may not need it."""
    subjects = list(subjects)
    if not subjects:
        return
    rows = yield from _listed(site, site_id)
    yield from done(ASSETS, Fact({}, ttl=0.0))
    for subject in subjects:
        files = rows.get(subject.name[:_DIGITS], ())
        whole = next((file for file in files if file["size"]), None)
        halves = [file for file in files if not file["size"]]
        trouble = yield from _clear(site, subject, halves)
        if whole is not None:
            yield from done(subject, Found(Placed(whole["id"], whole["url"])))
        elif trouble is not None:
            yield from done(subject, Unsure(trouble.what))
        else:
            yield from done(subject, Half() if halves else Absent())


def file_name(asset: Asset, made: Rendition) -> str:
    """The name under which an asset is registered: readable, short enough, with its id."""
    name = PurePosixPath(made.name)
    return f"{slugify(name.stem, max_length=_STEM) or 'image'}-{asset.id[:_DIGITS]}{name.suffix.lower()}"


def short_id(asset: str) -> str:
    """What stands of an asset's id in its file name."""
    return asset[:_DIGITS]


def short_id_in(name: str) -> str:
    """The part of an asset's id that stands in a file name, or at the end of an address; empty for none."""
    found = _NAME.search(name)
    return found[1] if found else ""


def _listed(site: Site, site_id: str) -> Flow[dict[str, list[Row]]]:
    """Our files, by the id in their names."""
    found: dict[str, list[Row]] = {}
    for row in (yield from site.rows(f"/sites/{site_id}/assets", "assets")):
        name = short_id_in(str(row.get("originalFileName") or row.get("displayName") or ""))
        if name and row.get("id"):
            kept = {"id": str(row["id"]), "url": str(row.get("hostedUrl") or ""), "size": int(row.get("size") or 0)}
            found.setdefault(name, []).append(kept)
    return found


def _place(site: Site, site_id: str, need: Subject, asset: Asset, there: Sequence[Row]) -> Flow[None]:
    whole = next((file for file in there if file["size"]), None)
    if whole is not None:
        yield from done(need, Placed(whole["id"], whole["url"]))
        return
    trouble = yield from _clear(site, need, there)
    if trouble is not None:
        raise trouble
    made = yield from fit(asset)
    if isinstance(made, Failed):
        yield from done(need, made)
        return
    name = file_name(asset, made)
    body = {"fileName": name, "fileHash": hashlib.md5(made.data, usedforsecurity=False).hexdigest()}
    about: Mapping[Subject, Evidence] = {need: {"name": name}}
    answer = yield from site.change("POST", f"/sites/{site_id}/assets", "create", about, body)
    if isinstance(answer, Lost):
        if not answer.sent:
            yield from done(need, Failed(unreachable(answer)))
        return
    if answer.status_code == 401:
        raise refusal(answer)
    if answer.is_error:
        yield from done(need, Failed(_not_taken(asset, refusal(answer))))
        return
    yield from _upload(site, need, asset, made, value_of(answer))


def _upload(site: Site, need: Subject, asset: Asset, made: Rendition, row: Row) -> Flow[None]:
    """Send the bytes. What cannot get them is removed again."""
    if not row.get("id") or not (row.get("hostedUrl") or row.get("assetUrl")):
        raise UnexpectedAnswerError("Webflow registered an image and told neither its id nor its address")
    url = str(row.get("hostedUrl") or row.get("assetUrl"))
    if not row.get("uploadUrl") or not isinstance(row.get("uploadDetails"), dict):
        # The same bytes are there already.
        yield from done(need, Placed(str(row["id"]), url))
        return
    answer = yield from send(lambda now: _form(row, made), "replace", {need: {"id": row["id"]}})
    if not isinstance(answer, Lost) and answer.is_success:
        yield from done(need, Placed(str(row["id"]), url))
        return
    there = yield from site.look(f"/assets/{row['id']}")
    if not there.is_error and value_of(there).get("size"):
        # An asset with these bytes was there before: Webflow may tell of that one, and take no upload for it.
        yield from done(need, Placed(str(row["id"]), url))
        return
    said = answer.why if isinstance(answer, Lost) else f"the storage answered {answer.status_code}"
    yield from _clear(site, need, [{"id": str(row["id"]), "size": 0}])
    error = UnreachableError(
        f"the image {asset.name!r} could not be uploaded: {said}", path=asset.path, hint="Run again."
    )
    yield from done(need, Failed(error))


def _form(row: Row, made: Rendition) -> httpx.Request:
    """The upload as a form: every detail as a field, the file last, since the storage ignores what follows it."""
    details = {
        ("Content-Type" if name.lower() == "content-type" else name): str(value)
        for name, value in row["uploadDetails"].items()
    }
    name = str(row.get("originalFileName") or made.name)
    file = (name, made.data, str(row.get("contentType") or made.media_type))
    return httpx.Request("POST", str(row["uploadUrl"]), data=details, files={"file": file})


def _clear(site: Site, need: Subject, orphans: Sequence[Row]) -> Flow[PublisherError | None]:
    """Remove assets that were registered and never got their bytes; what is wrong where that cannot be done."""
    for orphan in orphans:
        about: Mapping[Subject, Evidence] = {need: {"removed": orphan["id"]}}
        answer = yield from site.change("DELETE", f"/assets/{orphan['id']}", "replace", about)
        if isinstance(answer, Lost):
            return unreachable(answer)
        if not deleted(answer):
            return refusal(answer)
    return None


def _not_taken(asset: Asset, error: PublisherError) -> PublisherError:
    what = f"the image {asset.name!r} was not taken: {error.what}"
    about: dict[str, Any] = {"hint": error.hint, "path": asset.path, "status": error.status, "code": error.code}
    return type(error)(what, **about)
