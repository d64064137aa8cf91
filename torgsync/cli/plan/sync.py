"""`torgsync sync`: fetch orders, then send the pending changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.command_line import repeated
from torgsync.cli.base.errors import each
from torgsync.cli.base.options import AllowOption, FormatOption, ObjectOption, Only, Show, named
from torgsync.cli.base.program import SCHEMA, Format, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.plan.choice import FieldsOption, FirstOption, GoodOption, GroupOption, choice_of
from torgsync.cli.plan.sync_call import SyncCall
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.shell import quoted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.plan import SavedPlan
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext


def sync(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    only: Annotated[Only | None, typer.Option("--only", help="Only goods out, or only orders home.")] = None,
    fields: FieldsOption = None,
    goods: GoodOption = None,
    groups: GroupOption = None,
    first: FirstOption = None,
    allow: AllowOption = None,
    show: Annotated[Show, typer.Option("--show", help="Which part of the table to show.")] = Show.CHANGES,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="Perform a plan that `update --out` saved, and nothing else.", metavar="FILE"
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All sync objects, one after another.")] = False,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait", help="Wait for Prom.ua to import, or leave the import's end to the next run."
        ),
    ] = True,
    due: Annotated[
        bool,
        typer.Option(
            "--due", help="Only what the synchronization times ask of this user now; nothing is asked."
        ),
    ] = False,
) -> None:
    """Bring orders home, then send the pending changes to Prom.ua."""
    program = program_of(context, output)
    if output is Format.CSV:
        raise UsageError("`sync` prints a table or JSON")
    if due and only:
        raise UsageError(
            "`--due` does what each time is for, `--only` narrows it",
            hint=f"give a time its half: torgsync schedule add --every 30m --only orders{named(wanted)}",
        )
    choice = choice_of(fields, goods, groups, first) if fields or goods or groups or first else None
    if choice and choice.of_goods and (due or only is Only.ORDERS):
        raise UsageError(
            f"`{'--due' if due else '--only orders'}` chooses no items",
            hint="leave `--good`, `--group` and `--first` out of it",
        )
    if plan and (choice or allow or every or due or only is Only.ORDERS):
        raise UsageError(
            "`--plan` performs what was saved, as it was saved",
            hint="give `--fields`, `--good`, `--group`, `--first` and `--allow` to "
            "`torgsync update --out FILE`; only `--only goods` goes with it",
        )
    saved = None
    if plan:
        from torgsync.files.plan.plan_file import read_head

        saved = read_head(plan, named(wanted))
    allowed, source = _allowed(allow), None
    if saved and plan:
        from torgsync.cli.plan.rollback import perform_saved
        from torgsync.jobs.push.saved import SavedChanges

        if saved.undoes:
            file = program.object(wanted or saved.object)
            raise typer.Exit(int(perform_saved(program, output, show, file, saved, plan)))
        source = SavedChanges(saved, plan)
    decided = yes or plan is not None or due or only is Only.ORDERS
    if not decided:
        _require_decision(context, named(wanted), ["--all"] if every else [])
    letting = partial(_letting, context, saved, plan)
    call = SyncCall(
        program, output, show, only, source, allowed, choice, letting, asks=not decided, waits=wait
    )
    objects = program.objects(saved.object if saved and wanted is None else wanted, every=every or due)
    work = partial(_perform_due if due else _perform, call)
    raise typer.Exit(int(each(program, objects, work, apart=not due)))


def _letting(
    context: typer.Context, saved: SavedPlan | None, plan: Path | None, called: str, flags: str
) -> str:
    """Return the command that lets through what is held: this call again, or one that saves another plan."""
    if saved is None:
        return repeated(context, f"sync -o {called}", flags)
    return f"torgsync update -o {called}{saved.choice.options} {flags} --out {quoted(str(plan))}"


def _require_decision(context: typer.Context, about: str, every: Sequence[str]) -> None:
    look, again = repeated(context, f"update{about}"), repeated(context, f"sync{about}", *every, "--yes")
    program_of(context).require_decision(None, look, again)


def _allowed(given: Sequence[str] | None) -> Allowed | None:
    """Return what `--allow` lets through, None where it is not given."""
    if not given:
        return None
    from torgsync.core.plan.guards import read_allowed

    return read_allowed(given)


def _perform(call: SyncCall, file: ObjectFile) -> Exit:
    """Synchronise one object and return its exit code."""
    with call.program.job(file) as job, job.stop.handling_signals():
        return _execute(call, job, call.only)


def _perform_due(call: SyncCall, file: ObjectFile) -> Exit:
    """Synchronise one object as far as its times ask for it now, and return its exit code."""
    from torgsync.jobs.config.timetable import nothing_due, own_times, taking_up

    now = call.program.now() if own_times(file.settings) else None
    if now is None or nothing_due(call.program.settings, file, now):
        _report_nothing_due(call, file, now)
        return Exit.DONE
    with call.program.job(file) as job, job.stop.handling_signals(), taking_up(job) as due:
        if due is None:
            _report_nothing_due(call, file, job.now())
            return Exit.DONE
        call.due = [{"time": str(time), "moment": utc_iso(moment)} for time, moment in due.times]
        if call.output is Format.TABLE:
            times = "; ".join(str(time) for time, _ in due.times)
            call.program.print(f"{shop_time(job.now())}  {times}")
        due.exit_code = _execute(call, job, Only(due.only) if due.only else None)
        return due.exit_code


def _report_nothing_due(call: SyncCall, file: ObjectFile, now: datetime | None) -> None:
    from torgsync.jobs.config.timetable import own_times

    name = file.settings.name
    if call.output is Format.JSON:
        print_json({"schema": SCHEMA, "object": name}, {"due": []}, {"exit": int(Exit.DONE)})
    elif now is None and any(map(file.settings.passes_over, file.settings.synchronization_times)):
        call.program.notify(f"{name}: nothing is due; `enabled = false` in `[orders]` fetches no orders")
    elif now is None:
        call.program.notify(f"{name}: no synchronization times of this user on this computer")
        call.program.notify(f"hint: torgsync schedule add --every 30m -o {file.called}")
    else:
        coming = min(next(time.rhythm.after(now)) for time in own_times(file.settings))
        call.program.notify(f"{name}: nothing is due; next {shop_time(coming)}")


def _execute(call: SyncCall, job: JobContext, only: Only | None) -> Exit:
    from torgsync.cli.plan.sync_run import execute

    return execute(call, job, only)
