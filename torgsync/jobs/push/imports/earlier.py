"""The import that an earlier run left: looked at once, waited for only after everything else is done.

No part of it is sent again. Until its end is known, its goods get no other import
(`core/plan/decide.py`); their prices and stock go all the same, and everything else.
Source: docs/developers/architecture.md §6.6.
"""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.errors import (
    ImportBusy,
    ImportHangs,
    ImportOpen,
    Problem,
    PromRefused,
    Temporary,
    TorgsyncError,
)
from torgsync.i18n import _
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.results import ImportResult
from torgsync.jobs.push.imports.sender import SENDER_DIED, ids_open, record_end
from torgsync.jobs.push.imports.waiting import Waiting
from torgsync.jobs.push.imports.watch import ImportWatch
from torgsync.jobs.push.outcomes import OutcomeRecorder
from torgsync.prom.responses import BLOCKED_IMPORT
from torgsync.state.runs.journal import ImportEnd, SentImport

LATER = _("run the same command again in a few minutes: it goes on from here and sends nothing twice")
CANCEL = _(
    "in the seller's cabinet, «Товари» › «Імпорт», look what is wrong with its rows and cancel it, which no "
    "program can do; then run the same command again"
)


@dataclass
class EarlierImport:
    """An import without an end, with the file, the edits and the outcomes of the plan that it is of."""

    sent: SentImport
    file: ImportFile
    editor: EditSender
    watch: ImportWatch
    end: ImportEnd | None = None  # how it ended, once it was reconciled

    def look(self) -> bool:
        """Look once; return whether the import has ended and was reconciled.

        Where Prom does not answer now, nothing is known of it, and this run goes on all the same.
        """
        try:
            result = self.watch.look()
        except Temporary:
            result = None
        return self._finish(result)

    def wait(self, waiting: Waiting) -> bool:
        """Wait for the end as long as the run waits; return whether it came and was reconciled."""
        return self._finish(self.watch.wait(waiting))

    def _finish(self, result: ImportResult | None) -> bool:
        if result:
            record_end(self.file, self.editor, self.watch, self.sent.number, result, late=True)
            self.end = result.end
        return result is not None


def earlier_import(context: JobContext, prom: VerifiedShop) -> EarlierImport | None:
    """Return the import that an earlier run left without an end, None where there is none."""
    with context.transaction() as work:
        sent = work.journal.unfinished_import()
        hung = sent is not None and work.journal.hung_before(sent.number)
    if sent is None:
        return None
    outcomes = OutcomeRecorder(context, sent.plan, late=True)
    file = ImportFile(context, prom, outcomes, undoes=sent.undoes)
    watch = ImportWatch(file, sent.prom_id, sent.offers, sent.started, SENDER_DIED, hung)
    return EarlierImport(sent, file, EditSender(context, prom, outcomes), watch)


def look_at_hanging(context: JobContext, prom: VerifiedShop) -> SentImport | None:
    """Look once whether an import still hangs, and return it where it does not any more.

    Where it went on, the look at the shop shows what it made.
    """
    with context.transaction() as work:
        sent = work.journal.hanging_import()
    if sent is None or sent.prom_id is None:
        return None
    try:
        state = prom.import_state(sent.prom_id)
    except PromRefused:
        end = ImportEnd.CANCELLED
    except Temporary:
        return None
    else:
        if state.fatal:
            end = ImportEnd.CANCELLED
        elif state.begun:
            end = ImportEnd.FINISHED if state.covers(sent.offers) else ImportEnd.UNCLEAR
        else:
            return None
    with context.transaction() as work:
        work.journal.end_import(sent.number, end)
    return sent


def open_end(context: JobContext, trouble: TorgsyncError | None) -> TorgsyncError | None:
    """Return what to report of imports at the end of a run: one that hangs, or one that has no end yet.

    Any other `trouble` that ended the run is reported instead, but for an import that Prom does not take: one
    that hangs is why.
    """
    waits = trouble is None or isinstance(trouble, ImportOpen | ImportBusy)
    if trouble and not (waits or problem_of(trouble).codes[0] == ProblemCode.IMPORT_NOT_TAKEN):
        return trouble
    with context.transaction() as work:
        hanging, sent = work.journal.hanging_import(), work.journal.unfinished_import()
        busy = work.journal.busy(context.now())
    if hanging:
        return error_of(ImportHangs, _about(ProblemCode.IMPORT_HANGS, hanging), CANCEL)
    if busy and busy.hangs:
        ids = ids_open(context, ImportHangs)
        if ids:
            return ids
        blocked = problem(ProblemCode.IMPORT_BLOCKED, since=busy.first.isoformat())
        return error_of(ImportHangs, blocked, BLOCKED_IMPORT)
    if trouble or sent is None:
        return trouble
    code = ProblemCode.IMPORT_RUNNING if sent.prom_id else ProblemCode.IMPORT_UNCONFIRMED
    return error_of(ImportOpen, _about(code, sent), LATER)


def ended_late(sent: SentImport) -> ImportOpen:
    """Return the error of a plan that undoes a run whose import ended after the plan was made."""
    return error_of(ImportOpen, _about(ProblemCode.IMPORT_ENDED_LATE, sent), LATER)


def _about(code: ProblemCode, sent: SentImport) -> Problem:
    return problem(code, offers=sent.offers, sent=sent.started.isoformat())
