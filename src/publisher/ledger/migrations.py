"""Numbered migrations. Each runs once, in order, in one transaction with the number it leaves behind.

A migration that was released is never edited: it spells its own DDL, and does not read :mod:`publisher.ledger.schema`,
which describes the newest state only. A test compares the two.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy import Connection, inspect, text

from publisher.errors import LedgerError


def _create_everything(connection: Connection) -> None:
    _execute(connection, _FIRST)


def _execute(connection: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            connection.execute(text(statement))


_FIRST = """
CREATE TABLE publications (
    target VARCHAR(400) NOT NULL, key VARCHAR(400) NOT NULL, remote_id VARCHAR(200) NOT NULL, url TEXT,
    version TEXT NOT NULL, slug TEXT NOT NULL, status VARCHAR(40) NOT NULL, baseline JSON NOT NULL,
    wish VARCHAR(64) NOT NULL, renderer VARCHAR(40) NOT NULL, revision BIGINT NOT NULL, changes JSON NOT NULL,
    at FLOAT NOT NULL, PRIMARY KEY (target, key));
CREATE INDEX ix_publications_remote_id ON publications (remote_id);
CREATE TABLE jobs (
    id VARCHAR(60) NOT NULL PRIMARY KEY, target VARCHAR(400) NOT NULL, key VARCHAR(400) NOT NULL,
    revision BIGINT NOT NULL, state VARCHAR(20) NOT NULL, job TEXT NOT NULL, error JSON);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_jobs_target_key ON jobs (target, key);
CREATE TABLE attempts (
    id INTEGER NOT NULL PRIMARY KEY, target VARCHAR(400) NOT NULL, kind VARCHAR(20) NOT NULL,
    name VARCHAR(400) NOT NULL, job VARCHAR(60), effect VARCHAR(20) NOT NULL, evidence JSON NOT NULL,
    sent_at FLOAT NOT NULL, state VARCHAR(20) NOT NULL, owner VARCHAR(40) NOT NULL, token INTEGER NOT NULL);
CREATE INDEX ix_attempts_target_state ON attempts (target, state);
CREATE INDEX ix_attempts_subject ON attempts (target, kind, name);
CREATE TABLE placed (
    target VARCHAR(400) NOT NULL, kind VARCHAR(20) NOT NULL, name VARCHAR(400) NOT NULL,
    remote_id VARCHAR(200) NOT NULL, url TEXT NOT NULL, PRIMARY KEY (target, kind, name));
CREATE TABLE receipts (
    job VARCHAR(60) NOT NULL PRIMARY KEY, target VARCHAR(400) NOT NULL, key VARCHAR(400) NOT NULL,
    receipt JSON NOT NULL);
CREATE INDEX ix_receipts_target_key ON receipts (target, key);
CREATE TABLE site_facts (
    target VARCHAR(400) NOT NULL, name VARCHAR(100) NOT NULL, data JSON NOT NULL, expires_at FLOAT NOT NULL,
    PRIMARY KEY (target, name));
CREATE TABLE owners (id VARCHAR(40) NOT NULL PRIMARY KEY, expires_at FLOAT NOT NULL);
CREATE TABLE leases (
    target VARCHAR(400) NOT NULL, name VARCHAR(500) NOT NULL, owner VARCHAR(40) NOT NULL, token INTEGER NOT NULL,
    PRIMARY KEY (target, name));
CREATE INDEX ix_leases_owner ON leases (owner);
CREATE TABLE sources (
    path VARCHAR(900) NOT NULL PRIMARY KEY, context TEXT NOT NULL, size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL,
    key VARCHAR(400) NOT NULL, slug TEXT NOT NULL, digest VARCHAR(64) NOT NULL, assets JSON NOT NULL)
