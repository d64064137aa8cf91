"""Find out how an import ends: by its id, or by what Prom shows of its products.

Source: docs/developers/prom-api.md §4.4, §11 Q5, Q11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from torgsync.core.plan.imports import ACCEPTED, LOST, Wait, is_late
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReason, because_of
from torgsync.core.reason import Reason
from torgsync.errors import PromRefused
from torgsync.jobs.context import Progress, Stage
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.results import ImportResult, has_arrived
from torgsync.jobs.push.imports.waiting import Waiting
from torgsync.jobs.push.outcomes import FEW

SAME_LOOKS = 2
"""Looks in a row without news after which no more products of an import are expected."""


@dataclass
class ImportWatch:
    """One import of `offers` products that was `sent` then; `prom_id` is None where its answer was lost.

    `trouble` is why it is unknown whether Prom accepted it; `hung` says that the import before it hung.
    """

    file: ImportFile
    prom_id: str | None
    offers: int
    sent: datetime
    trouble: OutcomeReason
    hung: bool = False
    _waits: bool = False
    _arrived: int = 0
    _same: int = 0

    def wait(self, waiting: Waiting) -> ImportResult | None:
        """Look until the import has ended or the time of the run for that is over; None where it goes on."""
        self._waits = waiting.waits
        self._report(0)
        for wait in (ACCEPTED, LOST):
            if wait is not self._kind:
                continue
            for _ in waiting.looks(wait):
                if result := self.look():
                    return result
                if wait is not self._kind:
                    break
        return None

    @property
    def _kind(self) -> Wait:
        """How long is waited: for the end of an import, or for products of one whose id is not known."""
        return LOST if self.prom_id is None else ACCEPTED

    def look(self) -> ImportResult | None:
        """Return how the import ended, None where it has not, as far as can be seen."""
        if self.prom_id is None:
            return self._look_for()
        try:
            state = self.file.prom.import_state(self.prom_id)
        except PromRefused as unknown:
            # Prom does not know its own id: only its products can be looked at.
            self.prom_id, self.trouble = None, because_of(OutcomeCode.FAILED, unknown)
            return self._look_for()
        self._report(state.dealt_with)
        if state.fatal or state.covers(self.offers):
            return ImportResult(state)
        if not self._late():
            return None
        if state.begun:
            return ImportResult(state, Reason(OutcomeCode.IMPORT_TOO_LONG))
        code = OutcomeCode.IMPORT_HUNG_AGAIN if self.hung else OutcomeCode.IMPORT_HUNG
        return ImportResult(state, Reason(code), hangs=True, hung=self.hung)

    def _look_for(self) -> ImportResult | None:
        """Return the result where all products have arrived, or no more are expected.

        A few products are read first. Only when one of them has arrived, or the last look is due, all are.
        """
        if not (self._arrived or self._late() or self._first_arrived()):
            return None
        self.file.read_back(self.offers, self.sent)
        before, (self._arrived, every) = self._arrived, self._count_arrived()
        self._same = self._same + 1 if 0 < self._arrived == before else 0
        self._report(self._arrived)
        if self._arrived == every or self._late() or self._same >= SAME_LOOKS:
            return ImportResult(None, self.trouble, read_back=True)
        return None

    def _first_arrived(self) -> bool:
        """Read the first products of the import back and return whether any of them has arrived."""
        first = next(self.file.pages(), [])[:FEW]
        for item, _ in first:
            self.file.read_back_one(item.change.good_id)
        again = next(self.file.pages(), [])[:FEW]
        return any(has_arrived(item, known, touched=self.file.touched(item, known)) for item, known in again)

    def _count_arrived(self) -> tuple[int, int]:
        """Return how many changes of the import Prom shows, and how many there are."""
        arrived = every = 0
        for page in self.file.pages():
            arrived += sum(
                has_arrived(item, known, touched=self.file.touched(item, known)) for item, known in page
            )
            every += len(page)
        return arrived, every

    def _report(self, done: int) -> None:
        """Report how far the import is, where it is waited for."""
        if self._waits:
            self.file.context.report(Progress(Stage.IMPORT, min(done, self.offers), self.offers))

    def _late(self) -> bool:
        return is_late(self.sent, self.file.context.now())
