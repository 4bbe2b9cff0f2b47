"""Stage: one place and one ledger for a test of the suite, and publishers that come and go."""

from __future__ import annotations

from pathlib import Path

from publisher.backends.base import Backend, Capabilities
from publisher.models import Article
from publisher.publishing.portal import Publisher
from publisher.testing.faults import Fault, FaultyTransport, make_faulty
from publisher.testing.rig import Copy, Rig


class Stage:
    """One place, one ledger, and publishers that come and go like processes."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        self.folder = folder
        self.ledger = folder / "ledger.db"
        self.late: list[tuple[float, object]] = []

    def open(self, *faults: Fault, **options: object) -> tuple[Publisher, FaultyTransport]:
        """A publisher of a new process, and the transport through which it talks."""
        backend = self.rig.backend()
        faulty = make_faulty(backend, self.rig.clock)
        faulty.faults += faults
        publisher = Publisher(backend, ledger=self.ledger, clock=self.rig.clock, **options)  # type: ignore[arg-type]
        return publisher, faulty

    def publish(self, article: Article, *faults: Fault, **options: object) -> Copy | None:
        """Publish in a new process; the copy that then stands there."""
        publisher, _ = self.open(*faults, **options)
        with publisher:
            receipt = publisher.publish(article)
        return next((copy for copy in self.rig.articles() if copy.remote_id == receipt.remote_id), None)


def capabilities_of(rig: Rig) -> Capabilities:
    """What the backend of a rig declares."""
    backend: Backend = rig.backend()
    return backend.capabilities
