"""Every error this library raises.

    PublisherError
    ├── ConfigurationError      a target, the project or an argument is not usable as given
    ├── ContentError            an article or an asset is not usable as written
    ├── TargetError             the target, or the way to it
    │   ├── UnreachableError    no usable answer, and nothing was left half-done: try again later
    │   ├── AuthenticationError the target does not know who we are
    │   ├── RefusedError        the target understood and said no: trying again cannot help
    │   └── UnexpectedAnswerError   the target answered with something its API does not describe
    ├── ConflictError           the target holds something that is not ours to overwrite
    ├── InDoubtError            sent, but not known yet whether it took effect; the next run finds out
    ├── SignatureError          a webhook that arrived is not provably from its sender, or is no event
    ├── StoreError              what a receiver stores cannot be read or written now
    └── LedgerError             the ledger cannot be read, written or trusted
        └── LeaseLostError      another process took the article over

A message reads ``where: what happened. What to do next.`` Messages never hold a secret: what a target
answered passes through :func:`publisher.driving.redaction.redact` before it may become part of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "AuthenticationError",
    "ConfigurationError",
    "ConflictError",
    "ContentError",
    "InDoubtError",
    "LeaseLostError",
    "LedgerError",
    "PublisherError",
    "RefusedError",
    "SignatureError",
    "StoreError",
    "TargetError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "error_from_record",
]


class PublisherError(Exception):
    """The root of all errors of this library.

    ``what`` says what happened and ``hint`` what to do next. Where it happened is said by the rest, as far as it
    is known: ``target`` (identity), ``article`` (key), ``path`` with ``line`` (from 1) and ``field``; ``status`` is
    the HTTP status; ``code`` is the target's own error code, or the name of the rule that an article breaks (``broken
    image``). ``others`` are what else is wrong in the same file; see
    :meth:`all`.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        target: str | None = None,
        article: str | None = None,
        path: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
        status: int | None = None,
        code: str | None = None,
        others: Sequence[PublisherError] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.target = target
        self.article = article
        self.path = str(path) if path is not None else None
        self.line = line
        self.field = field
        self.status = status
        self.code = code
        self.others = tuple(others)

    @property
    def all(self) -> tuple[PublisherError, ...]:
        """This error and the others of the same file, one by one."""
        return (error_from_record({**self.record(), "others": []}), *self.others)

    def __str__(self) -> str:
        return "\n".join([self._said(), *(str(other) for other in self.others)])

    def _said(self) -> str:
        file = self.path if self.path is None or self.line is None else f"{self.path}:{self.line}"
        article = None if self.article is None or self.path is not None else f"article {self.article!r}"
        line = f"line {self.line}" if self.line is not None and self.path is None else None
        where = ", ".join(part for part in (file, article, line, self.target, self.field) if part)
        said = f"{where}: {self.what}" if where else self.what
        if not self.hint:
            return said
        return f"{said}{'' if said.endswith(('.', '?', '!')) else '.'} {self.hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        return error_from_record, (self.record(),)

    def located(self, *, target: str | None = None, article: str | None = None) -> PublisherError:
        """The same error with the target and the article filled in where they were not known yet."""
        record = self.record()
        record["target"] = self.target or target
        record["article"] = self.article or article
        record["others"] = [other.located(target=target, article=article).record() for other in self.others]
        return error_from_record(record)

    def record(self) -> dict[str, Any]:
        """The error as plain JSON values, for the ledger and for ``--json``."""
        return {
            "type": type(self).__name__,
            "what": self.what,
            "hint": self.hint,
            "target": self.target,
            "article": self.article,
            "path": self.path,
            "line": self.line,
            "field": self.field,
            "status": self.status,
            "code": self.code,
            "others": [other.record() for other in self.others],
        }


class ConfigurationError(PublisherError):
    """A target, the project file or an argument is not usable as given."""


class ContentError(PublisherError):
    """An article or an asset is not usable as written; names the file and, where known, the line."""

    @classmethod
    def of(cls, faults: Sequence[ContentError]) -> ContentError:
        """One error that says all of ``faults``, of which there is at least one, in the order of their lines."""
        first, *others = sorted(faults, key=lambda fault: fault.line or 0)
        return cls(**{**_values(first), "others": [*first.others, *others]})


class TargetError(PublisherError):
    """The target, or the way to it, is the trouble."""


class UnreachableError(TargetError):
    """No usable answer came, and nothing was left half-done: trying again later may help."""


class AuthenticationError(TargetError):
    """The target does not accept the credentials, or never saw them."""


class RefusedError(TargetError):
    """The target understood the request and refused it; the same request will be refused again."""


class UnexpectedAnswerError(TargetError):
    """The target answered with something that its API does not describe."""


class ConflictError(PublisherError):
    """The target holds something that is not ours to overwrite: a foreign article, or somebody's edit of ours."""


class InDoubtError(PublisherError):
    """A request left, and whether it took effect is not known yet; the next run finds out."""


class SignatureError(PublisherError):
    """A webhook that arrived is not provably from its sender, is too old, or is no event. Answer it with 400."""


class StoreError(PublisherError):
    """What a receiver of webhooks stores cannot be read or written now: the sender may try again later."""


class LedgerError(PublisherError):
    """The ledger cannot be read, written or trusted."""


class LeaseLostError(LedgerError):
    """Another process took over what this one was about to write; nothing was sent."""


def _all_errors(root: type[PublisherError]) -> dict[str, type[PublisherError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _all_errors(child)
    return found


def error_from_record(record: dict[str, Any]) -> PublisherError:
    """The error that :meth:`PublisherError.record` wrote down; an unknown type becomes a ``PublisherError``."""
    values = dict(record)
    kind = _all_errors(PublisherError).get(values.pop("type"), PublisherError)
    values["others"] = [error_from_record(other) for other in values.get("others", ())]
    return kind(**values)


def _values(error: PublisherError) -> dict[str, Any]:
    record = error.record()
    del record["type"], record["others"]
    return record
