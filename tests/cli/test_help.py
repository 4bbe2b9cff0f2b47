"""Every command says what it does, with examples; exit codes stand in one table."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer

from publisher.cli.app import app
from publisher.cli.exits import MEANINGS, Exit, of_errors
from publisher.cli.options import target_names
from publisher.errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ContentError,
    InDoubtError,
    LedgerError,
)

README = (Path(__file__).parent.parent.parent / "README.md").read_text()
COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_examples_that_can_be_parsed(run, name):
    """Each example is a command line that the command takes."""
    told = run(name, "--help")
    assert told.code == 0
    examples = re.findall(rf"^    publisher {name}(.*)$", told.out, re.MULTILINE)
    assert examples
    for example in examples:
        arguments = re.split(r"\s{2,}", example.strip())[0].split()
        COMMANDS[name].make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name):
    """With its name."""
    assert f"publisher {name}" in README


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"receive"}))
def test_every_command_that_ends_has_json(run, name):
    """Machines can read each of them; the one that does not end is a server."""
    assert "--json" in run(name, "--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_first_line_of_a_help_is_short_enough_for_the_list(run, name):
    """And ends there with a full stop."""
    listed = re.search(rf"^  {name} +(.*)$", run("--help").out, re.MULTILINE)
    assert listed is not None
    assert listed[1].endswith(".")
    assert not listed[1].endswith("...")


def test_every_option_is_described():
    """Without exception."""
    bare = [
        f"{name} {parameter.name}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if not (getattr(parameter, "help", None) or isinstance(parameter, click.Argument))
    ]
    assert bare == []


def test_no_option_takes_a_secret():
    """What stands on a command line can be seen by every user of the machine, and stays in the shell's history."""
    options = {option for command in COMMANDS.values() for one in command.params for option in one.opts}
    assert not {option for option in options if re.search("passw|token|key", option)}
    assert "--secret" in options  # where it is kept: keyring or env


def test_the_exit_codes_are_those_of_the_table(run):
    """In the help and in the README."""
    told = run("--help").out
    for code, meaning in MEANINGS.items():
        assert re.search(rf"^ +{code.value} {re.escape(meaning)}$", told, re.MULTILINE)
        assert f"| {code.value} | {meaning} |" in README
    assert set(MEANINGS) == set(Exit)


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], Exit.FINE),
        ([None], Exit.FINE),
        ([None, ContentError("x")], Exit.FAILED),
        ([LedgerError("x")], Exit.FAILED),
        ([AuthenticationError("x")], Exit.FAILED),
        ([ConflictError("x"), None], Exit.CONFLICT),
        ([ConflictError("x"), InDoubtError("x")], Exit.IN_DOUBT),
        ([ConflictError("x"), InDoubtError("x"), ContentError("x")], Exit.FAILED),
        ([ContentError("x"), ConfigurationError("x")], Exit.USAGE),
    ],
)
def test_of_several_errors_the_worst_counts(errors, code):
    """What needs hands before what settles by itself."""
    assert of_errors(errors) == code


def test_completion_knows_the_targets(project, tmp_path, monkeypatch):
    """By their beginning; and is silent where there is nothing to tell."""
    assert target_names("") == ["one", "two"]
    assert target_names("t") == ["two"]
    (project / "publisher.toml").write_text("[targets.x]\n")
    assert target_names("") == []
    (project / "publisher.toml").write_text("= nonsense")
    assert target_names("") == []
    (project / "publisher.toml").unlink()
    assert target_names("") == []


def test_the_shell_completes_target_names(project, start):
    """As Typer's completion asks for them."""
    asked = {"_PUBLISHER_COMPLETE": "complete_bash", "COMP_WORDS": "publisher publish --to t", "COMP_CWORD": "3"}
    told, _ = start(**asked).communicate(timeout=300)
    assert told.split() == ["two"]


def test_version_is_that_of_the_package(run):
    """Without a command."""
    import publisher

    assert run("--version").out == f"publisher {publisher.__version__}\n"


@pytest.mark.parametrize("missing", ["typer", "rich", "keyring"])
def test_without_the_extra_it_says_what_to_install(missing, monkeypatch, capsys):
    """Instead of a traceback."""
    from publisher.cli import main

    for name in [
        name for name in sys.modules if name.partition(".")[0] == missing or name.startswith("publisher.cli.")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert f"needs the package {missing}" in told
    assert "pip install 'publisher[cli]'" in told


def test_help_and_completion_load_no_ledger_and_no_parser():
    """They are asked for often, and shall not make anybody wait."""
    code = "import sys, publisher.cli.app; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "typer" in loaded
    assert loaded & {"sqlalchemy", "markdown_it", "PIL.ImageCms"} == set()


@pytest.mark.parametrize("command", ["adopt", "move"])
def test_commands_about_one_target_do_not_offer_all(run, command):
    """They would refuse several."""
    told = " ".join(run(command, "--help").out.split())
    assert "May be left out where there is only one." in told
    assert "Default: all" not in told


def test_a_working_folder_that_is_gone_is_one_message(start, tmp_path, monkeypatch):
    """Somebody removed it meanwhile."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    process = start("status", path=tmp_path)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err == "publisher: the working folder cannot be used (No such file or directory). Change into another one.\n"
