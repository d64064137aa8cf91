"""Shows the progress of a job on stderr: a bar on a terminal, a line a stage elsewhere; and logs it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

import typer

from torgsync.cli.base.output import Output
from torgsync.cli.messages.outcomes import STAGES, shown_word
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.files.config.logs import REPORTED, clean
from torgsync.i18n import _, composed, translated, verbatim
from torgsync.jobs.context import Progress, Stage

_log = logging.getLogger(__name__)


def log_error(error: Exception) -> None:
    """Write an error to the log; of a bug only its type and place, because its text may hold anything."""
    if isinstance(error, TorgsyncError):
        _log.error("%s", error.message, extra=REPORTED)
        for mistake in error.lines() if isinstance(error, InvalidInput) else ():
            _log.error("%s", mistake, extra=REPORTED)
    elif not isinstance(error, (typer.Exit, typer.Abort)):
        *_, frame = traceback.extract_tb(error.__traceback__)
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        _log.error("%s at %s", type(error).__name__, place, extra=REPORTED)


@contextmanager
def progress_reporter(output: Output) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows the progress it is called with; on a terminal, `-v` keeps the stages."""

    def begin(stage: Stage) -> None:
        output.notify(composed("{stage} …", stage=STAGES[stage]))

    if output.verbosity < 0:
        yield lambda _progress: None
    elif output.is_terminal():
        if not output.live:
            yield _by_stage(begin) if output.verbosity else lambda _progress: None
            return
        bar = _Bar(output)
        output.hide_progress = bar.close
        try:
            yield _by_stage(begin, bar) if output.verbosity else bar
        finally:
            bar.close()
    else:
        yield _by_stage(begin)


def logged_progress(report: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return a function that calls `report`, and logs each stage when it begins."""
    return _by_stage(lambda stage: _log.info("%s", STAGES[stage], extra=REPORTED), report)


def _by_stage(
    begin: Callable[[Stage], None], report: Callable[[Progress], None] = lambda _progress: None
) -> Callable[[Progress], None]:
    """Return a function that calls `begin` for each stage and `report` for each progress."""
    stage: Stage | None = None

    def look(progress: Progress) -> None:
        nonlocal stage
        if progress.stage is not stage:
            stage = progress.stage
            begin(stage)
        report(progress)

    return look


class TerminalLogHandler(logging.Handler):
    """Shows events of the log: warnings, with `-v` what is being done, with `-vv` all of it."""

    def __init__(self, output: Output) -> None:
        super().__init__((logging.WARNING, logging.INFO, logging.DEBUG)[min(max(output.verbosity, 0), 2)])
        self._output = output
        self.addFilter(lambda record: not hasattr(record, "reported"))

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event, its sentences in the language of the call."""
        args = record.args if isinstance(record.args, tuple) else ()
        shown = tuple(map(shown_word, args))
        self._output.notify(verbatim(clean(str(record.msg) % shown if shown else record.getMessage())))


def _left(seconds: float | None) -> str:
    if not seconds:
        return ""
    if seconds > 90:  # noqa: PLR2004
        return translated(_("{minutes} min left", minutes=ceil(seconds / 60)))
    return translated(_("{seconds} s left", seconds=ceil(seconds)))


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
            self._bar.add_task(translated(STAGES[progress.stage]), total=progress.total, left="")
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
