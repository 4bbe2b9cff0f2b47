"""Images on disk, each under the SHA-256 of its bytes."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from pathlib import Path

from publisher.content.images.formats import WRITABLE, named
from publisher.content.images.proof import prove
from publisher.errors import ContentError
from publisher.webhooks.payload import ImageFile, UploadedFile

__all__ = ["Files", "decoded"]

#: Bytes that one image may have.
LARGEST_IMAGE = 24 * 1024 * 1024


def decoded(file: ImageFile | UploadedFile) -> tuple[str, str, bytes]:
    """SHA-256, media type and bytes of an image that travelled in an event.

    Nothing is believed that the bytes do not show. Raises :class:`ContentError` for what is not the image that it is
    said to be.
    """
    try:
        content = base64.b64decode(file.data or "", validate=True)
    except ValueError:
        raise _bad(file, "its data is not base64") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != file.sha256:
        raise _bad(file, "its bytes do not have the sha256 that is told")
    if len(content) > LARGEST_IMAGE:
        raise _bad(file, f"it has {len(content)} bytes, and {LARGEST_IMAGE} are allowed")
    try:
        media_type = prove(content, file.name or "")
    except ContentError as error:
        raise _bad(file, error.what) from None
    if media_type not in WRITABLE:
        raise _bad(file, f"browsers do not show {media_type}")
    return digest, media_type, content


class Files:
    """A folder of images. A file in it is whole, or not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str, media_type: str) -> Path:
        """Where an image lies, stored or not."""
        return self.folder / named(digest, media_type)

    def store(self, digest: str, media_type: str, content: bytes) -> None:
        """Write an image, unless it is there. When this returns, a power cut does not take it away. Raises OSError."""
        target = self.path(digest, media_type)
        if target.is_file():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self.folder, prefix=".draft-")
        draft = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(0o644)  # a web server may run as somebody else
            draft.replace(target)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        _sync(self.folder)


def _sync(folder: Path) -> None:
    """Have the names in a folder written, where systems know of that."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _bad(file: ImageFile | UploadedFile, why: str) -> ContentError:
    return ContentError(f"the image {file.name or 'without a name'!r} is not accepted: {why}")
