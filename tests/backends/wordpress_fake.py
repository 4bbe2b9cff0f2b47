"""What a healthy WordPress answers to a checkup, to be broken piece by piece. The shapes are those of a real 6.1."""

from __future__ import annotations

import copy
import email.utils
from collections.abc import Callable
from typing import Any

import httpx

URL = "https://blog.example.com"
NOW = 1_790_000_000.0
RELATION = "https://api.w.org/"
PASSWORD = "abcd efgh ijkl mnop qrst uvwx"

#: What roles may do, as far as a checkup asks.
CONTRIBUTOR = {"read": True, "edit_posts": True}
AUTHOR = CONTRIBUTOR | {"publish_posts": True, "upload_files": True}
EDITOR = AUTHOR | {"edit_others_posts": True, "manage_categories": True, "unfiltered_html": True}

ENDPOINT = {"methods": ["POST"], "args": {"meta": {"properties": []}}}
POST = {
    "content": {"raw": "<!-- wp:paragraph -->\n<p>Words.</p>\n<!-- /wp:paragraph -->"},
    "permalink_template": f"{URL}/%postname%/",
    "_links": {"wp:action-unfiltered-html": [{"href": f"{URL}/wp-json/wp/v2/posts/1"}]},
}
TYPE = {"rest_namespace": "wp/v2", "supports": {"title": True, "editor": True}}


def healthy() -> dict[str, Any]:
    """The answers of a healthy site, to be changed."""
    return copy.deepcopy(
        {
            "url": URL,
            "link": f"{URL}/wp-json/",
            "headers": {"server": "Apache/2.4", "date": email.utils.formatdate(NOW, usegmt=True)},
            "front": httpx.Response(200, html='<meta name="generator" content="WordPress 6.8.3">'),
            "root": {
                "name": "Blog",
                "home": URL,
                "namespaces": ["oembed/1.0", "wp/v2"],
                "authentication": {"application-passwords": {"endpoints": {}}},
                "routes": {
                    "/batch/v1": {"endpoints": [{"methods": ["POST"], "args": {"requests": {"maxItems": 25}}}]},
                    "/wp/v2/posts": {"endpoints": [{"methods": ["GET"], "args": []}, ENDPOINT]},
                },
                "timezone_string": "Europe/Berlin",
                "gmt_offset": 2,
            },
            "me": {"id": 1, "username": "ana", "slug": "ana", "roles": ["editor"], "capabilities": EDITOR},
            "types": {"post": {**TYPE, "rest_base": "posts"}, "page": {**TYPE, "rest_base": "pages"}},
            "editable": {"post": {**TYPE, "rest_base": "posts"}, "page": {**TYPE, "rest_base": "pages"}},
            "posts": [POST],
            "plugins": [{"plugin": "akismet/akismet", "status": "active"}],
            "users": [{"slug": "ana", "name": "Ana"}],
        }
    )


def answering(site: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    """Answer requests as ``site`` says."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.params.get("rest_route") or request.url.path.removeprefix("/wp-json")
        if request.method == "HEAD":
            given = site.get("head", httpx.Response(200, headers={"link": f'<{site["link"]}>; rel="{RELATION}"'}))
        elif path == "/" and "wp-json" not in str(request.url) and "rest_route" not in str(request.url):
            given = site["front"]
        elif path == "/wp/v2/types":
            given = site["editable" if "context" in request.url.params else "types"]
        else:
            given = site[{"/": "root", "/wp/v2/users/me": "me"}.get(path) or path.rsplit("/", 1)[-1]]
        made = given if isinstance(given, httpx.Response) else httpx.Response(200, json=given)
        headers = {**site["headers"], **dict(made.headers)}
        return httpx.Response(made.status_code, headers=headers, content=made.content)

    return answer


def refusal(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "No.", "data": {"status": status}})
