"""The hook for pre-commit is one that pre-commit can install and run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent


def test_the_hook_runs_the_command_of_this_package_on_markdown():
    """With the extra that the command needs, and on all files at once."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    command, verb = hook["entry"].split()
    assert command in project["scripts"]
    assert verb == "check"
    assert hook["id"] == "publisher-check"
    assert hook["language"] == "python"
    assert hook["types"] == ["markdown"]
    assert hook["require_serial"] is True
    (dependency,) = hook["additional_dependencies"]
    extra = dependency.removeprefix(".[").removesuffix("]")
    assert dependency == f".[{extra}]"
    assert extra in project["optional-dependencies"]
