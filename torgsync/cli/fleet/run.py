"""One run of a pushed object, as a worker performs it in one of its threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torgsync.cli.base.options import Only, Show
from torgsync.cli.base.program import Format, Program
from torgsync.cli.plan.sync_call import SyncCall
from torgsync.cli.side_by_side.one import Performed, perform_apart
from torgsync.cli.side_by_side.summary import ending_words
from torgsync.cli.unattended import UnattendedRuns
from torgsync.core.fleet.lanes import Lane
from torgsync.errors import Exit
from torgsync.files.config.logs import noted_run
from torgsync.i18n import Message, _
from torgsync.jobs.timetable import own_times, taking_up

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext, StopSignal
    from torgsync.jobs.push.execute import RunView


def run_ending(code: Exit) -> Message:
    """Return how a run of a worker ended, in a few words: most that are not finished left an import."""
    return _("not finished; a later run goes on") if code is Exit.TEMPORARY else ending_words(code)


@dataclass(slots=True)
class FleetRun:
    """One job of a worker: a run, or none where nothing was due any more.

    Args:
        file: The object.
        lane: Its lane.
        begun: Whether something was due, so that it began.
        left: Whether it left an import to be sent.
        is_open: Whether the end of an import is still to be looked up.
        number: The number of the run, None where it made none.
    """

    file: ObjectFile
    lane: Lane
    begun: bool = field(default=False, init=False)
    left: bool = field(default=False, init=False)
    is_open: bool = field(default=False, init=False)
    number: int | None = field(default=None, init=False)

    def perform(self, program: Program, stop: StopSignal) -> Performed:
        """Perform it and return what became of it; nothing is raised."""
        return perform_apart(program, self.file.slug, self._follow, stop)

    def _follow(self, program: Program) -> Exit:
        """Do what is due, and what follows a run that no person watches."""
        program.meet(self.file)
        runs = UnattendedRuns(program, unattended=True)
        runs.works_on(self.file)
        with runs.following(None):
            code = self._do(program, runs)
            self._note([run.view for run in runs.runs if run.view])
            return code

    @property
    def _half(self) -> Only | None:
        """What a run for an import is for: orders come before stock is sent, unless no time is for them."""
        fetches = any(time.only != "goods" for time in own_times(self.file))
        return None if fetches else Only.GOODS

    def _do(self, program: Program, runs: UnattendedRuns) -> Exit:
        runs.works_on(self.file, self._half if self.lane is Lane.IMPORTS else None)
        call = SyncCall(
            *(program, Format.TABLE, Show.CHANGES, None, None, None, None),
            letting=lambda called, flags: f"torgsync sync -o {called} {flags}",
            require_decision=lambda: None,
            asks=False,
            waits=False,
            runs=runs,
            leaves_import=self.lane is not Lane.IMPORTS,
        )
        with program.job(self.file) as job:
            try:
                return self._in_lane(call, job, runs)
            finally:
                self.number = noted_run()

    def _in_lane(self, call: SyncCall, job: JobContext, runs: UnattendedRuns) -> Exit:
        from torgsync.cli.plan.sync_run import execute
        from torgsync.jobs.fleet.worker import import_left

        if self.lane is Lane.IMPORTS:
            if not import_left(job):
                return Exit.DONE
            self.begun = True
            return execute(call, job, self._half)
        with taking_up(job, self.lane.takes) as due:
            if due is None:
                return Exit.DONE
            self.begun = True
            code = execute(call, job, Only(due.only) if due.only else None)
            self._note([run.view for run in runs.runs if run.view])
            # What is left of an import is asked for by itself, so that the time need not be tried again.
            due.exit_code = Exit.DONE if self.left or self.is_open else code
            return code

    def _note(self, views: Sequence[RunView]) -> None:
        for view in views:
            self.left, self.is_open = view.left_import, view.import_open
