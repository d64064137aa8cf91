"""Copies the state as it was last committed, for a look that must not disturb the run that works on it.

The copy is a temporary database of SQLite: in memory while it is small, and gone when it is closed.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, Engine, create_engine, insert, select
from sqlalchemy.pool import StaticPool

from torgsync.core.paging import PAGE
from torgsync.state.begin import Begin
from torgsync.state.engine import transaction
from torgsync.state.schema.base import metadata
from torgsync.state.schema.fleet_tables import fleet_allowances, fleet_sightings
from torgsync.state.schema.run_tables import changes, plans, requests, runs

_OWNERS = {changes.name: (changes.c.plan, plans.c.number), requests.name: (requests.c.run, runs.c.id)}
"""Tables without a column `object`: the column that refers to a row of another table, and its key."""
_WHOLE = (fleet_allowances, fleet_sightings)
"""Tables that a plan of one object reads as a whole."""


def temporary_engine() -> Engine:
    """Return an engine for an empty database that is deleted when it is closed."""
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)


def copy_state(source: Engine, target: Engine, slug: str) -> None:
    """Copy the state of one object, or the whole file where it is SQLite, to an empty `target`.

    Nothing waits for it meanwhile: it reads what was committed before.
    """
    if source.dialect.name == "sqlite":  # pragma: no branch  # PostgreSQL needs TORGSYNC_TEST_POSTGRES
        copy_file(source, target)
        return
    looks = Begin(looks=True, long=True)
    with transaction(source, looks) as read, target.begin() as write:  # pragma: no cover  # as above
        copy_rows(read, write, slug)


def copy_file(source: Engine, target: Engine) -> None:
    """Copy all pages of a SQLite file."""
    original, copy = source.raw_connection(), target.raw_connection()
    try:
        original.driver_connection.backup(copy.driver_connection)  # type: ignore[union-attr]  # it is open
    finally:
        copy.close()
        original.close()


def copy_rows(read: Connection, write: Connection, slug: str) -> None:
    """Create the tables, and copy the rows of one object."""
    metadata.create_all(write)
    for table in metadata.sorted_tables:
        rows = select(table)
        if table.name in _OWNERS:
            column, key = _OWNERS[table.name]
            rows = rows.where(column.in_(select(key).where(key.table.c.object == slug)))
        elif table not in _WHOLE:
            rows = rows.where(table.c.object == slug)
        found = read.execution_options(yield_per=PAGE).execute(rows).mappings()
        for page in found.partitions(PAGE):
            write.execute(insert(table), list(map(dict, page)))
