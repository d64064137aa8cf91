"""Send all import work of a run as one file, wait for it, and reconcile its changes.

An import is spent only where it is needed, counts as used from the moment it is recorded, and is never
repeated before its products were read back. Source: docs/developers/prom-api.md §4, §11 Q5, Q6, Q11.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from torgsync.core.plan.channels import FREE_AFTER, IMPORT_WINDOW, says_another_runs
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, because_of
from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost, PromRefused, Temporary, TorgsyncError
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.photo_results import PhotoResults
from torgsync.jobs.push.imports.read_back import ReadBack
from torgsync.jobs.push.imports.reconcile import ImportReconciler
from torgsync.jobs.push.imports.results import ImportResult
from torgsync.jobs.push.imports.waiting import ImportWaiter, still_going
from torgsync.jobs.push.outcomes import ChangeOutcome, OutcomeRecorder
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import ImportEnd, UnfinishedImport

IMPORT_LEFT = Reason(OutcomeCode.IMPORT_LEFT)


class ImportSender:
    """The one import of a run.

    Args:
        context: The object.
        prom: The shop.
        outcomes: The outcomes of the plan.
        editor: Sends the edits that new products still need.
        run: The number of the run.
        waits: Whether the end of the import is waited for.
        undoes: Whether the plan undoes a run; then what the export says now does not matter.

    Attributes:
        occupied: Whether Prom takes no import because another one runs, as far as its words show.
        left: Whether an import was sent and its end is left to the next run.
    """

    def __init__(
        self,
        context: JobContext,
        prom: Prom,
        outcomes: OutcomeRecorder,
        editor: EditSender,
        run: int,
        *,
        waits: bool = True,
        undoes: bool = False,
    ) -> None:
        self.occupied = False
        self.left = False
        self._context = context
        self._prom = prom
        self._outcomes = outcomes
        self._editor = editor
        self._run = run
        self._waits = waits
        self._undoes = undoes
        self._sent = False  # whether Prom accepted the file, or may have
        self._edited = False  # whether the edits of the plan were sent before this import
        self._photos = PhotoResults(context, prom)
        self._file = ImportFile(context, prom, outcomes, self._photos, undoes=undoes)
        self._read_back = ReadBack(context, prom, self._file, self._photos)
        self._waiter = ImportWaiter(context, prom, self._file, self._read_back, waits=waits)

    def perform(self, offers: int, imports_left: int) -> None:
        """Send `offers` changes that need an import, or defer them where today's imports are used up.

        Raises:
            Temporary: Prom takes no import now; nothing was done then.
        """
        if not offers:
            return
        if imports_left < 1:
            used_up = Reason(OutcomeCode.IMPORTS_USED_UP, {"free": self._free_at().isoformat()})
            for page in self._file.pages():
                self._outcomes.record(
                    ChangeOutcome(item.seq, Outcome.DEFERRED, (used_up,)) for item, _ in page
                )
            return
        self._attempt()

    def _free_at(self) -> datetime:
        """Return when an import is free again."""
        with self._context.transaction() as work:
            oldest = work.journal.oldest_import(self._context.now() - IMPORT_WINDOW)
        return (oldest or self._context.now()) + IMPORT_WINDOW

    def perform_when_free(self) -> None:
        """Send the import once another one has ended; all edits were sent before.

        Raises:
            Temporary: That takes too long, or Prom takes no import for another reason.
        """
        self._edited = True
        trouble: Temporary | None = None
        for pause in FREE_AFTER:
            self._context.report(Progress(Stage.FREE))
            self._context.pause(pause)
            self._outcomes.reopen_imported()
            try:
                self._attempt()
            except Temporary as error:
                trouble = error
                if not self.occupied:
                    break
            else:
                return
        if trouble:
            raise trouble

    def _attempt(self) -> None:
        """Send the import; defer what needs it where it does not come to its end."""
        self.occupied = False
        try:
            self._perform()
        except TorgsyncError as error:
            # Edits are sent afterwards: they must not mark a change as done whose import is missing.
            if self._sent:
                self._outcomes.defer_imported(IMPORT_LEFT)
            elif isinstance(error, Temporary):
                self._outcomes.defer_imported(because_of(OutcomeCode.NOT_REACHED, error))
            raise

    def _perform(self) -> None:
        started = self._context.now()
        with self._file.written() as (feed, words, offers):
            number, result = self._send(feed, words, offers, started)
        if result is None:
            self.left = True
            self._outcomes.defer_imported(IMPORT_LEFT)
            return
        self._reconcile(number, result, offers, started, late=False)

    def resume(self, unfinished: UnfinishedImport) -> None:
        """Reconcile an import that an earlier run left: wait for it, and never send it again."""
        self._outcomes.reopen_imported()
        try:
            result = self._resumed(unfinished)
            self._reconcile(unfinished.number, result, unfinished.offers, unfinished.started, late=True)
        except TorgsyncError:
            self._outcomes.defer_imported(IMPORT_LEFT)
            raise

    def _resumed(self, unfinished: UnfinishedImport) -> ImportResult:
        offers, started = unfinished.offers, unfinished.started
        if unfinished.prom_id is None:
            died = Reason(OutcomeCode.SENDER_DIED)
            result = self._waiter.look_for(died, offers, started, edited=self._edited)
            if result is None:
                raise still_going()
            return result
        try:
            return self._waiter.result(unfinished.prom_id, offers, started)
        except PromRefused as forgotten:
            return ImportResult(None, because_of(OutcomeCode.FAILED, forgotten))

    def _reconcile(
        self, number: int, result: ImportResult, offers: int, started: datetime, *, late: bool
    ) -> None:
        """Record the outcome of every change, then the end of the import.

        Not before: an import of a run that dies in between is reconciled by the next one.
        """
        if not result.read_back:
            self._read_back.all(offers, started)
        ImportReconciler(
            self._context,
            self._outcomes,
            self._editor,
            self._file,
            self._read_back,
            self._photos,
            undoes=self._undoes,
            late=late,
            edited=self._edited,
        ).reconcile(result, offers)
        self._end(number, result.end)

    def _send(
        self, feed: Path, words: list[str], offers: int, started: datetime
    ) -> tuple[int, ImportResult | None]:
        """Send the file; return the import's number in the journal and its result.

        The result is None where the end is left to the next run.
        """
        self._context.report(Progress(Stage.UPLOAD))
        with self._context.transaction() as work:
            number = work.journal.begin_import(self._run, offers, self._context.now())
        try:
            import_id = self._prom.start_import(feed, words, force="photos" in self._file.fields)
        except AnswerLost as lost:
            self._sent = True
            trouble = because_of(OutcomeCode.FAILED, lost)
            return number, self._waiter.look_for(trouble, offers, started, edited=self._edited)
        except PromRefused as refused:
            self._end(number, ImportEnd.REFUSED)
            self.occupied = says_another_runs(str(problem_of(refused).args.get("words", "")))
            raise error_of(
                Temporary,
                problem(ProblemCode.IMPORT_NOT_TAKEN, problem_of(refused)),
                "see the imports in the seller's cabinet: one that runs must end; "
                "where today's are used up, tomorrow's run sends the rest",
            ) from refused
        except TorgsyncError:
            self._end(number, ImportEnd.REFUSED)
            raise
        with self._context.transaction() as work:
            work.journal.import_accepted(number, import_id)
        self._sent = True
        if not self._waits:
            return number, None
        return number, self._waiter.result(import_id, offers, self._context.now())

    def _end(self, number: int, end: ImportEnd) -> None:
        with self._context.transaction() as work:
            work.journal.end_import(number, end)
