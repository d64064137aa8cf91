"""Plans: changes come back as they were, with the outcome and the reasons of each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import FULL, LATER, NOON, product, update
from states import ME, SLUG

from torgsync.core.paging import PAGE
from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, because_of, prom_said
from torgsync.core.plan.plan_guards import falls_to_zero
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.product.fields import Channel
from torgsync.core.product.products import Product
from torgsync.core.reason import Reason
from torgsync.errors import Temporary
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.store import Store, UnitOfWork

SAID = prom_said("занадто мала", "blocked word")
CUT = Reason(OutcomeCode.TEXT_CUT, {"field": "name", "length": 90, "ending": "з зимов"})
SILENT = Reason(OutcomeCode.OLD_VALUE_SHOWN)
BUSY = error_of(Temporary, problem(ProblemCode.BUSY, path="/products/list"))
NOT_REACHED = because_of(OutcomeCode.NOT_REACHED, BUSY)


def all_changes(work: UnitOfWork, plan: int) -> list[Change]:
    return [item.change for item in work.plans.changes(plan)]


REMOVED = Change("3", Verb.REMOVE, "Капці", {"status": FieldChange("on_display", "deleted")})
FOREIGN = Change("", Verb.REMOVE, "Чуже", {"status": FieldChange("on_display", "deleted")}, prom_id="55")
EMPTIED = update("4", quantity=(5, 0), presence=("available", "not_available"), price=(None, None))
MADE = creation(Product("1", FULL))
MOVED = replace(update("2", price=(Decimal(1), Decimal(2))), held="price")
EDITED = Change("2", Verb.UPDATE, "", {"gtin": FieldChange("a", "b", edited=True)})


def test_changes_come_back_as_they_were(work: UnitOfWork) -> None:
    """Creations, updates, removals, each in its order, with every field's old and new value."""
    plan = work.plans.begin(NOON)
    work.plans.add(plan, [REMOVED, MOVED, MADE])
    work.plans.add(plan, [EDITED, FOREIGN])
    work.plans.add(plan, [])
    assert all_changes(work, plan) == [MADE, MOVED, EDITED, REMOVED, FOREIGN]


def test_changes_of_some_products(work: UnitOfWork) -> None:
    """Foreign products have no id of a good: only those with the ids of Prom that are asked for."""
    plan = work.plans.begin(NOON)
    work.plans.add(plan, [MOVED, EDITED, FOREIGN, replace(FOREIGN, prom_id="56")])
    asked = [ProductKey("2"), ProductKey("", "55"), ProductKey("9")]
    assert work.plans.of_products(plan, asked) == {
        asked[0]: [MOVED, EDITED],
        asked[1]: [FOREIGN],
        asked[2]: [],
    }


def test_many_changes_come_page_by_page(work: UnitOfWork) -> None:
    """All changes are yielded, also more than a page; a page has one verb's unheld changes after a number."""
    plan = work.plans.begin(NOON)
    many = [update(str(number), quantity=(1, 2)) for number in range(PAGE + 1)]
    work.plans.add(plan, [MOVED, *many, EDITED])
    assert all_changes(work, plan) == [MOVED, *many, EDITED]
    first = work.plans.page(plan, Verb.UPDATE)
    assert [item.change for item in first] == many[:-1]
    rest = work.plans.page(plan, Verb.UPDATE, after=first[-1].seq)
    assert [item.change for item in rest] == [many[-1], EDITED]
    assert [item.change for item in work.plans.page(plan, Verb.UPDATE, via=Channel.IMPORT)] == [EDITED]
    assert len(work.plans.page(plan, Verb.UPDATE, size=3)) == 3
    assert work.plans.page(plan, Verb.CREATE) == []


def test_a_plan_without_a_run_is_deleted(work: UnitOfWork) -> None:
    """A new plan replaces the old one, unless a run performed it: that one is history."""
    performed = work.plans.begin(NOON)
    work.plans.add(performed, [MADE])
    work.journal.plan_of_run(work.journal.begin_run(ME, NOON), performed, 5)
    unperformed = work.plans.begin(NOON)
    assert unperformed != performed
    work.plans.add(unperformed, [MOVED, EDITED])
    newest = work.plans.begin(LATER)
    assert newest != performed
    assert all_changes(work, performed) == [MADE]
    assert all_changes(work, newest) == []
    work.plans.add(newest, [REMOVED])
    assert all_changes(work, newest) == [REMOVED]


