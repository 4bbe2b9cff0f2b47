"""Reads the targets of a publisher.toml, and makes backends of them. All that is wrong is told at once."""

from __future__ import annotations

import base64
import difflib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from publisher.backends import backend_class
from publisher.backends.base import Backend
from publisher.config.parameters import Parameter, Wrong, parameters_of
from publisher.config.references import HOW, Reference, reference
from publisher.content.frontmatter.parts import shown
from publisher.content.settings import Settings, read_settings
from publisher.errors import ConfigurationError

__all__ = ["ConfiguredTarget", "read_targets"]

#: Stands for a secret where nothing is sent. It is formed so that a backend that looks at the form takes it.
_PLACEHOLDER = f"whsec_{base64.b64encode(b'stands for a secret here').decode()}"


@dataclass(frozen=True)
class _Secret:
    """A reference, and whether the backend wants what it refers to as a ``SecretStr``."""

    reference: Reference
    hidden: bool


@dataclass(frozen=True)
class ConfiguredTarget:
    """One ``[targets.name]`` of a publisher.toml, checked as far as that can be done without its secrets."""

    name: str
    kind: str
    file: Path
    made_by: type[Backend]
    arguments: Mapping[str, Any]
    lines: Mapping[str, int | None]

    def backend(self, *, secrets: bool = True) -> Backend:
        """The backend. Without ``secrets`` nothing is looked up for those, and nothing can be sent either.

        Raises :class:`ConfigurationError` with file, line and field; if several are wrong, one error says them all.
        """
        faults: list[ConfigurationError] = []

        def resolved(value: Any, field: str) -> Any:
            if isinstance(value, _Secret):
                if not secrets:
                    return SecretStr(_PLACEHOLDER) if value.hidden else _PLACEHOLDER
                found = resolved(value.reference, field)
                return SecretStr(found) if value.hidden else found
            if isinstance(value, Reference):
                try:
                    return value.resolve()
                except ConfigurationError as error:
                    faults.append(self._located(error, field))
                    return ""
            if isinstance(value, dict):
                return {name: resolved(one, field) for name, one in value.items()}
            return [resolved(one, field) for one in value] if isinstance(value, list) else value

        arguments = {name: resolved(value, name) for name, value in self.arguments.items()}
        if faults:
            raise one_error(faults)
        try:
            backend = self.made_by(**arguments)
        except ConfigurationError as error:
            raise self._located(error, error.field or "") from None
        except (TypeError, ValueError) as error:
            # What such an error says may hold a secret.
            said = f" ({type(error).__name__})" if secrets and self.has_secrets else f": {error}"
            refused = ConfigurationError(f"the backend does not take these settings{said}", hint="Correct them.")
            raise self._located(refused, "") from None
        backend.target = backend.target.model_copy(update={"name": self.name})
        if not secrets and self.has_secrets:
            backend.connection = replace(backend.connection, transport=_WithoutSecrets())
        return backend

    def planned(self) -> Backend:
        """A backend to plan with: without the secrets, unless it cannot be made without them."""
        try:
            return self.backend(secrets=False)
        except ConfigurationError:
            return self.backend()

    @property
    def has_secrets(self) -> bool:
        def inside(value: Any) -> bool:
            members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            return isinstance(value, _Secret) or any(inside(one) for one in members)

        return any(inside(value) for value in self.arguments.values())

    def _located(self, error: ConfigurationError, field: str) -> ConfigurationError:
        line = self.lines.get(field, self.lines[""])
        named = ".".join(part for part in ("targets", self.name, field) if part)
        return ConfigurationError(error.what, hint=error.hint, path=self.file, line=line, field=named)


def read_targets(file: Path) -> dict[str, ConfiguredTarget]:
    """The targets of a publisher.toml by name, in its order.

    Raises :class:`ConfigurationError` with file, line and field for a kind without backend, an unknown or missing key,
    a value of another type, a secret in plain text, and two names for one place; one error says all that are wrong.
    """
    try:
        settings = read_settings(file)
    except OSError as error:
        raise ConfigurationError(
            f"the project file cannot be read ({error.strerror})", path=file, hint="Check its permissions."
        ) from None
    tables = settings.values.get("targets", {})
    if not isinstance(tables, dict):
        settings.wrong(
            "targets is a table of targets", 'Write for example [targets.blog] and kind = "wordpress".', "targets"
        )
        tables = {}
    found = {name: target for name in tables if (target := _read(settings, name, tables[name])) is not None}
    _no_place_twice(settings, found)
    settings.raise_faults()
    return found


