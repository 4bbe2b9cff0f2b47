"""``import publisher`` costs next to nothing, and what it promises is pinned."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import FunctionType

import pytest

import publisher

#: All that is promised, by the package that it is imported from.
SURFACE = {
    "publisher": [
        "Article",
        "Asset",
        "AsyncPublisher",
        "Checkup",
        "Delivery",
        "ImageLimits",
        "Memory",
        "Outcome",
        "Publisher",
        "PublisherError",
        "RateLimit",
        "Receipt",
        "Webflow",
        "Webhook",
        "WordPress",
        "check",
        "delete",
        "deliveries",
        "doctor",
        "load_articles",
        "plan",
        "publish",
        "publish_many",
        "render",
        "retry",
        "status",
        "unpublish",
    ],
    "publisher.errors": [
        "AuthenticationError",
        "ConfigurationError",
        "ConflictError",
        "ContentError",
        "InDoubtError",
        "LeaseLostError",
        "LedgerError",
        "PublisherError",
        "RefusedError",
        "SignatureError",
        "StoreError",
        "TargetError",
        "UnexpectedAnswerError",
        "UnreachableError",
        "error_from_record",
    ],
    "publisher.receiver": ["HOOK", "Answer", "Receiver", "SiteStore", "Store", "make_site", "serve"],
    "publisher.testing": [
        "BackendSuite",
        "Copy",
        "Crash",
        "CrashPoints",
        "CrashWalk",
        "FakeClock",
        "Fault",
        "FaultyTransport",
        "Report",
        "Rig",
        "WebflowSimulator",
        "make_faulty",
    ],
    "publisher.testing.cassettes": ["VOLATILE", "NotOnTapeError", "Tape", "cassette"],
    "publisher.testing.webflow": [
        "SCOPES",
        "Blog",
        "Call",
        "Designer",
        "Faults",
        "Field",
        "FieldType",
        "Logged",
        "Problem",
        "Quirks",
        "RefusedError",
        "Trouble",
        "WebflowSimulator",
    ],
    "publisher.webhooks": [
        "WebhookEvent",
        "new_secret",
        "sign",
        "sign_github",
        "verify",
        "verify_bearer",
        "verify_github",
    ],
}

HEAVY = ["PIL", "markdown_it", "sqlalchemy", "typer", "httpx", "pydantic", "frontmatter", "yaml", "anyio"]


def modules_after(code: str) -> set[str]:
    """The modules that a new interpreter has loaded after some code."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(shown.stdout.split())


def test_import_loads_nothing_heavy():
    """Importing the package loads none of its heavy dependencies."""
    assert modules_after("import publisher") & set(HEAVY) == set()


def test_errors_and_nouns_load_without_ledger_parser_or_images():
    """A program that only makes articles and handles errors loads no SQL, no Markdown and no Pillow."""
    loaded = modules_after("from publisher import Article, PublisherError; Article(title='Hello')")
    assert loaded & {"PIL", "markdown_it", "sqlalchemy", "httpx"} == set()


@pytest.mark.parametrize("module", SURFACE)
def test_public_names_are_these(module):
    """The public surface grows on purpose only, and dir() shows it."""
    package = import_module(module)
    assert package.__all__ == SURFACE[module]
    assert set(dir(package)) >= set(SURFACE[module])


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in SURFACE for name in SURFACE[module]])
def test_every_public_name_is_there_and_described(module, name):
    """What is promised can be imported, and what can have a docstring has one."""
    thing = getattr(import_module(module), name)
    if isinstance(thing, type | FunctionType):
        assert (thing.__doc__ or "").strip()


def test_version_is_that_of_the_package():
    """``publisher.__version__`` is read from the installed package."""
    from importlib.metadata import version

    assert publisher.__version__ == version("publisher")


def test_signatures_are_at_hand():
    """``publisher.webhooks.verify`` needs no import of its own, and nothing heavy."""
    loaded = modules_after("import publisher; publisher.webhooks.verify")
    assert ("publisher.webhooks" in loaded, loaded & set(HEAVY)) == (True, set())


def test_unknown_name_is_an_attribute_error():
    """A typo gets the usual error."""
    with pytest.raises(AttributeError, match="no attribute 'Wordpress'"):
        publisher.Wordpress  # noqa: B018
