"""Asks for secrets, and keeps them in the system's keyring."""

from __future__ import annotations

import keyring
import keyring.errors
import typer

from publisher.config.references import SERVICE
from publisher.errors import ConfigurationError

__all__ = ["ask_secret", "can_keep", "keep"]


def can_keep() -> bool:
    """Whether this system has a keyring that works."""
    return keyring.get_keyring().priority > 0


def ask_secret(called: str) -> str:
    """A secret, typed in where nobody sees it."""
    return str(typer.prompt(f"The {called}", hide_input=True, err=True))


def keep(account: str, secret: str) -> None:
    """Store a secret where a reference ``{ keyring = account }`` finds it."""
    try:
        keyring.set_password(SERVICE, account, secret)
    except keyring.errors.KeyringError as error:
        raise ConfigurationError(
            f"the keyring did not take the secret ({type(error).__name__})",
            hint=f"Unlock it and run: keyring set {SERVICE} {account}. Or use an environment variable (--secret env).",
        ) from None