def test_a_guard_holds_all_changes_of_a_verb(work: UnitOfWork) -> None:
    """What another guard holds already stays held by it; other verbs go."""
    plan = work.plans.begin(NOON)
    work.plans.add(plan, [MADE, REMOVED, replace(FOREIGN, held="removals")])
    assert work.plans.hold(plan, Verb.REMOVE, "export-rows") == 1
    assert [change.held for change in all_changes(work, plan)] == [None, "export-rows", "removals"]
    assert work.plans.page(plan, Verb.REMOVE) == []


def test_a_guard_holds_what_leaves_for_a_reason(work: UnitOfWork) -> None:
    """Of the removals only those of the reasons given; what still goes is counted by the status it brings."""
    plan = work.plans.begin(NOON)
    hidden = {"status": FieldChange("on_display", "not_on_display")}
    work.plans.add(plan, [replace(REMOVED, reason="grace-over"), replace(FOREIGN, reason="foreign")])
    work.plans.add(plan, [replace(REMOVED, good_id="4", fields=hidden, reason="gone"), EMPTIED])
    assert work.plans.hold(plan, Verb.REMOVE, "deletions", ["grace-over"]) == 1
    assert [change.held for change in all_changes(work, plan)] == [None, "deletions", None, None]
    assert (work.plans.removed(plan, "deleted"), work.plans.removed(plan, "not_on_display")) == (1, 1)
    assert work.plans.removed(plan, "not_on_display", "gone") == 1
    assert work.plans.removed(plan, "deleted", "gone") == 0


def test_which_run_deleted_a_product(work: UnitOfWork) -> None:
    """The last one that did; what was not sent, what only hid it, and foreign products are no deletions."""
    hidden = replace(REMOVED, good_id="4", fields={"status": FieldChange("on_display", "not_on_display")})
    for number, outcome in enumerate((Outcome.DONE, Outcome.DONE, Outcome.REFUSED)):
        plan = work.plans.begin(NOON)
        work.plans.add(plan, [REMOVED, hidden, replace(FOREIGN, good_id="5")])
        run = work.journal.begin_run(ME, LATER if number else NOON)
        work.journal.plan_of_run(run, plan, 5)
        work.plans.record(plan, dict.fromkeys((1, 2, 3), (outcome, ())))
    assert work.plans.deletions(["3", "4", "5", "6"]) == {"3": (2, LATER)}
    assert work.plans.deletions([]) == {}


def test_a_guard_holds_some_goods(work: UnitOfWork) -> None:
    """Whatever guard holds them already; a foreign product is none of them."""
    plan = work.plans.begin(NOON)
    priced = replace(MADE, good_id="p", held="price")
    work.plans.add(plan, [MADE, priced, REMOVED, replace(FOREIGN, good_id=REMOVED.good_id)])
    assert work.plans.changed(plan, Verb.CREATE, [MADE.good_id, "p", "x"]) == {MADE.good_id, "p"}
    assert work.plans.changed(plan, Verb.REMOVE, [MADE.good_id]) == set()
    work.plans.hold_goods(plan, Verb.CREATE, ["p", "x"], "identity")
    work.plans.hold_goods(plan, Verb.REMOVE, [REMOVED.good_id], "identity")
    assert [change.held for change in all_changes(work, plan)] == [None, "identity", "identity", None]
    held = work.plans.held_of(plan, [MADE.good_id, "p", "x", REMOVED.good_id])
    assert held == {MADE.good_id: False, "p": True, REMOVED.good_id: True}


