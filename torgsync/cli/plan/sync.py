"""`torgsync sync`: orders home, then goods out, as the table of pending changes says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.each import each
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, error_document, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.orders.render import finding_documents, notify_orders, orders_document
from torgsync.cli.plan.outcomes import (
    WORDS,
    notify_reconciled,
    notify_trouble,
    outcome_documents,
    print_failures,
    stopped,
)
from torgsync.cli.plan.render import Show, print_findings, print_guards
from torgsync.cli.plan.update import AllowOption, FieldsOption, field_names, print_plan
from torgsync.core.clock import SHOP_ZONE
from torgsync.core.text import counted
from torgsync.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.saved import SavedPlan
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.orders.fetch import FetchResult
    from torgsync.jobs.plan.update import PlanResult
    from torgsync.jobs.push.sync import RunResult


class Only(StrEnum):
    """Which half of a synchronisation is done."""

    GOODS = "goods"
    ORDERS = "orders"


def sync(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    only: Annotated[Only | None, typer.Option("--only", help="Only goods out, or only orders home.")] = None,
    fields: FieldsOption = None,
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
    program = program_of(context)
    program.format(form)
    from torgsync.core.plan.guards import read_allowed

    if form is Format.CSV:
        raise UsageError("`sync` prints a table or JSON")
    if due and only:
        raise UsageError(
            "`--due` does what each time is for, `--only` narrows it",
            hint="give a time its half: torgsync schedule add --only orders",
        )
    if plan and (fields or allow or every or due or only is Only.ORDERS):
        raise UsageError(
            "`--plan` performs what was saved, as it was saved",
            hint="give `--fields` and `--allow` to `torgsync update --out`; only `--only goods` goes with it",
        )
    saved = None
    if plan:
        from torgsync.files.plan.plan_file import read_head

        saved = read_head(plan)
    if saved and plan and saved.undoes:
        from torgsync.cli.plan.rollback import perform_saved

        file = program.object(wanted or saved.object)
        raise typer.Exit(int(perform_saved(program, form, show, file, saved, plan)))
    call = _Call(
        program,
        form,
        show,
        only,
        field_names(fields),
        read_allowed(allow or ()),
        asks=program.asks and not yes and not due and not plan,
        saved=(saved, plan) if saved and plan else None,
        waits=wait,
    )
    objects = program.objects(saved.object if saved and wanted is None else wanted, every=every or due)
    work = call.perform_due if due else call.perform
    raise typer.Exit(int(each(program, objects, work, apart=not due)))


class _Call:
    """One call of `sync`, which may be for several objects."""

    def __init__(
        self,
        program: Program,
        form: Format,
        show: Show,
        only: Only | None,
        fields: tuple[str, ...],
        allowed: Allowed,
        *,
        asks: bool,
        saved: tuple[SavedPlan, Path] | None,
        waits: bool,
    ) -> None:
        self._waits = waits
        self._program = program
        self._form = form
        self._print_table = show
        self._only = only
        self._fields = fields
        self._allowed = allowed
        self._asks = asks and form is Format.TABLE
        self._due: list[dict[str, str]] = []
        self._saved = saved

    def perform(self, file: ObjectFile) -> Exit:
        """Synchronise one object and return its exit code."""
        with self._program.job(file) as job, job.stop.handling_signals():
            return self._perform(job, self._only)

    def perform_due(self, file: ObjectFile) -> Exit:
        """Synchronise one object as far as its times ask for it now, and return its exit code."""
        from torgsync.jobs.config.due import own_times, taking_up

        if not own_times(file.settings):
            self._notify_nothing_due(file, None)
            return Exit.DONE
        with self._program.job(file) as job, job.stop.handling_signals(), taking_up(job) as due:
            if due is None:
                self._notify_nothing_due(file, job.now())
                return Exit.DONE
            self._due = [
                {"time": str(time), "moment": moment.astimezone(SHOP_ZONE).isoformat()}
                for time, moment in due.times
            ]
            if self._form is Format.TABLE:
                now = f"{job.now().astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"
                self._program.print(f"{now}  {'; '.join(str(time) for time, _ in due.times)}")
            due.exit_code = self._perform(job, Only(due.only) if due.only else None)
            return due.exit_code

    def _notify_nothing_due(self, file: ObjectFile, now: datetime | None) -> None:
        from torgsync.jobs.config.due import own_times

        name = file.settings.name
        if self._form is Format.JSON:
            print_json({"schema": SCHEMA, "object": name}, {"due": []}, {"exit": int(Exit.DONE)})
        elif now is None:
            self._program.notify(f"{name}: no synchronization times of this user on this computer")
            self._program.notify(f"hint: torgsync schedule add --every 30m -o {file.called}")
        else:
            coming = min(next(time.rhythm.after(now)) for time in own_times(file.settings))
            self._program.notify(
                f"{name}: nothing is due; next {coming.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"
            )

    def _perform(self, job: JobContext, only: Only | None) -> Exit:
        try:
            return self._run(job, only)
        except Interrupted as stop:
            # Outside of a plan nothing of it was sent; what came home is remembered.
            raise Interrupted("stopped by you before anything was sent", hint=self._next(job)) from stop

    def _next(self, job: JobContext) -> str:
        """Return how to go on after a stop."""
        half = f" --only {self._only}" if self._only else ""
        return f"go on with: torgsync sync{half} -o {job.file.called}"

    def _run(self, job: JobContext, only: Only | None) -> Exit:
        from torgsync.jobs.connect import prom_of
        from torgsync.jobs.orders.fetch import fetch_orders
        from torgsync.jobs.push.saved import prepare_saved, refuse_stale
        from torgsync.jobs.push.sync import perform, prepare, recover, run_result
        from torgsync.jobs.run import running
        from torgsync.jobs.shop import refuse_other_shop

        fetched, made = None, None
        with running(job) as run, prom_of(job, run) as prom:
            job = run.context
            if self._saved:
                refuse_stale(job, self._saved[0])
            refuse_other_shop(job, prom, self._allowed)
            if only is Only.GOODS:
                self._program.notify(
                    "orders stay on Prom.ua: what was sold since the last fetch is offered again"
                )
            else:
                fetched = fetch_orders(job, prom)
            if only is not Only.ORDERS:
                if recover(job, prom, run, waits=self._waits):
                    self._program.notify("an import that an earlier run left behind was settled first")
                if self._saved:
                    made = prepare_saved(job, prom, run, *self._saved)
                else:
                    made = prepare(job, prom, run, allowed=self._allowed, only=self._fields)
                notify_reconciled(self._program, made)
            if made is None or not made.plan.counts.changes:
                done = run_result(job, run, made)
            elif self._agreed(job, made):
                done = perform(job, prom, run, made, waits=self._waits)
            else:
                run.exit_code = self._decline(job, made, fetched)
                return run.exit_code
            if isinstance(done.trouble, Interrupted):
                done = replace(done, trouble=stopped(done, self._next(job)))
            run.exit_code = Exit.worst(
                [done.exit_code(made, fetched), fetched.exit_code if fetched else Exit.DONE]
            )
            self._report(job, made, fetched, done, run.exit_code)
        return run.exit_code

    def _decline(self, job: JobContext, made: PlanResult, fetched: FetchResult | None) -> Exit:
        """Send nothing, because a person said no; what came home is told all the same."""
        from torgsync.jobs.push.sync import decline

        decline(job, made)
        if fetched:
            notify_orders(self._program, job, fetched)
        self._program.notify("nothing was sent")
        return fetched.exit_code if fetched else Exit.DONE

    def _agreed(self, job: JobContext, made: PlanResult) -> bool:
        """Show what is about to be done, and ask a person who is there."""
        if self._form is Format.TABLE:
            print_plan(self._program, job, made, Format.TABLE, self._print_table, next_step="")
        going = made.plan.counts.changes - made.plan.counts.held
        if not self._asks or going <= 0:
            return True
        with job.stop.interruptible():
            return typer.confirm("Send this to Prom.ua?", default=False, err=True)

    def _report(
        self,
        job: JobContext,
        made: PlanResult | None,
        fetched: FetchResult | None,
        done: RunResult,
        code: Exit,
    ) -> None:
        if self._form is Format.JSON:
            self._print_json(job, made, fetched, done, code)
            return
        program = self._program
        if fetched:
            notify_orders(program, job, fetched)
        if made:
            _notify_outcomes(program, job, made, done)
        if done.trouble:
            notify_trouble(program, done.trouble)

    def _print_json(
        self,
        job: JobContext,
        made: PlanResult | None,
        fetched: FetchResult | None,
        done: RunResult,
        code: Exit,
    ) -> None:
        tail: dict[str, object] = {
            **({"due": self._due} if self._due else {}),
            "orders": orders_document(fetched),
            "requests": {"total": sum(done.requests.values()), "by_endpoint": done.requests},
            "run": done.run,
            "exit": int(code),
        }
        if trouble := done.trouble or (fetched and fetched.trouble):
            tail["error"] = error_document(trouble)
        if made is None:
            head = {"schema": SCHEMA, "object": job.object.name}
            print_json(head, {"findings": finding_documents(fetched)}, tail)
            return
        tail["outcomes"] = outcome_documents(job, made.number)
        more = finding_documents(fetched)
        print_plan(self._program, job, made, Format.JSON, Show.ALL, next_step="", tail=tail, more=more)


def _notify_outcomes(program: Program, job: JobContext, made: PlanResult, done: RunResult) -> None:
    if not made.plan.counts.changes:
        print_findings(program, job, made, every=False)
        print_guards(program, made.plan)
        held = f", {made.plan.counts.held} held" if made.plan.counts.held else ""
        program.print(f"{made.plan.object}: nothing pending{held}")
        return
    parts = [f"{number} {WORDS[state]}" for state, number in sorted(done.outcomes.items())]
    if made.plan.counts.held:
        parts.append(f"{made.plan.counts.held} held")
    requests = counted(sum(done.requests.values()), "request")
    program.print(f"{', '.join(parts) or 'nothing sent'}; {requests}")
    print_failures(program, job, made.number)
