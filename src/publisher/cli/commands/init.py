"""``publisher init``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.asking import KINDS, Prompt, questions_for
from publisher.cli.asking.secrets import ask_secret, can_keep, keep
from publisher.cli.checkups import say_checkups
from publisher.cli.exits import Exit
from publisher.cli.options import AsJson
from publisher.cli.saying import Voice
from publisher.config import ConfiguredTarget, backends, read_targets
from publisher.content.project import PROJECT_FILE, read_project
from publisher.errors import ConfigurationError


class Store(StrEnum):
    """Where a secret is kept."""

    KEYRING = "keyring"
    ENV = "env"


Kind = Annotated[str | None, typer.Option("--kind", help=f"The kind of the target: {', '.join(KINDS)}.")]
Name = Annotated[str | None, typer.Option("--name", help="What the target is called in this project, for --to.")]
Url = Annotated[str | None, typer.Option("--url", help="The address of the site.")]
Username = Annotated[str | None, typer.Option("--username", help="The user that publishes.")]
Secret = Annotated[
    Store | None,
    typer.Option("--secret", help="Where its secret is kept. Never on the command line: init asks for it."),
]
Root = Annotated[
    Path | None,
    typer.Option("--content-root", metavar="FOLDER", help="The folder of the articles; keys are paths in it."),
]
Test = Annotated[bool, typer.Option("--test/--no-test", help="Whether to try the connection.")]


def init(
    kind: Kind = None,
    name: Name = None,
    url: Url = None,
    username: Username = None,
    secret: Secret = None,
    content_root: Root = None,
    test: Test = True,
    as_json: AsJson = False,
) -> None:
    """Set up a target in publisher.toml.

    In that of this folder, which is made if it is not there. Asks what no option says. The secret is stored in the
    system's keyring, or in an environment variable that you set; the file holds a reference to it. Then the connection
    is tried.
    With --json: {"file", "name", "checkups": [...], "exit_code"}.

    \b
    Examples:
      publisher init
      publisher init --kind wordpress --name blog --url https://blog.example.com --username ana --secret env
    """
    asked = Asked(Voice(as_json=as_json))
    with reporting(asked, "init"):
        raise _init(
            asked.voice,
            Prompt({"kind": kind, "name": name, "url": url, "username": username}),
            None if secret is None else secret.value,
            content_root,
            test=test,
        )


def _init(voice: Voice, prompt: Prompt, store: str | None, content_root: Path | None, *, test: bool) -> typer.Exit:
    file = Path.cwd() / PROJECT_FILE
    there = read_targets(file) if file.exists() else {}
    before = file.read_text("utf-8") if file.exists() else ""
    kind = prompt.text("kind", f"Kind of target ({', '.join(KINDS)})", next(iter(KINDS)), _kind)
    name = prompt.text(
        "name", "Name of the target in this project", "blog" if "blog" not in there else None, _free(there)
    )
    answers = questions_for(kind)(prompt)
    references = {}
    secrets: dict[str, str] = {}
    for setting, called in answers.secrets.items():
        store = store or _store()
        if store == Store.KEYRING:
            account = f"{name}@{answers.settings.get('url', kind).partition('://')[2] or kind}"
            secrets[account] = ask_secret(called)
            references[setting] = f"{{ keyring = {_quoted(account)} }}"
        else:
            variable = re.sub(r"\W", "_", f"{name}_{setting}", flags=re.ASCII).upper()
            references[setting] = f"{{ env = {_quoted(variable)} }}"
            test = test and bool(os.environ.get(variable))
            voice.note(f"Set the environment variable {variable} to the {called} where publisher runs.")
    lines = [f"[targets.{_quoted(name) if re.search(r'[^A-Za-z0-9_-]', name) else name}]", f"kind = {_quoted(kind)}"]
    lines += [f"{setting} = {_quoted(value)}" for setting, value in answers.settings.items()]
    lines += [f"{setting} = {reference}" for setting, reference in references.items()]
    head = "" if content_root is None else f"content_root = {_quoted(content_root.as_posix())}\n\n"
    if head and re.search(r"^\s*content_root\s*=", before, re.MULTILINE):
        raise ConfigurationError(
            "content_root is set already", path=file, field="content_root", hint="Leave the option out."
        )
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    _write(file, f"{head}{before}{gap}" + "\n".join(lines) + "\n")
    for account, value in secrets.items():
        keep(account, value)
    voice.result(f"{file}: target {name!r} added")
    if not test:
        voice.note(f"Try it with: publisher doctor --to {name}")
        return voice.end(Exit.FINE, {"command": "init", "file": str(file), "name": name, "checkups": []})
    return _tried(voice, read_targets(file)[name])


def _tried(voice: Voice, target: ConfiguredTarget) -> typer.Exit:
    import publisher

    return say_checkups(voice, "init", [publisher.doctor(backend) for backend in backends([target])])


def _write(file: Path, text: str) -> None:
    """Write the project file. It is read as what it would be first, so that a good file never becomes a bad one."""
    trial = file.with_name(f".{file.name}.new")
    trial.write_text(text, "utf-8")
    try:
        read_project(trial)
        read_targets(trial)
        trial.replace(file)
    finally:
        trial.unlink(missing_ok=True)


def _kind(answer: str) -> str:
    if answer.strip() not in KINDS:
        raise ConfigurationError(
            f"init does not know how to ask about {answer.strip()!r}",
            field="kind",
            hint=f"It knows {', '.join(KINDS)}. Other kinds are written into publisher.toml by hand.",
        )
    return answer.strip()


def _free(there: Mapping[str, ConfiguredTarget]) -> Callable[[str], str]:
    def usable(answer: str) -> str:
        name = answer.strip()
        if not name or "://" in name or name in there:
            said = f"there is a target {name!r} already" if name in there else f"{name!r} is no name for a target"
            raise ConfigurationError(said, field="name", hint="Choose a short word, such as blog.")
        return name

    return usable


def _store() -> str:
    if not can_keep():
        return Store.ENV
    return Store.KEYRING if typer.confirm("Store the secret in this system's keyring?", True, err=True) else Store.ENV


def _quoted(text: str) -> str:
    """A text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
