"""Print a plan for people: the table of pending changes, and the lines below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import INDENT, MARKS, finding_words
from torgsync.cli.base.options import Show
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.messages.guards import Letting
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.plan.change_table import mover_words, render_changes, table_of
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.labels import label_width, labelled
from torgsync.cli.plan.sums import count_lines, removed_lines
from torgsync.core.counts import item_count, request_count
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.guards import Guard
from torgsync.core.plan.plan import Plan, Skipped
from torgsync.core.product.field_words import field_word
from torgsync.core.product.products import Existing
from torgsync.i18n import Message, _, _n, composed, joined, verbatim

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
    items, encoding = item_count(plan.export.goods), plan.export.encoding
    program.print(
        composed(
            "{object}: {name}, {items}, {encoding}",
            object=plan.object,
            name=name,
            items=items,
            encoding=encoding,
        )
    )
    if show.lists_changes and plan.counts.changes:
        print_changes(program, job, result.number, show)
    if show in (Show.SKIPPED, Show.ALL):
        _print_skipped(program, view)
    if show in (Show.CHANGES, Show.ALL) and plan.counts.foreign:
        removed = job.object.removal.foreign == "delete" and not plan.choice
        _print_foreign(program, view, plan.counts.foreign, removed=removed, every=show is Show.ALL)
    print_findings(program, job, result, every=show is Show.ALL)
    print_guards(program, plan, letting)
    print_sums(program, job, plan, next_step, nothing=NOTHING_PENDING)


NOTHING_PENDING = _("no changes are pending")


def _print_foreign(
    program: Program, view: PlanResultView, number: int, *, removed: bool, every: bool
) -> None:
    """Print the products that torgsync does not manage, and what becomes of them."""
    program.print()
    if removed:
        head = _n(
            "foreign  {count} product on Prom.ua is not managed by torgsync; it will be removed",
            "foreign  {count} products on Prom.ua are not managed by torgsync; they will be removed",
            number,
        )
    else:
        head = _n(
            "foreign  {count} product on Prom.ua is not managed by torgsync; it stays as it is",
            "foreign  {count} products on Prom.ua are not managed by torgsync; they stay as they are",
            number,
        )
    program.print(head, 9)
    for line in render_foreign(view.foreign(), every=every):
        program.print(line, len(INDENT))


def print_changes(
    program: Program,
    job: JobContext,
    plan: int,
    show: Show,
    outcome: Callable[[NumberedChange], Message] | None = None,
) -> None:
    """Print the table of a plan's changes; with `outcome` also how each ended that is shown by itself."""
    from torgsync.jobs.plan.result import PlanView

    program.print()
    changes = render_changes(PlanView(job, plan), show, job.object.catalog.currency, outcome)
    program.print_table(table_of(changes.lines))
    if changes.movers:
        program.print()
        program.print(_("biggest price changes"))
    for mover in changes.movers:
        program.print(mover_words(mover), 4)
    if changes.folded:
        program.print()
        program.print(_("`--show all` lists every change"))


def _print_skipped(program: Program, view: PlanResultView) -> None:
    program.print()
    if not view.result.plan.skipped:
        program.print(_("no item is skipped"))
    for reason, number in view.result.plan.skipped.items():
        why = skip_message(reason)
        program.print(
            _n("skipped  {count} item: {reason}", "skipped  {count} items: {reason}", number, reason=why), 9
        )
        for line in render_skipped(view.skipped(reason), number):
            program.print_lines(line, INDENT)
    plan = view.result.plan
    if leaving := sum(plan.skipped.values()) - plan.counts.skipped:
        program.print(
            _n(
                "{count} of them is still on Prom.ua: taking it down is one of the changes",
                "{count} of them are still on Prom.ua: taking them down is among the changes",
                leaving,
            )
        )


def print_findings(program: Program, job: JobContext, result: PlanResult, *, every: bool) -> None:
    """Print findings by code: the first of each and how many more there are, or `every` one."""
    from torgsync.jobs.plan.result import PlanResultView

    groups = PlanResultView(job, result).finding_groups(None if every else 1)
    for number, line in enumerate(render_findings(groups)):
        if not number:
            program.print()
        program.print(line, label_width())


def print_sums(program: Program, job: JobContext, plan: Plan, next_step: str, *, nothing: Message) -> None:
    """Print the lines that sum a plan up; `nothing` says that it is empty."""
    program.print()
    currency, pace = job.object.catalog.currency, job.object.limits.requests_per_second
    totals = count_lines(plan.counts)
    for line in render_sums(
        plan,
        currency=currency,
        requests_per_second=pace,
        next_step=next_step,
        nothing=nothing,
        days=job.object.removal.grace.days,
    ):
        program.print(line, style="total" if line in totals else None)


FEW = 3
"""Foreign products that are listed; more are counted."""


def render_skipped(goods: Iterable[Skipped], number: int) -> Iterator[Message]:
    """Yield the first goods of one reason, and how many more of them there are."""
    for item in islice(goods, SCREENFUL):
        line = _("line {line}", line=item.line) if item.line else ""
        message = finding_words(item.finding) if item.finding else ""
        what = joined(": ", filter(None, (line, item.title, message)))
        yield composed("{item}  {what}", item=item.good_id, what=what)
    if number > SCREENFUL:
        yield _("… and {more} more; `--format json` lists all", more=number - SCREENFUL)


