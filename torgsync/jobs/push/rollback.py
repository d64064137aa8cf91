"""Make the plan that undoes a run; `jobs/push/execute.py` performs it like any other.

The shop is looked at first, and what earlier runs left open is reconciled. What the run did is read from the
changes of its plan. Source: docs/developers/architecture.md §3.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from torgsync.core.paging import PAGE
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Change
from torgsync.core.plan.guards import Allowed, GuardViolation, PriceMove
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.plan import ExportInfo
from torgsync.core.plan.rollback import (
    NotUndone,
    Reversal,
    Undone,
    restores_price,
    returns_held,
    reverse_change,
    reverse_uncertain,
    takes_several_requests,
    with_origin,
    without_refused,
)
from torgsync.core.product.fields import Channel
from torgsync.errors import UsageError
from torgsync.i18n import _
from torgsync.jobs.connect import VerifiedShop, connect_shop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.draft import Draft, counts_of
from torgsync.jobs.plan.look import look, reconcile_earlier
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.push.execute import PlanSource
from torgsync.jobs.run import Run, refuse_held, run_of
from torgsync.state.runs.change_rows import NumberedChange
from torgsync.state.runs.history import RunRecord
from torgsync.state.store import UnitOfWork

NO_EXPORT = ExportInfo("", 0, "")
"""The export of a plan that was made from none."""


def plan_back(
    context: JobContext, prom: VerifiedShop, number: int, *, allowed: Allowed, run: int = 0
) -> PlanResult:
    """Return the plan back to the values before run `number`; it is made for `run`, 0 for none.

    Raises UsageError where the object had no run of that number, or only its totals are kept.
    """
    plan = run_to_undo(context, number).plan
    with context.transaction() as work:
        begun = work.object_state.begun()
    reconciled = 0
    if begun:
        look(context, prom, full=False, allowed=allowed)
        reconciled = reconcile_earlier(context, prom, run)
    context.report(Progress(Stage.PLAN))
    with context.stop.interruptible(), context.transaction() as work:
        _refuse_removed(context, work, number)  # without a lease, it may have been removed meanwhile
        result = _Undo(context=context, work=work, allowed=allowed).draw_up(plan, number)
    return replace(result, reconciled=reconciled)


def run_to_undo(context: JobContext, number: int) -> RunRecord:
    """Return a run whose changes are there. Raises UsageError where there is none of that number."""
    record = run_of(context, number).record
    with context.transaction(durable=False) as work:
        _refuse_removed(context, work, number)
    return record


def _refuse_removed(context: JobContext, work: UnitOfWork, number: int) -> None:
    """Raise UsageError where only the totals of a run are kept."""
    record, since = work.history.run(number), work.history.complete_since()
    if record and record.totals and since:
        raise UsageError(
            _(
                "run {number} cannot be rolled back: of runs before {moment:time} only totals are kept",
                number=str(number),
                moment=since,
            ),
            hint=_(
                "`[history] keep` sets how long changes are kept; see which runs still have them: "
                "torgsync history -o {called}",
                called=context.file.called,
            ),
        )


def look_back(context: JobContext, number: int, *, allowed: Allowed) -> PlanResult:
    """Return the plan back to the values before run `number`, to be shown or saved; nothing is sent.

    Raises UsageError where there was no such run or its changes were removed, Busy where a run holds the
    object, Unsafe where the token opens another shop.
    """
    refuse_held(context)
    with connect_shop(context, allowed=allowed) as prom:
        return plan_back(context, prom, number, allowed=allowed)


def held_again(context: JobContext, plan: int) -> Counter[bool]:
    """Return how many changes that a plan undid the price guard would hold, and would not, if sent again."""
    limits = context.object.limits
    with context.transaction(durable=False) as work:
        done = (item.change for item in work.plans.changes(plan) if item.outcome is Outcome.DONE)
        return Counter(returns_held(change, limits) for change in done)


@dataclass(kw_only=True)
class _Undo(Draft):
    """The draft of a plan that undoes a run."""

    not_done: int = 0
    held: list[str] = field(default_factory=list)
    recreated: int = 0
    hidden: int = 0
    unmoved: int = 0
    waits: bool = False  # the end of the run's import is not known yet

    def draw_up(self, plan: int | None, undoes: int) -> PlanResult:
        """Undo the changes of the run one by one, then apply the guards to the whole."""
        work = self.work
        self.begin(undoes=True)
        unfinished = work.journal.unfinished_import()
        self.waits = unfinished is not None and unfinished.plan == plan
        remains: list[NotUndone] = []
        changes = work.plans.changes(plan) if plan else iter(())
        while page := list(islice(changes, PAGE)):
            since = work.plans.changed_since(plan or 0, [item.change.good_id for item in page])
            work.plans.add(self.number, self._undo(page, since, remains))
        foreign = work.existing.foreign_count()
        self.guard(work.rows.row_statuses(), foreign=foreign)
        self.guard_fleet(records=False, whole=True)  # what a run did says nothing of exports
        held = tuple(dict.fromkeys(self.held))
        undone = Undone(undoes, tuple(remains), self.not_done, self.recreated, self.hidden, held)
        counts = counts_of(work, self.number, skipped=undone.left, unchanged=self.unmoved, foreign=foreign)
        return PlanResult(self.plan(NO_EXPORT, counts), self.number, tuple(self.findings), undone=undone)

    def _undo(
        self, page: Sequence[NumberedChange], since: Mapping[str, Mapping[str, int]], remains: list[NotUndone]
    ) -> list[Change]:
        """Return the changes that undo a page of changes; what cannot be undone is added to `remains`.

        `since` holds the last runs that changed fields since, keyed by good, then by field.
        """
        ids = [item.change.good_id for item in page]
        known, refused = self.work.products.known(ids), self.work.products.refused(ids)
        changes: list[Change] = []
        for item in page:
            good = known.get(item.change.good_id)
            later = since.get(item.change.good_id, {})
            back = self._back_of(item, good, later)
            if back is None:
                self.not_done += 1
                if item.change.held:
                    self.held.append(item.change.good_id or item.change.prom_id)
                continue
            back = with_origin(without_refused(back, refused.get(item.change.good_id)), item.change, later)
            remains += back.remains
            self.recreated += back.recreated
            self.hidden += back.hidden
            self.unmoved += back == Reversal()
            if back.change:
                changes += self.emit(back.change, good.existing if good else None)
        return changes

    def knows_price(self, change: Change, violation: GuardViolation) -> bool:
        """Return whether it was sent from here before; a price of 0 is held all the same."""
        moves = isinstance(violation.measure, PriceMove) and violation.measure.old is not None
        return moves and restores_price(change, list(self.work.plans.done(change.good_id)))

    def _back_of(
        self, item: NumberedChange, good: ProductSnapshot | None, later: Collection[str]
    ) -> Reversal | None:
        """Return what undoes one change; None where it is known that it never happened."""
        change, gone = item.change, self.context.object.removal.gone
        if item.outcome is Outcome.DONE:
            return reverse_change(change, good, gone)
        waits = self.waits and change.via is Channel.IMPORT
        final = item.outcome in (Outcome.REFUSED, Outcome.DEFERRED) and not waits
        if change.held or (final and not takes_several_requests(change)):
            return None
        return reverse_uncertain(change, good, gone, final=final, later=later)


@dataclass(frozen=True)
class PlanBack(PlanSource):
    """The plan back to the values before the run `undoes`."""

    undoes: int
    allowed: Allowed

    @property
    def from_export(self) -> bool:
        """A plan back is made from the changes of the run, and from no export."""
        return False

    def make(self, context: JobContext, prom: VerifiedShop, run: Run) -> PlanResult:
        """Make the plan by comparing the changes of the run with the shop."""
        result = plan_back(context, prom, self.undoes, allowed=self.allowed, run=run.number)
        with context.transaction() as work:
            work.journal.turns_back(run.number, result.number, self.undoes)
        return result
