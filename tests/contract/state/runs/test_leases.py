"""The lease by which one run at a time holds an object."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from builders import LATER, NOON
from states import HOUR, ME, SLUG, at_once

from torgsync.state.runs.journal import Holder
from torgsync.state.runs.leases import LEASE, Lease
from torgsync.state.store import UnitOfWork, open_store


def test_a_lease_is_taken_renewed_and_released(work: UnitOfWork) -> None:
    """It has the holder, the run with its start, and when it expires, which only that run can move."""
    assert work.leases.lease() is None
    run = work.journal.begin_run(ME, NOON)
    work.leases.take(run, ME, NOON)
    assert work.leases.lease() == Lease(ME, run, NOON + LEASE, NOON)
    assert work.leases.renew(run, NOON + HOUR)
    assert not work.leases.renew(run + 1, NOON + HOUR)
    assert work.leases.lease() == Lease(ME, run, NOON + HOUR + LEASE, NOON)
    work.leases.release(run)
    assert work.leases.lease() is None


def test_a_lease_that_was_taken_over_is_the_new_runs(work: UnitOfWork) -> None:
    """The old run can neither renew nor release it."""
    other = Holder("ivan", "HOME-PC", 1)
    work.leases.take(1, ME, NOON)
    work.leases.take(2, other, LATER)
    work.leases.renew(1, NOON + HOUR)
    work.leases.release(1)
    assert work.leases.lease() == Lease(other, 2, LATER + LEASE)


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
