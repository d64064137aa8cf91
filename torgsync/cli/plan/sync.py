"""`torgsync sync`: fetch orders, then send the pending changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.command_line import repeated
from torgsync.cli.base.errors import each
from torgsync.cli.base.options import (
    AllowOption,
    ObjectOption,
    Only,
    RunFormat,
    RunFormatOption,
    Show,
    named,
    named_file,
)
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.plan.choice import FieldsOption, FirstOption, GoodOption, GroupOption, choice_of
from torgsync.cli.plan.sync_call import SyncCall, read_ok_codes
from torgsync.cli.unattended import UnattendedRuns
from torgsync.core.clock import utc_iso
from torgsync.core.config.schedule import is_fleet
from torgsync.core.shell import quoted
from torgsync.errors import Exit, TorgsyncError, UsageError
from torgsync.i18n import _, composed, joined, verbatim

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.plan import SavedPlan
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext

MOST_JOBS = 64
"""How many sync objects a call works with at the same time at most."""


def sync(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: RunFormatOption = RunFormat.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    only: Annotated[
        Only | None, typer.Option("--only", help=_("Only send items, or only fetch orders."))
    ] = None,
    fields: FieldsOption = None,
    goods: GoodOption = None,
    groups: GroupOption = None,
    first: FirstOption = None,
    allow: AllowOption = None,
    show: Annotated[Show, typer.Option("--show", help=_("Which part of the table to show."))] = Show.CHANGES,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help=_("Send a plan saved by `update --out`, and nothing else."), metavar="FILE"
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=_("All sync objects."))] = False,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            help=_("With `--all` or `--due`: how many sync objects at the same time."),
            metavar="N",
            min=1,
            max=MOST_JOBS,
        ),
    ] = 1,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait",
            help=_("Wait until Prom.ua has finished the import, or let the next run check it."),
        ),
    ] = True,
    due: Annotated[
        bool,
        typer.Option("--due", help=_("Only what the schedule of this user asks for now; asks no questions.")),
    ] = False,
    metrics: Annotated[
        Path | None,
        typer.Option(
            "--metrics",
            help=_("Afterwards write metrics of these objects to this file, for Prometheus."),
            metavar="FILE",
            callback=named_file,
        ),
    ] = None,
    ok_codes: Annotated[
        str | None,
        typer.Option(
            "--ok-codes", help=_("Exit codes after which the process ends with 0: `0,8`."), metavar="CODE,…"
        ),
    ] = None,
) -> None:
    """Fetch the orders, then send the pending changes to Prom.ua."""
    output = form.plain
    program = program_of(context, output)
    program.ok_codes = read_ok_codes(ok_codes)
    jobs = _jobs(context, jobs, decided=yes or due or only is Only.ORDERS, several=every or due)
    if due and only:
        add = f"torgsync schedule add --every 30m --only orders{named(wanted)}"
        raise UsageError(
            _("`--due` does what the schedule says; `--only` cannot be given with it"),
            hint=_("to schedule orders alone: {command}", command=add),
        )
    choice = choice_of(fields, goods, groups, first) if fields or goods or groups or first else None
    if choice and choice.of_goods and (due or only is Only.ORDERS):
        raise UsageError(
            _("items cannot be chosen with `{option}`", option="--due" if due else "--only orders"),
            hint=_("leave out `--good`, `--group` and `--first`"),
        )
    if plan and (choice or allow or every or due or only is Only.ORDERS):
        raise UsageError(
            _("`--plan` sends a saved plan as it was saved"),
            hint=_(
                "give `--fields`, `--good`, `--group`, `--first` and `--allow` to "
                "`torgsync update --out FILE`; with `--plan` only `--only goods` is accepted"
            ),
        )
    saved = None
    if plan:
        from torgsync.files.plan.plan_file import read_head

        saved = read_head(plan, named(wanted))
    allowed, source = _allowed(allow), None
    decided = yes or plan is not None or due or only is Only.ORDERS
    runs = UnattendedRuns(program, unattended=decided, metrics=metrics, ok_codes=program.ok_codes)
    meant = saved.object if saved and wanted is None else wanted
    with runs.following(meant):
        objects = program.objects(meant, every=every or due)
        require_decision = partial(
            _require_decision, context, named(wanted), ["--all"] if every else [], decided=decided
        )
        if len(objects) > 1:
            require_decision()
        if saved and plan:
            from torgsync.jobs.push.saved import SavedChanges

            source = SavedChanges(saved, plan)
        call = SyncCall(
            *(program, output, show, only, source, allowed, choice),
            letting=partial(_letting, context, saved, plan),
            require_decision=require_decision,
            asks=not decided,
            waits=wait,
            runs=runs,
        )
        perform = _perform_due if due else _perform
        again = repeated(context, "sync", "--due" if due else "--all" + " --yes" * yes, *_option(jobs))
        work: Callable[[ObjectFile], Exit] = partial(perform, call)
        if saved and plan and saved.undoes:
            from torgsync.cli.plan.rollback import perform_saved

            work = partial(perform_saved, program, output, show, runs, saved=saved, path=plan)
        try:
            if min(jobs, len(objects)) > 1:
                code = _side_by_side(call, perform, jobs, again)
            else:
                code = each(program, objects, work, apart=not due, on_error=runs.failed, again=again)
        finally:
            runs.write_metrics(objects)
    raise typer.Exit(int(code))


def _option(jobs: int) -> list[str]:
    return [f"--jobs {jobs}"] * (jobs > 1)


def _jobs(context: typer.Context, jobs: int, *, decided: bool, several: bool) -> int:
    source = context.get_parameter_source("jobs")
    if jobs == 1 or (several and decided):
        return jobs
    if source is None or source.name != "COMMANDLINE":
        return 1  # a variable is for those calls that can have it
    again = repeated(context, "sync", "--all", "--yes", f"--jobs {jobs}")
    if not several:
        raise UsageError(
            _("`--jobs` is for several sync objects, and this call is for one"),
            hint=_("leave out `--jobs`, or synchronise all of them: {command}", command=again),
        )
    raise UsageError(
        _("with `--jobs` nothing is asked, so nothing was sent"),
        hint=_(
            "to see what would be sent: {look}\nto send it without a question: {command}",
            look=repeated(context, "update"),
            command=again,
        ),
    )


def _side_by_side(
    call: SyncCall, perform: Callable[[SyncCall, ObjectFile], Exit], jobs: int, again: str
) -> Exit:
    """Synchronise all objects, so many at the same time, and return the worst exit code."""
    from torgsync.cli.side_by_side.many import each_side_by_side
    from torgsync.files.config.objects import list_objects

    def synchronise(path: Path, program: Program) -> Exit:
        runs = call.runs.of_one(program)
        try:
            return perform(replace(call, program=program, runs=runs, due=[]), program.load(path))
        except TorgsyncError as error:
            runs.failed(path.stem, error)
            raise
        except Exception as bug:
            runs.crashed(bug)
            raise

    paths = list_objects(call.program.settings.objects)
    work = {path.stem: partial(synchronise, path) for path in paths}
    return each_side_by_side(call.program, work, jobs, again=again)


def _letting(
    context: typer.Context, saved: SavedPlan | None, plan: Path | None, called: str, flags: str
) -> str:
    """Return the command that lets through what is held: this call again, or one that saves another plan."""
    if saved is None:
        return repeated(context, f"sync -o {called}", flags)
    return f"torgsync update -o {called}{saved.choice.options} {flags} --out {quoted(str(plan))}"


def _require_decision(context: typer.Context, about: str, every: Sequence[str], *, decided: bool) -> None:
    look, again = repeated(context, f"update{about}"), repeated(context, f"sync{about}", *every, "--yes")
    program_of(context).require_decision(decided, look, again)


def _allowed(given: Sequence[str] | None) -> Allowed | None:
    """Return what `--allow` lets through, None where it is not given."""
    if not given:
        return None
    from torgsync.core.plan.guards import read_allowed

    return read_allowed(given)


def _perform(call: SyncCall, file: ObjectFile) -> Exit:
    """Synchronise one object and return its exit code."""
    call.runs.works_on(file, call.only)
    from torgsync.jobs.plan.choice import refuse_unknown

    with call.program.job(file) as job, job.stop.handling_signals():
        if call.asks and call.choice:
            refuse_unknown(job, call.choice)
        call.require_decision()
        return _execute(call, job, call.only)


def _perform_due(call: SyncCall, file: ObjectFile) -> Exit:
    """Synchronise one object as far as its times ask for it now, and return its exit code."""
    from torgsync.jobs.timetable import nothing_due, own_times, taking_up

    call.runs.works_on(file)
    now = call.program.now() if own_times(file) else None
    if now is None or nothing_due(call.program.settings, file, now):
        _report_nothing_due(call, file, now)
        return Exit.DONE
    with call.program.job(file) as job, job.stop.handling_signals(), taking_up(job) as due:
        if due is None:
            _report_nothing_due(call, file, job.now())
            return Exit.DONE
        call.due = [{"time": str(time), "moment": utc_iso(moment)} for time, moment in due.times]
        if call.output is Format.TABLE:
            times = joined("; ", (time.words for time, _moment in due.times))
            call.program.print(composed("{now:time}  {times}", now=job.now(), times=times))
        due.exit_code = _execute(call, job, Only(due.only) if due.only else None)
        return due.exit_code


def _report_nothing_due(call: SyncCall, file: ObjectFile, now: datetime | None) -> None:
    from torgsync.jobs.timetable import own_times

    name = file.settings.name
    if call.output is Format.JSON:
        print_json({"schema": SCHEMA, "object": name}, {"due": []}, {"exit": int(Exit.DONE)})
    elif now is None and any(map(file.settings.passes_over, file.settings.synchronization_times)):
        call.program.notify(
            _("{object}: nothing is due; orders are off (`enabled = false` in `[orders]`)", object=name)
        )
    elif now is None and any(is_fleet(time.user) for time in file.settings.synchronization_times):
        call.program.notify(_("{object}: nothing is due; workers perform its times", object=name))
    elif now is None:
        call.program.notify(
            _("{object}: this user has no synchronization times on this computer", object=name)
        )
        call.program.hint(verbatim(f"torgsync schedule add --every 30m -o {file.called}"))
    else:
        coming = min(next(time.rhythm.after(now)) for time in own_times(file))
        call.program.notify(_("{object}: nothing is due; next: {coming:time}", object=name, coming=coming))


def _execute(call: SyncCall, job: JobContext, only: Only | None) -> Exit:
    from torgsync.cli.plan.sync_run import execute

    return execute(call, job, only)
