"""`torgsync rollback`: a plan back to the values before a run, performed like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import (
    AllowOption,
    ObjectOption,
    RunFormat,
    RunFormatOption,
    Show,
    named_file,
)
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_json
from torgsync.cli.messages.obstacles import obstacle_message
from torgsync.cli.messages.outcomes import notice_message
from torgsync.cli.plan.documents import change_document, plan_head, plan_tail
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.outcomes import (
    NOTHING_SENT,
    earlier_documents,
    notify_trouble,
    outcome_documents,
    perform,
    print_earlier,
    print_kept,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import print_changes, print_sums
from torgsync.cli.plan.reports.kept import keep_report
from torgsync.cli.plan.sums import undone_lines
from torgsync.cli.unattended import UnattendedRuns
from torgsync.core.plan.guards import read_allowed
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.reason import Reason
from torgsync.core.shell import quoted
from torgsync.errors import Exit
from torgsync.i18n import NOTHING, Message, _, composed

if TYPE_CHECKING:
    from torgsync.cli.messages.guards import Letting
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.plan.plan import SavedPlan
    from torgsync.core.plan.rollback import Undone
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import PlanSource, RunView


def rollback(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(help=_("The number of the run, from `torgsync history`."), metavar="RUN", min=1)
    ],
    wanted: ObjectOption = None,
    form: RunFormatOption = RunFormat.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    allow: AllowOption = None,
    show: Annotated[Show, typer.Option("--show", help=_("Which part of the table to show."))] = Show.CHANGES,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=_("Only save the plan, for `sync --plan` to send."),
            metavar="FILE",
            callback=named_file,
        ),
    ] = None,
) -> None:
    """Roll back a run: restore what it changed, where nothing has changed it since."""
    output = form.plain
    program = program_of(context, output)
    file = program.object(wanted)
    allowed = read_allowed(allow or ())
    if out:
        raise typer.Exit(int(_save(program, output, show, number, file, out, allowed)))
    from torgsync.jobs.push.rollback import PlanBack

    command = f"torgsync rollback {number} -o {file.called}"
    source, letting = PlanBack(number, allowed), partial("{} {}".format, command)
    runs = UnattendedRuns(program, unattended=yes)
    with runs.following(wanted):
        code = _perform(program, output, show, file, number, source, allowed, letting, runs, asks=not yes)
    raise typer.Exit(int(code))


def perform_saved(
    program: Program,
    output: Format,
    show: Show,
    runs: UnattendedRuns,
    file: ObjectFile,
    *,
    saved: SavedPlan,
    path: Path,
) -> Exit:
    """Perform a plan that `rollback --out` saved, and return the exit code."""
    from torgsync.jobs.push.saved import SavedChanges

    source, allowed = SavedChanges(saved, path), read_allowed(saved.allow)
    letting = _letting(file, saved.undoes, path)
    return _perform(program, output, show, file, saved.undoes, source, allowed, letting, runs, asks=False)


def _letting(file: ObjectFile, number: int, path: Path) -> Letting:
    """Return what returns the command that saves the plan once more, with what is held let through."""
    return lambda flags: f"torgsync rollback {number} -o {file.called} {flags} --out {quoted(str(path))}"


def _save(
    program: Program, output: Format, show: Show, number: int, file: ObjectFile, path: Path, allowed: Allowed
) -> Exit:
    from torgsync.jobs.push.execute import Notice
    from torgsync.jobs.push.rollback import look_back
    from torgsync.jobs.push.saved import save

    with program.job(file) as job:
        result = look_back(job, number, allowed=allowed)
        if result.reconciled:
            program.notify(notice_message(Reason(Notice.EARLIER_RECONCILED, {"count": result.reconciled})))
        save(job, result, path, allowed=allowed)
        letting = _letting(file, number, path)
        if output is Format.JSON:
            _print_plan_back_json(program, job, result, number, letting)
        else:
            next_step = f"torgsync sync --plan {quoted(str(path))} -o {file.called}"
            _print_plan_back(program, job, result, number, show, letting, next_step)
    return Exit.DONE


def _perform(
    program: Program,
    output: Format,
    show: Show,
    file: ObjectFile,
    number: int,
    source: PlanSource,
    allowed: Allowed,
    letting: Letting,
    runs: UnattendedRuns,
    *,
    asks: bool,
) -> Exit:
    from torgsync.jobs.push.rollback import run_to_undo

    again = f"torgsync rollback {number} -o {file.called}"
    next_step = _("go on with: {command}", command=again)
    with program.job(file) as job, job.stop.handling_signals():
        run_to_undo(job, number)  # a mistyped number is no run, and needs no decision
        look = composed("{command} {file}", command=f"{again} --out", file=_("FILE"))
        program.require_decision(not asks, look, f"{again} --yes")

        def show_plan(result: PlanResult) -> None:
            if output is Format.TABLE:
                _print_plan_back(program, job, result, number, show, letting)

        begun = runs.begin(job, "goods")
        view = perform(program, begun, source, show_plan, next_step, allowed=allowed, asks=asks)
        runs.add(job, view, report=None if asks else keep_report(program, job, view))
        if output is Format.JSON and view.result:
            _print_plan_back_json(program, job, view.result, number, letting, view, next_step)
        else:
            _print_run_back(program, job, view, next_step)
    return view.exit_code


def _print_plan_back(
    program: Program,
    job: JobContext,
    result: PlanResult,
    number: int,
    show: Show,
    letting: Letting,
    next_step: str = "",
) -> None:
    """Print the plan that undoes run `number`."""
    program.hide_progress()
    program.print(_("{object}: back to the values before run {run}", object=result.plan.object, run=number))
    if show.lists_changes and result.plan.counts.changes:
        print_changes(program, job, result.number, show)
    rest = list(undone_lines(result.undone, every=show is Show.ALL)) if result.undone else []
    if rest:
        program.print()
    for line in rest:
        program.print(line.text, line.indent)
    print_guards(program, result.plan, letting)
    print_sums(program, job, result.plan, next_step, nothing=_("nothing to roll back"))


def _print_run_back(program: Program, job: JobContext, view: RunView, next_step: Message) -> None:
    print_earlier(program, job, view)
    if view.declined:
        program.notify(NOTHING_SENT)
        return
    if view.result and view.result.plan.counts.changes:
        print_outcomes(program, job, view, view.result)
    print_kept(program, job, view)
    if view.result and view.result.undone and view.result.undone.remains:
        program.print(_way_on(view.result.undone, job.file.called))
    if view.outcomes.get(Outcome.DONE) and view.result:
        from torgsync.jobs.push.rollback import held_again

        pending = _still_pending(held_again(job, view.result.number))
        source = _PHOTOS_STAY if _only_photos(job, view.result.number) else _EXPORT_STAYS
        program.print(source.filled(pending=pending, object=job.file.called))
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def _only_photos(job: JobContext, number: int) -> bool:
    """Return whether a plan changes nothing but photos, which come from the photo folder."""
    if job.file.photo_folder is None:
        return False
    from torgsync.jobs.plan.result import PlanView

    return all(item.change.fields.keys() == {"photos"} for item in PlanView(job, number).changes())


_EXPORT_STAYS = _(
    "the export still has the values that were rolled back: {pending}. Restore the older export, "
    "or correct it, before that; to see what is pending: torgsync update -o {object}"
)
_PHOTOS_STAY = _(
    "the photo folder still has the photos that were rolled back: {pending}. Put the older photos there "
    "before that; to see what is pending: torgsync update -o {object}"
)


def _still_pending(held: Mapping[bool, int]) -> Message:
    """Return what the next `sync` does with the values that were rolled back; `held` counts what it holds."""
    if not held[True]:
        return _("the next `sync` would send them again")
    if held[False]:
        return _("the next `sync` would send them again, except those that a guard holds")
    return _("a guard would hold them in the next `sync`, so that it sends none of them")


def _way_on(back: Undone, called: str) -> Message:
    """Return what a person can do about that which is not undone."""
    if not back.later_run:
        return _(
            "what stays as it is can be changed in the seller's cabinet, or in Torgsoft: the next `sync` "
            "sends that"
        )
    return _(
        "to undo the rest too, first roll back run {later}, then run {run} again: "
        "torgsync rollback {later} -o {called}",
        later=back.later_run,
        run=back.run,
        called=called,
    )


def _print_plan_back_json(
    program: Program,
    job: JobContext,
    result: PlanResult,
    number: int,
    letting: Letting,
    view: RunView | None = None,
    next_step: Message = NOTHING,
) -> None:
    """Print the plan that undoes run `number` as one document, with what became of it once it was sent."""
    from torgsync.jobs.plan.result import PlanView

    back = result.undone
    tail: dict[str, object] = {}
    if view:
        outcomes = {
            "outcomes": outcome_documents(job, result.number),
            "settled": earlier_documents(job, view),
        }
        tail = {**run_document(job, view), **outcomes}
        if trouble := trouble_of(view, next_step):
            tail["error"] = error_document(trouble)
    counts = (back.not_done, back.recreated, back.hidden) if back else (0, 0, 0)
    turns_back = {"run": number, **dict(zip(("not_done", "anew", "hidden"), counts, strict=True))}
    program.hide_progress()
    print_json(
        plan_head(result.plan) | {"turns_back": turns_back},
        {
            "changes": (change_document(item.change) for item in PlanView(job, result.number).changes()),
            "remains": _remains(back),
        },
        plan_tail(result.plan, letting) | tail,
    )


def _remains(back: Undone | None) -> Iterator[dict[str, object]]:
    for remain in back.remains if back else ():
        yield {
            "good_id": remain.good_id or None,
            "prom_id": remain.prom_id or None,
            "title": remain.title,
            "field": remain.field or None,
            "reason": str(remain.reason),
            "message": obstacle_message(remain),
        }
