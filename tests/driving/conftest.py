"""A place in memory with processes that publish to it, and a certificate that nobody vouches for."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from publisher import Memory, Publisher
from publisher.backends.memory import MemorySite
from publisher.ledger import Ledger
from publisher.models import Article, Intent
from publisher.testing import FakeClock, Fault, FaultyTransport, make_faulty


class Place:
    """One site, one ledger, one clock; publishers come and go like processes."""

    def __init__(self, ledger: Path) -> None:
        self.clock = FakeClock()
        self.site = MemorySite(self.clock.now)
        self.ledger = ledger
        self.late: list[Any] = []
        self.events: list[str] = []

    def backend(self, *faults: Fault, settle: float = 60.0) -> tuple[Memory, FaultyTransport]:
        backend = Memory(site=self.site, settle=settle)
        faulty = make_faulty(backend, self.clock, self.late)
        faulty.faults += faults
        return backend, faulty

    @contextmanager
    def process(self, *faults: Fault, settle: float = 60.0, **options: Any) -> Iterator[Publisher]:
        backend, _ = self.backend(*faults, settle=settle)
        values = {"ledger": self.ledger, "clock": self.clock, "on_event": self._note, **options}
        with Publisher(backend, **values) as publisher:
            yield publisher

    def publish(self, article: Article, *faults: Fault, **options: Any) -> Any:
        with self.process(*faults, **options) as publisher:
            return publisher.publish(article)

    def arrive(self) -> None:
        """An hour passes: whatever the site was still at work on takes effect."""
        self.clock.advance(3600)
        with self.process() as publisher:
            publisher.publish(article("the hour is over"))
        del self.site.articles[max(self.site.articles, key=int)]

    @property
    def bodies(self) -> list[str]:
        """The words of everything that stands there."""
        return [row["body"].removeprefix("<p>").removesuffix("</p>\n") for row in self.site.articles.values()]

    @property
    def doubts(self) -> Sequence[Intent]:
        ledger = Ledger(self.ledger)
        found = ledger.open_creates("memory:memory.invalid")
        ledger.close()
        return found

    def _note(self, event: Any) -> None:
        self.events.append(f"{event.kind} {event.key} {event.detail}")


def article(key: str = "a", body: str = "One.", **fields: Any) -> Article:
    return Article(key=key, title=fields.pop("title", f"Article {key}"), body=body, **fields)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "ledger.db")


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return article


@pytest.fixture
def untrusted(tmp_path: Path) -> ssl.SSLContext:
    """A server's half of TLS, with a certificate that nobody vouches for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl here to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
