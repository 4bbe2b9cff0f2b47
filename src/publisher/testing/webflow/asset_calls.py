"""The paths of assets and their folders."""

from __future__ import annotations

import re

from publisher.testing.webflow.calls import Answer, Call, Operation, Place, id_of, text_of
from publisher.testing.webflow.files import content_type, hosted_path
from publisher.testing.webflow.refusals import Problem, bad_id, invalid, missing
from publisher.testing.webflow.store import Folder, Row, Store, StoredAsset, moment_text
from publisher.testing.webflow.uploads import upload_details, upload_url

_MD5 = re.compile(r"[0-9a-fA-F]{32}")


def _register(place: Place, call: Call) -> Answer:
    site, body = place.site(call), call.json()
    name = text_of(body, "fileName", required=True) or ""
    md5 = text_of(body, "fileHash", required=True) or ""
    folder = id_of(body, "parentFolder") if body.get("parentFolder") is not None else None
    problems = []
    kind = content_type(name)
    if len(name) >= 100:
        problems.append(Problem("fileName", "Must be less than 100 characters long"))
    if "/" in name:
        problems.append(Problem("fileName", "Must not contain a slash"))
    if kind is None:
        problems.append(Problem("fileName", "Unsupported file type"))
    if not _MD5.fullmatch(md5):
        problems.append(Problem("fileHash", "Must be an MD5 hash"))
    if folder is not None and (folder not in place.store.folders or place.store.folders[folder].site is not site):
        problems.append(Problem("parentFolder", f"Folder not found: {folder!r}"))
    if problems or kind is None:
        raise invalid(*problems)
    if place.quirks.same_hash == "existing asset":
        for asset in place.store.assets.values():
            if asset.site is site and asset.md5 == md5.lower():
                return Answer(200, _registered(place.store, asset))
    now = place.store.moment
    asset = StoredAsset(place.store.new_id(), site, name, kind, md5.lower(), now, now, folder, display_name=name)
    place.store.assets[asset.id] = asset
    return Answer(200, _registered(place.store, asset))


def _registered(store: Store, asset: StoredAsset) -> Row:
    return {
        "id": asset.id,
        "uploadUrl": upload_url(store),
        "uploadDetails": upload_details(store, asset),
        "contentType": asset.content_type,
        "assetUrl": f"{upload_url(store)}/{asset.site.id}/{asset.id}",
        "hostedUrl": store.cdn + hosted_path(asset),
        "originalFileName": asset.file_name,
        "parentFolder": asset.folder,
        "createdOn": moment_text(asset.created),
        "lastUpdated": moment_text(asset.updated),
    }


def shown(store: Store, asset: StoredAsset) -> Row:
    """As the API answers an asset; the size of one that was registered and not uploaded is 0."""
    return {
        "id": asset.id,
        "contentType": asset.content_type,
        "size": len(asset.data or b""),
        "siteId": asset.site.id,
        "hostedUrl": store.cdn + hosted_path(asset),
        "originalFileName": asset.file_name,
        "displayName": asset.display_name,
        "lastUpdated": moment_text(asset.updated),
        "createdOn": moment_text(asset.created),
        "variants": [],
        "altText": asset.alt,
        "folderId": asset.folder,
    }


def _list(place: Place, call: Call) -> Answer:
    site = place.site(call)
    assets = [asset for asset in place.store.assets.values() if asset.site is site]
    folder = call.asked("folderId")
    if folder is not None:
        assets = [asset for asset in assets if asset.folder == folder]
    page, pagination = call.page(assets)
    return Answer(200, {"assets": [shown(place.store, asset) for asset in page], "pagination": pagination})


def _get(place: Place, call: Call) -> Answer:
    return Answer(200, shown(place.store, _asset(place, call)))


def _update(place: Place, call: Call) -> Answer:
    asset, body = _asset(place, call), call.json()
    name, alt = text_of(body, "displayName"), text_of(body, "altText")
    asset.display_name = asset.display_name if name is None else name
    asset.alt = asset.alt if alt is None else alt
    asset.updated = place.store.moment
    return Answer(200, shown(place.store, asset))


def _delete(place: Place, call: Call) -> Answer:
    del place.store.assets[_asset(place, call).id]
    return Answer(204)


def _asset(place: Place, call: Call) -> StoredAsset:
    asset = place.store.assets.get(call.id("asset_id"))
    if asset is None or not place.token.reaches(asset.site.id):
        raise missing(f"Asset {call.params['asset_id']}")
    return asset


# Folders


def _list_folders(place: Place, call: Call) -> Answer:
    site = place.site(call)
    folders = [folder for folder in place.store.folders.values() if folder.site is site]
    page, pagination = call.page(folders)
    return Answer(200, {"assetFolders": [_folder_shown(place, folder) for folder in page], "pagination": pagination})


def _create_folder(place: Place, call: Call) -> Answer:
    site, body = place.site(call), call.json()
    name = text_of(body, "displayName", required=True) or ""
    parent = text_of(body, "parentFolder")
    folders = [folder for folder in place.store.folders.values() if folder.site is site]
    if parent is not None and all(folder.id != parent for folder in folders):
        raise bad_id("parentFolder")
    if any(folder.display_name == name for folder in folders):
        raise invalid(Problem("displayName", f"Unique value is already in database: {name!r}"))
    now = place.store.moment
    folder = Folder(place.store.new_id(), site, name, parent, now, now)
    place.store.folders[folder.id] = folder
    return Answer(200, _folder_shown(place, folder))


def _get_folder(place: Place, call: Call) -> Answer:
    folder = place.store.folders.get(call.id("asset_folder_id"))
    if folder is None or not place.token.reaches(folder.site.id):
        raise missing(f"Asset folder {call.params['asset_folder_id']}")
    return Answer(200, _folder_shown(place, folder))


def _folder_shown(place: Place, folder: Folder) -> Row:
    return {
        "id": folder.id,
        "displayName": folder.display_name,
        "parentFolder": folder.parent,
        "assets": [asset.id for asset in place.store.assets.values() if asset.folder == folder.id],
        "siteId": folder.site.id,
        "createdOn": moment_text(folder.created),
        "lastUpdated": moment_text(folder.updated),
    }


OPERATIONS = (
    Operation("GET", "/sites/{site_id}/assets", "assets:read", _list),
    Operation("POST", "/sites/{site_id}/assets", "assets:write", _register),
    Operation("GET", "/assets/{asset_id}", "assets:read", _get),
    Operation("PATCH", "/assets/{asset_id}", "assets:write", _update),
    Operation("DELETE", "/assets/{asset_id}", "assets:write", _delete),
    Operation("GET", "/sites/{site_id}/asset_folders", "assets:read", _list_folders),
    Operation("POST", "/sites/{site_id}/asset_folders", "assets:write", _create_folder),
    Operation("GET", "/asset_folders/{asset_folder_id}", "assets:read", _get_folder),
)
