"""Videos: a link to YouTube or Vimeo that is all a paragraph says is shown as a player.

Sources: https://oembed.com/ (the providers' URL schemes), https://developers.google.com/youtube/player_parameters and
https://developer.vimeo.com/player/embed-url.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from markdown_it.token import Token

__all__ = ["Video", "player", "video"]

_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_VIMEO_ID = re.compile(r"/(?:video/)?(?P<id>\d+)(?:/(?P<hash>[0-9a-f]+))?/?")
_SECONDS = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s?)?")


class Video(NamedTuple):
    """``url`` as the author wrote it, ``provider`` in WordPress's spelling, ``player`` the address of the player."""

    url: str
    provider: str
    player: str


def video(children: Sequence[Token] | None) -> Video | None:
    """The video that a paragraph is, if it is a bare link and nothing else."""
    if not children or len(children) != 3 or children[0].markup != "autolink":
        return None
    url = str(children[0].attrs["href"])
    if children[1].content not in (url, url.removeprefix("http://")):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    return _youtube(url) or _vimeo(url)


def player(found: Video) -> str:
    """The player as HTML."""
    title = "YouTube video" if found.provider == "youtube" else "Vimeo video"
    return (
        f'<iframe src="{html.escape(found.player)}" title="{title}" width="560" height="315" loading="lazy"'
        ' allow="fullscreen; picture-in-picture" allowfullscreen></iframe>'
    )


def _youtube(url: str) -> Video | None:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host, path = parts.hostname or "", parts.path.strip("/").split("/")
    if host == "youtu.be" and len(path) == 1:
        name = path[0]
    elif host in _YOUTUBE and path == ["watch"]:
        name = query.get("v", [""])[0]
    elif host in _YOUTUBE and len(path) == 2 and path[0] in ("shorts", "live", "embed", "v"):
        name = path[1]
    else:
        return None
    if not _YOUTUBE_ID.fullmatch(name):
        return None
    start = _seconds((query.get("t") or query.get("start") or [""])[0])
    return Video(
        url, "youtube", f"https://www.youtube-nocookie.com/embed/{name}" + (f"?start={start}" if start else "")
    )


def _vimeo(url: str) -> Video | None:
    parts = urlsplit(url)
    if parts.hostname not in ("vimeo.com", "www.vimeo.com", "player.vimeo.com"):
        return None
    found = _VIMEO_ID.fullmatch(parts.path)
    if found is None:
        return None
    # An unlisted video is shown only with the hash of its link.
    unlisted = found["hash"] or parse_qs(parts.query).get("h", [""])[0]
    address = f"https://player.vimeo.com/video/{found['id']}"
    return Video(url, "vimeo", f"{address}?h={unlisted}" if unlisted else address)


def _seconds(written: str) -> int:
    """``90``, ``90s`` or ``1m30s`` as seconds; 0 for anything else."""
    found = _SECONDS.fullmatch(written)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
