"""Secrets are references to the environment or to the system's keyring."""

from __future__ import annotations

import sys

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring

from publisher.config.references import Reference, reference
from publisher.errors import ConfigurationError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"env": "A"}, Reference(env="A")),
        ({"keyring": "blog"}, Reference(keyring="blog", service="publisher")),
        ({"keyring": "ana", "service": "wp"}, Reference(keyring="ana", service="wp")),
        ({"env": "A", "keyring": "b"}, None),
        ({"env": ""}, None),
        ({"env": 1}, None),
        ({"service": "wp"}, None),
        ("A", None),
        ({}, None),
    ],
)
def test_a_reference_is_one_of_two_tables(written, meant):
    """Anything else is none."""
    assert reference(written) == meant


def test_a_secret_comes_from_the_keyring(memory_keyring):
    """As 'keyring set publisher blog' puts it there."""
    memory_keyring.set_password("publisher", "blog", "s3cret")
    memory_keyring.set_password("wp", "ana", "other")
    assert Reference(keyring="blog").resolve() == "s3cret"
    assert Reference(keyring="ana", service="wp").resolve() == "other"


def test_a_missing_entry_says_how_to_make_it(memory_keyring):
    """With the command."""
    with pytest.raises(ConfigurationError, match=r"holds no 'blog' .* keyring set publisher blog"):
        Reference(keyring="blog").resolve()


def test_a_locked_keyring_is_told_as_such(memory_keyring):
    """And not as a missing entry."""
    memory_keyring.locked = True
    with pytest.raises(ConfigurationError, match=r"is locked. Unlock it"):
        Reference(keyring="blog").resolve()


@pytest.mark.parametrize(
    ("backend", "said"), [(NoKeyring, "no keyring that can be used"), (NullKeyring, "holds no 'blog'")]
)
def test_a_system_without_keyring_is_pointed_to_the_environment(memory_keyring, backend, said):
    """As a container or a CI job is."""
    keyring.set_keyring(backend())
    with pytest.raises(ConfigurationError, match=said):
        Reference(keyring="blog").resolve()


def test_without_the_package_the_message_says_what_to_install(monkeypatch):
    """It comes with the command line."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'publisher\[cli\]'"):
        Reference(keyring="blog").resolve()
