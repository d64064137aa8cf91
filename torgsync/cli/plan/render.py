"""Print a plan for people: the table of pending changes, and the lines below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import INDENT, MARKS, finding_words
from torgsync.cli.base.options import Show
from torgsync.cli.base.output import wrapped
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.messages.guards import (
    Letting,
    allow_command,
    allow_words,
    cause,
    limit,
    observed,
    prices_flag,
    remedy,
    waiting,
)
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.plan.change_table import mover_words, render_changes, table_of
from torgsync.cli.plan.sums import count_lines, removed_lines
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.guards import Cause, Guard, GuardViolation
from torgsync.core.plan.plan import Plan, Skipped
from torgsync.core.product.products import Existing
from torgsync.core.reason import Reason
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.plan.plan import Plan
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import FindingGroup, PlanResult, PlanResultView
    from torgsync.state.runs.change_rows import NumberedChange


def print_plan_table(
    program: Program, job: JobContext, result: PlanResult, show: Show, *, next_step: str, letting: Letting
) -> None:
    """Print the table of pending changes and the lines that sum it up."""
    from torgsync.jobs.plan.result import PlanResultView

    plan, view = result.plan, PlanResultView(job, result)
    name = plan.export.path.replace("\\", "/").rsplit("/", 1)[-1]  # a path of any system
    program.print(f"{plan.object}: {name}, {counted(plan.export.goods, 'good')}, {plan.export.encoding}")
    if show.lists_changes and plan.counts.changes:
        print_changes(program, job, result.number, show)
    if show in (Show.SKIPPED, Show.ALL):
        _print_skipped(program, view)
    if show in (Show.CHANGES, Show.ALL) and plan.counts.foreign:
        removed = job.object.removal.foreign == "delete" and not plan.choice
        goes = "to be removed" if removed else "left alone"
        products = counted(plan.counts.foreign, "product")
        program.print("")
        program.print(f"foreign  {products} on Prom.ua not from here, {goes}", 9)
        for line in render_foreign(view.foreign(), every=show is Show.ALL):
            program.print(line, len(INDENT))
    print_findings(program, job, result, every=show is Show.ALL)
    print_guards(program, plan, letting)
    print_sums(program, job, plan, next_step, nothing="nothing pending")


def print_changes(
    program: Program,
    job: JobContext,
    plan: int,
    show: Show,
    outcome: Callable[[NumberedChange], str] | None = None,
) -> None:
    """Print the table of a plan's changes; with `outcome` also how each ended that is shown by itself."""
    from torgsync.jobs.plan.result import PlanView

    program.print("")
    changes = render_changes(PlanView(job, plan), show, job.object.catalog.currency, outcome)
    program.out.print(table_of(changes.lines))
    if changes.movers:
        program.print("")
        program.print("biggest price moves")
    for mover in changes.movers:
        program.print(mover_words(mover), 4)
    if changes.folded:
        program.print("")
        program.print("`--show all` lists every change")


def _print_skipped(program: Program, view: PlanResultView) -> None:
    out = program.out
    out.print()
    for reason, number in view.result.plan.skipped.items():
        program.print(f"skipped  {counted(number, 'good')} {skip_message(reason)}", 9)
        for line in render_skipped(view.skipped(reason), number):
            for text in wrapped(line, out.width, INDENT):
                out.print(text, soft_wrap=True)


def print_findings(program: Program, job: JobContext, result: PlanResult, *, every: bool) -> None:
    """Print findings by code: the first of each and how many more there are, or `every` one."""
    from torgsync.jobs.plan.result import PlanResultView

    groups = PlanResultView(job, result).finding_groups(every=every)
    for number, line in enumerate(render_findings(groups)):
        if not number:
            program.print("")
        program.print(line, len(INDENT))


def print_sums(program: Program, job: JobContext, plan: Plan, next_step: str, *, nothing: str) -> None:
    """Print the lines that sum a plan up; `nothing` says that it is empty."""
    program.print("")
    currency, pace = job.object.catalog.currency, job.object.limits.requests_per_second
    for line in render_sums(
        plan,
        currency=currency,
        requests_per_second=pace,
        next_step=next_step,
        nothing=nothing,
        days=job.object.removal.grace.days,
    ):
        program.print(line)


