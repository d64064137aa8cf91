"""Wait for the end of an import, or look for one whose answer was lost.

Source: docs/developers/prom-api.md §4.4, §11 Q5, Q11.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from torgsync.core.plan.channels import IMPORT_DEADLINE, LOOK_AFTER, ImportState, poll_times
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReason
from torgsync.core.reason import Reason
from torgsync.errors import Temporary
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.read_back import ReadBack
from torgsync.jobs.push.imports.results import ImportResult, has_arrived
from torgsync.prom.api import Prom

TOO_LONG = Reason(OutcomeCode.IMPORT_TOO_LONG)


def still_going() -> Temporary:
    """Return the error of a run that would have to wait for an earlier import and waits for none."""
    return Temporary(
        "Prom.ua may still be working on the import of an earlier run",
        hint="run the same command again in some minutes, or once without `--no-wait`",
    )


class ImportWaiter:
    """Waits for imports; unless it `waits`, it looks once and leaves a running import to the next run."""

    def __init__(
        self, context: JobContext, prom: Prom, file: ImportFile, read_back: ReadBack, *, waits: bool
    ) -> None:
        self._context = context
        self._prom = prom
        self._file = file
        self._read_back = read_back
        self._waits = waits

    def result(self, import_id: str, offers: int, started: datetime) -> ImportResult:
        """Return how an import ended that Prom accepted.

        Raises:
            Temporary: It still goes on, and this run does not wait.
            PromRefused: Prom does not know the import any more.
        """
        state = self._wait(import_id, offers, started)
        return ImportResult(state, None if state else TOO_LONG)

    def _wait(self, import_id: str, offers: int, started: datetime) -> ImportState | None:
        """Return the final state of an import, None where its deadline passed without one."""
        self._context.report(Progress(Stage.IMPORT, 0, offers))
        for pause in poll_times():
            self._context.pause(pause)
            state = self._prom.import_state(import_id)
            self._context.report(Progress(Stage.IMPORT, min(state.dealt_with, offers), offers))
            if state.fatal or state.covers(offers):
                return state
            if self._is_late(started):
                return None
            if not self._waits:
                raise still_going()
        return None

    def look_for(
        self, trouble: OutcomeReason, offers: int, started: datetime, *, edited: bool
    ) -> ImportResult | None:
        """Return the result of an import whose answer was lost, found by reading its products back.

        It is looked for until its deadline, as long as an import may take, because a second import would be
        wasted. When some products have arrived and no more follow, Prom has refused the others.

        Args:
            trouble: Why it is unknown whether Prom accepted the import.
            offers: How many products it has.
            started: When it was sent.
            edited: Whether edits were sent since, so that the time of a modification proves nothing.

        Returns:
            None where it is left to the next run.
        """
        arrived = 0
        for pause in LOOK_AFTER:
            self._context.report(Progress(Stage.IMPORT, arrived, offers))
            self._context.pause(pause)
            self._read_back.all(offers, started)
            before, (arrived, every) = arrived, self._count_arrived(edited=edited)
            if arrived == every or self._is_late(started) or 0 < arrived == before:
                break
            if not self._waits:
                return None
        return ImportResult(None, trouble, read_back=True)

    def _is_late(self, started: datetime) -> bool:
        return self._context.now() - started >= timedelta(seconds=IMPORT_DEADLINE)

    def _count_arrived(self, *, edited: bool) -> tuple[int, int]:
        """Return how many changes of the import Prom shows, and how many there are."""
        arrived = every = 0
        for page in self._file.pages():
            arrived += sum(
                has_arrived(item, known, touched=not edited and self._file.touched(known))
                for item, known in page
            )
            every += len(page)
        return arrived, every
