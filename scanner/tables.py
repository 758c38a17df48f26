"""The store's tables.  A change needs a migration in `scanner/migrations/versions`."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

HEAD = "0004"  # the newest migration

METADATA = MetaData()

RUN = Table(
    "run",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False),  # running, done, interrupted, deadline
    Column("started", DateTime(timezone=True), nullable=False),
    Column("finished", DateTime(timezone=True)),
    Column("inventory_path", Text, nullable=False),
    Column("inventory_sha256", String(64), nullable=False),
    Column("inventory", LargeBinary, nullable=False),  # zlib of its JSON, without any secret
    Column("options", Text, nullable=False),  # JSON: agencies, only, profile, vantage
    Column("scanner_version", String(64), nullable=False),
    Index("run_by_inventory", "inventory_path", "started"),
)

OBSERVATION = Table(
    "observation",
    METADATA,
    Column("run", String(32), ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("target", String(1000), primary_key=True),
    Column("probe", String(64), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("facts", LargeBinary, nullable=False),  # zlib of JSON
    Column("why", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("started", String(40), nullable=False),  # as hashed: ISO 8601, UTC
    Column("seconds", Float, nullable=False),
    Column("contacts", LargeBinary, nullable=False),  # zlib of JSON
    Column("raw", LargeBinary, nullable=False),  # zlib of JSON: name to base64
    Column("sha256", String(64), nullable=False),
)

JUDGEMENT = Table(
    "judgement",
    METADATA,
    Column("run", String(32), ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("profile", String(200), primary_key=True),
    Column("judged", DateTime(timezone=True), nullable=False),
    Column("assessment", LargeBinary, nullable=False),  # zlib of JSON; the agencies lie apart
)

AGENCY_JUDGEMENT = Table(  # one agency's part of a judgement, so that memory stays flat
    "agency_judgement",
    METADATA,
    Column("run", String(32), ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("profile", String(200), primary_key=True),
    Column("agency", String(200), primary_key=True),
    Column("position", Integer, nullable=False),  # its place in the inventory
    Column("score", Float, nullable=False),
    Column("compliant", Boolean, nullable=False),
    Column("assessment", LargeBinary, nullable=False),  # zlib of JSON
    Column("marks", LargeBinary),  # zlib of JSON: scanner/marks.py; older ones have none
)

PAPER = Table(  # attestations and waivers; nothing but `withdrawn` is ever changed
    "paper",
    METADATA,
    Column("id", String(32), primary_key=True),  # A-0001, W-0001
    Column("kind", String(16), nullable=False),  # attestation, waiver
    Column("agency", String(200), nullable=False),
    Column("recorded", DateTime(timezone=True), nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("withdrawn", Date),
    Column("withdrawn_why", Text, nullable=False, server_default=""),
    Index("paper_by_agency", "agency", "kind"),
)

NOTICE = Table(  # what was told to whom, so that nobody is told twice
    "notice",
    METADATA,
    Column("run", String(32), ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("profile", String(200), primary_key=True),
    Column("channel", String(16), primary_key=True),  # mail, webhook
    Column("agency", String(200), primary_key=True),  # "" for the programme
    Column("sent", DateTime(timezone=True), nullable=False),
)

BASELINE = Table(
    "baseline",
    METADATA,
    Column("inventory_path", Text, primary_key=True),
    Column("run", String(32), ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("accepted", DateTime(timezone=True), nullable=False),
)
