"""``publisher init``."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.asked import Asked, reporting
from publisher.cli.asking import KINDS, Prompt, Secrets, Setting, Store, questions_for
from publisher.cli.checkups import say_checkups
from publisher.cli.exits import Exit
from publisher.cli.options import AsJson
from publisher.cli.saying import Voice
from publisher.config import ConfiguredTarget, backends, read_targets
from publisher.content.project import PROJECT_FILE, read_project
from publisher.errors import ConfigurationError

_SHORT = "Choose a short word, such as blog."

Kind = Annotated[
    str | None,
    typer.Argument(metavar="[KIND]", help=f"The kind of the target: {', '.join(KINDS)}.", show_default=False),
]
Name = Annotated[str | None, typer.Option("--name", help="What the target is called in this project, for --to.")]
Url = Annotated[
    str | None, typer.Option("--url", help="The address of the site; for Webflow that of an article, with {slug}.")
]
Username = Annotated[str | None, typer.Option("--username", help="The user that publishes.")]
Secret = Annotated[
    Store | None,
    typer.Option("--secret", help="Where its secret is kept. Never on the command line: init asks for it."),
]
Root = Annotated[
    Path | None,
    typer.Option("--content-root", metavar="FOLDER", help="The folder of the articles; keys are paths in it."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another answer, by the name of the setting; may be repeated."),
]
Test = Annotated[bool, typer.Option("--test/--no-test", help="Whether to try the connection.")]


def init(
    kind: Kind = None,
    name: Name = None,
    url: Url = None,
    username: Username = None,
    settings: Settings = None,
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
      publisher init webflow
      publisher init wordpress --name blog --url https://blog.example.com --username ana --secret env
      publisher init webflow --name site --set collection_id=580e63fc8c9a982ac9b8b745 --set fields.cover=thumbnail
      publisher init webhook --name site --url http://localhost:8000/hooks/articles --set development=yes
    """
    voice = Voice(as_json=as_json)
    named = {"kind": kind, "name": name, "url": url, "username": username}
    with reporting(Asked(voice), "init"):
        given = _given(settings or ()) | {name: value for name, value in named.items() if value is not None}
        raise _init(voice, Prompt(given, voice), secret, content_root, test=test)


def _given(settings: Sequence[str]) -> dict[str, str]:
    """The answers of --set by name."""
    given: dict[str, str] = {}
    for one in settings:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise ConfigurationError("--set takes a name and a value", field="--set", hint="Write --set NAME=VALUE.")
        given[name.strip()] = value
    return given


def _init(voice: Voice, prompt: Prompt, store: Store | None, content_root: Path | None, *, test: bool) -> typer.Exit:
    file = Path.cwd() / PROJECT_FILE
    there = read_targets(file) if file.exists() else {}
    before = file.read_text("utf-8") if file.exists() else ""
    before = _with_root(file, before, content_root)
    kind = prompt.text("kind", f"Kind of target ({', '.join(KINDS)})", next(iter(KINDS)), _kind)
    name = prompt.text(
        "name", "Name of the target in this project", "blog" if "blog" not in there else None, _free(there)
    )
    secrets = Secrets(prompt, name, store, tries=test)
    settings = questions_for(kind)(prompt, secrets)
    prompt.refuse_others()
    _write(file, before, _table(name, kind, settings, secrets.references))
    secrets.keep()
    voice.result(f"{file}: target {name!r} added")
    doctor = f"publisher doctor --to {shlex.quote(name)}"
    about = {"file": str(file), "name": name}
    if not test or not secrets.ready:
        voice.note(f"Try it with: {doctor}")
        return voice.end(Exit.FINE, {"command": "init", **about, "checkups": []})
    import publisher

    with secrets.at_hand():
        tried = [publisher.doctor(backend) for backend in backends([read_targets(file)[name]])]
    ended = say_checkups(voice, "init", tried, about=about)
    if not all(one.ok for one in tried):
        voice.note(f"The target is in {PROJECT_FILE} all the same. Correct it there, then: {doctor}")
    return ended


def _table(name: str, kind: str, settings: Mapping[str, Setting], references: Mapping[str, Mapping[str, str]]) -> str:
    """A target as publisher.toml has it; tables come last."""
    lines = [f"[targets.{_key(name)}]", f"kind = {_quoted(kind)}"]
    lines += [f"{setting} = {_value(value)}" for setting, value in settings.items() if isinstance(value, str | bool)]
    for setting, meant in references.items():
        inside = ", ".join(f"{where} = {_quoted(what)}" for where, what in meant.items())
        lines.append(f"{setting} = {{ {inside} }}")
    for setting, table in settings.items():
        if isinstance(table, Mapping):
            lines += ["", f"[targets.{_key(name)}.{setting}]"]
            lines += [f"{_key(one)} = {_quoted(value)}" for one, value in table.items()]
    return "".join(f"{line}\n" for line in lines)


def _with_root(file: Path, before: str, content_root: Path | None) -> str:
    """The text of the file with its content_root, which has to stand before all tables."""
    if content_root is None:
        return before
    if not content_root.is_dir():
        raise ConfigurationError(
            f"there is no folder {content_root}", field="--content-root", hint="Make it first, or correct the path."
        )
    if re.search(r"^\s*content_root\s*=", before, re.MULTILINE):
        raise ConfigurationError(
            "content_root is set already", path=file, field="content_root", hint="Leave the option out."
        )
    return f"content_root = {_quoted(content_root.as_posix())}\n" + (f"\n{before}" if before else "")


def _write(file: Path, before: str, table: str) -> None:
    """Write the project file. It is read as what it would be first, so that a good file never becomes a bad one."""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    trial = file.with_name(f".{file.name}.new")
    trial.write_text(f"{before}{gap}{table}", "utf-8")
    try:
        try:
            read_project(trial)
            read_targets(trial)
        except ConfigurationError as error:
            # The trial is gone when this is read.
            raise ConfigurationError(error.what, path=file, field=error.field, hint=error.hint) from None
        if file.exists():
            shutil.copymode(file, trial)
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
            hint = f"Choose another one; to change that one, edit {PROJECT_FILE}." if name in there else _SHORT
            raise ConfigurationError(said, field="name", hint=hint)
        return name

    return usable


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _quoted(name)


def _value(value: str | bool) -> str:
    return _quoted(value) if isinstance(value, str) else str(value).lower()


def _quoted(text: str) -> str:
    """A text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
