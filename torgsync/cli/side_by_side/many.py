"""Many sync objects at the same time: each is printed whole when it is done, at the end a summary."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import report_not_begun
from torgsync.cli.base.program import SCHEMA, Program
from torgsync.cli.base.streams import goes_together
from torgsync.cli.side_by_side.one import Performed, Work, perform_apart
from torgsync.cli.side_by_side.summary import (
    Ended,
    ended,
    heading,
    print_summary,
    progress_words,
)
from torgsync.errors import Exit
from torgsync.i18n import _, translated
from torgsync.jobs.parallel import Parallel

if TYPE_CHECKING:
    from torgsync.jobs.context import StopSignal


def each_side_by_side(program: Program, work: Mapping[str, Work], most: int, *, again: str) -> Exit:
    """Return the worst exit code of the work with objects, keyed by slug, at most so many at a time.

    The first Ctrl-C stops all of them at their next safe points, a second one at once; `again` is the command
    that goes on.
    """
    started = time.monotonic()
    done: list[Ended] = []
    parallel: Parallel[Performed] = Parallel(
        {slug: partial(_perform, program, slug, one) for slug, one in work.items()}, most
    )
    documents = 0
    if program.json:
        sys.stdout.write(f'{{"schema": {SCHEMA}, "objects": [\n')
    with _progress(program, parallel, done) as progress:
        for _slug, one in parallel.results():
            done.append(ended(one))
            progress.hide()
            if program.json:
                sys.stdout.write("," if documents else "")
                documents += 1
            headed = not program.json and (one.code is not Exit.DONE or bool(one.printed.text("stdout")))
            if headed:
                program.print()
                program.print(heading(done[-1]), style="total")
            seen = sys.stdout.isatty() or (headed and goes_together())
            if one.printed.text("stderr") and not seen:
                program.notify(heading(done[-1]))  # whoever reads stderr alone does not see the other one
            one.printed.show()
            progress.show()
    if not program.json:
        print_summary(program, done, timedelta(seconds=time.monotonic() - started))
    if parallel.stopped:
        report_not_begun(program, parallel.waiting, again, first=not documents)
    codes = [one.code for one in done]
    worst = Exit.worst([*codes, Exit.INTERRUPTED] if parallel.waiting else codes)
    if program.json:
        sys.stdout.write(f'], "exit": {int(worst)}}}\n')
    return worst


def _perform(program: Program, slug: str, work: Work, stop: StopSignal) -> Performed:
    return perform_apart(program, slug, work, stop)


class _ProgressLine:
    """One line on the terminal about all objects, or nothing where no person sees it."""

    def __init__(self, program: Program, parallel: Parallel[Performed], done: list[Ended]) -> None:
        self._program = program
        self._parallel = parallel
        self._done = done
        self._shown = program.verbosity >= 0 and program.is_terminal()
        self._line: object = None

    def show(self) -> None:
        """Show how far all are."""
        if not self._shown:
            return
        from rich.live import Live
        from rich.text import Text

        words = progress_words(self._done, len(self._parallel.at_work), len(self._parallel.waiting))
        text = Text(translated(words), no_wrap=True, overflow="ellipsis")
        if isinstance(self._line, Live):
            self._line.update(text, refresh=True)
            return
        self._line = Live(
            text,
            console=self._program.err,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,  # threads would print above the line, and not apart
            redirect_stderr=False,
        )
        self._line.start(refresh=True)

    def hide(self) -> None:
        """Remove the line, before something else is printed."""
        line, self._line = self._line, None
        if line is not None:
            line.stop()  # type: ignore[attr-defined]


@contextmanager
def _progress(program: Program, parallel: Parallel[Performed], done: list[Ended]) -> Iterator[_ProgressLine]:
    progress = _ProgressLine(program, parallel, done)
    parallel.begun = progress.show

    def stopping() -> None:
        progress.hide()
        program.notify(_("stopping all of them at their next safe points; Ctrl-C again stops at once"))
        progress.show()

    parallel.stopping = stopping
    try:
        yield progress
    finally:
        progress.hide()
