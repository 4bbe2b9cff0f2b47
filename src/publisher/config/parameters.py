"""What a backend can be told in a file: the keyword arguments of its constructor, with their types."""

from __future__ import annotations

import inspect
import json
import ssl
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import PydanticSchemaGenerationError, SecretStr, TypeAdapter, ValidationError

from publisher.backends.base import Backend
from publisher.content.frontmatter.parts import plain

__all__ = ["Parameter", "Wrong", "parameters_of"]


class Wrong(Exception):  # noqa: N818 - a word between the modules of this package
    """A value is not what the parameter takes: ``place`` is where inside the value."""

    def __init__(self, what: str, place: tuple[str | int, ...] = ()) -> None:
        super().__init__(what)
        self.what, self.place = what, place


@dataclass(frozen=True)
class Parameter:
    """One keyword argument that a file can give. ``types`` are those of its types that a file can hold."""

    name: str
    types: Any
    required: bool = False
    secret: bool = False
    hidden: bool = False

    @property
    def is_certificate(self) -> bool:
        """Whether the path of a file of CA certificates may stand here."""
        return self.name == "verify"

    def read(self, value: Any) -> Any:
        """The value as the backend takes it. Raises :class:`Wrong`, which never quotes it."""
        try:
            # As JSON, so that a list may become a tuple and a table a noun, and nothing else becomes what it is not.
            return TypeAdapter(self.types).validate_json(json.dumps(plain(value)), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            tags = {"str", "bool", "int", "float", "list", "dict", "SecretStr"} if _members(self.types)[1:] else set()
            place = tuple(part for part in first["loc"] if part not in tags)
            said = str(first["msg"])
            raise Wrong(f"{said[0].lower()}{said[1:]}", place) from None


def parameters_of(backend: type[Backend]) -> dict[str, Parameter] | None:
    """The parameters of a backend by name; None where it takes any."""
    given = inspect.signature(backend.__init__).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in given):
        return None
    hints = _hints(backend)
    found = {}
    for one in given:
        hint = hints.get(one.name, Any)
        types_ = _in_files(hint)
        if one.name == "self" or one.kind in (one.VAR_POSITIONAL, one.POSITIONAL_ONLY) or types_ is None:
            continue
        secret = SecretStr in _inner(hint) or one.name in backend.secret_names
        found[one.name] = Parameter(
            one.name, types_, one.default is one.empty, secret, hidden=SecretStr in _inner(hint)
        )
    return found


def _hints(backend: type[Backend]) -> Mapping[str, Any]:
    try:
        return get_type_hints(backend.__init__)
    except NameError:  # types that are there for type checkers only
        return {}


def _in_files(hint: Any) -> Any:
    """Of a type what a file can say; None for nothing, as for a transport."""
    kept = [member for member in _members(hint) if member is not types.NoneType and _can_be_read(member)]
    return Union[tuple(kept)] if kept else None  # noqa: UP007 - made at run time


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _can_be_read(member: Any) -> bool:
    if member is ssl.SSLContext:
        return False
    try:
        TypeAdapter(member)
    except PydanticSchemaGenerationError:
        return False
    return True


def _inner(hint: Any) -> set[Any]:
    """A type and all that it is made of."""

    def walk(one: Any) -> Iterator[Any]:
        yield one
        for inner in get_args(one):
            yield from walk(inner)

    return {one for one in walk(hint) if isinstance(one, type)}
