"""Record the outcomes of the changes of one plan as they become known."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from torgsync.core.plan.diff import Verb
from torgsync.core.plan.outcomes import Outcome, OutcomeReason, OutcomeReasons
from torgsync.core.product.fields import Channel
from torgsync.i18n import _n
from torgsync.jobs.context import JobContext
from torgsync.state.runs.change_rows import NumberedChange

_log = logging.getLogger(__name__)

FEW = 5
"""Up to this many products are read back one by one, more by a listing."""
_GRAVITY = {Outcome.DONE: 0, Outcome.DEFERRED: 1, Outcome.UNCLEAR: 2, Outcome.REFUSED: 3}


class ChangeOutcome(NamedTuple):
    """The outcome of the change with the number `seq` of a plan."""

    seq: int
    outcome: Outcome
    reasons: OutcomeReasons = ()


class OutcomeRecorder:
    """Records the outcomes of the plan `plan`; of several outcomes of one change the gravest stays.

    Where a later run finds them out, `late`, "deferred" is no outcome yet. It has `failed` once any change
    was refused or stayed unclear; then nothing is removed after it.
    """

    def __init__(self, context: JobContext, plan: int, *, late: bool = False) -> None:
        self.context = context
        self._plan = plan
        self._open = {None, Outcome.DEFERRED} if late else {None}
        self.failed = False

    def record(self, outcomes: Iterable[ChangeOutcome]) -> None:
        """Record outcomes in one transaction."""
        with self.context.transaction() as work:
            for seq, outcome, reasons in outcomes:
                self.failed = self.failed or outcome in (Outcome.REFUSED, Outcome.UNCLEAR)
                before = work.plans.outcome(self._plan, seq)
                if before in self._open or before is None or _GRAVITY[outcome] > _GRAVITY[before]:
                    work.plans.record(self._plan, {seq: (outcome, reasons)})
                if outcome is not Outcome.DONE:
                    verb, label = work.plans.label(self._plan, seq)
                    _log.info("%s %s: %s: %s", verb, label, outcome, reasons)

    def defer_open(self, reason: OutcomeReason) -> None:
        """Record that all changes without an outcome were not reached."""
        with self.context.transaction() as work:
            deferred = work.plans.defer_open(self._plan, reason)
        if deferred:
            left = _n("{count} change left for later", "{count} changes left for later", deferred)
            _log.info("%s: %s", left, (reason,))

    def defer_imported(self, reason: OutcomeReason) -> None:
        """Record that the changes of the import file that have no outcome wait for the import's end."""
        with self.context.transaction() as work:
            work.plans.defer_imported(self._plan, reason)

    def pages(
        self, verbs: Iterable[Verb], channel: Channel | None, size: int
    ) -> Iterator[list[NumberedChange]]:
        """Yield the changes that no guard holds, by pages; no transaction is open between the pages."""
        for verb in verbs:
            after = 0
            while True:
                with self.context.transaction() as work:
                    page = work.plans.page(self._plan, verb, via=channel, after=after, size=size)
                if not page:
                    break
                after = page[-1].seq
                yield page
