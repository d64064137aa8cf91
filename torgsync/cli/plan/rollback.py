"""`torgsync rollback`: a plan back to the values before a run, performed like any other."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.plan.change_table import Show
from torgsync.cli.plan.outcomes import confirmed, notifier
from torgsync.cli.plan.rollback_render import print_plan_back, print_plan_back_json, print_run_back
from torgsync.cli.plan.update import AllowOption
from torgsync.core.reason import Reason
from torgsync.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.plan import SavedPlan
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.plan_source import PlanSource


def rollback(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(help="The run, as `torgsync history` numbers it.", metavar="RUN", min=1)
    ],
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    allow: AllowOption = None,
    show: Annotated[Show, typer.Option("--show", help="Which part of the table to show.")] = Show.CHANGES,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Only save the plan, to be performed by `sync --plan`.", metavar="FILE"),
    ] = None,
) -> None:
    """Turn back what a run did, as far as it is still as that run left it."""
    program = program_of(context)
    program.format(form)
    from torgsync.core.plan.guards import read_allowed

    if form is Format.CSV:
        raise UsageError("`rollback` prints a table or JSON")
    file = program.object(wanted)
    allowed = read_allowed(allow or ())
    if out:
        raise typer.Exit(int(_save(program, form, show, number, file, out, allowed)))
    from torgsync.jobs.push.rollback import PlanBack

    asks = program.asks and not yes and form is Format.TABLE
    call = _Call(program, form, show, number, PlanBack(number, allowed), allowed, asks=asks)
    raise typer.Exit(int(call.perform(file)))


def perform_saved(
    program: Program, form: Format, show: Show, file: ObjectFile, saved: SavedPlan, path: Path
) -> Exit:
    """Perform a plan that `rollback --out` saved, and return the exit code."""
    from torgsync.core.plan.guards import read_allowed
    from torgsync.jobs.push.saved import SavedChanges

    source = SavedChanges(saved, path)
    call = _Call(program, form, show, saved.undoes, source, read_allowed(saved.allow), asks=False)
    return call.perform(file)


def _save(
    program: Program, form: Format, show: Show, number: int, file: ObjectFile, path: Path, allowed: Allowed
) -> Exit:
    """Show the plan and save it; nothing is sent."""
    from torgsync.jobs.push.execute import Notice
    from torgsync.jobs.push.rollback import look_back
    from torgsync.jobs.push.saved import save

    with program.job(file) as job:
        made = look_back(job, number, allowed=allowed)
        if made.reconciled:
            notifier(program)(Reason(Notice.EARLIER_RECONCILED, {"count": made.reconciled}))
        save(job, made, path, allowed=allowed)
        if form is Format.JSON:
            print_plan_back_json(program, job, made, number)
        else:
            next_step = f"torgsync sync --plan {shlex.quote(str(path))}"
            print_plan_back(program, job, made, number, show, next_step=next_step)
    return Exit.DONE


class _Call:
    """One call of `rollback` that sends something."""

    def __init__(
        self,
        program: Program,
        form: Format,
        show: Show,
        number: int,
        source: PlanSource,
        allowed: Allowed,
        *,
        asks: bool,
    ) -> None:
        self._program = program
        self._form = form
        self._show = show
        self._number = number
        self._source = source
        self._allowed = allowed
        self._asks = asks

    def perform(self, file: ObjectFile) -> Exit:
        """Undo the run, or what a saved plan holds of it, and return the exit code."""
        from torgsync.jobs.push.execute import execute
        from torgsync.jobs.push.history import run_of

        next_step = f"go on with: torgsync rollback {self._number} -o {file.called}"
        with self._program.job(file) as job, job.stop.handling_signals():
            run_of(job, self._number)  # a mistyped number is no run
            try:
                view = execute(
                    job,
                    self._source,
                    allowed=self._allowed,
                    fetches=False,
                    confirm=lambda made: self._confirm(job, made),
                    notify=notifier(self._program),
                )
            except Interrupted as stop:
                raise Interrupted("stopped by you before anything was sent", hint=next_step) from stop
            if self._form is Format.JSON and view.made:
                print_plan_back_json(self._program, job, view.made, self._number, view, next_step)
            else:
                print_run_back(self._program, job, view, next_step)
        return view.exit_code

    def _confirm(self, job: JobContext, made: PlanResult) -> bool:
        """Show what is about to be sent, and return whether it may be."""
        if self._form is Format.TABLE:
            print_plan_back(self._program, job, made, self._number, self._show, next_step="")
        return confirmed(job, made, asks=self._asks)
