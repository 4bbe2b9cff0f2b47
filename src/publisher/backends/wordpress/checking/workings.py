"""How the site works: its time, what it takes of images, how many writes at once."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Any

from publisher.backends.wordpress.batches import LIMIT
from publisher.backends.wordpress.checking.saying import good, mapping, sequence, unknown, warning
from publisher.backends.wordpress.checking.way import numbers
from publisher.backends.wordpress.site import Told, zone_of
from publisher.models import Finding

#: From when on a difference of clocks is told, in seconds: WordPress takes less than a minute ahead for now.
_DRIFT = 60

#: The WordPress that took WebP first.
_WEBP = (5, 8)


def zone(root: Mapping[str, Any]) -> Finding:
    """The site's time zone, in which an article's date without a zone is meant."""
    name, offset = root.get("timezone_string"), root.get("gmt_offset")
    settings = "See wp-admin, Settings, General."
    facts = {"zone": name if isinstance(name, str) else "", "offset": offset if isinstance(offset, int | float) else 0}
    if not facts["zone"]:
        what = f"UTC{facts['offset']:+g} all year round: dates without a zone are meant so, in summer as in winter"
        return warning("time zone", what, "Choose a city in wp-admin under Settings, General, if summer time is kept.")
    if zone_of(facts) is None:
        what = f"{facts['zone']}, which this computer does not know: WordPress itself reads dates without a zone"
        return warning("time zone", what, settings)
    return good("time zone", f"{facts['zone']}: an article's date without a zone is meant so")


def clock(me: Told) -> Finding:
    """How the server's clock differs from ours."""
    try:
        told = email.utils.parsedate_to_datetime(me.date or "")
    except ValueError:
        return unknown("clock", "the server does not tell its time")
    ahead = told.replace(tzinfo=told.tzinfo or dt.UTC).timestamp() - me.asked_at
    if abs(ahead) <= _DRIFT:
        return good("clock", "the server's and this computer's agree")
    how = "ahead of" if ahead > 0 else "behind"
    return warning(
        "clock",
        f"the server's is {_span(abs(ahead))} {how} this computer's, and scheduled articles go out by the server's",
        "Set this computer's clock; if it is right, tell the host.",
    )


def images(version: str) -> list[Finding]:
    """What the site takes of images, as far as it follows from its version."""
    if not version:
        kinds = unknown("images", "which kinds are taken depends on the version of WordPress, which is not told")
    elif numbers(version) < _WEBP:
        kinds = warning("images", f"WordPress {version} takes no WebP, only JPEG, PNG and GIF", "Update WordPress.")
    else:
        kinds = good("images", "JPEG, PNG, GIF and WebP are taken; publisher converts AVIF; SVG is not taken")
    size = unknown(
        "image size",
        "how large a file may be is not told",
        "wp-admin shows it under Media, Add New. Where it is little, pass images=ImageLimits(max_bytes=…).",
    )
    return [kinds, size]


def batches(root: Mapping[str, Any]) -> Finding:
    """Whether several writes go in one request."""
    route = mapping(root.get("routes")).get("/batch/v1")
    if not route:
        what = "every write takes a request of its own: publishing many articles takes longer"
        return warning("batches", what, "A plugin has switched the route /batch/v1 off; nothing else depends on it.")
    most = next((number for number in map(_most, sequence(mapping(route).get("endpoints"))) if number), LIMIT)
    if most < LIMIT:
        what = f"the site takes {most} writes in one request, not {LIMIT} as usual: more than that go one at a time"
        return warning("batches", what, "Nothing has to be done; it takes longer.")
    return good("batches", f"up to {LIMIT} writes go in one request")


def _most(endpoint: Any) -> int:
    """How many writes an endpoint of the batch route takes; 0 where it does not say."""
    most = mapping(mapping(mapping(endpoint).get("args")).get("requests")).get("maxItems")
    return most if isinstance(most, int) else 0


def _span(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
