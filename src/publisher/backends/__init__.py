"""Backends: one for each kind of target, found by the entry-point group ``publisher.backends``."""

from __future__ import annotations

from importlib.metadata import entry_points

from publisher.backends.base import Backend
from publisher.errors import ConfigurationError

GROUP = "publisher.backends"


def backend_class(kind: str) -> type[Backend]:
    """The backend for a kind of target, built-in or installed.

    Raises :class:`ConfigurationError` for unknown kinds, and for one whose package cannot be loaded.
    """
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in found:
        raise ConfigurationError(
            f"there is no backend for targets of kind {kind!r}; installed are {', '.join(sorted(found)) or 'none'}",
            hint="Check the spelling, or install the package that brings it.",
        )
    try:
        loaded = found[kind].load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"the backend for targets of kind {kind!r} cannot be loaded: {error}",
            hint="Install the package that brings it again, with all that it needs.",
        ) from None
    if not (isinstance(loaded, type) and issubclass(loaded, Backend)):
        raise ConfigurationError(
            f"what is installed for targets of kind {kind!r}, {found[kind].value}, is no backend",
            hint="Tell the authors of that package: it has to be a class made from publisher.backends.base.Backend.",
        )
    return loaded
