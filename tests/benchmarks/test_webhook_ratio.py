"""Deliveries with a ledger beside a script that posts the same events by hand: 'make bench' prints the ratio."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SCRIPT = str(Path(__file__).with_name("webhook_deliveries.py"))
COUNT, ROUNDS = 2000, 3

#: How much more memory twenty times as many deliveries may take; 120 MB after 1,000 were 129 MB after 20,000.
GROWTH = 1.2


@pytest.fixture
def port() -> Iterator[str]:
    """A receiver that runs in a process of its own."""
    receiver = subprocess.Popen([sys.executable, SCRIPT, "receive"], stdout=subprocess.PIPE, text=True)
    assert receiver.stdout is not None
    yield receiver.stdout.readline().strip()
    receiver.terminate()
    receiver.wait()
    receiver.stdout.close()


def test_deliveries_are_no_less_than_six_tenths_as_fast_as_bare_requests(port: str, tmp_path: Path) -> None:
    """2,000 articles, rendered, signed and posted by both; ours are journaled and logged. The best of three rounds."""
    ratios = []
    for number in range(ROUNDS):
        bare = deliver("bare", port, tmp_path / "none", COUNT)["seconds"]
        ours = deliver("ours", port, tmp_path / f"{number}.db", COUNT)["seconds"]
        ratios.append(bare / ours)
        print(f"\nround {number + 1}: bare {COUNT / bare:.0f}/s, publish_many {COUNT / ours:.0f}/s", end="")
    print(f"\n{COUNT} deliveries: {max(ratios):.2f} of the throughput of bare requests")
    assert max(ratios) >= 0.6


def test_memory_of_deliveries_is_bounded(port: str, tmp_path: Path) -> None:
    """After 20,000 not much more than after 1,000, in one publisher that stays open."""
    peaks = deliver("ours", port, tmp_path / "ledger.db", 20_000)["peaks"]
    print(f"\npeak after 1,000 deliveries {peaks[0] / 1e6:.0f} MB, after 20,000 {peaks[-1] / 1e6:.0f} MB")
    assert peaks[-1] <= GROWTH * peaks[0]


def deliver(who: str, port: str, ledger: Path, count: int) -> Any:
    """What a sender in a process of its own says."""
    arguments = [sys.executable, SCRIPT, who, port, ledger, str(count)]
    return json.loads(subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True).stdout)