FEW_PRICES = 3
"""Held prices with one cause that are shown one by one; more are one line."""


def print_guards(program: Program, plan: Plan, letting: Letting) -> None:
    """Print what guards hold, after an empty line, and the command that lets all of it through."""
    if plan.violations:
        program.print("")
    for line in render_guards(plan.violations, allow_command(plan, letting)):
        program.print(line, len(INDENT))


def render_guards(violations: Sequence[GuardViolation], command: str = "") -> Iterator[str]:
    """Yield two lines a violation; many prices with the same cause are one.

    Where there are several, each has its flag, and the `command` that lets all of them through comes last.
    """
    one = sum(bool(violation.allowance) for violation in violations) == 1
    yield from _render_guards(violations, command if one else "")
    if command and not one:
        yield f"{INDENT}if all of it is right: {command}"


def _render_guards(violations: Sequence[GuardViolation], command: str) -> Iterator[str]:
    prices = [violation for violation in violations if violation.guard is Guard.PRICE]
    allowable = [violation for violation in prices if violation.allowance]
    for same in _by_cause(prices):
        first, number = same[0], counted(len(same), "price")
        if len(same) <= FEW_PRICES:
            for violation in same:
                yield from _lines(violation, command)
        elif not first.allowance:
            yield f"! held     {number}: {observed(first)}; the limit is {limit(first)}"
            yield f"{INDENT}{cause(first)}"
        else:
            flag = prices_flag(allowable)
            flag = flag if len(allowable) == len(same) else f"all held prices: {flag}"
            example = f"{number}, such as that of good {first.good_id}: {observed(first)}"
            yield f"! held     {example}; the limit is {limit(first)}"
            yield f"{INDENT}{cause(first)}; if they are right: {flag}"
    for violation in violations:
        if violation.guard is not Guard.PRICE:
            yield from _lines(violation, command)


def _lines(violation: GuardViolation, command: str) -> Iterator[str]:
    good = f"good {violation.good_id}: " if violation.good_id else ""
    most = f"; the limit is {most}" if (most := limit(violation)) else ""
    yield f"! held     {good}{observed(violation)}{most}"
    ways = [cause(violation), waiting(violation), allow_words(violation, command)]
    if cure := remedy(violation):
        yield f"{INDENT}{ways.pop(0)}"
        yield f"{INDENT}{cure}"
    yield f"{INDENT}{'; '.join(filter(None, ways))}"


def _by_cause(violations: Sequence[GuardViolation]) -> list[list[GuardViolation]]:
    """Return violations with the same cause together, those of most goods first."""
    groups: dict[Reason[Cause], list[GuardViolation]] = {}
    for violation in violations:
        groups.setdefault(violation.cause, []).append(violation)
    return sorted(groups.values(), key=len, reverse=True)


FEW = 3
"""Foreign products that are listed; more are counted."""


def render_skipped(goods: Iterable[Skipped], number: int) -> Iterator[str]:
    """Yield the first goods of one reason, and how many more of them there are."""
    for item in islice(goods, SCREENFUL):
        line = f"line {item.line}" if item.line else ""
        message = finding_words(item.finding) if item.finding else ""
        yield f"{item.good_id}  {': '.join(filter(None, (line, item.title, message)))}"
    if number > SCREENFUL:
        yield f"… and {number - SCREENFUL} more; `--format json` lists all"


def render_foreign(foreign: Sequence[Existing], *, every: bool) -> Iterator[str]:
    """Yield the products that torgsync does not manage: the first of them, or `every` one."""
    for product in foreign if every else foreign[:FEW]:
        external = f" ({product.external_id})" if product.external_id else ""
        yield f"{INDENT}Prom {product.prom_id}{external}  {product.title}"
    if not every and len(foreign) > FEW:
        yield f"{INDENT}… and {len(foreign) - FEW} more; `--show all` lists them"


