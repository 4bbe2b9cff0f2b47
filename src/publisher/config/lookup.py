"""Finds targets of a publisher.toml by name or by address."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.backends.base import Backend
from publisher.config.targets import ConfiguredTarget, one_error
from publisher.errors import ConfigurationError
from publisher.models import Target

__all__ = ["backends", "choose"]


def choose(configured: Mapping[str, ConfiguredTarget], name: str, file: Path) -> ConfiguredTarget:
    """The target of this name, or the only one at this address.

    Raises :class:`ConfigurationError` for a name that ``file`` does not have, and for an address that several have.
    """
    if name in configured:
        return configured[name]
    there = f"It has {', '.join(configured)}." if configured else "It has no targets; see [targets.NAME]."
    if "://" not in name:
        near = difflib.get_close_matches(name, configured, 1)
        hint = f"Did you mean {near[0]!r}? {there}" if near else there
        raise ConfigurationError(f"there is no target {name!r}", path=file, field="targets", hint=hint)
    wanted = Target(kind="", url=name).identity
    found = [target for target in configured.values() if _address(target) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(target.name for target in found)
        raise ConfigurationError(
            f"{name} is the address of several targets: {names}", path=file, field="targets", hint="Give the name."
        )
    raise ConfigurationError(f"no target has the address {name}", path=file, field="targets", hint=there)


def backends(chosen: Sequence[ConfiguredTarget], *, secrets: bool = True) -> list[Backend]:
    """The backends of targets. All that is missing for them is told in one error."""
    made, faults = [], []
    for target in chosen:
        try:
            made.append(target.backend() if secrets else target.planned())
        except ConfigurationError as error:
            faults.append(error)
    if faults:
        raise one_error(faults)
    return made


def _address(target: ConfiguredTarget) -> str | None:
    try:
        url = target.planned().target.url
    except ConfigurationError:
        return None
    return Target(kind="", url=url).identity
