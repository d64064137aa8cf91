"""What the state says of how an object stands: of its last runs, its last plan and its orders."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from builders import LATER, NOON, update
from states import ME, SLUG

from torgsync.core.plan.outcomes import Outcome
from torgsync.errors import TorgsyncError
from torgsync.state.runs.status import LastRun
from torgsync.state.store import Store, UnitOfWork, open_store, open_to_look

MINUTE = timedelta(minutes=1)


def run(
    work: UnitOfWork,
    began: datetime,
    exit_code: int | None = 0,
    *,
    plan: bool = True,
    undoes: int = 0,
    paths: tuple[str, ...] = (),
    answered: str = "done",
) -> int:
    """Record a run that asked for these paths."""
    number = work.journal.begin_run(ME, began)
    if undoes:
        work.journal.turns_back(number, work.plans.begin_next(began), undoes)
    elif plan:
        work.journal.plan_of_run(number, work.plans.begin_next(began), 40)
    for path in paths:
        entry = work.journal.before(number, "GET", path, 0, "", began)
        work.journal.after(entry, 200, answered, began)
    if exit_code is not None:
        work.journal.end_run(number, exit_code, began + MINUTE)
    return number


def test_nothing_was_done_yet(work: UnitOfWork) -> None:
    known = work.status
    assert [known.last_run(), known.last_success(), known.last_plan(), known.orders_fetched()] == [None] * 4
    assert work.status.ended() == {}


@pytest.mark.parametrize(
    ("exit_code", "succeeded"), [(0, True), (8, True), (5, False), (6, False), (None, False)]
)
def test_a_run_succeeds_with_all_that_it_may_do_by_itself(
    work: UnitOfWork, exit_code: int | None, succeeded: bool
) -> None:
    """What is held for a person is no failure of the run."""
    run(work, NOON, exit_code)
    assert work.status.last_success() == (NOON + MINUTE if succeeded else None)


def test_other_runs_are_no_success(work: UnitOfWork) -> None:
    """Neither one that undoes another, nor one that only fetched orders."""
    first = run(work, NOON)
    run(work, LATER, undoes=first)
    run(work, LATER, plan=False, paths=("/orders/list",))
    assert work.status.last_success() == NOON + MINUTE


def test_the_last_run(work: UnitOfWork) -> None:
    """One without plan, orders and mistake says nothing; one that died has no end."""
    failed = run(work, NOON, 4, plan=False, paths=("/products/list",))
    run(work, LATER, plan=False)
    assert work.status.last_run() == LastRun(failed, NOON, NOON + MINUTE, 4, 1)
    orders = run(work, LATER, plan=False, paths=("/orders/list", "/orders/list"))
    work.journal.begin_import(orders, 3, LATER)
    assert work.status.last_run() == LastRun(orders, LATER, LATER + MINUTE, 0, 2, 1)
    died = run(work, LATER, None, plan=False)
    assert work.status.last_run() == LastRun(died, LATER, None, None)
    assert work.status.ended() == {0: 2, 4: 1}


def test_orders_were_fetched_where_their_last_request_was_answered(work: UnitOfWork) -> None:
    run(work, NOON, paths=("/orders/list",))
    run(work, LATER, 5, paths=("/orders/list",), answered="temporary")
    assert work.status.orders_fetched() == NOON


def test_the_changes_of_the_last_plan(work: UnitOfWork) -> None:
    """By verb and by what became of them; those of a look have become nothing yet."""
    work.plans.begin(NOON)
    plan = work.plans.begin(LATER)
    work.plans.add(plan, [update(str(number), price=(Decimal(1), Decimal(2))) for number in range(5)])
    work.plans.record(plan, {1: (Outcome.DONE, ()), 2: (Outcome.DEFERRED, ()), 3: (Outcome.REFUSED, ())})
    work.plans.hold_goods(plan, update("4", price=(Decimal(1), Decimal(2))).verb, ["4"], "price")
    last = work.status.last_plan()
    assert last
    assert (last.made, last.run, last.pending, last.held) == (LATER, None, 2, 1)
    assert {key[1]: count for key, count in last.changes.items()} == dict.fromkeys(
        ("done", "deferred", "refused", "held", "open"), 1
    )


def test_a_look_waits_for_no_transaction(state: Store, url: str) -> None:
    """It sees what was committed before; afterwards the same store can be written to."""
    looking = open_to_look(url)
    assert looking
    with closing(looking):
        with state.transaction(SLUG) as writing:
            writing.journal.begin_run(ME, NOON)
            with looking.look(SLUG) as work:
                assert work.status.last_run() is None
        with looking.transaction(SLUG) as work:
            work.journal.begin_run(ME, LATER)
        with looking.look(SLUG) as work:
            last = work.status.last_run()
    assert last
    assert last.started == LATER


def test_a_state_that_was_never_made_is_not_made_by_a_look(new_url: str, tmp_path: Path) -> None:
    assert open_to_look(new_url) is None
    assert list(tmp_path.iterdir()) == []
    with closing(open_store(new_url)):
        made = open_to_look(new_url)
    assert made
    made.close()


def test_a_state_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(TorgsyncError):
        open_to_look(f"sqlite:///{tmp_path / 'state.db'}")
