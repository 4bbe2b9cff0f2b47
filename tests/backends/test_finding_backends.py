"""Backends are found by their kind, built-in ones as well."""

from __future__ import annotations

import pytest

from publisher import Memory, Webhook, WordPress
from publisher.backends import backend_class
from publisher.errors import ConfigurationError


@pytest.mark.parametrize(("kind", "backend"), [("memory", Memory), ("webhook", Webhook), ("wordpress", WordPress)])
def test_built_in_backends_are_entry_points(kind, backend):
    """The same group that a package of somebody else's would use."""
    assert backend_class(kind) is backend
    assert backend.kind == kind


def test_unknown_kind_names_those_that_are_installed():
    """A typo shows what it may have meant."""
    with pytest.raises(ConfigurationError, match=r"'wordpres'.*memory, .*wordpress"):
        backend_class("wordpres")
