"""The work with one sync object in a thread of its own: nothing of it reaches another object's.

A call of `sync --all --jobs N` performs many, a worker one after the other for as long as it lives.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import print_error_document, report_error
from torgsync.cli.base.program import Program
from torgsync.cli.base.streams import Printed, printed_apart
from torgsync.errors import Exit, TorgsyncError
from torgsync.i18n import language_of_its_own

if TYPE_CHECKING:
    from torgsync.jobs.context import StopSignal

Work = Callable[[Program], Exit]
"""What is done with an object, by a call of its own."""


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of the work with one object.

    Args:
        code: Its exit code.
        printed: What it printed, an error included.
        seconds: How long it took.
        error: What ended it, None where nothing did.
        bug: Whether it was an error of the program itself.
    """

    slug: str
    code: Exit
    printed: Printed
    seconds: float
    error: TorgsyncError | None = None
    bug: bool = False


def perform_apart(program: Program, slug: str, work: Work, stop: StopSignal) -> Performed:
    """Do the work with an object and return what became of it; its errors are printed, and raise nothing.

    Its language, its clock, its log and its output are its own, and `program` is not changed. It asks nothing
    and shows no progress. `stop` ends it at the next safe point.
    """
    # A context of its own: what the work leaves in it ends with it.
    return copy_context().run(_perform, program, slug, work, stop)


def _perform(program: Program, slug: str, work: Work, stop: StopSignal) -> Performed:
    started = time.monotonic()
    own = replace(program, pages=False, live=False, stop=stop, hide_progress=lambda: None)
    error: TorgsyncError | None = None
    bug = False
    with language_of_its_own(), printed_apart() as printed:
        try:
            code = work(own)
        except TorgsyncError as ended:
            report_error(own, ended, slug=slug)
            code, error = ended.exit_code, ended
        except Exception as found:  # noqa: BLE001  # the others go on
            _report_bug(own, found, slug)
            code, bug = Exit.ERROR, True
    return Performed(slug, code, printed, time.monotonic() - started, error, bug)


def _report_bug(program: Program, bug: Exception, slug: str) -> None:
    """Print where the program failed, and in JSON a document in the place of the object's."""
    traceback.print_exception(bug)
    if program.json:
        error = {"kind": "bug", "exit": int(Exit.ERROR), "message": type(bug).__name__}
        print_error_document(program, slug, error)
