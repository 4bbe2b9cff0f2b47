"""The project that an article belongs to: the nearest ``publisher.toml`` above it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from publisher.content.frontmatter.parts import Place as Where
from publisher.content.frontmatter.parts import shown
from publisher.content.frontmatter.toml_head import line_finder, syntax_fault
from publisher.content.rules import DEFAULTS, LEAKS, RAW_HTML, Rules
from publisher.errors import ConfigurationError

__all__ = ["PROJECT_FILE", "Project", "find_project", "read_project"]

PROJECT_FILE = "publisher.toml"

_Word = TypeVar("_Word", bound=str)


class Project(NamedTuple):
    """What a publisher.toml says.

    ``file`` is that file, ``content_root`` the folder that keys are relative to, ``ledger`` the project's ledger.
    ``rules`` are those by which its articles are read, and ``static_root`` the folder of image paths that begin with
    ``/``: Hugo's ``static``, or the root of a Jekyll site.
    """

    file: Path
    content_root: Path
    ledger: Path
    rules: Rules = DEFAULTS
    static_root: Path | None = None


def find_project(start: str | Path) -> Project | None:
    """The project of a file or folder, or ``None`` where no folder above it has a publisher.toml.

    Raises :class:`ConfigurationError` if that file is not usable.
    """
    for file in _candidates(os.path.abspath(start)):  # noqa: PTH100 - asked for every article: Path costs ten times this
        if os.path.isfile(file):  # noqa: PTH113
            return read_project(Path(file))
    return None


@lru_cache(maxsize=1024)
def _candidates(folder: str) -> tuple[str, ...]:
    here = Path(folder)
    return tuple(str(above / PROJECT_FILE) for above in (here, *here.parents))


def read_project(file: Path) -> Project:
    """The project that a publisher.toml describes: of its keys ``content_root`` (default: its own folder),
    ``category_separator`` (default: none), ``raw_html`` ("trust", "sanitize" or "refuse"; default: trust), ``allow``
    (a list of leaks; default: none) and ``static_root`` (default: none).

    Raises :class:`ConfigurationError` with file, line and field; if several are wrong, one error says them all.
    """
    try:
        stat = file.stat()
        return _read(file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ConfigurationError(
            f"the project file cannot be read ({error.strerror})", path=file, hint="Check its permissions."
        ) from None


@lru_cache(maxsize=64)
def _read(file: Path, _mtime_ns: int, _size: int) -> Project:
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        settings: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError:
        raise ConfigurationError("the project file is not UTF-8", path=file, hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        fault = syntax_fault(error, "the project file")
        line = None if fault.line is None else fault.line + 1
        raise ConfigurationError(fault.what, path=file, line=line, hint=fault.hint) from None
    read = _Settings(file, settings, line_finder(text))
    content_root = read.folder("content_root", "posts")
    static_root = read.folder("static_root", "static")
    rules = Rules(
        category_separator=read.text("category_separator", "the sign between the names of a path", "/"),
        raw_html=read.one_of("raw_html", RAW_HTML, RAW_HTML[0]),
        allow=read.several_of("allow", LEAKS),
        static_root=settings["static_root"] if static_root else "",
    )
    read.raise_faults()
    return Project(
        file, content_root or file.parent.resolve(), file.parent / ".publisher" / "ledger.db", rules, static_root
    )


class _Settings:
    """The keys of a publisher.toml, each checked; what is wrong is collected."""

    def __init__(self, file: Path, settings: dict[str, Any], line_of: Callable[[Where], int | None]) -> None:
        self.file, self.settings, self.line_of = file, settings, line_of
        self.faults: list[ConfigurationError] = []

    def wrong(self, what: str, hint: str, *place: str | int) -> None:
        line = self.line_of(place)
        self.faults.append(
            ConfigurationError(
                what, path=self.file, line=None if line is None else line + 1, field=str(place[0]), hint=hint
            )
        )

    def raise_faults(self) -> None:
        if self.faults:
            first, *others = self.faults
            raise ConfigurationError(
                first.what, path=self.file, line=first.line, field=first.field, hint=first.hint, others=others
            )

    def text(self, name: str, meaning: str, example: str) -> str:
        value = self.settings.get(name, "")
        if isinstance(value, str):
            return value
        self.wrong(f"{name} is {meaning}, found {shown(value)}", f'Write for example {name} = "{example}".', name)
        return ""

    def folder(self, name: str, example: str) -> Path | None:
        written = self.text(name, "the path of a folder", example)
        if not written:
            if self.settings.get(name) == "":
                self.wrong(f"{name} is empty", f'Write for example {name} = "{example}", or leave it out.', name)
            return None
        folder = (self.file.parent / written).resolve()
        if not folder.is_dir():
            self.wrong(f"there is no folder {folder}", f"Make the folder, or correct {name}.", name)
        return folder

    def one_of(self, name: str, allowed: Sequence[_Word], default: _Word) -> _Word:
        value = self.settings.get(name, default)
        for word in allowed:
            if value == word:
                return word
        self.wrong(f"{name} cannot be {shown(value)}", f"Use one of {', '.join(allowed)}.", name)
        return default

    def several_of(self, name: str, allowed: Sequence[_Word]) -> tuple[_Word, ...]:
        values = self.settings.get(name, [])
        if not isinstance(values, list):
            self.wrong(
                f"{name} is a list, found {shown(values)}", f'Write for example {name} = ["{allowed[0]}"].', name
            )
            return ()
        for number, value in enumerate(values):
            if value not in allowed:
                self.wrong(f"{name} cannot hold {shown(value)}", f"Use some of {', '.join(allowed)}.", name, number)
        return tuple(word for word in allowed if word in values)
