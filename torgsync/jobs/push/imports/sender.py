"""Send all import work of a run as one file, wait for it, and reconcile its changes.

An import is spent only where it is needed, counts as used from the moment it is recorded, and is never
repeated before its products were read back. Source: docs/developers/prom-api.md §4, §11 Q5, Q6, Q11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from torgsync.core.plan.channels import (
    FREE_AFTER,
    IMPORT_DEADLINE,
    IMPORT_WINDOW,
    LOOK_AFTER,
    ImportState,
    poll_times,
    says_another_runs,
)
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason, because_of
from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost, PromRefused, Temporary, TorgsyncError
from torgsync.jobs.context import Progress, Stage
from torgsync.jobs.push.edits import EditSender
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.results import ImportReconciler, ImportResult, has_arrived
from torgsync.jobs.push.outcomes import ChangeOutcome
from torgsync.state.runs.journal import ImportEnd, UnfinishedImport

IMPORT_LEFT = Reason(OutcomeCode.IMPORT_LEFT)


@dataclass
class ImportSender:
    """The one import of the run `run`; `editor` sends the edits that new products still need.

    Unless it `waits`, it looks once and leaves a running import to the next run. Afterwards it is `occupied`
    where Prom takes no import because another one runs, as far as its words show, and `left` where an import
    was sent whose end is left to the next run.
    """

    file: ImportFile
    editor: EditSender
    run: int
    waits: bool
    occupied: bool = False
    left: bool = False
    _sent: bool = False  # whether Prom accepted the file, or may have
    _edited: bool = False  # whether the edits of the plan were sent before this import

    def __post_init__(self) -> None:
        self._context = self.file.context
        self._outcomes = self.file.outcomes

    def perform(self, offers: int, imports_left: int) -> None:
        """Send `offers` changes that need an import, or defer them where today's imports are used up.

        Raises Temporary where Prom takes no import now; nothing was done then.
        """
        if not offers:
            return
        if imports_left < 1:
            now = self._context.now()
            with self._context.transaction() as work:
                oldest = work.journal.oldest_import(now - IMPORT_WINDOW)
            free = (oldest or now) + IMPORT_WINDOW
            used_up = Reason(OutcomeCode.IMPORTS_USED_UP, {"free": free.isoformat()})
            for page in self.file.pages():
                self._outcomes.record(
                    ChangeOutcome(item.seq, Outcome.DEFERRED, (used_up,)) for item, _ in page
                )
            return
        self._attempt()

    def perform_when_free(self) -> None:
        """Send the import once another one has ended; all edits were sent before.

        Raises Temporary where that takes too long, or Prom takes no import for another reason.
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
        with self.file.written() as (feed, words, offers):
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
            if result := self._look_for(Reason(OutcomeCode.SENDER_DIED), offers, started):
                return result
            raise still_going()
        try:
            return self._result(unfinished.prom_id, offers, started)
        except PromRefused as forgotten:
            return ImportResult(None, because_of(OutcomeCode.FAILED, forgotten))

    def _reconcile(
        self, number: int, result: ImportResult, offers: int, started: datetime, *, late: bool
    ) -> None:
        """Record the outcome of every change, then the end of the import.

        Not before: an import of a run that dies in between is reconciled by the next one.
        """
        if not result.read_back:
            self.file.read_back(offers, started)
        reconciler = ImportReconciler(self.file, self.editor, late=late, edited=self._edited)
        reconciler.reconcile(result, offers)
        self._end(number, result.end)

    def _send(
        self, feed: Path, words: list[str], offers: int, started: datetime
    ) -> tuple[int, ImportResult | None]:
        """Send the file; return the import's number in the journal and its result.

        The result is None where the end is left to the next run.
        """
        self._context.report(Progress(Stage.UPLOAD))
        with self._context.transaction() as work:
            number = work.journal.begin_import(self.run, offers, self._context.now())
        try:
            import_id = self.file.prom.start_import(feed, words, force="photos" in self.file.fields)
        except AnswerLost as lost:
            self._sent = True
            trouble = because_of(OutcomeCode.FAILED, lost)
            return number, self._look_for(trouble, offers, started)
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
        if not self.waits:
            return number, None
        return number, self._result(import_id, offers, self._context.now())

    def _end(self, number: int, end: ImportEnd) -> None:
        with self._context.transaction() as work:
            work.journal.end_import(number, end)

    def _result(self, import_id: str, offers: int, started: datetime) -> ImportResult:
        """Return how an import ended that Prom accepted.

        Raises Temporary where this run does not wait for it, PromRefused where Prom knows it no more.
        """
        state = self._wait(import_id, offers, started)
        return ImportResult(state, None if state else Reason(OutcomeCode.IMPORT_TOO_LONG))

    def _wait(self, import_id: str, offers: int, started: datetime) -> ImportState | None:
        """Return the final state of an import, None where its deadline passed without one."""
        self._context.report(Progress(Stage.IMPORT, 0, offers))
        for pause in poll_times():
            self._context.pause(pause)
            state = self.file.prom.import_state(import_id)
            self._context.report(Progress(Stage.IMPORT, min(state.dealt_with, offers), offers))
            if state.fatal or state.covers(offers):
                return state
            if self._is_late(started):
                return None
            if not self.waits:
                raise still_going()
        return None

    def _look_for(self, trouble: OutcomeReason, offers: int, started: datetime) -> ImportResult | None:
        """Return the result of an import whose answer was lost; None where it is left to the next run.

        Its products are read back until its deadline, as long as an import may take, because a second import
        would be wasted. When some have arrived and no more follow, Prom has refused the others. `trouble` is
        why it is unknown whether Prom accepted the import.
        """
        arrived = 0
        for pause in LOOK_AFTER:
            self._context.report(Progress(Stage.IMPORT, arrived, offers))
            self._context.pause(pause)
            self.file.read_back(offers, started)
            before, (arrived, every) = arrived, self._count_arrived()
            if arrived == every or self._is_late(started) or 0 < arrived == before:
                break
            if not self.waits:
                return None
        return ImportResult(None, trouble, read_back=True)

    def _is_late(self, started: datetime) -> bool:
        return self._context.now() - started >= timedelta(seconds=IMPORT_DEADLINE)

    def _count_arrived(self) -> tuple[int, int]:
        """Return how many changes of the import Prom shows, and how many there are.

        After edits the time of a modification proves nothing.
        """
        arrived = every = 0
        for page in self.file.pages():
            arrived += sum(
                has_arrived(item, known, touched=not self._edited and self.file.touched(known))
                for item, known in page
            )
            every += len(page)
        return arrived, every


def still_going() -> Temporary:
    """Return the error of a run that would have to wait for an earlier import and waits for none."""
    return Temporary(
        "Prom.ua may still be working on the import of an earlier run",
        hint="run the same command again in some minutes, or once without `--no-wait`",
    )