def one_error(faults: list[ConfigurationError]) -> ConfigurationError:
    """One error that says all of ``faults``, of which there is at least one."""
    first, *others = [one for fault in faults for one in fault.all]
    return ConfigurationError(
        first.what, hint=first.hint, path=first.path, line=first.line, field=first.field, others=others
    )


def _read(settings: Settings, name: str, table: Any) -> ConfiguredTarget | None:
    before = len(settings.faults)

    def wrong(what: str, hint: str, *place: str | int) -> None:
        named = ".".join(str(part) for part in ("targets", name, *place) if isinstance(part, str))
        settings.wrong(what, hint, "targets", name, *place, field=named)

    if not isinstance(table, dict):
        wrong("a target is a table", f'Write for example [targets.{name}] and kind = "wordpress".')
        return None
    kind = table.get("kind")
    if not isinstance(kind, str):
        said = "the kind of the target is missing" if kind is None else f"kind is a text, found {shown(kind)}"
        wrong(said, 'Write for example kind = "wordpress".', *(() if kind is None else ("kind",)))
        return None
    try:
        made_by = backend_class(kind)
    except ConfigurationError as error:
        wrong(error.what, error.hint, "kind")
        return None
    known = parameters_of(made_by)
    arguments = {}
    for key, value in table.items():
        if key == "kind":
            continue
        parameter = Parameter(key, Any) if known is None else known.get(key)
        if parameter is None:
            near = difflib.get_close_matches(key, known or (), 1)
            meant = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(known or ()) or 'no settings'}."
            wrong(f"a target of kind {kind!r} has no setting {key!r}", meant, key)
            continue
        try:
            arguments[key] = _argument(settings, parameter, value)
        except Wrong as error:
            hint = f"Write {HOW}." if parameter.secret else "Correct it."
            wrong(error.what, hint, key, *error.place)
    for parameter in (known or {}).values():
        if parameter.required and parameter.name not in table:
            wrong(f"{parameter.name} is missing", f"A target of kind {kind!r} needs it.")
    lines = {key: settings.line("targets", name, key) for key in table} | {"": settings.line("targets", name)}
    return (
        ConfiguredTarget(name, kind, settings.file, made_by, arguments, lines)
        if len(settings.faults) == before
        else None
    )


def _argument(settings: Settings, parameter: Parameter, value: Any) -> Any:
    """What is passed to the backend: a value that was checked, or references that are resolved later."""
    if parameter.secret:
        return _secret(parameter, value)
    if parameter.is_certificate and isinstance(value, str):
        return _certificates(settings.file.parent / Path(value).expanduser())
    if parameter.name == "headers" and isinstance(value, dict):
        # A header may hold a secret, and a place may be guarded by nothing else.
        references = {name: meant for name, one in value.items() if (meant := reference(one)) is not None}
        rest = parameter.read({name: one for name, one in value.items() if name not in references})
        return dict(rest) | {name: _Secret(one, hidden=False) for name, one in references.items()}
    meant = reference(value)
    if meant is not None:
        try:
            parameter.read("")
        except Wrong:
            meant = None  # a table is what it takes
    return parameter.read(value) if meant is None else meant


def _secret(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, list) and value:
        return [_secret(parameter, one) for one in value]
    meant = reference(value)
    if meant is None:
        plainly = "a secret stands here in plain text" if isinstance(value, str) else "this is no reference to a secret"
        raise Wrong(plainly)
    return _Secret(meant, parameter.hidden)


def _certificates(file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(file))
    except ssl.SSLError:
        raise Wrong(f"{file} holds no certificates in PEM") from None
    except OSError as error:
        raise Wrong(f"the certificates {file} cannot be read ({error.strerror})") from None


def _no_place_twice(settings: Settings, found: Mapping[str, ConfiguredTarget]) -> None:
    names: dict[str, str] = {}
    for name, target in found.items():
        try:
            identity = target.backend(secrets=False).target.identity
        except ConfigurationError as error:
            # What is wrong with a secret, or with what an environment variable says, is told when it is used.
            fields = {f"targets.{name}.{key}" for key, value in target.arguments.items() if not _later(value)}
            if error.field in fields or not target.has_secrets:
                settings.faults.append(error)
            continue
        if identity in names:
            settings.wrong(
                f"it is the same place as {names[identity]!r}: {identity}",
                "Give one of them an id of its own if they are two places, or remove it.",
                "targets",
                name,
                field=f"targets.{name}",
            )
        names.setdefault(identity, name)


def _later(value: Any) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, _Secret | Reference) or any(_later(one) for one in members)


class _WithoutSecrets(httpx.AsyncBaseTransport):
    """Where a target was made without its secrets, nothing leaves."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.UnsupportedProtocol("this target was made without its secrets, to plan with", request=request)
