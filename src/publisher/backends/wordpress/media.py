"""Images in the media library: found by the asset id in their slug, uploaded when missing.

Source: https://developer.wordpress.org/rest-api/reference/media/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import httpx
from slugify import slugify

from publisher.backends.base import assets_of
from publisher.backends.steps import Absent, Failed, Flow, Found, Lost, Placed, done, fit, send, settling, together
from publisher.backends.wordpress.answers import error_in, refusal, value_of
from publisher.backends.wordpress.site import Facts, Site, ask
from publisher.errors import PublisherError, UnexpectedAnswerError, UnreachableError
from publisher.models import Asset, Job, Rendition, Subject
from publisher.rendering.images import alt_texts

_FIELDS = "id,slug,source_url,media_details"

#: Uploads at a time. Making the smaller sizes of an image fills a core of the server.
_AT_ONCE = 3


def place_media(site: Site, facts: Facts, needs: Sequence[Subject], jobs: Sequence[Job]) -> Flow[None]:
    """Place assets: one look for all of them, then the uploads of those that are missing side by side."""
    if not needs:
        return
    there = yield from _look(site, facts, needs)
    assets = assets_of(jobs)
    alts = _alt_texts(jobs)
    flows = [
        settling([need], _place(site, facts, need, assets[need.name], there, alts.get(need.name, ""))) for need in needs
    ]
    # The first one alone: two uploads that both have to make the month's folder fail ("Unable to create directory").
    yield from together(flows[:1], 1)
    yield from together(flows[1:], _AT_ONCE)


def find_media(site: Site, facts: Facts, subjects: Iterable[Subject]) -> Flow[None]:
    """Look for uploads that were not answered. A half-made one counts as absent: the next upload replaces it."""
    subjects = list(subjects)
    there = yield from _look(site, facts, subjects)
    for subject in subjects:
        row = there.get(media_slug(subject))
        whole = row is not None and _is_whole(row)
        yield from done(subject, Found(_placed(row)) if row is not None and whole else Absent())


def media_slug(subject: Subject) -> str:
    """The slug under which an asset stands in the media library."""
    return f"asset-{subject.name[:32]}"


def _look(site: Site, facts: Facts, subjects: Iterable[Subject]) -> Flow[dict[str, Mapping[str, Any]]]:
    found: dict[str, Mapping[str, Any]] = {}
    slugs = [media_slug(subject) for subject in subjects]
    for start in range(0, len(slugs), 100):
        params = {
            "slug": ",".join(slugs[start : start + 100]),
            "per_page": "100",
            "_fields": _FIELDS,
            # A list for editing leaves out what others uploaded, and who may not edit that uses it all the same.
            "context": "edit" if facts["edits_others"] else "view",
        }
        rows = yield from ask(site, facts, "/wp/v2/media", params)
        found |= {row["slug"]: row for row in rows}
    return found


def _place(
    site: Site, facts: Facts, need: Subject, asset: Asset, there: Mapping[str, Mapping[str, Any]], alt: str
) -> Flow[None]:
    row = there.get(media_slug(need))
    if row is not None and _is_whole(row):
        yield from done(need, _placed(row))
        return
    made = yield from fit(asset)
    if isinstance(made, Failed):
        yield from done(need, made)
        return
    if row is not None:
        yield from _remove_half_made(site, facts, need, str(row["id"]))
    answer = yield from send(
        lambda now: _upload(site, facts, need, made, alt), "create", {need: {"slug": media_slug(need)}}
    )
    if isinstance(answer, Lost):
        if not answer.sent:
            yield from done(need, Failed(UnreachableError(f"the image could not be uploaded: {answer.why}")))
        return
    try:
        value = value_of(answer)
    except UnexpectedAnswerError as unreadable:
        yield from done(need, _not_taken(asset, unreadable))
        return
    error_value = error_in(value)
    if error_value is not None:
        yield from done(need, _not_taken(asset, refusal(answer.status_code, error_value)))
    elif _is_whole(value):
        yield from done(need, _placed(value))


def _not_taken(asset: Asset, error: PublisherError) -> Failed:
    what = f"the image {asset.name!r} was not taken: {error.what}"
    return Failed(type(error)(what, hint=error.hint, path=asset.path, status=error.status))


def _alt_texts(jobs: Sequence[Job]) -> dict[str, str]:
    """The alt text of each asset, by its id: that of the first image that has one, covers first."""
    articles = [job.article for job in jobs if job.article is not None and job.article.assets]
    covers = [(article, {article.image.src: article.image.alt}) for article in articles if article.image]
    found: dict[str, str] = {}
    for article, alts in (*covers, *((article, alt_texts(article.body)) for article in articles)):
        for src, asset in article.assets.items():
            alt = alts.get(src) or alts.get(quote(src, safe="/%"))
            if alt:
                found.setdefault(asset.id, alt)
    return found


def _upload(site: Site, facts: Facts, need: Subject, made: Rendition, alt: str) -> httpx.Request:
    name = PurePosixPath(made.name)
    # WordPress reads the plain file name only, and breaks on quotes and semicolons in it.
    ascii_name = f"{slugify(name.stem, max_length=100) or 'image'}{name.suffix.lower()}"
    headers = {"Content-Type": made.media_type, "Content-Disposition": f'attachment; filename="{ascii_name}"'}
    params = {"slug": media_slug(need), "title": name.stem, "_fields": _FIELDS}
    if alt:
        params["alt_text"] = alt
    return site.request(facts, "POST", "/wp/v2/media", params, content=made.data, headers=headers)


def _remove_half_made(site: Site, facts: Facts, need: Subject, remote_id: str) -> Flow[None]:
    # A row without details is what a PHP that died while it made the smaller sizes leaves behind.
    params = {"force": "true", "_fields": "deleted"}
    route = f"/wp/v2/media/{remote_id}"
    yield from send(lambda now: site.request(facts, "DELETE", route, params), "replace", {need: {"id": remote_id}})


def _is_whole(row: Mapping[str, Any]) -> bool:
    details = row.get("media_details")
    return isinstance(details, dict) and bool(details.get("file") or details.get("sizes"))


def _placed(row: Mapping[str, Any]) -> Placed:
    return Placed(str(row["id"]), row["source_url"])
