"""Opens what a command works with: the state, the log and the progress of one object."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from torgsync.cli.base.output import Output
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.files.config.logs import REPORTED, logged

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
    from torgsync.cli.base.progress import TerminalLogHandler, logged_progress, progress_reporter
    from torgsync.cli.messages.outcomes import render_reasons
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
