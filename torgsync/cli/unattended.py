"""What a call does around runs that were not confirmed on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from torgsync.cli.base.program import Program
    from torgsync.errors import Exit, TorgsyncError
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.unattended.runs import ObjectRun


class UnattendedRuns:
    """The runs of one call; an attended call only collects them.

    Args:
        metrics: The file that gets the metrics of all objects of the call, None for none.
        ok_codes: Exit codes that end the process as 0 does.
    """

    def __init__(
        self,
        program: Program,
        *,
        unattended: bool,
        metrics: Path | None = None,
        ok_codes: frozenset[Exit] = frozenset(),
    ) -> None:
        self._program = program
        self._unattended = unattended
        self._metrics = metrics
        self._began = program.now()
        self.ok_codes = ok_codes
        self.runs: list[ObjectRun] = []

    def add(self, job: JobContext, view: RunView, report: Path | None = None) -> None:
        """Take over what a run did, while its job is still open, and the page that was kept of it."""
        from torgsync.jobs.unattended.runs import ObjectRun

        self.runs.append(ObjectRun(job.slug, view.exit_code, job.file, view, report=report))

    def failed(self, slug: str, error: TorgsyncError) -> None:
        """Take over the error that ended the work with an object."""
        from torgsync.jobs.unattended.runs import ObjectRun

        self.runs.append(ObjectRun(slug, error.exit_code, error=error))

    def write_metrics(self, objects: Mapping[str, Callable[[], ObjectFile]]) -> None:
        """Write the metrics of these objects where the call asks for them; a failure is only a warning."""
        if self._metrics is None:
            return
        from torgsync.jobs.unattended.metrics import keep_metrics

        program = self._program
        trouble = keep_metrics(
            self._metrics, program.settings, objects, self.runs, self._began, program.now()
        )
        if trouble:
            program.warn(_("the metrics were not written: {trouble}", trouble=trouble))