@pytest.mark.parametrize("count", [1, PAGE, 2 * PAGE + 1])
def test_emptied_stock_is_split_off_and_held(work: UnitOfWork, count: int) -> None:
    """Of each update that empties a stock, quantity and presence are held, the rest goes."""
    plan = work.plans.begin(NOON)
    work.plans.hold_fields(plan, "stock-out", ("quantity",), falls_to_zero)
    assert all_changes(work, plan) == []
    emptied = [replace(EMPTIED, good_id=str(number)) for number in range(count)]
    filled = update("x", quantity=(0, 5))
    bare = update("y", quantity=(5, 0))
    held = replace(update("z", quantity=(5, 0)), held="price")
    work.plans.add(plan, [filled, *emptied, bare, held, REMOVED])
    work.plans.hold_fields(plan, "stock-out", ("quantity", "presence"), falls_to_zero)
    going = [set(item.change.fields) for item in work.plans.page(plan, Verb.UPDATE, size=9999)]
    assert going == [{"quantity"}, *[{"price"}] * count]
    stopped = [change for change in all_changes(work, plan) if change.held == "stock-out"]
    both = [(change.good_id, {"quantity", "presence"}) for change in emptied]
    assert [(change.good_id, set(change.fields)) for change in stopped] == [*both, ("y", {"quantity"})]
    assert held in all_changes(work, plan)
    assert work.plans.goods(plan, Verb.UPDATE) == count + 3


def test_changes_are_counted(work: UnitOfWork) -> None:
    """By verb, channel and whether held; a good counts once although its change was split."""
    plan = work.plans.begin(NOON)
    other = replace(FOREIGN, prom_id="56")
    work.plans.add(plan, [MADE, MOVED, EDITED, REMOVED, FOREIGN, other])
    assert work.plans.counts(plan) == {
        (Verb.CREATE, Channel.IMPORT, False): 1,
        (Verb.UPDATE, Channel.EDIT, True): 1,
        (Verb.UPDATE, Channel.IMPORT, False): 1,
        (Verb.REMOVE, Channel.EDIT, False): 3,
    }
    assert [work.plans.goods(plan, verb) for verb in Verb] == [1, 1, 3]
    assert work.plans.held_goods(plan) == 1


def test_equal_plans_have_equal_digests(work: UnitOfWork) -> None:
    """The digest is of the content, whatever the plan's number and the order of the file; eight digits."""
    digests = []
    for changes in ([MADE, MOVED], [MOVED, MADE], [MADE, replace(MOVED, held=None)], [MADE], []):
        plan = work.plans.begin(NOON)
        work.plans.add(plan, changes)
        digests.append(work.plans.digest(plan))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4
    assert all(len(digest) == 8 and int(digest, 16) >= 0 for digest in digests)


def test_outcomes_are_recorded(work: UnitOfWork) -> None:
    """Each change has one outcome with its reasons; what was not reached is deferred."""
    plan = work.plans.begin(NOON)
    work.plans.add(plan, [MADE, MOVED, EDITED, REMOVED])
    numbers = sorted(item.seq for item in work.plans.changes(plan))
    assert work.plans.outcome(plan, numbers[0]) is None
    work.plans.record(plan, {numbers[0]: (Outcome.DONE, ()), numbers[2]: (Outcome.UNCLEAR, (SILENT,))})
    work.plans.record(plan, {})
    work.plans.record(plan, {numbers[2]: (Outcome.REFUSED, (SAID, CUT))})
    work.plans.defer_open(plan, NOT_REACHED)
    ends = [work.plans.outcome(plan, number) for number in numbers]
    assert ends == [Outcome.DONE, None, Outcome.REFUSED, Outcome.DEFERRED]
    assert work.plans.outcomes(plan) == {Outcome.DONE: 1, Outcome.REFUSED: 1, Outcome.DEFERRED: 1}
    recorded = {item.seq: (item.outcome, item.reasons) for item in work.plans.changes(plan)}
    assert recorded[numbers[2]] == (Outcome.REFUSED, (SAID, CUT))
    assert recorded[numbers[3]] == (Outcome.DEFERRED, (NOT_REACHED,))


def test_imported_changes_are_deferred(work: UnitOfWork) -> None:
    """Only those without an outcome; removals and edits stay as they are."""
    plans = work.plans
    plan = plans.begin(NOON)
    changes = [creation(product("1")), creation(product("2")), update("3", price=(Decimal(1), Decimal(2)))]
    plans.add(plan, changes)
    plans.record(plan, {2: (Outcome.UNCLEAR, (SILENT,))})
    plans.defer_imported(plan, Reason(OutcomeCode.IMPORT_LEFT))
    assert [item.outcome for item in plans.changes(plan)] == [Outcome.DEFERRED, Outcome.UNCLEAR, None]
    assert [item.seq for item in plans.doubtful(plan)] == [2, 3]
    assert [item.seq for item in plans.doubtful(plan, after=2)] == [3]


