"""`torgsync history`: what was done, when, by whom."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of


class HistoryPart(StrEnum):
    """How much of it is shown."""

    CHANGES = "changes"
    ALL = "all"


def history(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help="The number of a run: all that it did.", metavar="[RUN]", min=1)
    ] = None,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    show: Annotated[
        HistoryPart, typer.Option("--show", help="What fits a screen, or everything.")
    ] = HistoryPart.CHANGES,
) -> None:
    """List the runs of an object, newest first, or show all that one of them did."""
    program = program_of(context)
    program.format(form)
    file = program.object(wanted)
    from torgsync.cli.plan.history_render import LATEST, print_run, print_runs
    from torgsync.jobs.push.history import requests_of, run_of, runs

    every = show is HistoryPart.ALL
    with program.job(file) as job:
        if number is None:
            found, total = runs(job, LATEST if form is Format.TABLE and not every else None)
            print_runs(program, job, found, total, form)
        else:
            past = run_of(job, number)
            print_run(program, job, past, requests_of(job, number), form, every=every)
