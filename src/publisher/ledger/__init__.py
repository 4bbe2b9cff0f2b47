"""The ledger: publications, jobs, attempts, assets, terms, receipts, site facts. The only place with SQL."""

from __future__ import annotations

from publisher.ledger.leases import ALIVE_SECONDS
from publisher.ledger.ledger import Ledger
from publisher.ledger.rates import Heard, Limit, Permit
from publisher.ledger.records import SourceFile

__all__ = ["ALIVE_SECONDS", "Heard", "Ledger", "Limit", "Permit", "SourceFile"]
