"""Settles what earlier runs left without an outcome: a run that died, edits that stayed unclear.

It is done after a look, by what Prom shows then, and before anything is compared: what a run has sent and
could not remember would else be taken for an edit by a person. Imports are settled before
(`jobs/push/sync.py`). Source: docs/developers/architecture.md §6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torgsync.core.plan.channels import EDIT_BATCH, by_channel
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason
from torgsync.core.product.fields import FIELDS, Channel, Value
from torgsync.core.product.products import Existing, shows
from torgsync.core.reason import Reason
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import OpenPlan
from torgsync.state.runs.plans import NumberedChange
from torgsync.state.shop.products import Accepted

DONE = Reason(OutcomeCode.FOUND_DONE)
NOT_REACHED = Reason(OutcomeCode.RUN_ENDED_BEFORE)
HALF = Reason(OutcomeCode.MADE_IN_PART)


def reconcile_earlier(context: JobContext, prom: Prom, run: int) -> int:
    """Settle the changes of runs before `run`, and return how many were; 0 is a look that is no run."""
    with context.transaction() as work:
        left = work.journal.open_plans(run)
    count = sum(_Settling(context, prom, plan).settle() for plan in left)
    with context.transaction() as work:
        work.journal.end_dead_runs(run)
    return count


class _Settling:
    """The changes of one plan."""

    def __init__(self, context: JobContext, prom: Prom, left: OpenPlan) -> None:
        self._context = context
        self._prom = prom
        self._left = left
        self._reached = True
        self._asked = 0

    def settle(self) -> int:
        """Settle all changes in doubt, page by page, and return how many were."""
        count = 0
        for page in self._pages():
            with self._context.transaction() as work:
                known = work.products.known([item.change.good_id for item in page])
            found = [
                (item, *judged)
                for item in page
                if (judged := self._judge(item, known.get(item.change.good_id)))
            ]
            with self._context.transaction() as work:
                work.products.accept([took for *_, took in found if took], self._context.now())
                work.plans.record(
                    self._left.plan, {item.seq: (outcome, (reason,)) for item, outcome, reason, _ in found}
                )
            count += len(found)
        return count

    def _pages(self) -> Iterator[list[NumberedChange]]:
        after = 0
        while True:
            with self._context.transaction() as work:
                page = work.plans.doubtful(self._left.plan, after=after)
            if not page:
                return
            after = page[-1].seq
            yield page

    def _judge(
        self, item: NumberedChange, known: ProductSnapshot | None
    ) -> tuple[Outcome, OutcomeReason, Accepted | None] | None:
        """Return what became of a change and what Prom took of it; None where that is unknown."""
        change = item.change
        if change.verb is Verb.REMOVE:
            return self._judge_removal(item, known)
        values = self._sent(item)
        shown = known.existing if known else None
        if shown is None or shown.removed:
            return self._not_done(item)
        if shows(shown, values) and (item.outcome is None or _visible(values)):
            return Outcome.DONE, DONE, Accepted(change.good_id, values, {})
        if change.verb is Verb.CREATE and self._left.imported and item.outcome is None:
            took = {name: value for name, value in values.items() if shown.values.get(name, value) == value}
            return Outcome.DEFERRED, HALF, Accepted(change.good_id, took, {})
        return self._not_done(item)

    def _sent(self, item: NumberedChange) -> Mapping[str, Value]:
        """Return the values that are in doubt: an import of this plan has been settled before."""
        change = item.change
        if change.verb is Verb.UPDATE and self._left.imported and item.outcome is None:
            return {name: change.new[name] for name in by_channel(change.fields, Channel.EDIT)}
        return change.new

    def _judge_removal(
        self, item: NumberedChange, known: ProductSnapshot | None
    ) -> tuple[Outcome, OutcomeReason, Accepted | None] | None:
        change = item.change
        deletes = change.new.get("status") == "deleted"
        shown = known.existing if known and not change.prom_id else None
        if deletes and self._asked < EDIT_BATCH:  # no more were in flight
            self._asked += 1
            shown = self._ask(item, shown)
            if shown is None or shown.removed:
                return Outcome.DONE, DONE, self._gone(item)
        elif shown is not None and not deletes and shows(shown, change.new):
            return Outcome.DONE, DONE, Accepted(change.good_id, change.new, {})
        return self._not_done(item)

    def _ask(self, item: NumberedChange, shown: Existing | None) -> Existing | None:
        """Ask for a product that may be deleted: no look at what was modified shows that."""
        change = item.change
        if change.prom_id:
            return self._prom.product_by_prom_id(change.prom_id)
        return self._prom.product(change.good_id) if shown else None

    def _gone(self, item: NumberedChange) -> Accepted | None:
        """Forget a foreign product; of one of ours return what Prom took."""
        change = item.change
        if not change.prom_id:
            return Accepted(change.good_id, change.new, {})
        with self._context.transaction() as work:
            work.existing.forget_existing([change.prom_id])
        return None

    @staticmethod
    def _not_done(item: NumberedChange) -> tuple[Outcome, OutcomeReason, Accepted | None] | None:
        return None if item.outcome else (Outcome.DEFERRED, NOT_REACHED, None)


def _visible(values: Mapping[str, Value]) -> bool:
    """Return whether Prom shows all of these: what it does not show stays unclear."""
    return bool(values) and all(FIELDS[name].shown for name in values)