def test_goods_of_an_import_without_an_end(work: UnitOfWork) -> None:
    """The goods of its file: creations and updates that no edit can carry, but nothing that is held."""
    plans, journal = work.plans, work.journal
    plan = plans.begin(NOON)
    held = replace(creation(product("3")), held="identity")
    price, name = (Decimal(1), Decimal(2)), ("a", "b")
    plans.add(plan, [creation(product("1")), update("2", name=name), held, update("4", price=price)])
    run = journal.begin_run(ME, NOON)
    journal.plan_of_run(run, plan, 4)
    assert plans.importing() == set()
    number = journal.begin_import(run, 2, NOON)
    assert plans.importing() == {"1", "2"}
    journal.end_import(number, ImportEnd.UNCLEAR)
    assert plans.importing() == set()


def test_fields_changed_by_later_plans(state: Store) -> None:
    """The fields of changes done after a plan, by good; not those refused and not those before."""
    price, quantity = (Decimal("100.00"), Decimal("90.00")), (1, 2)
    with state.transaction(SLUG) as work:
        first = work.plans.begin(NOON)
        work.plans.add(first, [update("17", price=price)])
        second = work.plans.begin_next(NOON)
        work.plans.add(second, [update("17", price=price), update("17", quantity=quantity)])
        work.plans.add(second, [update("18", price=price), update("19", price=price)])
        for plan in (first, second):
            work.journal.plan_of_run(run := work.journal.begin_run(ME, NOON), plan, None)
            work.plans.record(plan, dict.fromkeys((1, 2, 4), (Outcome.DONE, ())))
        work.plans.record(second, {3: (Outcome.REFUSED, (SAID,))})
        assert work.plans.changed_since(first, ["17", "18"]) == {"17": {"price": run, "quantity": run}}
        assert work.plans.changed_since(second, ["17", "18"]) == {}


def test_the_attempts_of_a_good(state: Store) -> None:
    """Its changes come newest first: of every run, and of the plan that no run performed yet."""
    change = update("17", price=(Decimal("100.00"), Decimal("90.00")))
    with state.transaction(SLUG) as work:
        first = work.plans.begin(NOON)
        work.plans.add(first, [update("18", quantity=(1, 2)), change])
        run = work.journal.begin_run(ME, LATER)
        work.journal.plan_of_run(run, first, 2)
        work.plans.record(first, {2: (Outcome.REFUSED, (SAID,))})
        work.plans.add(work.plans.begin(LATER), [change])
    with state.transaction(SLUG) as work:
        newest, oldest = work.plans.attempts("17", 10)
        assert (newest.at, newest.run, newest.item.outcome) == (LATER, None, None)
        assert (oldest.at, oldest.run, oldest.item.outcome) == (LATER, run, Outcome.REFUSED)
        assert (oldest.item.reasons, oldest.item.change) == ((SAID,), change)
        assert work.plans.attempts("17", 1) == [newest]
        assert work.plans.attempts("99", 10) == []
    with state.transaction("other") as work:
        assert work.plans.attempts("17", 10) == []


def test_what_was_done_to_a_good(work: UnitOfWork) -> None:
    """In any plan, its own changes only, and only those that Prom took; the rest of a split one may go."""
    first, second = work.plans.begin(NOON), work.plans.begin_next(NOON)
    other = replace(EDITED, good_id="4")
    work.plans.add(first, [EDITED, other, MOVED])
    work.plans.add(second, [EDITED, FOREIGN])
    work.plans.record(first, {1: (Outcome.DONE, ()), 2: (Outcome.DONE, ())})
    work.plans.record(second, {1: (Outcome.REFUSED, ()), 2: (Outcome.DONE, ())})
    assert list(work.plans.done("2")) == [EDITED]
    assert (work.plans.held_goods(first), work.plans.sent_goods(first)) == (1, 2)
