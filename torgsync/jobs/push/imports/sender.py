"""Send all import work of a run as one file, wait for it, and reconcile its changes.

An import is spent only where it is needed, counts as used from the moment it is recorded, and is never
repeated before its products were read back. Source: docs/developers/prom-api.md §4, §11 Q5, Q6, Q11.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from torgsync.core.plan.channels import IMPORT_WINDOW
from torgsync.core.plan.imports import TURN
from torgsync.core.plan.outcomes import OutcomeCode, because_of
from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost, ImportBusy, ImportHangs, PromRefused, Temporary, TorgsyncError
from torgsync.i18n import _
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.results import ImportReconciler, ImportResult
from torgsync.jobs.push.imports.waiting import Waiting
from torgsync.jobs.push.imports.watch import ImportWatch
from torgsync.prom.responses import DAY_USED_UP
from torgsync.state.runs.journal import ImportEnd

IMPORT_LEFT = Reason(OutcomeCode.IMPORT_LEFT)
SENDER_DIED = Reason(OutcomeCode.SENDER_DIED)
_Open = TypeVar("_Open", ImportBusy, ImportHangs)


@dataclass
class ImportSender:
    """The one import of the run `run`; `editor` sends the edits that new products still need.

    Afterwards `left` says that an import was sent whose end is left to the next run. It waits for its turn
    only where that is `worth_waiting`: not behind an import that is known to hang.
    """

    file: ImportFile
    editor: EditSender
    run: int
    waiting: Waiting
    worth_waiting: bool = True
    left: bool = False

    def __post_init__(self) -> None:
        self._context = self.file.context
        self._outcomes = self.file.outcomes

    def perform(self, offers: int, imports_left: int) -> None:
        """Send `offers` changes that need an import, or defer them where today's imports are used up.

        All edits of existing products were sent before. Raises Temporary where Prom takes no import now.
        """
        if not offers:
            return
        if imports_left < 1:
            self._defer_used_up()
            return
        try:
            with self.file.written() as (feed, words, count):
                number, watch = self._send_in_turn(feed, words, count)
        except Temporary as error:
            self._outcomes.defer_imported(because_of(OutcomeCode.NOT_REACHED, error))
            raise
        try:
            result = watch.wait(self.waiting)
            if result:
                record_end(self.file, self.editor, watch, number, result, late=False)
        except TorgsyncError:
            self._outcomes.defer_imported(IMPORT_LEFT)
            raise
        if result is None:
            self.left = True
            self._outcomes.defer_imported(IMPORT_LEFT)

    def _defer_used_up(self) -> None:
        now = self._context.now()
        with self._context.transaction() as work:
            oldest = work.journal.oldest_import(now - IMPORT_WINDOW)
        free = (oldest or now) + IMPORT_WINDOW
        self._outcomes.defer_imported(Reason(OutcomeCode.IMPORTS_USED_UP, {"free": free.isoformat()}))

    def _send_in_turn(self, feed: Path, words: list[str], offers: int) -> tuple[int, ImportWatch]:
        """Send the file once Prom takes it; return the import's number in the journal and its watch."""
        try:
            return self._send(feed, words, offers)
        except ImportBusy as busy:
            refused = busy
        if self.worth_waiting and self.waiting.waits:
            self._context.report(Progress(Stage.FREE))
            for _ in self.waiting.looks(TURN):
                try:
                    return self._send(feed, words, offers)
                except ImportBusy as busy:
                    refused = busy
                    self._context.report(Progress(Stage.FREE))
        raise refused

    def _send(self, feed: Path, words: list[str], offers: int) -> tuple[int, ImportWatch]:
        self._context.report(Progress(Stage.UPLOAD))
        sent = self._context.now()
        with self._context.transaction() as work:
            number = work.journal.begin_import(self.run, offers, sent)
        prom_id, trouble = None, SENDER_DIED
        try:
            prom_id = self.file.prom.start_import(feed, words, force="photos" in self.file.fields)
        except AnswerLost as lost:
            trouble = because_of(OutcomeCode.FAILED, lost)
        except ImportBusy as busy:
            self._end(number, ImportEnd.BUSY)
            raise ids_open(self._context, ImportBusy) or busy from busy
        except PromRefused as refused:
            self._end(number, ImportEnd.REFUSED)
            not_taken = problem(ProblemCode.IMPORT_NOT_TAKEN, problem_of(refused))
            raise error_of(Temporary, not_taken, DAY_USED_UP) from refused
        except TorgsyncError:
            self._end(number, ImportEnd.REFUSED)
            raise
        with self._context.transaction() as work:
            hung = work.journal.hung_before(number)
            if prom_id:
                work.journal.import_accepted(number, prom_id)
        return number, ImportWatch(self.file, prom_id, offers, sent, trouble, hung)

    def _end(self, number: int, end: ImportEnd) -> None:
        with self._context.transaction() as work:
            work.journal.end_import(number, end)


def ids_open(context: JobContext, kind: type[_Open]) -> _Open | None:
    """Return the error where it is an import of external ids that Prom is busy with, None where it is not."""
    with context.transaction() as work:
        ids = work.journal.pending_ids()
    if ids is None or ids.damaged:
        return None
    what = problem(ProblemCode.IDS_IMPORT, sent=ids.started.isoformat())
    hint = _("go on with: torgsync object adopt {called} --write-ids", called=context.file.called)
    return error_of(kind, what, hint)


def record_end(
    file: ImportFile, editor: EditSender, watch: ImportWatch, number: int, result: ImportResult, *, late: bool
) -> None:
    """Record the outcome of every change of an import, then its end.

    Not before: an import of a run that dies in between is reconciled by the next one.
    """
    if not result.read_back:
        file.read_back(watch.offers, watch.sent)
    ImportReconciler(file, editor, late=late).reconcile(result, watch.offers)
    with file.context.transaction() as work:
        work.journal.end_import(number, result.end)
