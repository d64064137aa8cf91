"""Old runs lose their changes and requests, and nothing that later decisions need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from builders import FULL, NOON, update
from sqlalchemy import func, select
from states import ME

from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.product.products import Product
from torgsync.errors import AnswerLost
from torgsync.state.runs import compaction
from torgsync.state.runs.compaction import Compacted
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.runs.requests import RequestKind
from torgsync.state.schema import run_tables as t
from torgsync.state.store import UnitOfWork

DAY = timedelta(days=1)
EDIT = "/products/edit_by_external_id"


def day(number: int) -> datetime:
    """A day of the tests' time."""
    return NOON + number * DAY


def price(good_id: str, new: str) -> Change:
    return update(good_id, price=(Decimal(1), Decimal(new)))


def deleted(good_id: str, prom_id: str = "") -> Change:
    fields = {"status": FieldChange("not_on_display", "deleted"), "quantity": FieldChange(1, 0)}
    return Change(good_id, Verb.REMOVE, "Капці", fields, prom_id=prom_id)


def performed(
    work: UnitOfWork,
    began: datetime,
    *changes: Change,
    paths: Sequence[str] = (EDIT,),
    outcome: Outcome = Outcome.DONE,
    undoes: int = 0,
) -> int:
    """Record a run of a day with these changes, which all had one outcome, and return its number."""
    run = work.journal.begin_run(ME, began)
    plan = work.plans.begin(began)
    work.plans.add(plan, changes)
    work.plans.record(plan, dict.fromkeys(range(1, len(changes) + 1), (outcome, ())))
    if undoes:
        work.journal.turns_back(run, plan, undoes)
    else:
        work.journal.plan_of_run(run, plan, 40)
    fetched(work, run, began, paths)
    return run


def fetched(work: UnitOfWork, run: int, began: datetime, paths: Sequence[str]) -> int:
    """Record the requests of a run, and its end."""
    for path in paths:
        work.journal.after(work.journal.before(run, "POST", path, 1, "abc", began), 200, "done", began)
    work.journal.end_run(run, 0, began + timedelta(minutes=1))
    return run


def compacted(work: UnitOfWork, before: datetime) -> Compacted:
    """Remove all that is due, step by step."""
    removed = Compacted()
    while step := work.compaction.step(before):
        removed += step
    return removed


def changes_of(work: UnitOfWork, run: int) -> list[Change]:
    record = work.history.run(run)
    return [item.change for item in work.plans.changes(record.plan)] if record and record.plan else []


def test_old_runs_keep_their_totals(work: UnitOfWork) -> None:
    """What history shows of a run as a sum stays as it was; its changes and requests are gone."""
    paths = (EDIT, EDIT, "/products/by_external_id/17", "/delivery/save_declaration_id", "/products/list")
    first = performed(work, day(0), price("1", "5"), update("2", quantity=(5, 0)), paths=paths)
    second = performed(work, day(1), update("1", quantity=(5, 4)), outcome=Outcome.REFUSED)
    orders = work.journal.begin_run(ME, day(2))
    lost = work.journal.before(orders, "POST", "/chat/send_order_context", 1, "", day(2))
    work.journal.after(lost, None, AnswerLost.kind, day(2))
    fetched(work, orders, day(2), ["/chat/send_order_context", "/orders/list"])
    work.journal.end_import(work.journal.begin_import(first, 5, day(0)), ImportEnd.FINISHED)
    third = performed(work, day(3), price("1", "6"), undoes=first)
    performed(work, day(4))
    before = [work.history.run(run) for run in (first, second, orders, third)]
    assert (work.history.complete_since(), work.history.undone_by(first)) == (None, [third])

    assert compacted(work, day(3)) == Compacted(runs=3, changes=3, requests=9)
    for was, run in zip(before[:3], (first, second, orders), strict=True):
        record = work.history.run(run)
        assert was
        assert record
        assert record.totals
        for name in ("outcomes", "requests", "imports", "parcels", "messages", "unclear_messages", "plan"):
            assert getattr(record, name) == getattr(was, name)
        assert (work.journal.requests(run), changes_of(work, run)) == ([], [])
        if run == first:
            assert record.totals.requests == {
                RequestKind("POST", "products/edit_by_external_id", 200, "done"): 2,
                RequestKind("POST", "products/by_external_id", 200, "done"): 1,
                RequestKind("POST", "delivery/save_declaration_id", 200, "done"): 1,
                RequestKind("POST", "products/list", 200, "done"): 1,
            }
    assert work.history.run(third) == before[3]
    assert work.history.complete_since() == day(3)
    assert (work.history.undone_by(first), work.history.count()) == ([third], 5)
    assert compacted(work, day(3)) == Compacted()
    # The newest run with a plan may still have to be reconciled; one that only fetched orders has none.
    fetched(work, work.journal.begin_run(ME, day(5)), day(5), [EDIT])
    assert compacted(work, day(99)) == Compacted(runs=2, changes=1, requests=2)
    assert (work.history.undone_by(first), changes_of(work, third)) == ([third], [])
    assert work.history.complete_since() == day(4)


