"""What runs of all shops left, read for all of them at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from builders import LATER, NOON
from states import HOUR, ME

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.store import Store

MINUTE = timedelta(minutes=1)


def push(state: Store, *slugs: str) -> None:
    with state.fleet() as work:
        work.fleet_objects.put({slug: (slug.title(), "") for slug in slugs}, ME.user, ME.host, NOON)


def ran(state: Store, slug: str, at: datetime, code: Exit | None, *, plan: bool = True) -> int:
    """Record a run of a minute."""
    with state.transaction(slug) as work:
        run = work.journal.begin_run(ME, at)
        if plan:
            work.journal.plan_of_run(run, run, None)
        if code is not None:
            work.journal.end_run(run, code, at + MINUTE)
    return run


def test_attempts_and_leases_of_all_shops(state: Store) -> None:
    """Also of shops that were not pushed; a worker that died leaves attempts without an end."""
    tried = Attempt(NOON, NOON + MINUTE, 2, Exit.TEMPORARY)
    for slug in ("one", "two"):
        with state.transaction(slug) as work:
            work.schedule.take_up("every day", tried)
            work.schedule.take_up("every hour", Attempt(NOON, LATER))
            run = work.journal.begin_run(ME, NOON)
            work.leases.take(run, ME, NOON)
    with state.transaction("two") as work:
        work.schedule.interrupt()
        work.leases.release(run)
    with state.look_at_fleet() as work:
        attempts, leases = work.fleet_shops.attempts(), work.fleet_shops.leases()
    assert attempts["one"] == {"every day": tried, "every hour": Attempt(NOON, LATER)}
    assert attempts["two"]["every hour"].exit_code is Exit.INTERRUPTED
    assert attempts["two"]["every day"] == tried
    assert {slug: (lease.holder, lease.since) for slug, lease in leases.items()} == {"one": (ME, NOON)}


def test_the_newest_run_and_the_last_success_of_each_pushed_shop(state: Store) -> None:
    """A run that only looked at orders is the newest, and no success of the goods."""
    push(state, "one", "two", "never")
    ran(state, "one", NOON, Exit.DONE)
    ran(state, "one", NOON + HOUR, Exit.HELD)
    ran(state, "one", NOON + 2 * HOUR, Exit.DONE, plan=False)
    ran(state, "two", NOON, Exit.TEMPORARY)
    died = ran(state, "two", NOON + HOUR, None)
    ran(state, "other", NOON, Exit.DONE)
    with state.look_at_fleet() as work:
        newest, successes = work.fleet_shops.last_runs(), work.fleet_shops.last_successes()
    assert {slug: run.exit_code for slug, run in newest.items()} == {"one": 0, "two": None}
    assert newest["two"].number == died
    assert successes == {"one": NOON + HOUR + MINUTE}


def test_how_runs_went(state: Store) -> None:
    """By exit codes; one that holds a lease goes on, others without an end died."""
    ran(state, "one", NOON - HOUR, Exit.UNSAFE)
    ran(state, "one", NOON, Exit.DONE)
    ran(state, "two", NOON + 20 * MINUTE, Exit.DONE)
    ran(state, "two", NOON + 21 * MINUTE, Exit.TOKEN)
    ran(state, "two", NOON + 22 * MINUTE, None)
    with state.transaction("one") as work:
        run = work.journal.begin_run(ME, NOON + 23 * MINUTE)
        work.leases.take(run, ME, NOON + 23 * MINUTE)
    with state.look_at_fleet() as work:
        pace = work.fleet_shops.pace(NOON + 10 * MINUTE, NOON)
    assert (pace.ended, pace.codes, pace.died) == (2, {0: 2, 4: 1}, 1)
