"""The lease, the right to run an object (architecture §6.1).

On a server its clock decides when a lease has expired: those of two computers may differ by more than a lease
lasts. On SQLite all who use the state have one clock.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, TextClause, literal_column, select, text

from torgsync.state.repository import Repository
from torgsync.state.runs.journal import Holder
from torgsync.state.schema import run_tables as t
from torgsync.state.schema.base import Instant

LEASE = timedelta(minutes=2)
"""How long a lease lasts without being renewed."""
_INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
_NOW = _INSTANT.format("clock_timestamp()")  # not the time when the transaction began: it may have waited
_EXPIRES = _INSTANT.format(f"(clock_timestamp() + interval '{LEASE.total_seconds():.0f} seconds')")


class Lease(Struct, frozen=True):
    """The holder of an object, its run, and the times in UTC when the lease expires and the run began.

    Args:
        machine: The system that the holder's process belongs to, empty where it is unknown.
        read: When it was read, by the clock that decides; None where that is the caller's.
    """

    holder: Holder
    run: int
    expires: datetime
    since: datetime | None = None
    machine: str = ""
    read: datetime | None = None

    def expired(self, now: datetime) -> bool:
        """Return whether it has expired; `now` is the caller's time."""
        return self.expires <= (self.read or now)


class Leases(Repository):
    """The lease of one object, the right to run it. Reading and taking it belong into one transaction."""

    def lease(self) -> Lease | None:
        """Return the lease of the object, expired or not."""
        row = self._db.execute(lease_query(self._db).where(self._own(t.leases))).one_or_none()
        return None if row is None else lease_of(row)

    def renew(self, run: int, now: datetime) -> bool:
        """Renew the lease; return False where this run does not hold it any more."""
        return bool(self._update(t.leases, t.leases.c.run == run, expires=self._expiry(now)))

    def take(self, run: int, holder: Holder, now: datetime, machine: str = "") -> None:
        """Give the lease to this run, whichever holds it; the caller has checked that."""
        row = {"run": run, "expires": now + LEASE, "machine": machine, **asdict(holder)}
        self._upsert(t.leases, [row])
        if _has_clock(self._db):  # pragma: no cover  # tested where PostgreSQL is installed
            self.renew(run, now)

    def release(self, run: int) -> None:
        """Give up the lease, if this run still holds it."""
        self._delete(t.leases, t.leases.c.run == run)

    def _expiry(self, now: datetime) -> datetime | TextClause:
        return text(_EXPIRES) if _has_clock(self._db) else now + LEASE


def all_leases(connection: Connection) -> list[tuple[str, Lease]]:
    """Return the leases of all objects, expired or not, with the slugs of the objects.

    The state may be of an older schema, without a column or two.
    """
    read = None
    if _has_clock(connection):  # pragma: no cover  # tested where PostgreSQL is installed
        read = connection.execute(select(literal_column(_NOW, Instant))).scalar_one()
    rows = connection.exec_driver_sql("SELECT * FROM leases").mappings()
    return [
        (
            row["object"],
            Lease(
                Holder(row["user"], row["host"], row["pid"]),
                row["run"],
                datetime.fromisoformat(row["expires"]),
                machine=row.get("machine", ""),
                read=read,
            ),
        )
        for row in rows
    ]


def _has_clock(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def lease_query(connection: Connection) -> Select[Any]:
    """Return the query for leases, of all objects where nothing is added to it."""
    columns: list[Any] = [t.leases, t.runs.c.started]
    if _has_clock(connection):  # pragma: no cover  # tested where PostgreSQL is installed
        columns.append(literal_column(_NOW, Instant).label("read"))
    return select(*columns).outerjoin(t.runs, t.runs.c.id == t.leases.c.run)


def lease_of(row: Row[Any]) -> Lease:
    """Return the lease that a row of that query has."""
    holder = Holder(row.user, row.host, row.pid)
    return Lease(holder, row.run, row.expires, row.started, row.machine, getattr(row, "read", None))
