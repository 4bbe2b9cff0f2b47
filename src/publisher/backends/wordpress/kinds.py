"""Post types: where each has its route, and what it holds.

Posts and pages are known beforehand; what else a site has is asked for when an article wants it.
Source: https://developer.wordpress.org/rest-api/reference/post-types/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from publisher.backends.base import Known
from publisher.backends.steps import Fact, Flow, done
from publisher.backends.wordpress.site import Facts, Site, ask
from publisher.errors import RefusedError
from publisher.models import Subject

__all__ = ["BUILT_IN", "PAGE", "POST", "Kind", "kind_of", "kinds"]


class Kind(NamedTuple):
    """A post type: its name, its route, whether its posts stand below each other, and the taxonomies that it has."""

    name: str
    route: str
    hierarchical: bool = False
    taxonomies: tuple[str, ...] = ()


POST = Kind("post", "/wp/v2/posts", taxonomies=("category", "post_tag"))
PAGE = Kind("page", "/wp/v2/pages", hierarchical=True)

BUILT_IN = {"": POST, POST.name: POST, PAGE.name: PAGE}
_TYPES = Subject("fact", "types")
_FIELDS = ("rest_base", "rest_namespace", "hierarchical", "taxonomies")


def kinds(site: Site, facts: Facts, known: Known, names: Iterable[str]) -> Flow[Mapping[str, Kind]]:
    """The post types of these names, as far as the site has them."""
    wanted = set(names)
    if wanted <= BUILT_IN.keys():
        return BUILT_IN
    told: Mapping[str, Any] | None = known.facts.get(_TYPES.name)
    if told is None:
        # Asked for single fields this route answers with nothing: it tells an object of types, and not a list of them.
        all_of_it: Mapping[str, Any] = yield from ask(site, facts, "/wp/v2/types", {"context": "edit"})
        told = {name: {one: about.get(one) for one in _FIELDS} for name, about in all_of_it.items()}
        yield from done(_TYPES, Fact(told))
    return {**{name: _read(name, about) for name, about in told.items()}, **BUILT_IN}


def kind_of(name: str, there: Mapping[str, Kind]) -> Kind:
    """Raises :class:`RefusedError` for a post type that the site does not have, or does not show in its REST API."""
    if name not in there:
        named = ", ".join(repr(one) for one in sorted(there) if one)
        raise RefusedError(
            f"the site has no post type {name!r} in its REST API",
            field="type",
            hint=f"It has {named}. A plugin's own type has to be registered with show_in_rest.",
        )
    return there[name]


def _read(name: str, about: Mapping[str, Any]) -> Kind:
    namespace, base = about.get("rest_namespace") or "wp/v2", about.get("rest_base") or name
    return Kind(name, f"/{namespace}/{base}", bool(about.get("hierarchical")), tuple(about.get("taxonomies") or ()))
