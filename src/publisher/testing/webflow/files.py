"""Files: what Webflow takes, and how an item's field refers to one."""

from __future__ import annotations

import posixpath
from typing import Any, Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.store import Site, Store, StoredAsset

_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
}

_DOCUMENTS = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".json": "application/json",
    ".lottie": "application/zip",
}

#: The largest file, in bytes.
LARGEST_IMAGE = 4 * 1024 * 1024
LARGEST_DOCUMENT = 10 * 1024 * 1024


class BadFileError(Exception):
    """A file that an item cannot use. ``fate`` is what becomes of it: what ``skipInvalidFiles`` says, or always one."""

    def __init__(self, why: str, fate: Literal["as asked", "dropped", "refused"] = "as asked") -> None:
        super().__init__(why)
        self.fate = fate

    def dropped(self, *, skip_invalid_files: bool) -> bool:
        """Whether the item does without the file."""
        return skip_invalid_files if self.fate == "as asked" else self.fate == "dropped"


def content_type(name: str) -> str | None:
    """By the ending of the name; None for a kind that Webflow does not take."""
    ending = posixpath.splitext(name.lower())[1]
    return _IMAGES.get(ending) or _DOCUMENTS.get(ending)


def largest(content_type: str) -> int:
    """How many bytes a file of this kind may have."""
    return LARGEST_IMAGE if content_type.startswith("image/") else LARGEST_DOCUMENT


def hosted_path(asset: StoredAsset) -> str:
    """The path under which everybody can look at an asset."""
    return f"/cdn/{asset.site.id}/{asset.id}_{quote(asset.file_name)}"


def split_url(url: str) -> SplitResult:
    """The parts of a URL; no parts if it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def looked_at(store: Store, quirks: Quirks, path: str) -> StoredAsset | None:
    """The asset that everybody can look at under a path; a path made up by hand, or used too early, has none."""
    asset = store.assets.get(posixpath.basename(path).partition("_")[0])
    if asset is None or asset.data is None or unquote(hosted_path(asset)) != unquote(path):
        return None
    return asset if asset.uploaded + quirks.hosted_after <= store.clock.now() else None


def read_file(store: Store, site: Site, quirks: Quirks, value: Any, *, image: bool) -> dict[str, Any]:
    """What an Image or File field keeps of ``{fileId, url, alt}``."""
    if not isinstance(value, dict):
        raise BadFileError("Expected value to be an object with fileId or url")
    alt = value.get("alt")
    if alt is not None and not isinstance(alt, str):
        raise BadFileError("Expected alt to be a string")
    file_id = value.get("fileId")
    if file_id is None:
        return _by_url(store, site, quirks, value.get("url"), image=image) | {"alt": alt}
    if not isinstance(file_id, str):
        raise BadFileError("Expected fileId to be a string")
    url = site.imported.get(file_id)
    if url is None:
        asset = store.assets.get(file_id)
        if asset is None or asset.site is not site or asset.data is None:
            raise BadFileError(f"File not found: {file_id!r}")
        if image and asset.content_type not in _IMAGES.values():
            raise BadFileError("Unsupported file type")
        url = store.cdn + hosted_path(asset)
    return {"fileId": file_id, "url": url, "alt": alt}


def _by_url(store: Store, site: Site, quirks: Quirks, url: Any, *, image: bool) -> dict[str, Any]:
    """Webflow downloads the URL and keeps the file under an id and a URL of its own."""
    if quirks.image_by_url != "imported":
        raise BadFileError("Remote file failed to import", quirks.image_by_url)
    parts = split_url(url if isinstance(url, str) else "")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadFileError("Remote file failed to import")
    name = posixpath.basename(unquote(parts.path))
    kinds = _IMAGES if image else _IMAGES | _DOCUMENTS
    if posixpath.splitext(name.lower())[1] not in kinds:
        raise BadFileError("Unsupported file type")
    if url.startswith(f"{store.cdn}/cdn/") and not looked_at(store, quirks, parts.path):
        raise BadFileError("Remote file failed to import")
    made = store.new_id()
    site.imported[made] = f"{store.cdn}/cdn/{site.id}/{made}_{quote(name)}"
    return {"fileId": made, "url": site.imported[made]}