def test_a_shop_that_only_fetches_orders(work: UnitOfWork) -> None:
    """Without any plan all runs are compacted; one that was not finished stops it."""
    assert work.history.complete_since() is None
    fetched(work, work.journal.begin_run(ME, day(0)), day(0), ["/orders/list"])
    assert compacted(work, day(9)) == Compacted(runs=1, requests=1)
    assert work.history.complete_since() == day(0) + timedelta(minutes=1)
    work.journal.begin_run(ME, day(1))
    assert compacted(work, day(9)) == Compacted()


def test_what_later_decisions_need_stays(work: UnitOfWork) -> None:
    """A deletion names its run, and the last price that was sent of a good is known; that is all."""
    first = performed(
        work,
        day(0),
        creation(Product("1", FULL)),
        price("2", "7").joined(update("2", discount=(None, FULL["discount"]))),
        deleted("3"),
        deleted("", "55"),
        Change("4", Verb.REMOVE, "Крем", {"status": FieldChange("on_display", "not_on_display")}),
        update("5", quantity=(1, 2)),
    )
    performed(work, day(1), price("1", "8"), price("2", "9"), price("2", "10"), outcome=Outcome.UNCLEAR)
    performed(work, day(2), price("2", "11"), update("5", quantity=(2, 3)), price("2", "12"))
    performed(work, day(3), price("2", "13"))
    kept = performed(work, day(4), price("2", "14"))
    deletions = work.plans.deletions(["3", "4", "5"])
    assert compacted(work, day(4)) == Compacted(runs=4, changes=13, requests=4)
    assert work.plans.deletions(["3", "4", "5"]) == deletions
    assert [(run, at) for run, at in deletions.values()] == [(first, day(0))]
    sent = [change.new for change in work.plans.done("1")]
    assert sent == [{name: FULL[name] for name in ("price", "discount")}]
    assert sorted(str(change.new.get("price")) for change in work.plans.done("2")) == ["13", "14"]
    discounts = [change.new["discount"] for change in work.plans.done("2") if "discount" in change.new]
    assert discounts == [FULL["discount"]]
    assert list(work.plans.done("5")) == []
    assert [attempt.run for attempt in work.plans.attempts("2", 9)] == [kept]
    left = work.connection.execute(select(func.count()).select_from(t.changes)).scalar_one()
    assert left == 4  # the deletion, two prices, and the change that is kept


def test_a_large_run_is_compacted_in_steps(work: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its totals are there from the first step on, and a later call goes on where the last one ended."""
    monkeypatch.setattr(compaction, "STEP", 2)
    many = [price(str(number), "5") for number in range(4)]
    run = performed(work, day(0), *many, update("1", gtin=("", "1")))
    performed(work, day(1))
    assert work.compaction.step(day(1)) == Compacted(changes=2, requests=1)
    record = work.history.run(run)
    assert record
    assert (record.outcomes["done"], record.requests, record.totals is None) == (5, 1, False)
    # A run that begins meanwhile, also one that has no plan and is old enough, changes nothing in that.
    fetched(work, work.journal.begin_run(ME, day(0)), day(0), [EDIT])
    assert work.compaction.step(day(1)) == Compacted(changes=2)
    assert work.compaction.step(day(1)) == Compacted(runs=1, changes=1)
    assert work.compaction.step(day(1)) == Compacted(runs=1, requests=1)
    assert work.compaction.step(day(1)) is None
    assert len(list(work.plans.done("1"))) == 1


def test_nothing_is_removed_while_an_import_is_open(work: UnitOfWork) -> None:
    """Nor while it hangs: what became of its changes is still to be found out."""
    run = performed(work, day(0), price("1", "5"))
    sent = work.journal.begin_import(run, 1, day(0))
    performed(work, day(0))  # it found nothing to do
    performed(work, day(1))
    assert work.compaction.due(day(1)) is None
    work.journal.end_import(sent, ImportEnd.HANGING)
    assert work.compaction.due(day(1)) is None
    work.journal.end_import(sent, ImportEnd.CANCELLED)
    assert compacted(work, day(1)) == Compacted(runs=2, changes=1, requests=2)
