"""Opens what a command works with: the state, the log and the progress of one object."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from torgsync.cli.base.output import Output
from torgsync.cli.messages.outcomes import render_reasons
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.files.config.logs import REPORTED, clean, logged
from torgsync.jobs.context import Progress, Stage

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.files.config.settings import Settings
    from torgsync.jobs.context import JobContext


_log = logging.getLogger(__name__)


@contextmanager
def open_job(
    output: Output,
    settings: Settings,
    file: ObjectFile,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Iterator[JobContext]:
    """Yield the context of an object's jobs; what happens meanwhile is logged, and the error that ends it."""
    from torgsync.jobs.context import JobContext
    from torgsync.state.store import open_store

    terminal = TerminalLogHandler(output)
    with logged(settings.log, file.slug, terminal) as log, ExitStack() as stack:
        for handler in (log, terminal):
            handler.addFilter(render_reasons)
        try:
            store = open_store(settings.state_url, output.notify)
            stack.callback(store.close)
            report = logged_progress(stack.enter_context(progress_reporter(output)))
            yield JobContext(settings, file, store, now=now, report=report, sleep=sleep)
        except Exception as error:
            log_error(error)
            raise
    if log.trouble:
        output.notify(f"! the log `{log.baseFilename}` cannot be written: {log.trouble}", style="warning")


def log_error(error: Exception) -> None:
    """Write an error to the log; of a bug only its type and place, because its text may hold anything."""
    if isinstance(error, TorgsyncError):
        _log.error("%s", error.message, extra=REPORTED)
        for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
            _log.error("%s", mistake, extra=REPORTED)
    elif not isinstance(error, (typer.Exit, typer.Abort)):
        *_, frame = traceback.extract_tb(error.__traceback__)
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        _log.error("%s at %s", type(error).__name__, place, extra=REPORTED)


_log = logging.getLogger(__name__)


@contextmanager
def progress_reporter(output: Output) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows the progress it is called with."""
    if output.verbosity < 0:
        yield lambda _progress: None
    elif output.err.is_terminal:
        bar = _Bar(output)
        output.hide_progress = bar.close
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
