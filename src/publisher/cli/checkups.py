"""Prints checkups: a table on a terminal, plain lines elsewhere, JSON, or annotations for GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from publisher.cli.exits import of_checkups
from publisher.cli.saying import Voice, printable
from publisher.models import Checkup, Finding

__all__ = ["Format", "annotation", "say_checkups"]


class Format(StrEnum):
    """How a checkup is printed: for people, or as annotations for GitHub Actions."""

    TEXT = "text"
    GITHUB = "github"


_LEVELS = {"problem": "error", "warning": "warning", "unknown": "notice"}
_COLOURS = {"good": "green", "warning": "yellow", "problem": "bold red", "unknown": "dim"}


def say_checkups(
    voice: Voice,
    command: str,
    checkups: Sequence[Checkup],
    form: Format = Format.TEXT,
    about: Mapping[str, Any] = MappingProxyType({}),
) -> typer.Exit:
    """Print what was found; what is good only if nobody asked for quiet. ``about`` is said beside it as JSON."""
    for checkup in checkups:
        shown = [one for one in checkup if not voice.quiet or one.verdict != "good"]
        if form is Format.GITHUB:
            for finding in shown:
                line = annotation(finding, checkup.about)
                if line is not None:
                    voice.result(line)
        elif voice.out.is_terminal:
            voice.table(_table(checkup, shown))
        else:
            voice.result(f"{checkup.about}:")
            for finding in shown:
                voice.result(f"  {finding}".replace("\n", "\n  "))
        voice.note(_summary(checkup))
    records = [_record(checkup) for checkup in checkups]
    return voice.end(of_checkups(checkups), {"command": command, **about, "checkups": records})


def annotation(finding: Finding, about: str) -> str | None:
    """The workflow command that makes GitHub show a finding at its line; None for what is good.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    level = _LEVELS.get(finding.verdict)
    if level is None:
        return None
    properties = {
        "file": _relative(finding.path),
        "line": "" if finding.line is None or finding.path is None else str(finding.line),
        "title": f"{finding.subject}: {finding.field}" if finding.field else finding.subject,
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    place = finding.target or (about if finding.path is None else "")
    what = f"{finding.what}." if finding.remedy and not finding.what.endswith((".", "?", "!")) else finding.what
    said = " ".join(part for part in (f"{place}:" if place else "", what, finding.remedy) if part)
    return f"::{level} {told}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _relative(path: str | None) -> str:
    """A path as GitHub wants it: from the root of the checkout, where jobs run."""
    if path is None:
        return ""
    try:
        return Path(path).absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path


def _table(checkup: Checkup, findings: Sequence[Finding]) -> Table:
    table = Table(
        title=Text(printable(checkup.about)), title_justify="left", show_header=False, box=None, pad_edge=False
    )
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    for finding in findings:
        said = Text(printable(finding.what))
        if finding.remedy:
            said.append(f"\n{printable(finding.remedy)}", "italic")
        place = _relative(finding.path) if finding.line is None else f"{_relative(finding.path)}:{finding.line}"
        where = [part for part in (finding.subject, place, finding.field, finding.target) if part]
        verdict = Text(finding.verdict, _COLOURS[finding.verdict])
        table.add_row(verdict, Text(printable("\n".join(where))), said)
    return table


def _summary(checkup: Checkup) -> str:
    problems, warnings = len(checkup.problems), len(checkup.warnings)
    return f"{checkup.about}: {problems} problem{'s' * (problems != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _record(checkup: Checkup) -> dict[str, Any]:
    return {"about": checkup.about, "ok": checkup.ok, "findings": [finding.record() for finding in checkup]}
