"""Print what of a kept plan is approved, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import Show
from torgsync.cli.base.program import Format, Program
from torgsync.cli.plan.guards import render_found
from torgsync.cli.plan.labels import GUARD, label_width
from torgsync.cli.plan.outcomes import (
    NOTHING_SENT,
    earlier_documents,
    notify_trouble,
    outcome_documents,
    print_earlier,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import NOTHING_PENDING, print_changes, print_sums
from torgsync.cli.plan.update import print_plan
from torgsync.i18n import Message, _, joined

if TYPE_CHECKING:
    from torgsync.core.plan.approval.kept import KeptPlan
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import RunView


def print_approved(program: Program, job: JobContext, kept: KeptPlan, result: PlanResult) -> None:
    """Print the approved part of a plan before it is sent."""
    program.hide_progress()
    program.print(
        _(
            "{object}: from the plan `{name}` that run {run} kept, {at:time}",
            object=result.plan.object,
            name=kept.name,
            run=kept.run,
            at=kept.at,
        )
    )
    print_changes(program, job, result.number, Show.CHANGES)
    program.print()
    for line in render_found(result.plan.overrides, GUARD):
        program.print(line, label_width())
    print_sums(program, job, result.plan, "", nothing=NOTHING_PENDING)


def print_approval(program: Program, job: JobContext, view: RunView, next_step: Message) -> None:
    """Print what became of it, and that other changes are still held."""
    print_earlier(program, job, view)
    if view.declined:
        program.notify(NOTHING_SENT)
        return
    if view.result:
        print_outcomes(program, job, view, view.result)
        if left := sorted({violation.guard for violation in view.result.plan.violations}):
            program.print(
                _(
                    "other changes are still held ({guards}): torgsync update -o {called} --show held",
                    guards=joined(", ", [f"`{guard}`" for guard in left]),
                    called=job.file.called,
                )
            )
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def print_approval_json(
    program: Program, job: JobContext, kept: KeptPlan, view: RunView, next_step: Message
) -> None:
    """Print it as one document."""
    if view.result is None:  # pragma: no cover  # an approval always has a plan
        return
    tail: dict[str, object] = {
        **run_document(job, view),
        "approved": {"plan": kept.name, "run": kept.run},
        "outcomes": outcome_documents(job, view.result.number),
        "settled": earlier_documents(job, view),
    }
    if trouble := trouble_of(view, next_step):
        tail["error"] = error_document(trouble)
    letting = f"torgsync sync -o {job.file.called} {{}}".format
    print_plan(program, job, view.result, Format.JSON, Show.ALL, next_step="", letting=letting, tail=tail)