def render_foreign(foreign: Sequence[Existing], *, every: bool) -> Iterator[Message]:
    """Yield the products that torgsync does not manage: the first of them, or `every` one."""
    for product in foreign if every else foreign[:FEW]:
        external = f" ({product.external_id})" if product.external_id else ""
        yield verbatim(f"{INDENT}Prom {product.prom_id}{external}  {product.title}")
    if not every and len(foreign) > FEW:
        more = _("… and {more} more; `--show all` lists them", more=len(foreign) - FEW)
        yield composed("{indent}{more}", indent=INDENT, more=more)


def render_findings(groups: Iterable[FindingGroup]) -> Iterator[Message]:
    """Yield findings by code: those of the group, and how many more there are."""
    for group in groups:
        rest = group.count - len(group.findings)
        for finding in group.findings:
            line = _("line {line}", line=finding.line) if finding.line else ""
            item = _("item {item}", item=finding.good_id) if finding.good_id else ""
            place = joined(", ", filter(None, (line, item)))
            text = finding_words(finding)
            text = composed("{place}: {text}", place=place, text=text) if place else text
            if rest:
                text = _n(
                    "{text} ({count} more such case; all: `--show all`)",
                    "{text} ({count} more such cases; all: `--show all`)",
                    rest,
                    text=text,
                )
            yield labelled(MARKS[group.code.severity], text)


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
    plan: Plan, *, currency: str, requests_per_second: float, next_step: str, nothing: Message, days: int = 0
) -> Iterator[Message]:
    """Yield the lines; `next_step` is a command, empty for none, `nothing` says that the plan is empty.

    `days` is how long a product whose good left the export stays hidden before it is deleted.
    """
    counts = plan.counts
    yield from count_lines(counts)
    if plan.edited:
        yield _n(
            "{count} change undoes what was edited on Prom.ua",
            "{count} changes undo what was edited on Prom.ua",
            plan.edited,
        )
    if plan.left_alone:
        goods = (
            _("{field} in {items}", field=field_word(name), items=item_count(number))
            for name, number in plan.left_alone.items()
        )
        yield _("kept as it is on Prom.ua: {fields}", fields=joined(", ", goods))
    yield from removed_lines(plan, currency, days)
    yield from _choice(plan)
    if plan.budget.requests:
        yield _cost(plan.budget, requests_per_second)
    for allowance in plan.unmet:
        yield _("`--allow {allowance}` had no effect: no guard holds this", allowance=allowance)
    importing = plan.skipped.get(SkipReason.IN_IMPORT, 0)
    if importing and next_step:
        yield _n(
            "{count} item is in an import that has not ended yet; the next run checks how it ended: "
            "{command}",
            "{count} items are in an import that has not ended yet; the next run checks how it ended: "
            "{command}",
            importing,
            command=next_step,
        )
    elif counts.to_send and next_step:
        yield _("next: {command}", command=next_step)
    elif not counts.changes:
        yield NOTHING_CHOSEN if plan.pending else nothing


NOTHING_CHOSEN = _("no chosen changes are pending")


def _choice(plan: Plan) -> Iterator[Message]:
    """Yield what the choice leaves out and takes along, and by what the guards measured it."""
    if plan.variants:
        yield _n(
            "{count} item more than chosen: the variants of one group are sent together",
            "{count} items more than chosen: the variants of one group are sent together",
            plan.variants,
        )
    if plan.choice.of_goods and any(held.guard is not Guard.PRICE for held in plan.violations):
        yield _("the guards measure everything that is pending, not only the chosen items")
    if plan.pending:
        yield pending_words(plan)


def pending_words(plan: Plan) -> Message:
    """Return how many goods have changes that were not chosen, and which options leave them out."""
    choice = plan.choice
    options = ("--fields", choice.fields), ("--good", choice.goods), ("--group", choice.groups)
    given = [option for option, value in (*options, ("--first", choice.first)) if value]
    return _n(
        "other changes of {count} item stay pending: not chosen by {options:quoted}",
        "other changes of {count} items stay pending: not chosen by {options:quoted}",
        plan.pending,
        options=given,
    )


def _cost(budget: Budget, requests_per_second: float) -> Message:
    requests = request_count(budget.requests)
    minutes = ceil(budget.requests / requests_per_second / 60)
    if minutes > 1:
        lasts = _n("{count} minute", "{count} minutes", minutes)
        requests = composed("{requests}, {minutes}", requests=requests, minutes=lasts)
    if not budget.imports:
        return _("to send: about {requests}; no import is needed", requests=requests)
    return _n(
        "to send: about {requests}, 3 to 10 minutes; uses {imports} of the {count} import left today",
        "to send: about {requests}, 3 to 10 minutes; uses {imports} of the {count} imports left today",
        budget.imports_left,
        imports=budget.imports,
        requests=requests,
    )
