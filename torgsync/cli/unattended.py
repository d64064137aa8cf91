"""What a call does around runs that were not confirmed on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torgsync.cli.base.program import Program
    from torgsync.errors import TorgsyncError
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.unattended.runs import ObjectRun


class UnattendedRuns:
    """The runs of one call; an attended call only collects them."""

    def __init__(self, program: Program, *, unattended: bool) -> None:
        self._program = program
        self._unattended = unattended
        self.runs: list[ObjectRun] = []

    def add(self, job: JobContext, view: RunView) -> None:
        """Take over what a run did, while its job is still open."""
        from torgsync.jobs.unattended.runs import ObjectRun

        self.runs.append(ObjectRun(job.slug, view.exit_code, job.file, view))

    def failed(self, slug: str, error: TorgsyncError) -> None:
        """Take over the error that ended the work with an object."""
        from torgsync.jobs.unattended.runs import ObjectRun

        self.runs.append(ObjectRun(slug, error.exit_code, error=error))
