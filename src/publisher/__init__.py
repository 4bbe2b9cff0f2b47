"""Publishes Markdown articles to WordPress and other targets, exactly once, and says what the target did with them.

    from publisher import WordPress, publish

    receipt = publish("post.md", WordPress("https://blog.example.com", username="ana", app_password="…"))
    print(receipt.url)

Everything is loaded when it is first used, so that ``import publisher`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.backends.base import RateLimit
    from publisher.backends.memory import Memory
    from publisher.backends.webflow import Webflow
    from publisher.backends.webhook import Webhook
    from publisher.backends.wordpress import WordPress
    from publisher.errors import PublisherError
    from publisher.models import Article, Asset, Checkup, Delivery, ImageLimits, Outcome, Receipt
    from publisher.publishing.functions import (
        check,
        delete,
        deliveries,
        doctor,
        load_articles,
        plan,
        publish,
        publish_many,
        retry,
        status,
        unpublish,
    )
    from publisher.publishing.portal import Publisher
    from publisher.publishing.session import AsyncPublisher
    from publisher.rendering import render

_HOMES = {
    "Article": "publisher.models",
    "Asset": "publisher.models",
    "AsyncPublisher": "publisher.publishing.session",
    "Checkup": "publisher.models",
    "Delivery": "publisher.models",
    "ImageLimits": "publisher.models",
    "Memory": "publisher.backends.memory",
    "Outcome": "publisher.models",
    "Publisher": "publisher.publishing.portal",
    "PublisherError": "publisher.errors",
    "RateLimit": "publisher.backends.base",
    "Receipt": "publisher.models",
    "Webflow": "publisher.backends.webflow",
    "Webhook": "publisher.backends.webhook",
    "WordPress": "publisher.backends.wordpress",
    "check": "publisher.publishing.functions",
    "delete": "publisher.publishing.functions",
    "deliveries": "publisher.publishing.functions",
    "doctor": "publisher.publishing.functions",
    "load_articles": "publisher.publishing.functions",
    "plan": "publisher.publishing.functions",
    "publish": "publisher.publishing.functions",
    "publish_many": "publisher.publishing.functions",
    "render": "publisher.rendering",
    "retry": "publisher.publishing.functions",
    "status": "publisher.publishing.functions",
    "unpublish": "publisher.publishing.functions",
}

#: Packages that may be used without an import of their own.
_PARTS = ("webhooks",)

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("publisher")
    if name in _PARTS:
        return import_module(f"publisher.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'publisher' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
