"""Tables of plans, runs and what runs did."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from torgsync.state.schema.base import Instant, metadata

plans = Table(
    "plans",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("made", Instant, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("plan", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("good_id", Text, nullable=False),
    Column("prom_id", Text, nullable=False, default=""),
    Column("verb", String(8), nullable=False),
    Column("via", String(8), nullable=False),
    Column("held", String(20)),
    Column("title", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("outcome", String(10)),
    Column("reasons", Text, nullable=False, default=""),  # of the outcome
    Column("reason", String(20), nullable=False, default="", server_default=""),  # why it leaves the shop
    PrimaryKeyConstraint("plan", "seq"),
    Index("changes_verb", "plan", "verb", "via"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("plan", Integer),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("exit", Integer),
    Column("rows", Integer),
    Column("undoes", Integer),  # the run that it turns back
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("run", Integer),
    Column("at", Instant, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("guard", String(20), nullable=False),
    Column("allowed", Text, nullable=False),
    Column("observed", Text, nullable=False),
    Index("overrides_run", "object", "run"),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("digest", String(40), nullable=False),
    Column("answered_at", Instant),
    Column("status", Integer),
    Column("outcome", Text, nullable=False, default=""),
    Index("requests_run", "run"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("run", Integer, nullable=False),
    Column("prom_id", Text),
    Column("offers", Integer, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", String(12)),
    Index("imports_day", "object", "started"),
)

leases = Table(
    "leases",
    metadata,
    Column("object", String(200), primary_key=True),
    Column("run", Integer, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("expires", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("object", String(200), nullable=False),
    Column("time", Text, nullable=False),  # what a synchronization time is remembered by
    Column("moment", Instant, nullable=False),
    Column("started", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("exit", Integer),
    PrimaryKeyConstraint("object", "time"),
)
