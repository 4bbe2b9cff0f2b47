"""A simulated Webflow, and the publishers that come and go there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webflow_rig import WebflowRig

from publisher import Article, Publisher, Receipt


class WebflowDesk:
    """A simulated Webflow and a ledger; every call is a process of its own. ``settings`` are those of the target."""

    def __init__(self, folder: Path, rig: WebflowRig) -> None:
        self.folder = folder
        self.rig = rig
        self.ledger = folder / "ledger.db"

    def publisher(self, *, settings: dict[str, Any] | None = None, **options: Any) -> Publisher:
        self.rig.settings |= settings or {}
        return Publisher(self.rig.backend(), ledger=self.ledger, clock=self.rig.clock, **options)

    def publish(self, article: Article | Path | str, **options: Any) -> Receipt:
        with self.publisher(**options) as publisher:
            return publisher.publish(article)

    def publish_many(self, articles: Any, **options: Any) -> list[Any]:
        with self.publisher(**options) as publisher:
            return publisher.publish_many(articles)

    def lose_ledger(self) -> None:
        for file in self.folder.glob("ledger.db*"):
            file.unlink()

    def requests(self, since: int = 0) -> list[str]:
        """The requests that arrived, as ``POST /collections/posts/items``; collections by their names."""
        names = dict(zip(self.rig.blog, self.rig.blog._fields, strict=True)) | {self.rig.sim.site_id: "site"}
        told = []
        for one in self.rig.sim.requests[since:]:
            path = one.path
            for long, short in names.items():
                path = path.replace(long, short)
            told.append(f"{one.method} {path}")
        return told
