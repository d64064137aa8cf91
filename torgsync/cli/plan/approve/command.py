"""`torgsync approve`: send what an unattended run held, once a person has looked at it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import ObjectOption, RunFormat, RunFormatOption, separated
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.plan.approve.render import print_approval, print_approval_json, print_approved
from torgsync.cli.plan.outcomes import (
    perform,
    print_failures,
)
from torgsync.cli.plan.reports.kept import keep_report
from torgsync.cli.unattended import UnattendedRuns
from torgsync.core.plan.guards import Allowed
from torgsync.core.shell import quoted
from torgsync.errors import Exit, UsageError
from torgsync.i18n import _

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.plan.result import PlanResult


def approve(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(help=_("The name of the plan, from a notification or from the run."), metavar="PLAN"),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=_("Only these of the held items."), metavar="ID,…", callback=separated),
    ] = None,
    wanted: ObjectOption = None,
    form: RunFormatOption = RunFormat.TABLE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
) -> None:
    """Send what an unattended run held, as far as it is still the same. Nothing else is sent."""
    output = form.plain
    program = program_of(context, output)
    file = _object(program, wanted, name)
    runs = UnattendedRuns(program, unattended=yes)
    with runs.following(file.called):
        code = _approve(program, runs, file, name, tuple(only or ()), output, asks=not yes)
    raise typer.Exit(int(code))


def _object(program: Program, wanted: str | None, name: str) -> ObjectFile:
    """Return the sync object that is named, or the one that has the plan. Raises UsageError."""
    from torgsync.jobs.push.approval import objects_keeping, plan_name, plan_of_another, unknown_plan

    if wanted is not None:
        from torgsync.files.config.objects import list_objects, load_object

        file = program.object(wanted)
        every = {path.stem: partial(load_object, path) for path in list_objects(program.settings.objects)}
        found, _names = objects_keeping(program.settings, every, plan_name(name))
        if found and file.slug not in {other.slug for other in found}:
            raise plan_of_another(name, file, found[0])
        return file
    objects = program.objects(None, every=True)
    if len(objects) < 2:  # noqa: PLR2004  # the only one need not be looked for
        return program.object(None)
    found, known = objects_keeping(program.settings, objects, plan_name(name))
    if not found:
        raise unknown_plan(name, known)
    if len(found) > 1:
        raise UsageError(
            _(
                "several sync objects have a kept plan `{name}`: {objects:quoted}",
                name=name,
                objects=[file.settings.name for file in found],
            ),
            hint=_("name one with `--object NAME`"),
        )
    return program.object(found[0].settings.name)


def _approve(
    program: Program,
    runs: UnattendedRuns,
    file: ObjectFile,
    name: str,
    only: tuple[str, ...],
    output: Format,
    *,
    asks: bool,
) -> Exit:
    from torgsync.jobs.push.approval import ApprovedChanges, kept_plan, refuse_not_held

    runs.works_on(file, "goods")
    with program.job(file) as job, job.stop.handling_signals():
        kept = kept_plan(job, name)
        if only:
            refuse_not_held(job, kept, only)
        some = f" --only {quoted(','.join(only))}" if only else ""
        again = f"torgsync approve {kept.name}{some} -o {file.called}"
        program.require_decision(not asks, f"torgsync history {kept.run} -o {file.called}", f"{again} --yes")
        next_step = _("go on with: {command}", command=again)

        def show(result: PlanResult) -> None:
            if output is Format.TABLE:
                print_approved(program, job, kept, result)
                if asks:  # a person should know before the answer; else it is said once, at the end
                    print_failures(program, job, result.number)

        source = ApprovedChanges(kept, only)
        begun = runs.begin(job, "goods")
        view = perform(program, begun, source, show, next_step, allowed=Allowed(), asks=asks)
        runs.add(job, view, report=None if asks else keep_report(program, job, view))
        if output is Format.JSON:
            print_approval_json(program, job, kept, view, next_step)
        else:
            print_approval(program, job, view, next_step)
    return view.exit_code
