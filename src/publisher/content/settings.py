"""A publisher.toml as it is read: its settings, the lines of these, and all that is wrong with them at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from publisher.content.frontmatter.parts import Place, shown
from publisher.content.frontmatter.toml_head import line_finder, syntax_fault
from publisher.errors import ConfigurationError

__all__ = ["Settings", "read_settings"]

_Word = TypeVar("_Word", bound=str)


def read_settings(file: Path) -> Settings:
    """The settings of a publisher.toml. Raises :class:`ConfigurationError` for what is not TOML in UTF-8, and
    :class:`OSError` where it cannot be read."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        values: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError:
        raise ConfigurationError("the project file is not UTF-8", path=file, hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        fault = syntax_fault(error, "the project file")
        line = None if fault.line is None else fault.line + 1
        raise ConfigurationError(fault.what, path=file, line=line, hint=fault.hint) from None
    return Settings(file, values, line_finder(text))


class Settings:
    """The keys of a publisher.toml, each checked when it is asked for; what is wrong is collected."""

    def __init__(self, file: Path, values: dict[str, Any], line_of: Callable[[Place], int | None]) -> None:
        self.file, self.values, self._line_of = file, values, line_of
        self.faults: list[ConfigurationError] = []

    def line(self, *place: str | int) -> int | None:
        """The line (from 1) of a place, or of the nearest one around it that has one."""
        line = self._line_of(place)
        return None if line is None else line + 1

    def wrong(self, what: str, hint: str, *place: str | int, field: str | None = None) -> None:
        """Something is wrong at a place, of which ``field`` is the name (default: that of its top-level key)."""
        named = str(place[0]) if field is None else field
        self.faults.append(ConfigurationError(what, path=self.file, line=self.line(*place), field=named, hint=hint))

    def raise_faults(self) -> None:
        """Raise one error that says them all, if there are any."""
        if self.faults:
            first, *others = self.faults
            raise ConfigurationError(
                first.what, path=self.file, line=first.line, field=first.field, hint=first.hint, others=others
            )

    def text(self, name: str, meaning: str, example: str) -> str:
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value
        self.wrong(f"{name} is {meaning}, found {shown(value)}", f'Write for example {name} = "{example}".', name)
        return ""

    def folder(self, name: str, example: str) -> Path | None:
        written = self.text(name, "the path of a folder", example)
        if not written:
            if self.values.get(name) == "":
                self.wrong(f"{name} is empty", f'Write for example {name} = "{example}", or leave it out.', name)
            return None
        folder = (self.file.parent / written).resolve()
        if not folder.is_dir():
            self.wrong(f"there is no folder {folder}", f"Make the folder, or correct {name}.", name)
        return folder

    def one_of(self, name: str, allowed: Sequence[_Word], default: _Word) -> _Word:
        value = self.values.get(name, default)
        for word in allowed:
            if value == word:
                return word
        self.wrong(f"{name} cannot be {shown(value)}", f"Use one of {', '.join(allowed)}.", name)
        return default

    def several_of(self, name: str, allowed: Sequence[_Word]) -> tuple[_Word, ...]:
        values = self.values.get(name, [])
        if not isinstance(values, list):
            self.wrong(
                f"{name} is a list, found {shown(values)}", f'Write for example {name} = ["{allowed[0]}"].', name
            )
            return ()
        for number, value in enumerate(values):
            if value not in allowed:
                self.wrong(f"{name} cannot hold {shown(value)}", f"Use some of {', '.join(allowed)}.", name, number)
        return tuple(word for word in allowed if word in values)

    def only(self, known: Sequence[str]) -> None:
        """A key that is not one of ``known`` is wrong: a typo would otherwise leave a default in force unseen."""
        for name in self.values:
            if name not in known:
                self.wrong(f"there is no setting {name!r}", f"There are {', '.join(known)}.", name)
