"""The doctor's look at a WordPress site: reads only, in the order in which things can go wrong.

Some things a site tells nobody before something is written, and no checkup can say them: the largest file that it
takes, and file types that a plugin forbids; a firewall that stops only writes, batches or certain words; custom fields
that look open and refuse this user; what plugins do to articles when they are saved; a block editor that is switched
off by code and by no plugin of a known name; types that are not in the REST API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.backends.steps import Flow
from publisher.backends.wordpress.checking.editor import editor
from publisher.backends.wordpress.checking.login import login, nobody
from publisher.backends.wordpress.checking.rights import markup, rights
from publisher.backends.wordpress.checking.saying import Unseen, named, rows
from publisher.backends.wordpress.checking.types import fields, seo, types
from publisher.backends.wordpress.checking.way import (
    Front,
    address,
    answers,
    caching,
    front,
    permalinks,
    refused,
    rest_api,
    wordpress,
)
from publisher.backends.wordpress.checking.workings import batches, clock, images, zone
from publisher.backends.wordpress.looking import STATUSES
from publisher.backends.wordpress.site import Site, Told, ask_me, ask_root, discover
from publisher.errors import AuthenticationError, PublisherError
from publisher.models import Finding

__all__ = ["check"]

#: How many of the newest articles are looked at.
_NEWEST = "5"


def check(site: Site, body: str, form: str) -> Flow[Sequence[Finding]]:
    """What stands in the way of an article, and what else is worth knowing before one is published.

    ``body`` is the form that was asked for, ``form`` the one that articles get. Raises nothing: where the way ends, so
    do the findings.
    """
    found: list[Finding] = []
    rest, root = "", None
    try:
        rest = yield from discover(site)
        found.append(address(site))
        root = yield from ask_root(site, rest)
        page = yield from front(site)
        found += [rest_api(rest, root.headers), *answers(root.beside), wordpress(page.version), *caching(page.cache)]
        me = yield from ask_me(site, rest)
    except AuthenticationError as error:
        return [*found, *(yield from nobody(site, rest, root, error))]
    except PublisherError as error:
        return [*found, refused(error)]
    return [*found, *(yield from _as_user(site, rest, root, me, page, body, form))]


def _as_user(site: Site, rest: str, root: Told, me: Told, page: Front, body: str, form: str) -> Flow[list[Finding]]:
    """What is seen by those whom WordPress knows."""
    facts = {"rest": rest}
    # Asked for single fields this route answers with nothing.
    seen = yield from named(site, facts, "/wp/v2/types")
    editable = yield from named(site, facts, "/wp/v2/types", context="edit")
    wanted = {"context": "edit", "per_page": _NEWEST, "_fields": "content.raw,permalink_template,_links"}
    posts = yield from rows(site, facts, "/wp/v2/posts", status=STATUSES, orderby="modified", **wanted)
    told = yield from rows(site, facts, "/wp/v2/plugins", _fields="plugin,status")
    plugins = told if isinstance(told, Unseen) else _active(told)
    templates = [] if isinstance(posts, Unseen) else [str(post.get("permalink_template") or "") for post in posts]
    return [
        permalinks(rest, templates[0] if templates else ""),
        login(me.value),
        *rights(me.value),
        markup(me.value, posts),
        *types(seen, editable),
        editor(body, form, plugins, posts),
        zone(root.value),
        clock(me),
        *images(page.version),
        batches(root.value),
        seo(root.value, () if isinstance(plugins, Unseen) else plugins),
        fields(root.value, editable),
    ]


def _active(plugins: Sequence[Mapping[str, Any]]) -> set[str]:
    """The folders of the plugins that are active, on this site or in its whole network."""
    return {str(one.get("plugin")).split("/")[0] for one in plugins if "active" in str(one.get("status")).split("-")}
