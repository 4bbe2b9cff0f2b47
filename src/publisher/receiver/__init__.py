"""The other end of the Webhook target: verify, store, and show.

Three ways, from the smallest to the whole:

- :func:`publisher.webhooks.verify` checks the signature of a delivery, in any framework;
- :class:`Receiver` is an ASGI application that also drops repeats and late events, in front of a store;
- :func:`serve` and :func:`make_site` are a small site of their own: what people have who have no CMS.

Needs the extra ``receiver``.
"""

from __future__ import annotations

from publisher.receiver.endpoint import Receiver
from publisher.receiver.serving import serve
from publisher.receiver.site import HOOK, make_site
from publisher.receiver.store import Answer, SiteStore, Store

__all__ = ["HOOK", "Answer", "Receiver", "SiteStore", "Store", "make_site", "serve"]
