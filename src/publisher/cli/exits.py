"""The exit codes: one table, for the help, for the README and for what commands return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from publisher.errors import ConfigurationError, ConflictError, InDoubtError, PublisherError
from publisher.models import Checkup

__all__ = ["MEANINGS", "Exit", "of_checkups", "of_errors"]


class Exit(IntEnum):
    """How a command ended. Of several that hold for one run the first in the order of :data:`_ORDER` counts."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    CONFLICT = 3
    IN_DOUBT = 4
    PROBLEMS = 5
    INTERRUPTED = 130


MEANINGS: Final[Mapping[Exit, str]] = {
    Exit.FINE: "all is right, also where there was nothing to do",
    Exit.FAILED: "something failed: an article, a target or the ledger",
    Exit.USAGE: "the arguments, publisher.toml or a secret is not usable",
    Exit.CONFLICT: "nothing failed, but a target holds what is not ours to overwrite",
    Exit.IN_DOUBT: "nothing failed, but it is not known yet whether something took effect",
    Exit.PROBLEMS: "check or doctor found problems",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
}

_ORDER = (Exit.USAGE, Exit.FAILED, Exit.IN_DOUBT, Exit.CONFLICT)


def of_errors(errors: Iterable[PublisherError | None]) -> Exit:
    """The exit code of a run that ended with these errors; None for what went well."""
    found = {_of(error) for error in errors if error is not None}
    return next((code for code in _ORDER if code in found), Exit.FINE)


def of_checkups(checkups: Iterable[Checkup]) -> Exit:
    """The exit code of a command that found these."""
    return Exit.FINE if all(checkup.ok for checkup in checkups) else Exit.PROBLEMS


def _of(error: PublisherError) -> Exit:
    if isinstance(error, ConfigurationError):
        return Exit.USAGE
    if isinstance(error, InDoubtError):
        return Exit.IN_DOUBT
    return Exit.CONFLICT if isinstance(error, ConflictError) else Exit.FAILED
