"""Findings, and what becomes one: errors, and looks that came to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from publisher.backends.steps import Flow
from publisher.backends.wordpress.site import Facts, Site, ask
from publisher.errors import PublisherError
from publisher.models import Finding


def good(subject: str, what: str, remedy: str = "") -> Finding:
    return Finding(verdict="good", subject=subject, what=what, remedy=remedy)


def warning(subject: str, what: str, remedy: str = "") -> Finding:
    return Finding(verdict="warning", subject=subject, what=what, remedy=remedy)


def problem(subject: str, what: str, remedy: str = "") -> Finding:
    return Finding(verdict="problem", subject=subject, what=what, remedy=remedy)


def unknown(subject: str, what: str, remedy: str = "") -> Finding:
    return Finding(verdict="unknown", subject=subject, what=what, remedy=remedy)


class Unseen(NamedTuple):
    """What could not be read, and why."""

    error: PublisherError

    def about(self, subject: str, what: str) -> Finding:
        return unknown(subject, f"{what} could not be seen: {self.error.what}", self.error.hint)


def rows(site: Site, facts: Facts, route: str, **params: str) -> Flow[list[Mapping[str, Any]] | Unseen]:
    """The objects of a list, or why it says nothing: the rest of the checkup goes on without it."""
    try:
        value = yield from ask(site, facts, route, params)
    except PublisherError as error:
        return Unseen(error)
    return [one for one in sequence(value) if isinstance(one, Mapping)]


def named(site: Site, facts: Facts, route: str, **params: str) -> Flow[Mapping[str, Mapping[str, Any]] | Unseen]:
    """The same of a route that tells an object of objects."""
    try:
        value = yield from ask(site, facts, route, params)
    except PublisherError as error:
        return Unseen(error)
    return {name: about for name, about in mapping(value).items() if isinstance(about, Mapping)}


def mapping(value: Any) -> Mapping[str, Any]:
    """An object of PHP's, which says ``[]`` where there is nothing in it; of what is none, nothing."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """A list; of what is none, nothing."""
    return value if isinstance(value, list) else []


def listed(names: Iterable[str], at_most: int = 8) -> str:
    """Names in a sentence."""
    every = list(names)
    more = len(every) - at_most
    shown = every[:at_most] + ([f"{more} more"] if more > 0 else [])
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
