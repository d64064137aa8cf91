"""The lease: one run at a time holds an object."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from builders import LATER, NOON

from torgsync.state.runs.journal import LEASE, Holder, Lease
from torgsync.state.store import UnitOfWork, open_store

SLUG = "my-prom"
ME = Holder("olena", "OFFICE-PC", 4711)
HOUR = timedelta(hours=1)


def test_a_lease_is_taken_renewed_and_released(work: UnitOfWork) -> None:
    """It has the holder, the run and the time when it expires, which a renewal moves."""
    assert work.leases.lease() is None
    work.leases.take(1, ME, NOON)
    assert work.leases.lease() == Lease(ME, 1, NOON + LEASE)
    work.leases.renew(1, NOON + HOUR)
    assert work.leases.lease() == Lease(ME, 1, NOON + HOUR + LEASE)
    work.leases.release(1)
    assert work.leases.lease() is None


def test_a_lease_that_was_taken_over_is_the_new_runs(work: UnitOfWork) -> None:
    """The old run can neither renew nor release it."""
    other = Holder("ivan", "HOME-PC", 1)
    work.leases.take(1, ME, NOON)
    work.leases.take(2, other, LATER)
    work.leases.renew(1, NOON + HOUR)
    work.leases.release(1)
    assert work.leases.lease() == Lease(other, 2, LATER + LEASE)


def test_a_lease_has_the_time_when_its_run_began(work: UnitOfWork) -> None:
    """Only that run can renew it."""
    run = work.journal.begin_run(ME, NOON)
    work.leases.take(run, ME, NOON)
    assert work.leases.renew(run, NOON + HOUR)
    assert not work.leases.renew(run + 1, NOON + HOUR)
    assert work.leases.lease() == Lease(ME, run, NOON + HOUR + LEASE, NOON)


def test_of_two_runs_that_begin_at_once_one_holds_the_object(url: str) -> None:
    """Reading the lease and taking it is one unit of work: the other run sees it taken."""
    start = threading.Barrier(6)
    took: list[int] = []
    open_store(url).close()

    def begin(pid: int) -> None:
        mine = open_store(url)
        start.wait()
        with mine.transaction(SLUG) as work:
            if work.leases.lease() is None:
                work.leases.take(pid, replace(ME, pid=pid), NOON)
                took.append(pid)
        mine.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(begin, range(6)))
    assert len(took) == 1
