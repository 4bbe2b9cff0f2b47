"""Asks for secrets, and keeps them in the system's keyring, or names the environment variable for each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

import keyring
import keyring.errors

from publisher.cli.asking.questions import NobodyAnswersError, Prompt
from publisher.config.references import SERVICE
from publisher.errors import AuthenticationError, ConfigurationError

__all__ = ["Secrets", "Store"]

R = TypeVar("R")


class Store(StrEnum):
    """Where a secret is kept."""

    KEYRING = "keyring"
    ENV = "env"


class Secrets:
    """The secrets of a target that is called ``name``. ``store`` is asked for where it is None; ``tries`` tells that
    the connection is tried afterwards."""

    def __init__(self, prompt: Prompt, name: str, store: Store | None, *, tries: bool) -> None:
        self._prompt = prompt
        self.tries = tries
        self._name = name
        self._store = store
        #: How publisher.toml refers to each secret, by the name of its setting.
        self.references: dict[str, Mapping[str, str]] = {}
        #: Whether every secret is there to be used.
        self.ready = True
        self._for_keyring: dict[str, str] = {}
        self._typed: dict[str, str] = {}

    def ask(
        self,
        setting: str,
        called: str,
        place: str,
        usable: Callable[[str], R],
        *,
        new: Callable[[], str] | None = None,
        now: bool = False,
    ) -> R | None:
        """Ask for one, and return what ``usable`` makes of it; None where an environment variable will hold it later.

        ``place`` is what it opens, a part of its name in the keyring. What ``usable`` refuses with a
        :class:`ConfigurationError` or an :class:`AuthenticationError` is asked for again. ``new`` makes one where
        nothing is typed; it is shown once. With ``now`` it has to be typed even if it is kept nowhere.
        """
        self._prompt.refuse_secret(setting)
        store = self._store = self._store or self._chosen()
        if store is Store.KEYRING:
            account = "@".join(part for part in (self._name, place) if part)
            self.references[setting] = {"keyring": account}
            self._for_keyring[account], result = self._answer(setting, f"The {called}", usable, new)
            return result
        variable = re.sub(r"\W", "_", f"publisher_{self._name}_{setting}", flags=re.ASCII).upper()
        self.references[setting] = {"env": variable}
        there = os.environ.get(variable, "").strip()
        if there:
            self._prompt.say(f"The environment variable {variable} is set, and is used.")
            return usable(there)
        if new is None:
            self._prompt.say(f"Set the environment variable {variable} to the {called} where publisher runs.")
        if new is None and not now:
            return self._tried(setting, variable, usable)
        asked = f"The {called}" + ("" if new else ", which is used now and kept nowhere")
        self._typed[variable], result = self._answer(setting, asked, usable, new)
        if new is not None:
            self._prompt.say(f"Set the environment variable {variable} to it where publisher runs.")
        return result

    def keep(self) -> None:
        """Store in the keyring what belongs there, so that its reference finds it."""
        for account, secret in self._for_keyring.items():
            try:
                keyring.set_password(SERVICE, account, secret)
            except keyring.errors.KeyringError as error:
                raise ConfigurationError(
                    f"the keyring did not take the secret ({type(error).__name__})",
                    hint=f"Unlock it and run: keyring set {SERVICE} {account}. "
                    "Or use an environment variable (--secret env).",
                ) from None

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Inside, what was typed and is kept nowhere is in its environment variable."""
        os.environ.update(self._typed)
        try:
            yield
        finally:
            for variable in self._typed:
                os.environ.pop(variable, None)

    def _tried(self, setting: str, variable: str, usable: Callable[[str], R]) -> R | None:
        """What comes of a secret that is typed to try it, if somebody does."""
        question = "To try it now, type it here; it is kept nowhere (Enter: later)"
        typed = self._prompt.hidden(setting, question, optional=True) if self.tries else ""
        if not typed:
            self.ready = False
            return None
        self._typed[variable] = typed
        return usable(typed)

    def _answer(
        self, setting: str, question: str, usable: Callable[[str], R], new: Callable[[], str] | None
    ) -> tuple[str, R]:
        while True:
            typed = self._prompt.hidden(setting, question, optional=new is not None)
            try:
                if typed or new is None:
                    return typed, usable(typed)
                made = new()
                result = usable(made)
                self._prompt.say(f"A new secret, shown this once. The receiver needs the same one:\n\n  {made}\n")
            except NobodyAnswersError:
                raise
            except (ConfigurationError, AuthenticationError) as error:
                self._prompt.say(error)
            else:
                return made, result

    def _chosen(self) -> Store:
        if keyring.get_keyring().priority <= 0:
            self._prompt.say("This system has no keyring that can be used, so the secret goes into the environment.")
            return Store.ENV
        kept = self._prompt.yes("keyring", "Store the secret in this system's keyring?", default=True)
        return Store.KEYRING if kept else Store.ENV
