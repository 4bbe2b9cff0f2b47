"""The rig of the Webflow backend: the truth is in the simulator's own stores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import anyio

from publisher import Webflow
from publisher.rendering.text import words
from publisher.testing import Copy, Fault, FaultyTransport, Rig, WebflowSimulator
from publisher.testing.webflow import Quirks

#: A field of the simulated blog for which the rig's articles have nothing.
FIELDS: dict[str, str | None] = {"sticky": None}

#: Whatever nobody knows for certain, on the other side of what the simulator does by itself.
ODD = Quirks(
    bad_entry="good ones done",
    duplicate_slug="suffixed",
    own_slug="refused",
    same_hash="existing asset",
    unpublished_reference="refused",
    details="strings",
    code=False,
    create_answer="without ids",
    rich_text="lossy",
    publish_touches_updated=False,
)


class WebflowRig(Rig):
    """``settings`` are those of the backend. ``fault`` happens once, wherever it fits first after :meth:`arm`."""

    kind = Webflow

    def __init__(self, quirks: Quirks | None = None, fault: Fault | None = None, **settings: Any) -> None:
        super().__init__()
        self.sim = WebflowSimulator(clock=self, requests_per_minute=None, quirks=quirks)
        self.blog = self.sim.add_blog()
        self.settings = settings
        self._network = FaultyTransport(self.sim.transport(), self.clock)
        self.fault = fault

    def now(self) -> float:
        """What the simulator's clock says: it is that of the publishers."""
        return self.clock.now()

    def backend(self) -> Webflow:
        self._network.clock = self.clock
        settings: dict[str, Any] = {
            "token": self.sim.token,
            "site_id": self.sim.site_id,
            "collection_id": self.blog.posts,
            "fields": FIELDS,
            "transport": self._network,
        }
        return self.kind(**settings | self.settings)

    def arm(self) -> None:
        """From now on things go wrong."""
        self._network.faults += [self.fault] if self.fault else []

    @property
    def went_wrong(self) -> bool:
        """The fault has happened."""
        return any(fault.times == 0 for fault in self._network.faults)

    @property
    def network(self) -> FaultyTransport:
        return self._network

    def settle_down(self) -> None:
        """Everything that is under way arrives."""
        self._network.clock = self.clock
        anyio.run(self._network.arrive)

    def count(self, method: str, path: str = "") -> int:
        """How many requests arrived with this method whose path ends so."""
        return sum(one.method == method and one.path.endswith(path) for one in self.sim.requests)

    def item(self, slug: str) -> dict[str, Any]:
        return next(row for row in self.sim.items(self.blog.posts) if row["fieldData"]["slug"] == slug)

    def live(self, slug: str) -> dict[str, Any] | None:
        """The live copy of an item; None where it is not live."""
        return next((row for row in self.sim.live(self.blog.posts) if row["fieldData"]["slug"] == slug), None)

    def articles(self) -> Sequence[Copy]:
        self.settle_down()
        live = {row["id"]: row for row in self.sim.live(self.blog.posts)}
        rows = {row["id"]: row for row in self.sim.items(self.blog.posts)} | live
        fields = {item: row["fieldData"] for item, row in rows.items()}
        return [
            Copy(item, at["slug"], at["name"], words(at.get("post-body", "")), item in live)
            for item, at in fields.items()
        ]

    def assets(self) -> Sequence[str]:
        return [row["originalFileName"] for row in self.sim.assets()]

    def terms(self) -> Sequence[str]:
        return [row["fieldData"]["name"] for row in self.sim.items(self.blog.tags)]

    def edit(self, remote_id: str, title: str | None) -> None:
        if title is None:
            self.sim.designer.save_item(self.blog.posts, remote_id)
        else:
            self.sim.designer.edit_item(self.blog.posts, remote_id, {"name": title})
            self.sim.designer.publish_item(self.blog.posts, remote_id)

    def remove(self, remote_id: str) -> None:
        self.sim.designer.delete_item(self.blog.posts, remote_id)

    def occupy(self, slug: str) -> str:
        return self.sim.designer.add_item(self.blog.posts, "Somebody's", slug)

    def halves(self) -> list[str]:
        """Assets without bytes, items whose live copy is an older one, images that lead nowhere, tags that only wait
        to be published."""
        self.settle_down()
        wrong = [f"asset {row['originalFileName']} has no bytes" for row in self.sim.assets() if not row["size"]]
        live_tags = {row["id"] for row in self.sim.live(self.blog.tags)}
        wrong += [
            f"tag {row['id']} is not published" for row in self.sim.items(self.blog.tags) if row["id"] not in live_tags
        ]
        staged = {row["id"]: row["fieldData"] for row in self.sim.items(self.blog.posts)}
        whole = {row["hostedUrl"] for row in self.sim.assets() if row["size"]}
        for row in self.sim.live(self.blog.posts):
            if staged.get(row["id"]) != row["fieldData"]:
                wrong.append(f"item {row['id']} is live as it is not staged")
            for url in re.findall(r'<img src="([^"]+)"', row["fieldData"].get("post-body", "")):
                if url not in whole:
                    wrong.append(f"item {row['id']} shows {url}, which has no bytes")
        return wrong
