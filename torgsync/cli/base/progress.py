"""Shows the progress of a job on stderr: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from torgsync.cli.base.output import Output
from torgsync.files.config.logs import REPORTED, clean
from torgsync.jobs.context import Progress, Stage

_log = logging.getLogger(__name__)


@contextmanager
def progress_reporter(output: Output) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows the progress it is called with."""
    if output.verbosity < 0:
        yield _ignore
    elif output.err.is_terminal:
        bar = _Bar(output)
        output.before_output(bar.close)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _StageLines(output)


def logged_progress(report: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return a function that calls `report`, and logs each stage when it begins."""
    stage: Stage | None = None

    def log_and_report(progress: Progress) -> None:
        nonlocal stage
        if progress.stage is not stage:
            stage = progress.stage
            _log.info("%s", stage.value, extra=REPORTED)
        report(progress)

    return log_and_report


class TerminalLogHandler(logging.Handler):
    """Shows events of the log: warnings, with `-v` what is being done, with `-vv` all of it."""

    def __init__(self, output: Output) -> None:
        super().__init__((logging.WARNING, logging.INFO, logging.DEBUG)[min(max(output.verbosity, 0), 2)])
        self._output = output
        self.addFilter(lambda record: not hasattr(record, "reported"))

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event."""
        self._output.notify(clean(record.getMessage()))


def _ignore(_progress: Progress) -> None:
    """Show nothing."""


class _StageLines:
    """A line when a stage begins; what moves inside a stage is for terminals."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._stage: Stage | None = None

    def __call__(self, progress: Progress) -> None:
        if progress.stage is not self._stage:
            self._stage = progress.stage
            self._output.notify(f"{progress.stage.value} …")


def _left(seconds: float | None) -> str:
    """Return an estimate of how long a stage will still take, empty where there is none."""
    if not seconds:
        return ""
    return f"{ceil(seconds / 60)} min left" if seconds > 90 else f"{ceil(seconds)} s left"  # noqa: PLR2004


class _Bar:
    """One bar, for the current stage. It is removed before anything else is printed."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._bar: object = None
        self._stage: Stage | None = None

    def __call__(self, progress: Progress) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        if progress.stage is not self._stage:
            self.close()
            self._stage = progress.stage
            self._bar = RichProgress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=14),
                MofNCompleteColumn() if progress.total else TextColumn("{task.completed}", markup=False),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}", markup=False),
                console=self._output.err,
                transient=True,
            )
            self._bar.add_task(progress.stage.value, total=progress.total, left="")
            self._bar.start()
        if isinstance(self._bar, RichProgress):
            (task,) = self._bar.tasks
            self._bar.update(task.id, completed=progress.done, total=progress.total)
            self._bar.update(task.id, left=_left(task.time_remaining))

    def close(self) -> None:
        """Remove the bar."""
        from rich.progress import Progress as RichProgress

        if isinstance(self._bar, RichProgress):
            self._bar.stop()
        self._bar, self._stage = None, None
