"""One receiver, one ledger, and articles to publish to it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from webhook_rig import URL, Receiver

from publisher import Article, Asset, Publisher, Receipt, Webhook
from publisher.testing import FakeClock, Fault, make_faulty


class Desk:
    """One receiver, one ledger, and publishers that come and go like processes."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.receiver = Receiver(self.clock.now)
        self.ledger = folder / "ledger.db"

    @contextmanager
    def process(self, *faults: Fault, on_event: Any = None, **settings: Any) -> Iterator[Publisher]:
        values = {"secret": self.receiver.secret, "transport": self.receiver, "url": URL, **settings}
        backend = Webhook(**values)
        make_faulty(backend, self.clock).faults += faults
        with Publisher(backend, ledger=self.ledger, clock=self.clock, on_event=on_event) as publisher:
            yield publisher

    def publish(self, article: Article, *faults: Fault, **settings: Any) -> Receipt:
        with self.process(*faults, **settings) as publisher:
            return publisher.publish(article)


def article(body: str = "One.", key: str = "posts/a", **fields: Any) -> Article:
    return Article.model_validate({"key": key, "title": f"Title of {key}", "body": body, **fields})


def picture(number: int, size: int = 8) -> Asset:
    data = io.BytesIO()
    Image.new("RGB", (size, size), (number, 80, 160)).save(data, "PNG")
    return Asset.from_bytes(data.getvalue(), f"picture-{number}.png")


def illustrated(*assets: Asset, key: str = "posts/a") -> Article:
    images = {asset.name: asset for asset in assets}
    return article("\n\n".join(f"![]({name})" for name in images), key, assets=images)
