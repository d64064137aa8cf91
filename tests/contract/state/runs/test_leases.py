"""The lease by which one run at a time holds an object."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import LATER, NOON
from msgspec import structs
from sqlalchemy import update
from states import HOUR, ME, SLUG, at_once

from torgsync.state.runs.journal import Holder
from torgsync.state.runs.leases import LEASE, Lease, all_leases
from torgsync.state.schema.run_tables import leases
from torgsync.state.store import UnitOfWork, open_store


def seen(work: UnitOfWork, after: timedelta = timedelta()) -> Lease | None:
    """Return the lease as the clock of the test has it, so long after noon; it lasts as long as it must."""
    lease = work.leases.lease()
    if lease is None or lease.read is None:
        return lease
    left = lease.expires - lease.read
    assert timedelta() <= LEASE - left < timedelta(seconds=20)
    return structs.replace(lease, expires=NOON + after + LEASE, read=None)


def test_a_lease_is_taken_renewed_and_released(work: UnitOfWork) -> None:
    """It has the holder, the run with its start, and when it expires, which only that run can move."""
    assert work.leases.lease() is None
    run = work.journal.begin_run(ME, NOON)
    work.leases.take(run, ME, NOON, "this one")
    assert seen(work) == Lease(ME, run, NOON + LEASE, NOON, "this one")
    assert work.leases.renew(run, NOON + HOUR)
    assert not work.leases.renew(run + 1, NOON + HOUR)
    assert seen(work, HOUR) == Lease(ME, run, NOON + HOUR + LEASE, NOON, "this one")
    work.leases.release(run)
    assert work.leases.lease() is None


def test_a_lease_that_was_taken_over_is_the_new_runs(work: UnitOfWork) -> None:
    """The old run can neither renew nor release it."""
    other = Holder("ivan", "HOME-PC", 1)
    work.leases.take(1, ME, NOON)
    work.leases.take(2, other, LATER)
    work.leases.renew(1, NOON + HOUR)
    work.leases.release(1)
    assert seen(work, LATER - NOON) == Lease(other, 2, LATER + LEASE)


def test_of_two_runs_that_begin_at_once_one_holds_the_object(url: str) -> None:
    """Reading the lease and taking it is one unit of work: the other run sees it taken."""
    took: list[int] = []

    def begin(pid: int) -> None:
        with closing(open_store(url)) as mine, mine.transaction(SLUG) as work:
            if work.leases.lease() is None:
                work.leases.take(pid, replace(ME, pid=pid), NOON)
                took.append(pid)

    at_once(6, begin)
    assert len(took) == 1


def test_the_clock_of_the_database_decides(work: UnitOfWork) -> None:
    """On a server a lease lasts as long as its clock says, however wrong that of a computer is."""
    work.leases.take(1, ME, NOON)
    lease = work.leases.lease()
    assert lease
    server = lease.read is not None
    assert (lease.expired(NOON - HOUR), lease.expired(NOON + HOUR)) == (False, not server)
    work.connection.execute(update(leases).values(expires=datetime(2020, 1, 1, tzinfo=UTC)))
    (slug, old), *_ = all_leases(work.connection)
    assert (slug, old.expired(NOON)) == (SLUG, True)
    work.leases.renew(1, NOON + HOUR)
    (_, renewed), *_ = all_leases(work.connection)
    assert not renewed.expired(NOON + HOUR)
