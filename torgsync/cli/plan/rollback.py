"""`torgsync rollback`: a plan back to the values before a run, performed like any other."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.plan.documents import change_document, plan_head, plan_tail
from torgsync.cli.plan.outcomes import (
    WORDS,
    notify_reconciled,
    notify_trouble,
    outcome_documents,
    print_failures,
    stopped,
)
from torgsync.cli.plan.render import Show, print_changes, print_guards, print_sums
from torgsync.cli.plan.update import AllowOption
from torgsync.core.plan.rollback import Left
from torgsync.core.text import counted
from torgsync.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.rollback import Remain, Undone
    from torgsync.core.plan.saved import SavedPlan
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.update import PlanResult
    from torgsync.jobs.push.sync import RunResult
    from torgsync.jobs.run import Run
    from torgsync.prom.api import Prom

NAMED = 20
"""Things that stay as they are which the table names; `--show all` names more."""
_WHY = {
    Left.MOVED: "it changed since then",
    Left.UNKNOWN: "nobody knows what it was before",
    Left.NO_CALL: "no call of Prom.ua changes it",
    Left.ABSENT: "the product is not on Prom.ua any more",
    Left.MODERATED: "Prom.ua's moderators deleted the product",
    Left.NEVER_SENT: "it was deleted, and too little of it was ever sent from here to make it anew",
    Left.REFUSED: "Prom.ua refused it when it was tried; `torgsync update --full-refresh` has it tried again",
    Left.FOREIGN: "it was deleted and never sent from here, so nothing is known of which it could be made",
    Left.NO_EXTERNAL_ID: "it needs an import, and Prom.ua has the product without an external id",
    Left.UNCLEAR: "nobody knows whether that run did it: look it up in the seller's cabinet",
    Left.KEPT: 'it was made by that run, and gone = "keep" under [removal] leaves it there',
}
"""Why something stays, in words."""


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
    call = _Call(program, form, show, number, read_allowed(allow or ()), asks=program.asks and not yes)
    raise typer.Exit(int(call.save(file, out) if out else call.perform(file)))


def perform_saved(
    program: Program, form: Format, show: Show, file: ObjectFile, saved: SavedPlan, path: Path
) -> Exit:
    """Perform a plan that `rollback --out` saved, and return the exit code."""
    from torgsync.core.plan.guards import read_allowed

    call = _Call(program, form, show, saved.undoes, read_allowed(saved.allow), asks=False)
    return call.perform(file, (saved, path))


class _Call:
    """One call of `rollback`."""

    def __init__(
        self, program: Program, form: Format, show: Show, number: int, allowed: Allowed, *, asks: bool
    ) -> None:
        self._program = program
        self._form = form
        self._print_table = show
        self._number = number
        self._allowed = allowed
        self._asks = asks and form is Format.TABLE

    def save(self, file: ObjectFile, path: Path) -> Exit:
        """Show the plan and save it; nothing is sent."""
        from torgsync.jobs.connect import prom_of
        from torgsync.jobs.push.rollback import plan_back
        from torgsync.jobs.push.saved import save
        from torgsync.jobs.run import refuse_held
        from torgsync.jobs.shop import refuse_other_shop

        with self._program.job(file) as job:
            refuse_held(job)
            with prom_of(job) as prom:
                refuse_other_shop(job, prom, self._allowed)
                made = plan_back(job, prom, self._number, allowed=self._allowed)
            notify_reconciled(self._program, made)
            save(job, made, path, allowed=self._allowed, only=())
            if self._form is Format.JSON:
                self._print_json(job, made, {})
            else:
                self._print(job, made, f"torgsync sync --plan {shlex.quote(str(path))}")
        return Exit.DONE

    def perform(self, file: ObjectFile, saved: tuple[SavedPlan, Path] | None = None) -> Exit:
        """Turn the run back, or what a saved plan holds of it, and return the exit code."""
        from torgsync.jobs.push.history import run_of

        with self._program.job(file) as job, job.stop.handling_signals():
            run_of(job, self._number)
            try:
                return self._run(job, saved)
            except Interrupted as stop:
                raise Interrupted("stopped by you before anything was sent", hint=self._next(job)) from stop

    def _next(self, job: JobContext) -> str:
        """Return how to go on after a stop: what is turned back already needs nothing."""
        return f"go on with: torgsync rollback {self._number} -o {job.file.called}"

    def _run(self, job: JobContext, saved: tuple[SavedPlan, Path] | None) -> Exit:
        from torgsync.jobs.connect import prom_of
        from torgsync.jobs.push.sync import decline, perform, run_result
        from torgsync.jobs.run import running

        with running(job) as run, prom_of(job, run) as prom:
            job = run.context
            made = self._prepare(job, prom, run, saved)
            notify_reconciled(self._program, made)
            if self._form is Format.TABLE:
                self._print(job, made, "")
            if not made.plan.counts.changes:
                done = run_result(job, run, made)
            elif self._agreed(job, made):
                done = perform(job, prom, run, made)
            else:
                decline(job, made)
                self._program.notify("nothing was sent")
                run.exit_code = Exit.DONE
                return Exit.DONE
            if isinstance(done.trouble, Interrupted):
                done = replace(done, trouble=stopped(done, self._next(job)))
            stays = [Exit.PARTIAL] if made.back and made.back.remains else []
            run.exit_code = Exit.worst([done.exit_code(made, None), *stays])
            self._report(job, made, done, run.exit_code)
        return run.exit_code

    def _prepare(
        self, job: JobContext, prom: Prom, run: Run, saved: tuple[SavedPlan, Path] | None
    ) -> PlanResult:
        """Return the plan back, made now or saved before, when what earlier runs left behind is settled."""
        from torgsync.jobs.push.rollback import prepare_back
        from torgsync.jobs.push.saved import prepare_saved, refuse_stale
        from torgsync.jobs.push.sync import recover
        from torgsync.jobs.shop import refuse_other_shop

        if saved:
            refuse_stale(job, saved[0])
        refuse_other_shop(job, prom, self._allowed)
        if recover(job, prom, run):
            self._program.notify("an import that an earlier run left behind was settled first")
        if saved:
            return prepare_saved(job, prom, run, *saved)
        return prepare_back(job, prom, run.number, self._number, allowed=self._allowed)

    def _agreed(self, job: JobContext, made: PlanResult) -> bool:
        going = made.plan.counts.changes - made.plan.counts.held
        if not self._asks or going <= 0:
            return True
        with job.stop.interruptible():
            return typer.confirm("Send this to Prom.ua?", default=False, err=True)

    # For people

    def _print(self, job: JobContext, made: PlanResult, next_step: str) -> None:
        program, counts = self._program, made.plan.counts
        program.hide_progress()
        program.print(f"{made.plan.object}: back to the values before run {self._number}")
        if self._print_table in (Show.CHANGES, Show.HELD, Show.ALL) and counts.changes:
            program.out.print()
            print_changes(program, job, made.number, self._print_table)
        if made.back:
            self._print_rest(made.back)
        print_guards(program, made.plan)
        print_sums(program, job, made.plan, next_step, nothing="nothing to turn back")

    def _print_rest(self, back: Undone) -> None:
        """Print what cannot be turned back, good by good, and what comes back only in part."""
        program = self._program
        if back.remains or back.not_done or back.anew or back.hidden:
            program.out.print()
        named = back.remains if self._print_table is Show.ALL else back.remains[:NAMED]
        for remain in named:
            program.print(f"! stays    {_called(remain)}: {_WHY[remain.reason]}", 11)
        if rest := len(back.remains) - len(named):
            program.print(f"! stays    … and {rest} more; `--show all` lists them", 11)
        if back.not_done:
            program.print(f"{counted(back.not_done, 'change')} of that run never happened")
        if back.hidden:
            program.print(
                f"{counted(back.hidden, 'product')} that the run made would be hidden, not deleted: "
                "Prom.ua takes no deleted id a second time, and the next `torgsync sync` may want it again"
            )
        if back.anew:
            program.print(
                f"{counted(back.anew, 'product')} would be made anew of what was last sent from here: "
                "reviews, sales, place in lists and what was added in the cabinet do not come back, "
                "and Prom.ua may refuse an id that was deleted"
            )

    def _report(self, job: JobContext, made: PlanResult, done: RunResult, code: Exit) -> None:
        if self._form is Format.JSON:
            self._print_json(job, made, _ended(job, made, done, code))
            return
        from torgsync.state.runs.plans import State

        program = self._program
        if made.plan.counts.changes:
            parts = [f"{number} {WORDS[state]}" for state, number in sorted(done.outcomes.items())]
            if made.plan.counts.held:
                parts.append(f"{made.plan.counts.held} held")
            requests = counted(sum(done.requests.values()), "request")
            program.print(f"{', '.join(parts) or 'nothing sent'}; {requests}")
            print_failures(program, job, made.number)
        if done.outcomes.get(State.DONE):
            program.print(
                "the export still asks for what was turned back, and `torgsync update` shows it as pending: "
                "restore the older export, or correct it, before the next `torgsync sync`"
            )
        if done.trouble:
            notify_trouble(program, done.trouble)

    # For programs

    def _print_json(self, job: JobContext, made: PlanResult, tail: dict[str, object]) -> None:
        back = made.back
        told = {
            "run": self._number,
            "not_done": back.not_done if back else 0,
            "anew": back.anew if back else 0,
            "hidden": back.hidden if back else 0,
        }
        self._program.hide_progress()
        with job.transaction() as work:
            print_json(
                plan_head(made.plan) | {"turns_back": told},
                {
                    "changes": (change_document(item.change) for item in work.plans.changes(made.number)),
                    "remains": _remains(back),
                },
                plan_tail(made.plan) | tail,
            )


def _called(remain: Remain) -> str:
    called = remain.good_id or f"Prom {remain.prom_id}"
    return f"{called}  {remain.title}{f', {remain.field}' if remain.field else ''}"


def _remains(back: Undone | None) -> Iterator[dict[str, object]]:
    for remain in back.remains if back else ():
        yield {
            "good_id": remain.good_id or None,
            "prom_id": remain.prom_id or None,
            "title": remain.title,
            "field": remain.field or None,
            "reason": str(remain.reason),
            "message": _WHY[remain.reason],
        }


def _ended(job: JobContext, made: PlanResult, done: RunResult, code: Exit) -> dict[str, object]:
    tail: dict[str, object] = {
        "requests": {"total": sum(done.requests.values()), "by_endpoint": done.requests},
        "run": done.run,
        "exit": int(code),
        "outcomes": outcome_documents(job, made.number),
    }
    if done.trouble:
        tail["error"] = error_document(done.trouble)
    return tail
