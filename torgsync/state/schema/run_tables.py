"""Tables of plans, runs and what runs did."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

from torgsync.state.schema.base import (
    Instant,
    MachineText,
    blank,
    key,
    metadata,
    numbered_table,
    object_table,
    required,
)

plans = Table(
    "plans",
    metadata,
    key("number", Integer),
    required("object", String(200)),
    required("made", Instant),
    Column("part_of", Integer),  # the plan of which this one sends a part
    required("undoes", Boolean, default=False),  # whether it turns a run back
    required("left_out", Integer, default=0),  # goods with changes that were not chosen
)

changes = Table(
    "changes",
    metadata,
    key("plan", Integer),
    key("seq", Integer),
    required("good_id"),
    required("prom_id", default=""),
    required("verb", String(8)),
    required("via", String(8)),
    Column("held", String(20)),
    required("title"),
    required("fields"),
    Column("outcome", String(10)),
    required("reasons", default=""),  # of the outcome
    blank("reason", String(20)),  # why it leaves the shop
    Index("changes_verb", "plan", "verb", "via"),
    Index("changes_kept", "good_id", sqlite_where=text("seq < 0")),
)

runs = numbered_table(
    "runs",
    Column("plan", Integer),
    required("started", Instant),
    Column("finished", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    required("pid", Integer),
    Column("exit", Integer),
    Column("rows", Integer),
    Column("undoes", Integer),  # the run that it turns back
    Column("totals", Text),  # of a run whose changes and requests were removed
    Index("runs_object", "object", "id"),
    Index("runs_started", "started"),
)

overrides = numbered_table(
    "overrides",
    Column("run", Integer),
    required("at", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    required("guard", String(20)),
    required("allowed", MachineText),
    required("observed"),
    Index("overrides_run", "object", "run"),
)

requests = Table(
    "requests",
    metadata,
    key("id", Integer),
    required("run", Integer),
    required("sent_at", Instant),
    required("method", String(8)),
    required("path"),
    required("items", Integer),
    required("digest", String(40)),
    Column("answered_at", Instant),
    Column("status", Integer),
    required("outcome", default=""),
    Index("requests_run", "run"),
)

imports = numbered_table(
    "imports",
    required("run", Integer),
    Column("prom_id", Text),
    required("offers", Integer),
    required("started", Instant),
    Column("ended", String(12)),
    Index("imports_day", "object", "started"),
)

leases = object_table(
    "leases",
    required("run", Integer),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    required("pid", Integer),
    required("expires", Instant),
    blank("machine", String(80)),  # the running system that `pid` belongs to
)

held_plans = object_table(
    "held_plans",
    key("run", Integer),
    required("name", String(16)),  # the id of the plan
    required("plan", Integer),
    required("at", Instant),
    required("violations"),
)

situations = object_table(
    "situations",
    key("name", MachineText(200)),  # its kind, and what of it there can be several
    required("since", Instant),
    required("record"),
)

attempts = object_table(
    "attempts",
    key("time", MachineText),  # what a synchronization time is remembered by
    required("moment", Instant),
    required("started", Instant),
    required("tries", Integer),
    Column("exit", Integer),
)
