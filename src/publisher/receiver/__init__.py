"""The other end of the Webhook target: verify, store, and show.

Three ways, from the smallest to the whole:

- :func:`publisher.webhooks.verify` checks the signature of a delivery, in any framework;
- :class:`Receiver` is an ASGI application that also drops repeats and late events, in front of a store;
- :func:`serve` and :func:`make_site` are a small site of their own: what people have who have no CMS.

Needs the extra ``receiver``. Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.receiver.addresses import HOOK
    from publisher.receiver.endpoint import Receiver
    from publisher.receiver.serving import serve
    from publisher.receiver.site import make_site
    from publisher.receiver.store import Answer, SiteStore, Store

_HOMES = {
    "HOOK": "addresses",
    "Answer": "store",
    "Receiver": "endpoint",
    "SiteStore": "store",
    "Store": "store",
    "make_site": "site",
    "serve": "serving",
}

__all__ = ["HOOK", "Answer", "Receiver", "SiteStore", "Store", "make_site", "serve"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'publisher.receiver' has no attribute {name!r}")
    value = getattr(import_module(f"publisher.receiver.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
