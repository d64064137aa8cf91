"""The journal: runs, requests and imports."""

from __future__ import annotations

from builders import LATER, NOON
from states import HOUR, ME

from torgsync.state.runs.journal import BusySpell, ImportEnd, OpenPlan, SentImport
from torgsync.state.runs.requests import Request
from torgsync.state.store import UnitOfWork

ENDS = (ImportEnd.FINISHED, ImportEnd.REFUSED, ImportEnd.UNCLEAR)


def test_rows_of_earlier_exports(work: UnitOfWork) -> None:
    """Newest first, at most ten, and only of runs with a plan that came to their end."""
    for rows in range(12):
        run = work.journal.begin_run(ME, NOON)
        work.journal.plan_of_run(run, 1, rows)
        work.journal.end_run(run, 0, LATER)
    work.journal.end_run(work.journal.begin_run(ME, NOON), 0, LATER)
    work.journal.plan_of_run(work.journal.begin_run(ME, NOON), 1, 99)
    assert work.journal.export_rows() == list(range(11, 1, -1))
    assert work.journal.export_rows(2) == [11, 10]


def test_requests_are_recorded_before_and_after(work: UnitOfWork) -> None:
    """Each has its number; one without an answer has no status."""
    run = work.journal.begin_run(ME, NOON)
    first = work.journal.before(run, "POST", "products/edit_by_external_id", 100, "abc", NOON)
    second = work.journal.before(run, "GET", "products/list", 0, "", LATER)
    work.journal.after(first, 200, "99 of 100", LATER)
    assert first != second
    assert work.journal.requests(run) == [
        Request(NOON, "POST", "products/edit_by_external_id", 100, 200, "99 of 100"),
        Request(LATER, "GET", "products/list", 0, None, ""),
    ]
    assert work.journal.requests(run + 1) == []


def test_an_import_without_an_end_is_found_again(work: UnitOfWork) -> None:
    """The newest one of a run that had a plan, with or without Prom's id; what came to an end is history."""
    run = work.journal.begin_run(ME, NOON)
    first = work.journal.begin_import(run, 5, NOON)
    assert work.journal.unfinished_import() is None
    work.journal.plan_of_run(run, 7, 40)
    assert work.journal.unfinished_import() == SentImport(first, None, 7, 5, NOON)
    second = work.journal.begin_import(run, 6, LATER)
    work.journal.import_accepted(second, "0123456789abcdef01234567")
    found = SentImport(second, "0123456789abcdef01234567", 7, 6, LATER)
    assert work.journal.unfinished_import() == found
    for number in (first, second):
        work.journal.end_import(number, ImportEnd.FINISHED)
    assert work.journal.unfinished_import() is None


def test_an_import_that_hangs_or_was_refused_for_another(work: UnitOfWork) -> None:
    """It hangs until Prom takes a newer one; refusals for another import are none of the day's."""
    journal = work.journal
    run = journal.begin_run(ME, NOON)
    journal.plan_of_run(run, 7, 40)
    assert (journal.hanging_import(), journal.busy(NOON)) == (None, None)
    first = journal.begin_import(run, 5, NOON)
    journal.end_import(first, ImportEnd.HANGING)
    assert not journal.hung_before(first)
    for hours in (1, 4, 5, 6):
        journal.end_import(journal.begin_import(run, 5, NOON + hours * HOUR), ImportEnd.BUSY)
    assert journal.hanging_import() == SentImport(first, None, 7, 5, NOON)
    # The first one may have been for an import that ended since, and so may all of them later on.
    spell = journal.busy(NOON + 7 * HOUR)
    assert spell == BusySpell(NOON + 4 * HOUR, NOON + 6 * HOUR)
    assert (spell and spell.hangs, journal.busy(NOON + 8 * HOUR)) == (True, None)
    assert not BusySpell(NOON, NOON + HOUR / 3).hangs
    assert journal.imports_since(NOON - HOUR) == 1
    second = journal.begin_import(run, 5, NOON + 7 * HOUR)
    assert journal.hung_before(second)
    journal.end_import(first, ImportEnd.CANCELLED)
    assert journal.hung_before(second)
    assert (journal.hanging_import(), journal.busy(NOON + 7 * HOUR)) == (None, None)


def test_imports_are_counted_over_a_rolling_day(work: UnitOfWork) -> None:
    """From the moment they are recorded; a refused one does not count, nor one at the edge of the window."""
    run = work.journal.begin_run(ME, NOON)
    numbers = [work.journal.begin_import(run, 5, NOON + hours * HOUR) for hours in (0, 1, 2, 3, 4)]
    work.journal.import_accepted(numbers[1], "0123456789abcdef01234567")
    for number, end in zip(numbers[1:], ENDS, strict=False):
        work.journal.end_import(number, end)
    assert work.journal.imports_since(NOON - HOUR) == 4
    assert work.journal.imports_since(NOON) == 3
    assert work.journal.imports_since(NOON + 3 * HOUR) == 1
    assert work.journal.imports_since(NOON + 4 * HOUR) == 0


def test_open_plans_of_earlier_runs(work: UnitOfWork) -> None:
    """Plans of runs that died and of the newest run with a plan; not one whose import has no end."""
    journal = work.journal
    runs = [journal.begin_run(ME, NOON) for _ in range(6)]
    for number, run in enumerate(runs[:5], 1):
        journal.plan_of_run(run, number, 1)
    journal.end_run(runs[0], 0, NOON)
    refused, taken, waits = (journal.begin_import(run, 1, NOON) for run in runs[1:4])
    journal.end_import(refused, ImportEnd.REFUSED)
    journal.end_import(taken, ImportEnd.FINISHED)
    journal.end_run(runs[4], 0, NOON)
    assert journal.open_plans(runs[5]) == [
        OpenPlan(runs[1], 2, imported=False, died=True),
        OpenPlan(runs[2], 3, imported=True, died=True),
        OpenPlan(runs[4], 5, imported=False, died=False),
    ]
    journal.end_dead_runs(runs[5])
    journal.end_import(waits, ImportEnd.FINISHED)
    assert journal.open_plans(runs[5]) == [
        OpenPlan(runs[3], 4, imported=True, died=True),
        OpenPlan(runs[4], 5, imported=False, died=False),
    ]
    journal.end_dead_runs(runs[5])
    assert journal.open_plans(runs[5]) == [OpenPlan(runs[4], 5, imported=False, died=False)]


def test_a_run_that_was_none(work: UnitOfWork) -> None:
    """It is forgotten with its requests; of one that did something else only the plan is."""
    kept, gone = work.journal.begin_run(ME, NOON), work.journal.begin_run(ME, NOON)
    for run in (kept, gone):
        work.journal.before(run, "GET", "/products/list", 0, "", NOON)
        work.journal.plan_of_run(run, work.plans.begin_next(NOON), 5)
    work.journal.forget_run(gone)
    work.journal.without_plan(kept)
    work.journal.end_run(kept, 1, LATER)
    (record,) = work.history.runs()
    assert (record.number, record.plan, record.requests) == (kept, None, 1)
    assert (work.journal.requests(gone), work.journal.export_rows()) == ([], [])
