"""Shows how far a job is: a bar on a terminal, a line a stage elsewhere. All of it goes to stderr."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Protocol

from torgsync.files.config.logs import TOLD, clean
from torgsync.jobs.context import Progress, Stage

if TYPE_CHECKING:
    from rich.console import Console

_log = logging.getLogger(__name__)


class Program(Protocol):
    """What showing progress needs of the program: see `cli/base/program.py`."""

    verbosity: int

    @property
    def err(self) -> Console:
        """Where talk goes."""

    def notify(self, text: str, style: str | None = None) -> None:
        """Print a line of talk."""

    def before_output(self, hide: Callable[[], None]) -> None:
        """Have `hide` called before anything else is printed."""


@contextmanager
def progress_reporter(program: Program) -> Iterator[Callable[[Progress], None]]:
    """Yield somebody to tell."""
    if program.verbosity < 0:
        yield _nobody
    elif program.err.is_terminal:
        bar = _Bar(program)
        program.before_output(bar.close)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines(program)


def logged_progress(tell: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return somebody to tell who writes each stage to the log when it begins."""
    stage: Stage | None = None

    def note(progress: Progress) -> None:
        nonlocal stage
        if progress.stage is not stage:
            stage = progress.stage
            _log.info("%s", stage.value, extra=TOLD)
        tell(progress)

    return note


class TerminalLogHandler(logging.Handler):
    """Tells a person what the log is told: warnings, with `-v` the course of things, with `-vv` all of it."""

    def __init__(self, program: Program) -> None:
        super().__init__((logging.WARNING, logging.INFO, logging.DEBUG)[min(max(program.verbosity, 0), 2)])
        self._program = program
        self.addFilter(lambda record: not hasattr(record, "told"))

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one event."""
        self._program.notify(clean(record.getMessage()))


def _nobody(_progress: Progress) -> None:
    """Listen to nothing."""


class _Lines:
    """A line when a stage begins; what moves inside a stage is for terminals."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._stage: Stage | None = None

    def __call__(self, progress: Progress) -> None:
        if progress.stage is not self._stage:
            self._stage = progress.stage
            self._program.notify(f"{progress.stage.value} …")


def _left(seconds: float | None) -> str:
    """Return how long a stage will take yet, empty where that cannot be told; it is a guess."""
    if not seconds:
        return ""
    return f"{ceil(seconds / 60)} min left" if seconds > 90 else f"{ceil(seconds)} s left"  # noqa: PLR2004


class _Bar:
    """One bar, for the stage at work. It is taken away before anything else is printed."""

    def __init__(self, program: Program) -> None:
        self._program = program
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
                console=self._program.err,
                transient=True,
            )
            self._bar.add_task(progress.stage.value, total=progress.total, left="")
            self._bar.start()
        if isinstance(self._bar, RichProgress):
            (task,) = self._bar.tasks
            self._bar.update(task.id, completed=progress.done, total=progress.total)
            self._bar.update(task.id, left=_left(task.time_remaining))

    def close(self) -> None:
        """Take the bar away."""
        from rich.progress import Progress as RichProgress

        if isinstance(self._bar, RichProgress):
            self._bar.stop()
        self._bar, self._stage = None, None
