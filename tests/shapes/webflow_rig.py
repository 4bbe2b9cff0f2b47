"""The rig of Webflow's shape: the truth is in the fake's own tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

import anyio
import httpx
from webflow_backend import WebflowShape
from webflow_fake import API, TOKEN, WebflowFake

from publisher.backends.base import Backend
from publisher.rendering.text import words
from publisher.testing import Copy, Fault, FaultyTransport, Rig


class WebflowRig(Rig):
    """``fault`` happens once, wherever it fits first after :meth:`arm`."""

    def __init__(self, backend: type[WebflowShape] = WebflowShape, fault: Fault | None = None) -> None:
        super().__init__()
        self.fake = WebflowFake(lambda: self.clock.now())
        self._backend = backend
        self._network = FaultyTransport(self.fake, self.clock)
        self._fault = fault

    def backend(self) -> Backend:
        self._network.clock = self.clock
        return self._backend(API, TOKEN, self._network)

    def settle_down(self) -> None:
        """Everything that is under way arrives."""
        self._network.clock = self.clock
        anyio.run(self._network.arrive)

    def arm(self) -> None:
        """From now on things go wrong."""
        self._network.faults += [self._fault] if self._fault else []

    @property
    def went_wrong(self) -> bool:
        """The fault has happened."""
        return any(fault.times == 0 for fault in self._network.faults)

    @property
    def requests(self) -> Sequence[httpx.Request]:
        """Every request that arrived."""
        return self.fake.requests

    def articles(self) -> Sequence[Copy]:
        self.settle_down()
        staged, live = self.fake.staged["articles"], self.fake.live["articles"]
        return [
            Copy(
                item, row["fieldData"]["slug"], row["fieldData"]["name"], words(row["fieldData"]["body"]), item in live
            )
            for item, row in (staged | live).items()
        ]

    def assets(self) -> Sequence[str]:
        return [row["originalFileName"] for row in self.fake.assets.values()]

    def terms(self) -> Sequence[str]:
        return [row["fieldData"]["name"] for row in self.fake.staged["tags"].values()]

    def edit(self, remote_id: str, title: str | None) -> None:
        for store in (self.fake.staged, self.fake.live):
            row = store["articles"][remote_id]
            row["lastUpdated"] = self.fake.moment()
            row["fieldData"] |= {} if title is None else {"name": title}

    def remove(self, remote_id: str) -> None:
        for store in (self.fake.staged, self.fake.live):
            store["articles"].pop(remote_id, None)

    def occupy(self, slug: str) -> str:
        moment = self.fake.moment()
        times = {"createdOn": moment, "lastUpdated": moment, "lastPublished": None}
        fields = {"name": "Somebody's", "slug": slug, "body": ""}
        self.fake.staged["articles"]["foreign"] = {"id": "foreign", **times, "isDraft": True, "fieldData": fields}
        return "foreign"

    def halves(self) -> list[str]:
        """What is half-made there: assets without bytes, items whose live copy is an older one, images that lead
        nowhere, tags that were stored and not published."""
        self.settle_down()
        fake = self.fake
        wrong = [f"asset {row['originalFileName']} has no bytes" for row in fake.assets.values() if not row["data"]]
        wrong += [f"tag {tag} is not published" for tag in fake.staged["tags"] if tag not in fake.live["tags"]]
        for item, row in fake.live["articles"].items():
            staged = fake.staged["articles"].get(item)
            if staged is None or staged["fieldData"] != row["fieldData"]:
                wrong.append(f"item {item} is live as it is not staged")
            for asset in re.findall(r"https://cdn\.webflow\.test/(\w+)\.png", row["fieldData"]["body"]):
                if asset not in fake.assets or not fake.assets[asset]["data"]:
                    wrong.append(f"item {item} shows the asset {asset}, which has no bytes")
        return wrong
