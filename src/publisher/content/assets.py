"""Image files as assets: the media type is proved from the bytes, never believed from the name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath
from typing import Any

from publisher.content.formats import kind_of_name, named, title
from publisher.content.proof import prove
from publisher.errors import ContentError
from publisher.models.asset import Asset, ImageLimits

__all__ = ["asset_from_bytes", "asset_from_file"]

#: Bytes of a file that is looked into at all. Far above any picture; a disk image that is called .png stops here.
MAX_FILE = 200_000_000


def asset_from_bytes(data: bytes, name: str) -> Asset:
    """An asset in memory, called ``name``; a name without an extension gets the one that fits.

    Raises :class:`ContentError` if the bytes are not a whole image of a sane size (see
    :func:`publisher.content.proof.prove`), or if the name has the extension of another format.
    """
    media_type = prove(data, name)
    return _asset(data, _name(name, media_type, name), media_type, data=data)


def asset_from_file(path: Path, name: str = "") -> Asset:
    """The asset of a file, called ``name`` (by default as the file); its bytes are read again when they are sent.

    Raises as :func:`asset_from_bytes`, and where the file cannot be read or has more than :data:`MAX_FILE` bytes.
    """
    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            if stat.st_size > MAX_FILE:
                raise ContentError(
                    f"the image has {stat.st_size:,} bytes, more than {MAX_FILE:,}", path=path, hint="Make it smaller."
                )
            data = file.read()
    except FileNotFoundError:
        raise ContentError("there is no such image", path=path, hint="Correct the path, or add the file.") from None
    except OSError as error:
        raise ContentError(
            f"the image cannot be read ({error.strerror})", path=path, hint="Check that it is a readable file."
        ) from None
    media_type = prove(data, path)
    name = _name(name or path.name, media_type, path)
    return _asset(data, name, media_type, path=path, stamp=(stat.st_size, stat.st_mtime_ns))


def _asset(content: bytes, name: str, media_type: str, **where: Any) -> Asset:
    source, limits = hashlib.sha256(content).hexdigest(), ImageLimits()
    return Asset(
        id=Asset.identify(source, limits),
        name=name,
        media_type=media_type,
        size=len(content),
        source=source,
        limits=limits,
        **where,
    )


def _name(name: str, media_type: str, path: str | Path) -> str:
    # Control characters would end up in headers and file names of the target.
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable()) or "image"
    right = named(plain, media_type)
    promised = kind_of_name(plain)
    if promised is not None and right != plain:
        raise ContentError(
            f"the file is a {title(media_type)} image, but its name {plain!r} says {promised}",
            path=path,
            hint=f"Rename it to {right!r}.",
        )
    return right
