"""``import publisher`` costs next to nothing, and what it promises is pinned."""

from __future__ import annotations

import subprocess
import sys

import pytest

import publisher

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


def test_public_names_are_these():
    """The public surface grows on purpose only."""
    assert publisher.__all__ == [
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
    ]


@pytest.mark.parametrize("name", publisher.__all__)
def test_every_public_name_has_a_docstring(name):
    """What is promised is described."""
    assert (getattr(publisher, name).__doc__ or "").strip()


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