"""


def _remember_slugs(connection: Connection) -> None:
    """What is known of files is only a memory, so the table is made anew."""
    connection.execute(text("DROP TABLE sources"))
    connection.execute(text(_SOURCES))


_SOURCES = """
CREATE TABLE sources (
    path VARCHAR(900) NOT NULL PRIMARY KEY, context TEXT NOT NULL, size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL,
    key VARCHAR(400) NOT NULL, slug TEXT NOT NULL, slugs JSON NOT NULL, digest VARCHAR(64) NOT NULL,
    assets JSON NOT NULL)
"""


def _remember_what_is_due(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE publications ADD COLUMN due FLOAT"))


def _budget_rates(connection: Connection) -> None:
    _execute(connection, _RATES)
    connection.execute(text("INSERT INTO digest_key (value) VALUES (:value)"), {"value": secrets.token_hex(32)})


_RATES = """
CREATE TABLE digest_key (value VARCHAR(64) NOT NULL PRIMARY KEY);
CREATE TABLE budgets (
    credential VARCHAR(64) NOT NULL PRIMARY KEY, requests INTEGER, state VARCHAR(20) NOT NULL,
    held_at FLOAT NOT NULL, held_until FLOAT NOT NULL, refused_since FLOAT);
CREATE TABLE permits (
    id INTEGER NOT NULL PRIMARY KEY, credential VARCHAR(64) NOT NULL, at FLOAT NOT NULL);
CREATE INDEX ix_permits_credential_at ON permits (credential, at)
"""


def _log_deliveries(connection: Connection) -> None:
    _execute(connection, _DELIVERIES)


_DELIVERIES = """
ALTER TABLE jobs ADD COLUMN failures INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE jobs ADD COLUMN due FLOAT;
ALTER TABLE jobs ADD COLUMN given_up INTEGER DEFAULT '0' NOT NULL;
CREATE TABLE deliveries (
    id INTEGER NOT NULL PRIMARY KEY, target VARCHAR(400) NOT NULL, message VARCHAR(200) NOT NULL,
    source VARCHAR(200) NOT NULL, kind VARCHAR(20) NOT NULL, name VARCHAR(400) NOT NULL, key VARCHAR(400) NOT NULL,
    event VARCHAR(100) NOT NULL, job VARCHAR(60), number INTEGER NOT NULL, "trigger" VARCHAR(20) NOT NULL,
    sent_at FLOAT NOT NULL, state VARCHAR(20) NOT NULL, status INTEGER, why TEXT NOT NULL, seconds FLOAT,
    answer TEXT NOT NULL, next_at FLOAT);
CREATE INDEX ix_deliveries_message ON deliveries (target, message);
CREATE INDEX ix_deliveries_subject ON deliveries (target, kind, name);
CREATE INDEX ix_deliveries_sent_at ON deliveries (target, sent_at);
CREATE INDEX ix_deliveries_job ON deliveries (job);
CREATE TABLE parcels (
    target VARCHAR(400) NOT NULL, message VARCHAR(200) NOT NULL, body BLOB NOT NULL, at FLOAT NOT NULL,
    PRIMARY KEY (target, message))
"""

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _create_everything,
    _remember_slugs,
    _budget_rates,
    _remember_what_is_due,
    _log_deliveries,
)


def migrate(connection: Connection) -> None:
    """Bring the ledger to the newest version. Raises :class:`LedgerError` for one that a newer publisher wrote."""
    if not inspect(connection).has_table("ledger_version"):
        connection.execute(text("CREATE TABLE ledger_version (version INTEGER NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO ledger_version (version) VALUES (0)"))
    version = connection.execute(text("SELECT version FROM ledger_version")).scalar_one()
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"the ledger is of version {version}, and this publisher knows versions up to {len(MIGRATIONS)}",
            hint="Upgrade publisher; an older one must not write to it.",
        )
    for number in range(version, len(MIGRATIONS)):
        MIGRATIONS[number](connection)
        connection.execute(text("UPDATE ledger_version SET version = :number"), {"number": number + 1})
