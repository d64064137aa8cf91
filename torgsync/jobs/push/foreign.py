"""Delete products on Prom that belong to no good, by Prom's own id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason, because_of, prom_said
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost, PromRefused, TorgsyncError
from torgsync.jobs.context import JobContext
from torgsync.jobs.push.outcomes import ChangeOutcome, OutcomeRecorder
from torgsync.prom.api import Prom
from torgsync.state.runs.plans import NumberedChange

_NOT_CONFIRMED = Reason(OutcomeCode.NOT_CONFIRMED)


class ForeignRemover:
    """Deletes foreign products and reads back those that Prom did not confirm."""

    def __init__(self, context: JobContext, prom: Prom, outcomes: OutcomeRecorder) -> None:
        self._context = context
        self._prom = prom
        self._outcomes = outcomes

    def remove(self, items: Sequence[NumberedChange]) -> None:
        """Delete the products of these changes, which name them by Prom's id."""
        if not items:
            return
        processed, reasons = self._send(items)
        self._record_gone([item for item in items if item.change.prom_id in processed])
        unsure = [item for item in items if item.change.prom_id not in processed]
        for done, item in enumerate(unsure):
            reason = reasons.get(item.change.prom_id, _NOT_CONFIRMED)
            try:
                shown = self._prom.product_by_prom_id(item.change.prom_id)
            except TorgsyncError:
                self._outcomes.record(
                    ChangeOutcome(left.seq, Outcome.UNCLEAR, (reason,)) for left in unsure[done:]
                )
                raise
            if shown is None or shown.removed:
                self._record_gone([item])
            else:
                self._outcomes.record([ChangeOutcome(item.seq, Outcome.UNCLEAR, (reason,))])

    def _send(self, items: Sequence[NumberedChange]) -> tuple[frozenset[str], Mapping[str, OutcomeReason]]:
        """Return the Prom ids that were processed, and reasons for others, keyed by Prom id."""
        bodies = [{"id": int(item.change.prom_id), "status": "deleted"} for item in items]
        try:
            answer = self._prom.edit_by_prom_id(bodies)
        except (AnswerLost, PromRefused) as error:
            reason = because_of(OutcomeCode.FAILED, error)
            return frozenset(), {item.change.prom_id: reason for item in items}
        return answer.processed, {prom_id: prom_said(words) for prom_id, words in answer.errors.items()}

    def _record_gone(self, items: Sequence[NumberedChange]) -> None:
        """Remove foreign products from the snapshot and record that they are deleted."""
        with self._context.transaction() as work:
            work.existing.forget_existing([item.change.prom_id for item in items])
        self._outcomes.record(ChangeOutcome(item.seq, Outcome.DONE) for item in items)
