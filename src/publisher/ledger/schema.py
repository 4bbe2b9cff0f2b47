"""The tables, as SQLAlchemy Core knows them. What creates them stands in :mod:`publisher.ledger.migrations`."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

#: Above so many keys, reading a target's rows whole is quicker than naming the keys.
MANY = 1000

#: The number of the last migration that was applied; one row.
ledger_version = Table("ledger_version", metadata, Column("version", Integer, primary_key=True))

#: What stands at a target, by article key.
publications = Table(
    "publications",
    metadata,
    Column("target", String(400), primary_key=True),
    Column("key", String(400), primary_key=True),
    Column("remote_id", String(200), nullable=False, index=True),
    Column("url", Text),
    Column("version", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("status", String(40), nullable=False),
    Column("baseline", JSON, nullable=False),
    Column("wish", String(64), nullable=False),
    Column("renderer", String(40), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Column("due", Float),
)

#: Every action that was begun; ``state`` is pending, succeeded, failed or superseded. Where a target has a schedule,
#: ``failures`` is how often it failed, ``due`` when it is tried again, and ``given_up`` is 1 where it is not any more.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("target", String(400), nullable=False),
    Column("key", String(400), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("job", Text, nullable=False),
    Column("error", JSON),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("due", Float),
    Column("given_up", Integer, nullable=False, server_default="0"),
)

#: Every try, written before its request leaves. ``state`` is open (until it is settled), answered, withdrawn (it took
#: no effect) or absent (it was looked for in vain); for a replace also unanswered (the last try), lost (an earlier one)
#: and late (either, after an answer to another request told what stands there).
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", String(400), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(400), nullable=False),
    Column("job", String(60)),
    Column("effect", String(20), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("sent_at", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("owner", String(40), nullable=False),
    Column("token", Integer, nullable=False),
)

#: The log of what was sent to receivers of events: one row for each attempt, written before it leaves. ``message`` is
#: the id it had, ``source`` the one under which its bytes are kept: another where it is a replay.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", String(400), nullable=False),
    Column("message", String(200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(400), nullable=False),
    Column("key", String(400), nullable=False),
    Column("event", String(100), nullable=False),
    Column("job", String(60), index=True),
    Column("number", Integer, nullable=False),
    Column("trigger", String(20), nullable=False),
    Column("sent_at", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("status", Integer),
    Column("why", Text, nullable=False),
    Column("seconds", Float),
    Column("answer", Text, nullable=False),
    Column("next_at", Float),
    Index("ix_deliveries_message", "target", "message"),
    Index("ix_deliveries_subject", "target", "kind", "name"),
    Index("ix_deliveries_sent_at", "target", "sent_at"),
)

#: The bytes that were sent, compressed by zlib.
parcels = Table(
    "parcels",
    metadata,
    Column("target", String(400), primary_key=True),
    Column("message", String(200), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
)

#: Assets and terms that stand at a target.
placed = Table(
    "placed",
    metadata,
    Column("target", String(400), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("name", String(400), primary_key=True),
    Column("remote_id", String(200), nullable=False),
    Column("url", Text, nullable=False),
)

#: The history of confirmed writes.
receipts = Table(
    "receipts",
    metadata,
    Column("job", String(60), primary_key=True),
    Column("target", String(400), nullable=False),
    Column("key", String(400), nullable=False),
    Column("receipt", JSON, nullable=False),
)

#: What was learned about a target, until ``expires_at`` (Unix seconds).
site_facts = Table(
    "site_facts",
    metadata,
    Column("target", String(400), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("data", JSON, nullable=False),
    Column("expires_at", Float, nullable=False),
)

#: The publishers that are alive: one row each, pushed forward by a heartbeat.
owners = Table(
    "owners",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("expires_at", Float, nullable=False),
)

#: Who works on what. ``token`` grows with every change of hands; a row whose owner is dead is free.
leases = Table(
    "leases",
    metadata,
    Column("target", String(400), primary_key=True),
    Column("name", String(500), primary_key=True),
    Column("owner", String(40), nullable=False, index=True),
    Column("token", Integer, nullable=False),
)

#: The random key with which this ledger digests credentials; one row.
digest_key = Table("digest_key", metadata, Column("value", String(64), primary_key=True))

#: What is known of the limit on a credential, which is kept as a keyed digest. ``requests`` is the limit that the
#: target told. ``state`` is open, held (a request was refused; nothing leaves until ``held_until``) or probing (one
#: request is out to see, nothing else leaves until it is answered, or ``held_until``). ``held_at`` is when that began,
#: ``refused_since`` when the first request was refused of those that have been since one was answered.
budgets = Table(
    "budgets",
    metadata,
    Column("credential", String(64), primary_key=True),
    Column("requests", Integer),
    Column("state", String(20), nullable=False),
    Column("held_at", Float, nullable=False),
    Column("held_until", Float, nullable=False),
    Column("refused_since", Float),
)

#: When requests under a limit left, and those that others with the same credential must have sent.
permits = Table(
    "permits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("credential", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_permits_credential_at", "credential", "at"),
)

#: What a file on disk was when it was last read, so that an unchanged one need not be read again.
sources = Table(
    "sources",
    metadata,
    Column("path", String(900), primary_key=True),
    Column("context", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("key", String(400), nullable=False),
    Column("slug", Text, nullable=False),
    Column("slugs", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("assets", JSON, nullable=False),
)
