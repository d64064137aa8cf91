"""`torgsync sync`: fetch orders, then send the pending changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.command_line import repeated
from torgsync.cli.base.errors import each, error_document
from torgsync.cli.base.options import FormatOption, ObjectOption, named
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.orders.render import finding_documents, notify_order_hints, orders_document, print_orders
from torgsync.cli.plan.change_table import Show
from torgsync.cli.plan.choice import FieldsOption, FirstOption, GoodOption, GroupOption, choice_of
from torgsync.cli.plan.outcomes import (
    earlier_documents,
    notify_trouble,
    outcome_documents,
    perform,
    print_earlier,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import NOTHING_CHOSEN, pending_words, print_findings, print_guards
from torgsync.cli.plan.rollback import perform_saved
from torgsync.cli.plan.update import AllowOption, print_plan
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.plan.guards import read_allowed
from torgsync.core.shell import quoted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.cli.messages.guards import Letting
    from torgsync.core.plan.choice import Choice
    from torgsync.core.plan.guards import Allowed
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import PlanSource, RunView


class Only(StrEnum):
    """Which half of a synchronisation is done."""

    GOODS = "goods"
    ORDERS = "orders"


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
    choice = choice_of(fields, goods, groups, first)
    if choice.of_goods and (due or only is Only.ORDERS):
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
    allowed = read_allowed(allow or ())
    source: PlanSource
    if saved and plan:
        from torgsync.jobs.push.saved import SavedChanges

        if saved.undoes:
            file = program.object(wanted or saved.object)
            raise typer.Exit(int(perform_saved(program, output, show, file, saved, plan)))
        source = SavedChanges(saved, plan)
    else:
        from torgsync.jobs.push.execute import NewPlan

        source = NewPlan(allowed, choice)
    decided = yes or plan is not None or due or only is Only.ORDERS
    about = named(wanted)
    program.require_decision(
        decided,
        repeated(context, f"update{about}"),
        repeated(context, f"sync{about}", *(["--all"] if every else []), "--yes"),
    )

    def letting(called: str, flags: str) -> str:
        if saved is None:
            return repeated(context, f"sync -o {called}", flags)
        return f"torgsync update -o {called}{saved.choice.options} {flags} --out {quoted(str(plan))}"

    call = _SyncCall(
        program, output, show, only, source, allowed, choice, letting, asks=not decided, waits=wait
    )
    objects = program.objects(saved.object if saved and wanted is None else wanted, every=every or due)
    work = call.perform_due if due else call.perform
    raise typer.Exit(int(each(program, objects, work, apart=not due)))


@dataclass
class _SyncCall:
    """One call of `sync`, which may be for several objects."""

    program: Program
    output: Format
    show: Show
    only: Only | None
    source: PlanSource
    allowed: Allowed
    choice: Choice
    letting: Callable[[str, str], str]
    asks: bool
    waits: bool
    due: list[dict[str, str]] = field(default_factory=list)

    def perform(self, file: ObjectFile) -> Exit:
        """Synchronise one object and return its exit code."""
        with self.program.job(file) as job, job.stop.handling_signals():
            return self._execute(job, self.only)

    def perform_due(self, file: ObjectFile) -> Exit:
        """Synchronise one object as far as its times ask for it now, and return its exit code."""
        from torgsync.jobs.config.schedule import own_times, taking_up

        if not own_times(file.settings):
            self._report_nothing_due(file, None)
            return Exit.DONE
        with self.program.job(file) as job, job.stop.handling_signals(), taking_up(job) as due:
            if due is None:
                self._report_nothing_due(file, job.now())
                return Exit.DONE
            self.due = [{"time": str(time), "moment": utc_iso(moment)} for time, moment in due.times]
            if self.output is Format.TABLE:
                times = "; ".join(str(time) for time, _ in due.times)
                self.program.print(f"{shop_time(job.now())}  {times}")
            due.exit_code = self._execute(job, Only(due.only) if due.only else None)
            return due.exit_code

    def _report_nothing_due(self, file: ObjectFile, now: datetime | None) -> None:
        from torgsync.jobs.config.schedule import own_times

        name = file.settings.name
        if self.output is Format.JSON:
            print_json({"schema": SCHEMA, "object": name}, {"due": []}, {"exit": int(Exit.DONE)})
        elif now is None and any(map(file.settings.passes_over, file.settings.synchronization_times)):
            self.program.notify(f"{name}: nothing is due; `enabled = false` in `[orders]` fetches no orders")
        elif now is None:
            self.program.notify(f"{name}: no synchronization times of this user on this computer")
            self.program.notify(f"hint: torgsync schedule add --every 30m -o {file.called}")
        else:
            coming = min(next(time.rhythm.after(now)) for time in own_times(file.settings))
            self.program.notify(f"{name}: nothing is due; next {shop_time(coming)}")

    def _execute(self, job: JobContext, only: Only | None) -> Exit:
        half = f" --only {only}" if only else ""
        next_step = f"go on with: torgsync sync{half} -o {job.file.called}{self.choice.options}"

        letting = partial(self.letting, job.file.called)

        def show(result: PlanResult) -> None:
            if self.output is Format.TABLE and result.plan.counts.changes:
                print_plan(self.program, job, result, Format.TABLE, self.show, next_step="", letting=letting)

        view = perform(
            self.program,
            job,
            None if only is Only.ORDERS else self.source,
            show,
            next_step,
            allowed=self.allowed,
            asks=self.asks,
            fetches=only is not Only.GOODS,
            waits=self.waits,
        )
        if self.output is Format.JSON:
            _print_run_json(self.program, job, view, self.due, next_step, letting)
        else:
            _print_run(self.program, job, view, next_step, letting)
        return view.exit_code


def _print_run(program: Program, job: JobContext, view: RunView, next_step: str, letting: Letting) -> None:
    if view.fetched:
        print_orders(program, view.fetched)
        notify_order_hints(program, job, view.fetched)
    print_earlier(program, job, view)
    if view.declined:
        program.notify("nothing was sent")
        return
    result = view.result
    if result and result.plan.counts.changes:
        print_outcomes(program, job, view, result)
    elif result:
        print_findings(program, job, result, every=False)
        print_guards(program, result.plan, letting)
        held = f", {result.plan.counts.held} held" if result.plan.counts.held else ""
        nothing = NOTHING_CHOSEN if result.plan.pending else "nothing pending"
        program.print(f"{result.plan.object}: {nothing}{held}")
        if result.plan.pending:
            program.print(pending_words(result.plan))
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def _print_run_json(
    program: Program,
    job: JobContext,
    view: RunView,
    due: Sequence[dict[str, str]],
    next_step: str,
    letting: Letting,
) -> None:
    """Print what a run did as one document; `due` are the synchronization times that it was for."""
    tail: dict[str, object] = {
        **({"due": due} if due else {}),
        "orders": orders_document(view.fetched),
        **run_document(view),
    }
    if trouble := trouble_of(view, next_step) or (view.fetched and view.fetched.trouble):
        tail["error"] = error_document(trouble)
    findings = finding_documents(view.fetched)
    if view.result is None:
        print_json({"schema": SCHEMA, "object": job.object.name}, {"findings": findings}, tail)
        return
    tail["outcomes"] = outcome_documents(job, view.result.number)
    tail["settled"] = earlier_documents(job, view)
    print_plan(
        program,
        job,
        view.result,
        Format.JSON,
        Show.ALL,
        next_step="",
        letting=letting,
        tail=tail,
        more=findings,
    )
