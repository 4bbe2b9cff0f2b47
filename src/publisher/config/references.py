"""References to secrets: ``{ env = "NAME" }`` and ``{ keyring = "NAME" }``, in place of the secret itself."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from publisher.errors import ConfigurationError

__all__ = ["HOW", "SERVICE", "Reference", "reference"]

#: The service under which the system's keyring holds our secrets, where a reference names none.
SERVICE = "publisher"

#: How a secret is written, for messages.
HOW = '{ env = "NAME" } for an environment variable, or { keyring = "NAME" } for the system\'s keyring'


class Reference(NamedTuple):
    """Where a secret is to be found: in an environment variable, or in the keyring (of a ``service``)."""

    env: str = ""
    keyring: str = ""
    service: str = SERVICE

    def resolve(self) -> str:
        """The secret. Raises :class:`ConfigurationError` that says where it was looked for and how to put it there."""
        return self._from_environment() if self.env else self._from_keyring()

    def _from_environment(self) -> str:
        # A secret that a CI system was given by hand often ends in a line break, which no header can carry.
        value = os.environ.get(self.env, "").strip("\r\n")
        if not value.strip():
            empty = "is empty" if self.env in os.environ else "is not set"
            raise ConfigurationError(
                f"the environment variable {self.env} {empty}",
                hint=f"Set {self.env} where publisher runs; in CI, as a secret of the job.",
            )
        return value

    def _from_keyring(self) -> str:
        try:
            import keyring
            import keyring.errors
        except ModuleNotFoundError:
            raise ConfigurationError(
                "the keyring cannot be read without the package keyring",
                hint="Install it with: pip install 'publisher[cli]'. Or use an environment variable.",
            ) from None
        where = f"{self.keyring!r} of the service {self.service!r}"
        try:
            found = keyring.get_password(self.service, self.keyring)
        except keyring.errors.NoKeyringError:
            raise ConfigurationError(
                "this system has no keyring that can be used",
                hint='Use an environment variable: { env = "NAME" }.',
            ) from None
        except keyring.errors.KeyringLocked:
            raise ConfigurationError(
                f"the keyring that holds {where} is locked",
                hint="Unlock it and run again; where nobody can, as in CI, use an environment variable.",
            ) from None
        except keyring.errors.KeyringError as error:
            raise ConfigurationError(
                f"the keyring could not be asked for {where} ({type(error).__name__})",
                hint="See whether 'keyring diagnose' and 'keyring get' work, or use an environment variable.",
            ) from None
        if not found:
            raise ConfigurationError(
                f"the keyring holds no {where}", hint=f"Put it there: keyring set {self.service} {self.keyring}"
            )
        return found


def reference(value: Any) -> Reference | None:
    """The reference that a value of the file is; None for anything else."""
    if not isinstance(value, dict) or not all(isinstance(one, str) and one.strip() for one in value.values()):
        return None
    if value.keys() == {"env"}:
        return Reference(env=value["env"])
    if value.keys() in ({"keyring"}, {"keyring", "service"}):
        return Reference(keyring=value["keyring"], service=value.get("service", SERVICE))
    return None
