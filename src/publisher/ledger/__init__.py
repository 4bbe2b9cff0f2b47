"""The ledger: publications, jobs, attempts, deliveries, assets, terms, receipts, facts. The only place with SQL."""

from __future__ import annotations

from publisher.ledger.deliveries import Kept, Tried
from publisher.ledger.journal import NextTry, Unfinished
from publisher.ledger.leases import ALIVE_SECONDS
from publisher.ledger.ledger import Ledger
from publisher.ledger.rates import Heard, Limit, Permit
from publisher.ledger.records import SourceFile

__all__ = [
    "ALIVE_SECONDS",
    "Heard",
    "Kept",
    "Ledger",
    "Limit",
    "NextTry",
    "Permit",
    "SourceFile",
    "Tried",
    "Unfinished",
]
