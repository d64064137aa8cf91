"""The plans that unattended runs held: found by name and by run, the newest of equal ones."""

from __future__ import annotations

from decimal import Decimal

from builders import LATER, NOON
from states import ME

from torgsync.core.plan.approval.kept import KeptPlan
from torgsync.core.plan.guards import Cause, Guard, GuardViolation, PriceMove, ProductShare
from torgsync.core.reason import Reason
from torgsync.state.store import Store, UnitOfWork

VIOLATIONS = (
    GuardViolation(
        Guard.PRICE, PriceMove(Decimal(100), Decimal("9.99")), Reason(Cause.EDITED_PRICE), "26926"
    ),
    GuardViolation(
        Guard.REMOVALS,
        ProductShare(9, 50, Decimal("0.1")),
        Reason(Cause.REMOVALS, {"sources": [["gone", "9"]]}),
        count=9,
        waiting=2,
    ),
)


def held(work: UnitOfWork, name: str, undoes: int = 0) -> KeptPlan:
    """Keep what a new run held, and return it."""
    run, plan = work.journal.begin_run(ME, NOON), work.plans.begin(NOON)
    if undoes:
        work.journal.turns_back(run, plan, undoes)
    else:
        work.journal.plan_of_run(run, plan, 40)
    kept = KeptPlan(name, run, plan, LATER, VIOLATIONS, undoes)
    work.held_plans.keep(kept)
    return kept


def test_a_plan_is_found_by_its_name_and_its_run(work: UnitOfWork) -> None:
    """As it was kept; of equal plans the newest, whose changes stay longest."""
    first, back = held(work, "00000001"), held(work, "00000002", undoes=1)
    again = held(work, "00000001")
    assert (work.held_plans.named("00000001"), work.held_plans.named("00000002")) == (again, back)
    assert work.held_plans.named("0000000") is None
    assert work.held_plans.names(5) == ["00000001", "00000002"]
    assert work.held_plans.names(1) == ["00000001"]
    kept = {record.number: record.kept for record in work.history.runs()}
    assert kept == {first.run: "00000001", back.run: "00000002", again.run: "00000001"}


def test_another_object_has_its_own(state: Store) -> None:
    """Also plans of the same name."""
    with state.transaction("one") as work:
        kept = held(work, "00000001")
    with state.transaction("two") as work:
        assert (work.held_plans.named("00000001"), work.held_plans.names(5)) == (None, [])
        assert held(work, "00000001") != kept
    with state.transaction("one") as work:
        assert work.held_plans.named("00000001") == kept
