"""Prints checkups: a table on a terminal, plain lines elsewhere, JSON, or annotations for GitHub."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
                shown_at = None if finding.path is None else _shown(finding.path)
                voice.result(f"  {replace(finding, path=shown_at)}".replace("\n", "\n  "))
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
        "file": _in_checkout(finding.path),
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


def _below(path: str, root: str | None) -> str | None:
    """The path from ``root`` on; None where it is not below it."""
    try:
        return Path(os.path.abspath(path)).relative_to(root or Path.cwd()).as_posix()  # noqa: PTH100 - resolves no links
    except ValueError:
        return None


def _in_checkout(path: str | None) -> str:
    """A path as GitHub wants it: from the root of the checkout, wherever in it the job runs."""
    if path is None:
        return ""
    root = os.environ.get("GITHUB_WORKSPACE")
    return (_below(path, root) if root else None) or _shown(path)


def _shown(path: str) -> str:
    """A path from the working folder on, if it lies in there; else as it was given."""
    return _below(path, None) or path


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
        place = "" if finding.path is None else _shown(finding.path)
        place = place if finding.line is None else f"{place}:{finding.line}"
        where = [part for part in (finding.subject, place, finding.field, finding.target) if part]
        verdict = Text(finding.verdict, _COLOURS[finding.verdict])
        table.add_row(verdict, Text(printable("\n".join(where))), said)
    return table


def _summary(checkup: Checkup) -> str:
    problems, warnings = len(checkup.problems), len(checkup.warnings)
    return f"{checkup.about}: {problems} problem{'s' * (problems != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _record(checkup: Checkup) -> dict[str, Any]:
    findings = [finding.record() for finding in checkup]
    for finding in findings:
        if finding["path"] is not None:  # whoever reads it may be elsewhere
            finding["path"] = os.path.abspath(finding["path"])  # noqa: PTH100
    return {"about": checkup.about, "ok": checkup.ok, "findings": findings}
