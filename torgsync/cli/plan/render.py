"""Print a plan for people: the table of pending changes, and the lines below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torgsync.cli.base.findings import INDENT
from torgsync.cli.base.lines import wrapped
from torgsync.cli.base.program import Program
from torgsync.cli.plan.change_table import Show, mover_words, render_changes, table_of
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.left_out import render_findings, render_foreign, render_skip_reason, render_skipped
from torgsync.cli.plan.outcomes import outcome_words
from torgsync.cli.plan.sums import render_sums
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.plan.plan import Plan
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult, PlanResultView


def print_plan_table(
    program: Program, job: JobContext, result: PlanResult, show: Show, *, next_step: str
) -> None:
    """Print the table of pending changes and the lines that sum it up."""
    from torgsync.jobs.plan.result import PlanResultView

    plan, view = result.plan, PlanResultView(job, result)
    name = plan.export.path.replace("\\", "/").rsplit("/", 1)[-1]  # a path of any system
    program.print(f"{plan.object}: {name}, {counted(plan.export.goods, 'good')}, {plan.export.encoding}")
    if show in (Show.CHANGES, Show.HELD, Show.ALL) and plan.counts.changes:
        program.out.print()
        print_changes(program, job, result.number, show)
    if show in (Show.SKIPPED, Show.ALL):
        _print_skipped(program, view)
    if show in (Show.CHANGES, Show.ALL) and plan.counts.foreign:
        goes = "to be removed" if job.object.removal.foreign == "delete" else "left alone"
        products = counted(plan.counts.foreign, "product")
        program.out.print()
        program.print(f"foreign  {products} on Prom.ua not from here, {goes}", 9)
        for line in render_foreign(view.foreign(), every=show is Show.ALL):
            program.print(line, len(INDENT))
    print_findings(program, job, result, every=show is Show.ALL)
    print_guards(program, plan.violations)
    print_sums(program, job, plan, next_step, nothing="nothing pending")


def print_changes(
    program: Program, job: JobContext, plan: int, show: Show, *, outcomes: bool = False
) -> None:
    """Print the table of a plan's changes; with `outcomes` also how each ended that is shown by itself."""
    from torgsync.jobs.plan.result import PlanView

    currency, outcome = job.object.catalog.currency, outcome_words if outcomes else None
    changes = render_changes(PlanView(job, plan), show, currency, outcome)
    program.out.print(table_of(changes.lines))
    if changes.movers:
        program.out.print()
        program.print("biggest price moves")
    for mover in changes.movers:
        program.print(mover_words(mover), 4)
    if changes.folded:
        program.out.print()
        program.print("`--show all` lists every change")


def _print_skipped(program: Program, view: PlanResultView) -> None:
    """Print each reason with the number of goods it keeps out, and the first of them."""
    out = program.out
    out.print()
    for reason, number in view.result.plan.skipped.items():
        program.print(render_skip_reason(reason, number), 9)
        for line in render_skipped(view.skipped(reason), number):
            for text in wrapped(line, out.width, INDENT):
                out.print(text, soft_wrap=True)


def print_findings(program: Program, job: JobContext, result: PlanResult, *, every: bool) -> None:
    """Print findings by code: the first of each and how many more there are, or `every` one."""
    from torgsync.jobs.plan.result import PlanResultView

    groups = PlanResultView(job, result).finding_groups(every=every)
    for number, line in enumerate(render_findings(groups)):
        if not number:
            program.out.print()
        program.print(line, len(INDENT))


def print_sums(program: Program, job: JobContext, plan: Plan, next_step: str, *, nothing: str) -> None:
    """Print the lines that sum a plan up; `nothing` says that it is empty."""
    settings = job.object
    program.out.print()
    for line in render_sums(
        plan,
        currency=settings.catalog.currency,
        requests_per_second=settings.limits.requests_per_second,
        next_step=next_step,
        nothing=nothing,
    ):
        program.print(line)
