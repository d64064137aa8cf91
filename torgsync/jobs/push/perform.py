"""Perform the changes of one plan, in the order in which they wait for least.

Prices, stock and status of what is on Prom go first. Then the import and the edits that its new products
need, behind an import that an earlier run left; then removals, only if nothing before them failed and the end
of every import of ours is known. Source: docs/developers/architecture.md §6.2, §6.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Guard
from torgsync.core.plan.imports import is_late
from torgsync.core.plan.outcomes import OutcomeCode, because_of
from torgsync.core.problems import of_state
from torgsync.core.reason import Reason
from torgsync.errors import ImportBusy, Interrupted, Temporary, TorgsyncError
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext, Stage
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.earlier import EarlierImport, ended_late, open_end
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.publishing import publish_for_import
from torgsync.jobs.push.imports.sender import ImportSender
from torgsync.jobs.push.imports.waiting import Waiting
from torgsync.jobs.push.outcomes import OutcomeRecorder


@dataclass
class Performance:
    """The changes of the plan of the run `run` as they are performed; what is not reached stays pending.

    `earlier` is the import of an earlier run that has no end yet; `on_ended` is called when its end came.
    With `leaves_import` an import is left to another run, and `left_import` says whether there was one. One
    of this run, for which it was not to wait, is `unwatched`.
    """

    context: JobContext
    prom: VerifiedShop
    run: int
    result: PlanResult
    waiting: Waiting
    earlier: EarlierImport | None
    on_ended: Callable[[], None]
    leaves_import: bool = False
    left_import: bool = field(default=False, init=False)
    unwatched: bool = field(default=False, init=False)
    _open: bool = False  # whether an import is left without an end

    def __post_init__(self) -> None:
        self.outcomes = OutcomeRecorder(self.context, self.result.number)
        self.editor = EditSender(self.context, self.prom, self.outcomes)

    def perform(self) -> TorgsyncError | None:
        """Perform what no guard holds; return the trouble that ended it early, or what it does not wait for.

        It is returned, not raised, because what was done before must be reported too.
        """
        trouble: TorgsyncError | None = None
        try:
            if self.result.plan.counts.changes or self.earlier:
                trouble = self._perform()
        except Interrupted as error:
            self.outcomes.defer_open(Reason(OutcomeCode.STOPPED))
            return error
        except TorgsyncError as error:
            if not of_state(error):  # what was sent may have no outcome, which the next run finds out
                self.outcomes.defer_open(because_of(OutcomeCode.NOT_REACHED, error))
            trouble = error
        return trouble if self.unwatched else open_end(self.context, trouble)

    def _perform(self) -> TorgsyncError | None:
        counts = self.result.plan.counts
        self.editor.perform(counts.update, Verb.UPDATE, Stage.EDIT)
        postponed = left = None
        try:
            left = self._import()
        except Temporary as error:
            postponed = error
        busy = isinstance(postponed, ImportBusy)
        self.outcomes.failed = self.outcomes.failed or (postponed is not None and not busy)
        if self.outcomes.failed:
            self.outcomes.defer_open(Reason(OutcomeCode.REMOVALS_AFTER_FAILURE))
        elif self._open or ((busy or self.left_import) and self._changes_keys()):
            self.outcomes.defer_open(Reason(OutcomeCode.REMOVALS_BEFORE_IMPORT_END))
        else:
            self.editor.perform(counts.remove, Verb.REMOVE, Stage.REMOVE)
        return postponed or left

    def _changes_keys(self) -> bool:
        """Return whether a removal may be of a good that the plan creates under another key.

        Its old product goes only after the new one came. A guard holds both until a person allows it, except
        where a run is undone.
        """
        if self.result.undone:
            return self.result.plan.counts.create > 0
        return any(violation.guard is Guard.IDENTITY for violation in self.result.plan.overrides)

    def _import(self) -> TorgsyncError | None:
        """Wait for the import of an earlier run, then send what needs one; return what is left for later.

        A plan that undoes a run was made without the end of that import, so it is not sent behind it.
        """
        if self.earlier:
            ended = self.earlier.wait(self.waiting)
            if ended:
                self.on_ended()
            if not ended or self.result.undone:
                self._open = not ended
                self.outcomes.defer_imported(Reason(OutcomeCode.IMPORT_WAITS))
                return ended_late(self.earlier.sent) if ended else None
        plan = self.result.plan
        if self.leaves_import and plan.offers and plan.budget.imports_left:
            self.left_import = True
            self.outcomes.defer_imported(Reason(OutcomeCode.IMPORT_IN_TURN))
            return None
        file = ImportFile(self.context, self.prom, self.outcomes, undoes=self.result.undone is not None)
        sender = ImportSender(file, self.editor, self.run, self.waiting, self._is_worth_waiting())
        try:
            left_out = publish_for_import(file) if plan.offers and plan.budget.imports_left else 0
            sender.perform(plan.offers - left_out, plan.budget.imports_left)
        finally:
            self._open = sender.left
            self.unwatched = sender.left and not self.waiting.waits
        return None

    def _is_worth_waiting(self) -> bool:
        """Return whether another import may end by itself soon: none is known that hangs."""
        now = self.context.now()
        with self.context.transaction() as work:
            hanging, busy = work.journal.hanging_import(), work.journal.busy(now)
        return hanging is None and not (busy and is_late(busy.first, now))
