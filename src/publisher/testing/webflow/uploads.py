"""The host that files are uploaded to, and the one they are looked at: S3 and a CDN as Webflow uses them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from xml.sax.saxutils import escape

from publisher.testing.webflow.calls import Answer, Call, Part
from publisher.testing.webflow.files import largest, looked_at
from publisher.testing.webflow.quirks import Quirks
from publisher.testing.webflow.store import Store, StoredAsset

BUCKET = "webflow-simulated-assets"

#: The path of the bucket, on the host for uploads.
UPLOAD_PATH = f"/uploads/{BUCKET}"

#: Seconds for which a registration can be used.
_VALID = 3600


def upload_url(store: Store) -> str:
    """Where the form of an upload goes."""
    return store.uploads + UPLOAD_PATH


def upload_details(store: Store, asset: StoredAsset) -> dict[str, str]:
    """The fields of the form, for one asset. The signature covers the policy, the policy everything else."""
    now = dt.datetime.fromtimestamp(asset.created / 1000, dt.UTC)
    fields = {
        "acl": "public-read",
        "bucket": BUCKET,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"SIMULATED/{now:%Y%m%d}/us-east-1/s3/aws4_request",
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "key": f"{asset.site.id}/{asset.id}_{asset.file_name}",
        "success_action_status": "201",
        "content-type": asset.content_type,
        "Cache-Control": "max-age=31536000, must-revalidate",
    }
    policy = {
        "expiration": f"{now + dt.timedelta(seconds=_VALID):%Y-%m-%dT%H:%M:%SZ}",
        "conditions": [{name: value} for name, value in fields.items()],
    }
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    return fields | {"Policy": encoded, "X-Amz-Signature": hashlib.sha256(encoded.encode()).hexdigest()}


def upload(store: Store, call: Call) -> Answer:
    """The second step: a form with every field of ``uploadDetails``, and the file last."""
    if call.form is None:
        return _refused(412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data")
    if "authorization" in call.headers:
        return _refused(400, "InvalidArgument", "Only one auth mechanism allowed")
    # Whatever follows the file is ignored.
    names = [name.lower() for name, _ in call.form]
    fields = call.form[: names.index("file")] if "file" in names else call.form
    texts = {name.lower(): value for name, value in fields if isinstance(value, str)}
    file = call.form[len(fields)][1] if len(fields) < len(call.form) else None
    if not isinstance(file, Part):
        return _refused(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    asset = store.assets.get(texts.get("key", "").rpartition("/")[2].partition("_")[0])
    if asset is None:
        return _refused(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed: key")
    for name, value in upload_details(store, asset).items():
        if texts.get(name.lower()) != value:
            return _refused(403, "AccessDenied", f"Invalid according to Policy: Policy Condition failed: {name}")
    if store.clock.now() > asset.created / 1000 + _VALID:
        return _refused(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    if len(file.data) > largest(asset.content_type):
        return _refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    # S3 itself compares a digest only when it is sent one. The simulator is stricter, as the registration named it.
    md5 = hashlib.md5(file.data, usedforsecurity=False).hexdigest()
    if md5 != asset.md5:
        return _refused(400, "BadDigest", "The MD5 of the file is not the fileHash that was registered")
    asset.data, asset.uploaded, asset.updated = file.data, store.clock.now(), store.moment
    location = f"{upload_url(store)}/{texts['key']}"
    key = escape(texts["key"])
    text = f"<Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>&quot;{md5}&quot;</ETag>"
    return _xml(201, f"<PostResponse><Location>{escape(location)}</Location>{text}</PostResponse>")


def look_at(store: Store, quirks: Quirks, call: Call) -> Answer:
    """The file behind a ``hostedUrl``; 403 for every other path."""
    asset = looked_at(store, quirks, call.path)
    if asset is None or asset.data is None:
        return _refused(403, "AccessDenied", "Access Denied")
    return Answer(200, asset.data, {"content-type": asset.content_type})


def _refused(status: int, code: str, message: str) -> Answer:
    return _xml(status, f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>")


def _xml(status: int, text: str) -> Answer:
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return Answer(status, content, {"content-type": "application/xml"})
