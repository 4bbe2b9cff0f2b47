"""The example of a backend of one's own is built, installed, found by its kind, and keeps the contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def python(tmp_path):
    """Runs Python's own tools in the test's folder; what they said."""

    def run(*arguments, folder=tmp_path, **environment):
        command = [sys.executable, "-m", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def test_the_package_is_built_and_installed_and_its_suite_passes(python, examples, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(examples / "custom_backend", source, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    python("build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", source)
    [wheel] = (tmp_path / "dist").glob("publisher_shelf-*.whl")
    python("pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path / "installed", wheel)
    shutil.rmtree(source / "src")  # only what was installed is left
    path = os.pathsep.join(filter(None, [str(tmp_path / "installed"), os.environ.get("PYTHONPATH")]))
    said = python("pytest", "-q", "-p", "no:cacheprovider", folder=source, PYTHONPATH=path)
    assert "passed" in said.splitlines()[-1]
    assert "failed" not in said