def render_findings(groups: Iterable[FindingGroup]) -> Iterator[str]:
    """Yield findings by code: those of the group, and how many more there are."""
    for group in groups:
        rest = group.count - len(group.findings)
        for finding in group.findings:
            place = f"line {finding.line}, " if finding.line else ""
            good = f"good {finding.good_id}: " if finding.good_id else ""
            more = f" (and {rest} more)" if rest else ""
            yield f"{MARKS[group.code.severity]}  {place}{good}{finding_words(finding)}{more}"


def skipped_documents(goods: Iterable[Skipped]) -> Iterator[dict[str, object]]:
    """Yield skipped goods as JSON or as rows for CSV."""
    for item in goods:
        yield {
            "good_id": item.good_id,
            "title": item.title or None,
            "line": item.line or None,
            "reason": str(item.reason),
            "message": finding_words(item.finding) if item.finding else skip_message(item.reason),
        }


def foreign_documents(foreign: Iterable[Existing]) -> Iterator[dict[str, object]]:
    """Yield the products on Prom.ua that torgsync does not manage as JSON."""
    for product in foreign:
        yield {
            "prom_id": product.prom_id,
            "external_id": product.external_id or None,
            "title": product.title,
            "status": product.values.get("status"),
        }


def render_sums(
    plan: Plan, *, currency: str, requests_per_second: float, next_step: str, nothing: str, days: int = 0
) -> Iterator[str]:
    """Yield the lines; `next_step` is a command, empty for none, `nothing` says that the plan is empty.

    `days` is how long a product whose good left the export stays hidden before it is deleted.
    """
    counts = plan.counts
    yield from count_lines(counts)
    if plan.edited:
        many = "change undoes" if plan.edited == 1 else "changes undo"
        yield f"{plan.edited} {many} what was edited on Prom.ua"
    if plan.left_alone:
        goods = (f"{name} in {counted(number, 'good')}" for name, number in plan.left_alone.items())
        yield f"left to Prom.ua's side: {', '.join(goods)}"
    yield from removed_lines(plan, currency, days)
    yield from _choice(plan)
    if plan.budget.requests:
        yield _cost(plan.budget, requests_per_second)
    for allowance in plan.unmet:
        yield f"`--allow {allowance}` let nothing through: no guard holds it"
    if counts.to_send and next_step:
        yield f"next: {next_step}"
    elif not counts.changes:
        yield NOTHING_CHOSEN if plan.pending else nothing


NOTHING_CHOSEN = "nothing of what was chosen is pending"


def _choice(plan: Plan) -> Iterator[str]:
    """Yield what the choice leaves out and takes along, and by what the guards measured it."""
    if plan.variants:
        number = counted(plan.variants, "item")
        yield f"{number} more than chosen: the variants of one group go together"
    if plan.choice.of_goods and any(held.guard is not Guard.PRICE for held in plan.violations):
        yield "the guards measure everything that is pending, not the chosen items alone"
    if plan.pending:
        yield pending_words(plan)


def pending_words(plan: Plan) -> str:
    """Return how many goods have changes that were not chosen, and which options leave them out."""
    choice = plan.choice
    options = ("--fields", choice.fields), ("--good", choice.goods), ("--group", choice.groups)
    given = [f"`{option}`" for option, value in (*options, ("--first", choice.first)) if value]
    leave = "leave" if len(given) > 1 else "leaves"
    goods = counted(plan.pending, "good")
    return f"other changes of {goods} stay pending: {' and '.join(given)} {leave} them out"


def _cost(budget: Budget, requests_per_second: float) -> str:
    minutes = ceil(budget.seconds(requests_per_second) / 60)
    lasts = "a minute" if minutes <= 1 else f"{minutes} minutes"
    imports = f"{counted(budget.imports, 'import')} of {budget.imports_left} left today"
    about = f"about {counted(budget.requests, 'request')}, {lasts}"
    return f"Prom.ua: {about}, {imports if budget.imports else 'no import'}"
