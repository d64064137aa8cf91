"""Tables of a fleet: the objects that were pushed, and what concerns all shops together."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from torgsync.state.schema.base import Instant, MachineText, key, metadata, object_table, required

fleet_objects = object_table(
    "fleet_objects",
    required("name", MachineText),
    required("text", MachineText),  # as it was written, comments and all
    required("digest", String(64)),  # of the text
    required("pushed_at", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    Column("removed_at", Instant),
)

fleet_sightings = object_table(
    "fleet_sightings",
    key("kind", String(20)),  # of a violation
    required("since", Instant),  # when it appeared
    required("at", Instant),  # when it was seen last
    required("size", Integer),  # of changes that it stopped, at the least
)

fleet_allowances = Table(
    "fleet_allowances",
    metadata,
    key("kind", String(20)),
    required("until", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    required("at", Instant),
)
