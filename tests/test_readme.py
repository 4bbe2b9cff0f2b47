"""The README's Python runs as it stands, its commands exist, and they say what it shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

import publisher
from publisher.testing import WebflowSimulator

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the README's article, in which the blocks run."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "first-loaf.md").write_text(blocks("markdown")[0])
    shutil.copy(ROOT / "examples" / "articles" / "loaf.png", tmp_path / "posts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.real
def test_every_python_block_runs_in_order(project, wordpress, capsys):
    """The blocks of the README, one after the other, against a real WordPress and one in memory."""

    def local_wordpress(url: str, **_credentials: str) -> publisher.WordPress:
        return publisher.WordPress(wordpress.url, username="admin", app_password=wordpress.users["admin"])

    simulator = WebflowSimulator()
    posts = simulator.add_blog().posts

    def simulated(**settings: Any) -> publisher.Webflow:
        return publisher.Webflow(
            **settings | {"token": simulator.token, "collection_id": posts, "transport": simulator.transport()}
        )

    names = {"other_blog": publisher.Memory(), "local_wordpress": local_wordpress, "simulated": simulated}
    for block in blocks("python"):
        code = block.replace("WordPress(", "local_wordpress(").replace("Webflow(", "simulated(")
        if "async with" in code:
            head, body = code.split("\n\n", 1)
            indented = "".join(f"    {line}\n" for line in body.splitlines())
            code = f"{head}\n\nasync def run():\n{indented}"
        exec(compile(code, "README.md", "exec"), names)
        if "run" in names:
            anyio.run(names.pop("run"))
    printed = capsys.readouterr().out
    assert f"create {wordpress.url}/first-loaf/" in printed
    assert "no-op" in printed
    assert [row["fieldData"]["slug"] for row in simulator.live(posts)] == ["first-loaf"]


@pytest.mark.real
def test_findings_that_the_readme_shows_are_those_of_a_contributor(wordpress):
    """Word for word, as the doctor prints them."""
    blog = publisher.WordPress(wordpress.url, username="contributor", app_password=wordpress.users["contributor"])
    printed = [line.strip() for line in str(publisher.doctor(blog)).splitlines()]
    shown = blocks("text")[0].splitlines()
    assert (len(shown), [line for line in shown if line not in printed]) == (3, [])


def test_what_the_readme_shows_of_the_command_line_is_what_it_says(project):
    """Word for word, but for the folder."""
    from publisher.cli.app import app

    (project / "publisher.toml").write_text(blocks("toml")[0])
    kettles = "---\ntitle: Two kettles\nstatus: publised\n---\n\n![A shelf](shelf.png)\n"
    (project / "posts" / "kettles.md").write_text(kettles)
    shown = ""
    for command in re.findall(r"^\$ publisher (.*)$", blocks("console")[0], re.MULTILINE):
        said = CliRunner().invoke(app, command.split(), prog_name="publisher").stdout
        shown += f"$ publisher {command}\n{said.replace(f'{project}/', '')}"
    assert shown == blocks("console")[0]


def test_every_make_command_of_the_readme_exists():
    """A command that the README names is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    code = " ".join(re.findall(r"`[^`]*`|```.*?```", README, re.DOTALL))
    assert set(re.findall(r"make ([a-z-]+)(?=[`\s])", code)) <= targets
