"""Finding, Checkup: what is right and what will go wrong, with the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

#: ``good`` works; ``warning`` works, but not as one may expect; ``problem`` will fail; ``unknown`` could not be seen.
Verdict = Literal["good", "warning", "problem", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    ``subject`` names it in a word or two (``permalinks``, ``broken image``); ``what`` says how it stands and
    ``remedy`` what to do about it, both for people. Where it is about an article, ``path``, ``line`` (from 1) and
    ``field`` say where it stands, and ``target`` the identity of the target it holds for, if only for one.
    """

    verdict: Verdict
    subject: str
    what: str
    remedy: str = ""
    path: str | None = None
    line: int | None = None
    field: str | None = None
    target: str | None = None

    def __str__(self) -> str:
        place = self.path if self.path is None or self.line is None else f"{self.path}:{self.line}"
        where = ", ".join(part for part in (place, self.field, self.target if place else None) if part)
        said = f"{self.verdict}: {self.subject}: {self.what}"
        if self.remedy:
            said += f"{'' if said.endswith(('.', '?', '!')) else '.'} {self.remedy}"
        return f"{where}: {said}" if where else said

    def record(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "verdict": self.verdict,
            "subject": self.subject,
            "what": self.what,
            "remedy": self.remedy,
            "path": self.path,
            "line": self.line,
            "field": self.field,
            "target": self.target,
        }


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found about a target (its identity) or a folder of articles (its path), in the order of looking."""

    about: str
    findings: tuple[Finding, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What will fail."""
        return tuple(finding for finding in self.findings if finding.verdict == "problem")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What works, but not as one may expect."""
        return tuple(finding for finding in self.findings if finding.verdict == "warning")

    @property
    def ok(self) -> bool:
        """Nothing that was found will fail."""
        return not self.problems

    def __str__(self) -> str:
        return "\n".join([f"{self.about}:", *(f"  {finding}" for finding in self.findings)])
