"""What articles can be at the site, and where fields beyond WordPress's own could go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.backends.wordpress.checking.saying import Unseen, good, listed, mapping, sequence, warning
from publisher.models import Finding

#: Types of WordPress's own that are no articles, beside those that begin with wp_.
_NO_ARTICLES = {"attachment", "nav_menu_item"}

#: SEO plugins by the namespace of their REST routes, and by the folder that they are installed in.
_SEO = {
    "yoast/v1": ("Yoast SEO", ("wordpress-seo", "wordpress-seo-premium")),
    "rankmath/v1": ("Rank Math", ("seo-by-rank-math",)),
    "seopress/v1": ("SEOPress", ("wp-seopress",)),
    "aioseo/v1": ("All in One SEO", ("all-in-one-seo-pack", "all-in-one-seo-pack-pro")),
}

Types = Mapping[str, Mapping[str, Any]]


def types(seen: Types | Unseen, editable: Types | Unseen) -> list[Finding]:
    """Which types articles can have; ``editable`` are those that this user may write."""
    if isinstance(editable, Unseen):
        return [editable.about("types", "the types of articles")]
    ours = _articles(editable)
    others = [] if isinstance(seen, Unseen) else [name for name in _articles(seen) if name not in ours]
    found = []
    if ours:
        what = f"'type' may be {listed(map(repr, ours))}; no other is open to the REST API for this user"
        found.append(good("types", what))
    if others:
        remedy = "Pages, for example, need an editor. Change the user's role in wp-admin under Users, or do without."
        found.append(warning("types", f"this user may not write {listed(map(repr, others))}", remedy))
    mute = [name for name, about in ours.items() if "editor" not in mapping(about.get("supports"))]
    if mute:
        what = f"articles of the type {listed(map(repr, mute))} have no text: what they say would be dropped"
        found.append(warning("types", what, "Let the plugin of the type support 'editor', or publish another type."))
    return found


def fields(root: Mapping[str, Any], editable: Types | Unseen) -> Finding:
    """Custom fields that the REST API shows, by type."""
    ours = {} if isinstance(editable, Unseen) else _articles(editable)
    open_ones = {name: _meta(root, about) for name, about in ours.items()}
    told = [f"for {name}: {listed(keys)}" for name, keys in open_ones.items() if keys]
    unsent = "what articles say under 'meta' is not sent to WordPress yet, and the receipt says so"
    if not told:
        return good("custom fields", f"none is open to the REST API; {unsent}")
    return warning("custom fields", f"open to the REST API {'; '.join(told)}; but {unsent}", "Write them in wp-admin.")


def seo(root: Mapping[str, Any], plugins: Iterable[str]) -> Finding:
    """The SEO plugin, and what becomes of an article's ``seo``. ``plugins`` are the folders of the active ones."""
    namespaces, active = set(map(str, sequence(root.get("namespaces")))), set(plugins)
    there = [name for space, (name, folders) in _SEO.items() if space in namespaces or active & set(folders)]
    if not there:
        return good(
            "SEO", "none of the known SEO plugins is there: what articles say under 'seo' has no place at this site"
        )
    return warning(
        "SEO",
        f"{listed(there)} is there, and what articles say under 'seo' is not sent to it yet; the receipt says so",
        "Write the title and description for search engines in wp-admin: publishing again does not change them.",
    )


def _articles(told: Types) -> dict[str, Mapping[str, Any]]:
    return {name: about for name, about in told.items() if name not in _NO_ARTICLES and not name.startswith("wp_")}


def _meta(root: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    """The custom fields that a type's route takes. PHP says ``[]`` where there are none."""
    route = f"/{about.get('rest_namespace') or 'wp/v2'}/{about.get('rest_base')}"
    found: dict[str, None] = {}
    for endpoint in sequence(mapping(mapping(root.get("routes")).get(route)).get("endpoints")):
        if "POST" in sequence(mapping(endpoint).get("methods")):
            found |= dict.fromkeys(mapping(mapping(mapping(endpoint.get("args")).get("meta")).get("properties")))
    return list(found)
