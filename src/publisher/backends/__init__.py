"""Backends: one for each kind of target, found by the entry-point group ``publisher.backends``."""

from __future__ import annotations

from importlib.metadata import entry_points

from publisher.errors import ConfigurationError

GROUP = "publisher.backends"


def backend_class(kind: str) -> type:
    """The backend for a kind of target, built-in or installed. Raises :class:`ConfigurationError` for unknown kinds."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in found:
        raise ConfigurationError(
            f"there is no backend for targets of kind {kind!r}; installed are {', '.join(sorted(found)) or 'none'}",
            hint="Check the spelling, or install the package that brings it.",
        )
    loaded = found[kind].load()
    assert isinstance(loaded, type)
    return loaded
