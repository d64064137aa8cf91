"""The lease, the right to run an object (architecture §6.1)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select

from torgsync.state.repository import Repository
from torgsync.state.runs.journal import Holder
from torgsync.state.schema import run_tables as t

LEASE = timedelta(minutes=10)
"""How long a lease lasts without being renewed."""


class Lease(Struct, frozen=True):
    """The holder of an object, its run, and the times in UTC when the lease expires and the run began."""

    holder: Holder
    run: int
    expires: datetime
    since: datetime | None = None


class Leases(Repository):
    """The lease of one object, the right to run it. Reading and taking it belong into one transaction."""

    def lease(self) -> Lease | None:
        """Return the lease of the object, expired or not."""
        began = select(t.leases, t.runs.c.started).outerjoin(t.runs, t.runs.c.id == t.leases.c.run)
        row = self._db.execute(began.where(self._own(t.leases))).one_or_none()
        if row is None:
            return None
        return Lease(Holder(row.user, row.host, row.pid), row.run, row.expires, row.started)

    def renew(self, run: int, now: datetime) -> bool:
        """Renew the lease; return False where this run does not hold it any more."""
        return bool(self._update(t.leases, t.leases.c.run == run, expires=now + LEASE))

    def take(self, run: int, holder: Holder, now: datetime) -> None:
        """Give the lease to this run, whichever holds it; the caller has checked that."""
        self._upsert(t.leases, [{"run": run, "expires": now + LEASE, **asdict(holder)}])

    def release(self, run: int) -> None:
        """Give up the lease, if this run still holds it."""
        self._delete(t.leases, t.leases.c.run == run)
