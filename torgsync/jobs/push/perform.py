"""Perform a plan: creations, updates, removals, each recorded item by item as Prom accepts it.

Removals go last, and only if nothing before them failed. Source: docs/developers/architecture.md §6.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Guard, encode_measure, prices_allowance
from torgsync.core.plan.outcomes import OutcomeCode, because_of
from torgsync.core.plan.plan import Plan
from torgsync.core.plan.plan_guards import selection
from torgsync.core.reason import Reason
from torgsync.errors import Interrupted, Temporary, TorgsyncError
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext, Stage
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.sender import ImportSender
from torgsync.jobs.push.outcomes import OutcomeRecorder
from torgsync.jobs.run import Run
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import Holder, Override

_OF_REMOVALS = frozenset({Guard.REMOVALS, Guard.EXPORT_ROWS})
"""Guards that hold removals: a changed selection that caused these is still news for the next plan."""


def recover(context: JobContext, prom: Prom, run: Run, *, waits: bool = True) -> bool:
    """Reconcile the import that a run left behind when it died; return whether there was one.

    It is found by its id, waited for, and its products are read back; no part of it is sent again.

    Raises:
        Temporary: The import goes on, and this run `waits` for none.
    """
    with context.transaction() as work:
        unfinished = work.journal.unfinished_import()
    if unfinished is None:
        return False
    outcomes = OutcomeRecorder(context, unfinished.plan, late=True)
    editor = EditSender(context, prom, outcomes)
    importer = ImportSender(
        context, prom, outcomes, editor, run.number, waits=waits, undoes=unfinished.undoes
    )
    importer.resume(unfinished)
    return True


def decline(context: JobContext, made: PlanResult) -> None:
    """Record that a person declined to send a plan."""
    OutcomeRecorder(context, made.number).defer_open(Reason(OutcomeCode.DECLINED))


def perform(
    context: JobContext, prom: Prom, run: Run, made: PlanResult, *, waits: bool = True
) -> TorgsyncError | None:
    """Perform the changes of a plan that no guard holds; return the trouble that ended it early.

    The trouble is returned, not raised, because what was done before it must be reported too. Changes that
    were not reached stay for the next run. Unless the run `waits`, the end of an import, and with it the
    removals, are left to the next run.
    """
    outcomes = OutcomeRecorder(context, made.number)
    with context.transaction() as work:
        work.journal.note_overrides(run.number, overrides(made.plan), Holder(*who()), context.now())
        if not (made.undone or any(violation.guard in _OF_REMOVALS for violation in made.plan.violations)):
            work.object_state.note_selection(json.dumps(selection(context.object), sort_keys=True))
    try:
        _perform(context, prom, run, made, outcomes, waits=waits)
    except Interrupted as error:
        outcomes.defer_open(Reason(OutcomeCode.STOPPED))
        return error
    except TorgsyncError as error:
        outcomes.defer_open(because_of(OutcomeCode.NOT_REACHED, error))
        return error
    return None


def overrides(plan: Plan) -> Iterator[Override]:
    """Yield the guards that a person opened for a plan; many prices are one override."""
    prices = [violation for violation in plan.overrides if violation.guard is Guard.PRICE]
    if prices:
        more = {"more": len(prices) - 1} if len(prices) > 1 else {}
        args = {**encode_measure(prices[0].measure), **more}
        yield Override(Guard.PRICE, prices_allowance(prices), args)
    # Where one guard still holds the removals, none was sent, whatever was allowed of another one.
    held = any(violation.guard in _OF_REMOVALS for violation in plan.violations)
    for violation in plan.overrides:
        if violation.guard is not Guard.PRICE and not (held and violation.guard in _OF_REMOVALS):
            yield Override(violation.guard, violation.allowance, encode_measure(violation.measure))


def _perform(
    context: JobContext, prom: Prom, run: Run, made: PlanResult, outcomes: OutcomeRecorder, *, waits: bool
) -> None:
    counts, offers = made.plan.counts, made.plan.offers
    editor = EditSender(context, prom, outcomes)
    postponed: TorgsyncError | None = None
    undoes = made.undone is not None
    importer = ImportSender(context, prom, outcomes, editor, run.number, waits=waits, undoes=undoes)
    try:
        importer.perform(offers, made.plan.budget.imports_left)
    except Temporary as busy:
        # Prom accepts no import now; prices and stock need none and must not wait for it.
        postponed = busy
    editor.perform(counts.update, Verb.UPDATE, Stage.EDIT)
    if importer.occupied and waits:
        try:
            importer.perform_when_free()
            postponed = None
        except Temporary as busy:
            postponed = busy
    outcomes.failed = outcomes.failed or postponed is not None
    if outcomes.failed:
        outcomes.defer_open(Reason(OutcomeCode.REMOVALS_AFTER_FAILURE))
    elif importer.left:
        outcomes.defer_open(Reason(OutcomeCode.REMOVALS_BEFORE_IMPORT_END))
    else:
        editor.perform(counts.remove, Verb.REMOVE, Stage.REMOVE)
    if postponed:
        raise postponed
