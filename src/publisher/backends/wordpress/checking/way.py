"""The way to the site: its address, its front page, its REST API, and what may stand before them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from publisher.backends.steps import Flow, Lost, send
from publisher.backends.wordpress.checking.saying import good, problem, unknown, warning
from publisher.backends.wordpress.site import Site
from publisher.errors import PublisherError, RefusedError, UnexpectedAnswerError, UnreachableError
from publisher.models import Finding

#: The oldest WordPress with application passwords and batches, and the oldest that this library is tried on.
_FIRST, _TRIED = (5, 6), (6, 1)

#: Headers in which a cache says that it answered, each with the cache.
_CACHES = {
    "cf-cache-status": "a cache (Cloudflare)",
    "x-litespeed-cache": "a cache (LiteSpeed)",
    "x-kinsta-cache": "a cache (Kinsta)",
    "x-sucuri-cache": "a cache (Sucuri)",
    "x-proxy-cache": "a cache (of the host)",
    "x-cache": "a cache",
}

_BEFORE_IT = (
    "A firewall, a security or caching plugin, a login or a maintenance page stands before it. Open the address in a "
    "browser to see which, and have it let the REST API through."
)
_CLOSED = (
    "A plugin may close the REST API: look for 'REST API' in the settings of security plugins, and open it for users "
    "who have logged in, at least."
)


class Front(NamedTuple):
    """The front page: the WordPress that made it (empty where it does not say), and whose cache it came from."""

    version: str = ""
    cache: str = ""


def refused(error: PublisherError) -> Finding:
    """Why the way ends here."""
    if isinstance(error, UnreachableError):
        return problem("reachability", error.what, error.hint)
    if isinstance(error, UnexpectedAnswerError):
        return problem("firewall", f"it is not WordPress that answers: {error.what}", _BEFORE_IT)
    if isinstance(error, RefusedError):
        return problem("REST API", error.what, _CLOSED)
    return problem("firewall" if error.status in (401, 403, 406) else "address", error.what, error.hint)


def address(site: Site) -> Finding:
    """The site answers; whether others can listen."""
    parts = urlsplit(site.url)
    if parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
        return warning(
            "address",
            f"{site.url} answers, but without encryption: whoever is on the way can read the password",
            "Have the host switch https on (it costs nothing), then give the address with https://.",
        )
    return good("address", f"{site.url} answers")


def rest_api(rest: str, headers: httpx.Headers) -> Finding:
    """Where the REST API is, and whether a cache answers in its place."""
    cache = _cache_of(headers)
    if cache:
        return problem(
            "REST API",
            f"its answers come from {cache}, and so tell how things were a while ago",
            "Exclude the addresses with wp-json and rest_route from caching, in the caching plugin or at the host.",
        )
    return good("REST API", f"found at {rest}")


def answers(beside: str) -> list[Finding]:
    """Whether something mixes its words with the answers."""
    if not beside:
        return []
    what = f"beside their JSON stands what belongs to no answer: {beside!r}"
    remedy = (
        "Publishing reads past it, and the block editor does not: 'not a valid JSON response'. A plugin or theme "
        "writes it; have it mended, or hide notices (WP_DEBUG_DISPLAY in wp-config.php)."
    )
    return [warning("answers", what, remedy)]


def permalinks(rest: str, template: str) -> Finding:
    """What the addresses of articles will look like. ``template`` is that of a post, empty without one."""
    plain = "rest_route" in httpx.URL(rest).params if not template else "?p=" in template
    if plain and not template and "/index.php" not in rest:
        return unknown("permalinks", "the form of the addresses of articles could not be seen")
    if plain:
        return warning(
            "permalinks",
            "they are 'Plain': articles get addresses such as /?p=123, and their slugs are not seen",
            "Choose another form in wp-admin under Settings, Permalinks. Publishing works with either.",
        )
    return good("permalinks", f"articles get readable addresses: {template}" if template else "addresses are readable")


def front(site: Site) -> Flow[Front]:
    """Read the front page as a visitor does. What cannot be read tells nothing."""
    answer = yield from send(lambda now: site.front("GET"), "read")
    if isinstance(answer, Lost) or not answer.is_success:
        return Front()
    page = LexborHTMLParser(answer.text)
    made_by = (node.attributes.get("content") or "" for node in page.css('meta[name="generator"]'))
    version = next((one.removeprefix("WordPress ") for one in made_by if one.startswith("WordPress ")), "")
    return Front(version.strip(), _cache_of(answer.headers))


def wordpress(version: str) -> Finding:
    """Whether the site's WordPress is new enough."""
    if not version:
        return unknown(
            "WordPress",
            "the site does not tell its version",
            f"wp-admin shows it at the bottom right. It should be {_dotted(_TRIED)} or newer.",
        )
    if numbers(version) < _FIRST:
        return problem(
            "WordPress",
            f"version {version} is too old: application passwords came with {_dotted(_FIRST)}",
            "Update WordPress in wp-admin under Dashboard, Updates. Make a backup first.",
        )
    if numbers(version) < _TRIED:
        return warning(
            "WordPress",
            f"version {version} is older than {_dotted(_TRIED)}, the oldest that publisher is tried on",
            "Update WordPress in wp-admin under Dashboard, Updates. Make a backup first.",
        )
    return good("WordPress", f"version {version}")


def caching(cache: str) -> list[Finding]:
    """Whether readers may see an older page than the one that was published."""
    if not cache:
        return []
    return [
        warning(
            "cache",
            f"the front page came from {cache}: readers may see a new or changed article only after a while",
            "See that the caching plugin empties the cache when a post is saved; most do.",
        )
    ]


def _cache_of(headers: Mapping[str, str]) -> str:
    """The cache that an answer came from; empty for none that says so."""
    return next((cache for name, cache in _CACHES.items() if "hit" in headers.get(name, "").lower()), "")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version such as 6.1.9 or 6.2-RC1."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
