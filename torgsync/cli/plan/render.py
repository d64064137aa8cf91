"""Shows a plan to people: the table of pending changes and the lines that sum it up.

The table says for each change a sign and a word, so that it reads without colour. What does not fit a screen
is folded: what many goods have in common is one line. Source: docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import INDENT, MARKS
from torgsync.cli.base.lines import wrapped
from torgsync.cli.base.program import Program
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.plan.changes import creation_words, field_lines, reason_words, sign
from torgsync.cli.plan.outcomes import WORDS
from torgsync.core.findings import SEVERITY, Severity
from torgsync.core.plan.decide import Plan
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.fold import Fold, Folds, Kind, Mover
from torgsync.core.plan.guards import Guard, GuardViolation, prices_flag
from torgsync.core.text import counted

if TYPE_CHECKING:
    from rich.table import Table

    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.update import PlanResult
    from torgsync.state.runs.plans import Numbered

SCREENFUL = 10
"""Goods of one verb that are shown one by one; more are folded, into as many lines at most."""
FOLD = 4
"""Goods with one and the same change that are folded into one line whatever their number."""
FEW = 3
"""Foreign products, and goods with a held price for one reason, that are told one by one."""
GROUPS = 2
"""Groups of goods that a line names; more are counted."""


_Same = tuple[Verb, str, str, str | None]
"""What makes two changes one line: verb, field, how it moves in words, guard."""


class Show(StrEnum):
    """Which part of a plan is shown."""

    SUMMARY = "summary"
    CHANGES = "changes"
    HELD = "held"
    SKIPPED = "skipped"
    ALL = "all"


def print_plan_table(
    program: Program, job: JobContext, made: PlanResult, show: Show, *, next_step: str
) -> None:
    """Print the table of pending changes and the lines that sum it up."""
    out = program.out
    plan = made.plan
    export = plan.export
    facts = f"{_file_name(export.path)}, {counted(export.goods, 'good')}, {export.encoding}"
    program.print(f"{plan.object}: {facts}")
    if show in (Show.CHANGES, Show.HELD, Show.ALL) and plan.counts.changes:
        out.print()
        print_changes(program, job, made.number, show)
    if show in (Show.SKIPPED, Show.ALL):
        _print_skipped(program, job, made)
    if show in (Show.CHANGES, Show.ALL):
        _print_foreign(program, job, plan, every=show is Show.ALL)
    print_findings(program, job, made, every=show is Show.ALL)
    print_guards(program, plan)
    print_sums(program, job, plan, next_step, nothing="nothing pending")


def _file_name(path: str) -> str:
    """Return the last part of a path of any system."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


# The table


def _empty_table() -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("change", no_wrap=True, min_width=10)
    table.add_column("good", overflow="fold")
    table.add_column("name, and each field old -> new", overflow="fold", ratio=1)
    return table


def print_changes(
    program: Program, job: JobContext, plan: int, show: Show, *, outcomes: bool = False
) -> None:
    """Print the table of a plan's changes; with `outcomes` what became of each that is shown by itself."""
    table = _empty_table()
    crowded = set() if show is Show.ALL else _crowded(job, plan, held=show is Show.HELD)
    same = {} if show is Show.ALL else _same_changes(job, plan, crowded)
    folds = Folds()
    with job.transaction() as work:
        for item, group in work.plans.groups(plan):
            change = item.change
            if show is Show.HELD and not change.held:
                continue
            if change.verb in crowded:
                folds.add(change, group)
            elif (key := _same(change)) and key in same:
                same[key][group] += 1
            else:
                _add_change(table, change, whole=show is Show.ALL)
                if outcomes:
                    table.add_row("", "", f"  {_outcome_words(item)}")
    _add_same(table, same)
    for verb in Verb:
        _add_folds(table, folds.of(verb), job.object.catalog.currency)
    program.out.print(table)
    _print_movers(program, folds.movers)
    if crowded:
        program.out.print()
        program.print("`--show all` lists every change")


def _add_same(table: Table, same: Mapping[_Same, Counter[str]]) -> None:
    """Add a line for each change that several goods have to the letter."""
    for (verb, name, moves, held), groups in same.items():
        if groups:
            what = moves if name == "photos" else f"{name} {moves}"
            goods = counted(groups.total(), "good")
            table.add_row(sign(verb, held), "", f"{what} in {goods}{_of(groups)}")


def _print_movers(program: Program, movers: Sequence[Mover]) -> None:
    if movers:
        program.out.print()
        program.print("biggest price moves")
    for mover in movers:
        move = f"{mover.old} -> {mover.new} ({mover.share * 100:+.0f} %)"
        program.print(f"  {mover.good_id}  {mover.title}: {move}", 4)


def _outcome_words(item: Numbered) -> str:
    if item.state is None:
        return f"held by the guard `{item.change.held}`" if item.change.held else "no outcome is known"
    return f"{WORDS[str(item.state)]}{f': {item.message}' if item.message else ''}"


def _crowded(job: JobContext, plan: int, *, held: bool) -> set[Verb]:
    """Return the verbs of so many goods that they are folded; with `held` only held ones count."""
    with job.transaction() as work:
        if held:
            stopped = work.plans.counts(plan)
            totals = Counter[Verb]()
            for (verb, _, is_held), count in stopped.items():
                totals[verb] += count if is_held else 0
        else:
            totals = Counter({verb: work.plans.goods(plan, verb) for verb in Verb})
    return {verb for verb, total in totals.items() if total > SCREENFUL}


def _same(change: Change) -> _Same | None:
    """Return what makes two changes one line: a single field with the same words before and after."""
    lines = field_lines(change.fields, folded=True)
    if len(lines) != 1 or change.verb is Verb.CREATE:
        return None
    return (change.verb, *lines[0], change.held)


def _same_changes(job: JobContext, plan: int, crowded: set[Verb]) -> dict[_Same, Counter[str]]:
    """Return the changes that several goods have, to be counted by group."""
    with job.transaction() as work:
        counts = Counter(
            same
            for item in work.plans.changes(plan)
            if item.change.verb not in crowded and (same := _same(item.change))
        )
    return {same: Counter() for same, number in counts.items() if number >= FOLD}


def _add_change(table: Table, change: Change, *, whole: bool) -> None:
    """Add one change: the good's name, then a line a field; a creation tells little unless all is wanted."""
    mark = sign(change.verb, change.held)
    if change.verb is Verb.CREATE and not whole:
        table.add_row(mark, change.good_id, change.title)
        table.add_row("", "", f"  {creation_words(change.fields)}")
        return
    table.add_row(mark, change.good_id or f"Prom {change.prom_id}", change.title)
    lines = field_lines(change.fields)
    width = max(len(name) for name, _ in lines)
    for name, moves in lines:
        table.add_row("", "", f"  {name:<{width}}  {moves}")
    if change.reason:
        table.add_row("", "", f"  {reason_words(change.reason)}")


def _add_folds(table: Table, folds: Sequence[tuple[Kind, Fold]], currency: str) -> None:
    """Add a line a fold; where there are more than a screen holds, the smallest are counted."""
    shown = folds if len(folds) <= SCREENFUL else folds[: SCREENFUL - 1]
    for kind, fold in shown:
        table.add_row(sign(kind.verb, kind.held or None), "", _fold_words(kind, fold, currency))
    if rest := len(folds) - len(shown):
        verb = folds[0][0].verb
        table.add_row(sign(verb, None), "", f"… and {counted(rest, 'smaller kind')} of change")


def _fold_words(kind: Kind, fold: Fold, currency: str) -> str:
    goods = f"{counted(fold.goods, 'good')}{_of(fold.groups)}"
    if kind.verb is Verb.CREATE:
        worth = f", worth {fold.worth} {currency}" if fold.worth else ""
        return f"{goods}, {fold.pieces} in stock{worth}"
    reason = f": {reason_words(kind.reason)}" if kind.reason else ""
    return f"{kind.field} {kind.how} in {goods}{reason}"


def _of(groups: Counter[str]) -> str:
    """Return in which groups goods lie: by name where they are few."""
    named = [name for name, _ in groups.most_common() if name]
    if not named or len(named) < len(groups):
        return ""
    return f" of {' and '.join(named)}" if len(named) <= GROUPS else f" of {len(named)} groups"


# What is not done


def _print_skipped(program: Program, job: JobContext, made: PlanResult) -> None:
    """Print each reason with the number of goods it keeps out, and the first of them."""
    from torgsync.jobs.plan.update import skipped

    out = program.out
    out.print()
    with job.transaction() as work:
        for reason, number in made.plan.skipped.items():
            program.print(f"skipped  {counted(number, 'good')} {reason_words(reason)}", 9)
            for item in islice(skipped(work, made, reason), SCREENFUL):
                line = f"line {item.line}" if item.line else ""
                said = finding_message(item.finding) if item.finding else ""
                parts = ": ".join(filter(None, (line, item.title, said)))
                for text in wrapped(f"{item.good_id}  {parts}", out.width, INDENT):
                    out.print(text, soft_wrap=True)
            if number > SCREENFUL:
                rest = f"… and {number - SCREENFUL} more; `--format json` lists all"
                program.print(f"{INDENT}{rest}")


def _print_foreign(program: Program, job: JobContext, plan: Plan, *, every: bool) -> None:
    """Print the products that are none of ours, the first of them where not all are wanted."""
    if not plan.counts.foreign:
        return
    goes = "to be removed" if job.object.removal.foreign == "delete" else "left alone"
    program.out.print()
    program.print(f"foreign  {counted(plan.counts.foreign, 'product')} on Prom.ua not from here, {goes}", 9)
    with job.transaction() as work:
        foreign = work.existing.foreign()
    for product in foreign if every else foreign[:FEW]:
        external = f" ({product.external_id})" if product.external_id else ""
        program.print(f"{INDENT}Prom {product.prom_id}{external}  {product.title}", len(INDENT))
    if not every and len(foreign) > FEW:
        program.print(f"{INDENT}… and {len(foreign) - FEW} more; `--show all` lists them")


def print_findings(program: Program, job: JobContext, made: PlanResult, *, every: bool) -> None:
    """Print findings by code: the first of each, and how many more there are."""
    with job.transaction(durable=False) as work:
        counts = Counter(finding.code for finding in made.told) + Counter(work.rows.finding_counts())
        if counts:
            program.out.print()
        for code in sorted(counts, key=lambda code: (list(Severity).index(SEVERITY[code]), code)):
            told = (finding for finding in made.told if finding.code is code)
            found = chain(told, work.rows.findings(code=code))
            for finding in found if every else islice(found, 1):
                place = f"line {finding.line}, " if finding.line else ""
                good = f"good {finding.good_id}: " if finding.good_id else ""
                more = f" (and {counts[code] - 1} more)" if counts[code] > 1 and not every else ""
                mark = MARKS[finding.severity]
                program.print(f"{mark}  {place}{good}{finding_message(finding)}{more}", len(INDENT))


def print_guards(program: Program, plan: Plan) -> None:
    """Print what guards hold, with the likely cause and the flag that lets exactly this through."""
    if not plan.violations:
        return
    program.out.print()
    prices = [violation for violation in plan.violations if violation.guard is Guard.PRICE and violation.flag]
    for violations in _by_cause(
        [violation for violation in plan.violations if violation.guard is Guard.PRICE]
    ):
        if len(violations) <= FEW:
            for violation in violations:
                _print_violation(program, violation, violation.flag)
            continue
        first = violations[0]
        if not first.flag:
            program.print(
                f"! held     {counted(len(violations), 'price')}: {first.observed}; "
                f"the limit is {first.limit}",
                len(INDENT),
            )
            program.print(f"{INDENT}{first.cause}", len(INDENT))
            continue
        observed = (
            f"{counted(len(violations), 'price')}, such as that of good {first.good_id}: {first.observed}"
        )
        flag = (
            prices_flag(prices)
            if len(prices) == len(violations)
            else f"all held prices: {prices_flag(prices)}"
        )
        program.print(f"! held     {observed}; the limit is {first.limit}", len(INDENT))
        program.print(f"{INDENT}{first.cause}; if they are right: {flag}", len(INDENT))
    for violation in plan.violations:
        if violation.guard is not Guard.PRICE:
            _print_violation(program, violation, violation.flag)


def _print_violation(program: Program, violation: GuardViolation, flag: str) -> None:
    good = f"good {violation.good_id}: " if violation.good_id else ""
    program.print(f"! held     {good}{violation.observed}; the limit is {violation.limit}", len(INDENT))
    program.print(f"{INDENT}{violation.cause}{f'; if it is right: {flag}' if flag else ''}", len(INDENT))


def _by_cause(violations: Sequence[GuardViolation]) -> Iterator[list[GuardViolation]]:
    """Yield trips with one and the same cause together, those of most goods first."""
    found: dict[str, list[GuardViolation]] = {}
    for violation in violations:
        found.setdefault(violation.cause, []).append(violation)
    yield from sorted(found.values(), key=len, reverse=True)


# The sums


def print_sums(program: Program, job: JobContext, plan: Plan, next_step: str, *, nothing: str) -> None:
    """Print the lines that sum a plan up; `nothing` says that it is empty."""
    counts = plan.counts
    out = program.out
    out.print()
    out.print(f"{counts.create} to create, {counts.update} to update, {counts.remove} to remove")
    rest = f"{counts.unchanged} unchanged, {counts.foreign} foreign"
    out.print(f"{counts.held} held, {counts.skipped} skipped, {rest}")
    if plan.edited:
        many = "change undoes" if plan.edited == 1 else "changes undo"
        program.print(f"{plan.edited} {many} what was edited on Prom.ua")
    if plan.left_alone:
        program.print(f"left to Prom.ua's side: {_goods_by_field(plan.left_alone)}")
    if plan.removed_stock.products:
        removed_stock, currency = plan.removed_stock, job.object.catalog.currency
        stock = f"{counted(removed_stock.pieces, 'piece')} in stock, worth {removed_stock.worth} {currency}"
        program.print(f"{counted(removed_stock.products, 'product')} would leave with {stock}")
    if plan.pending:
        program.print(
            f"other changes of {counted(plan.pending, 'good')} stay pending: `--fields` leaves them out"
        )
    _print_budget(program, job, plan)
    for word in plan.unmet:
        program.print(f"`--allow {word}` let nothing through: no guard holds it")
    if counts.changes - counts.held > 0 and next_step:
        program.print(f"next: {next_step}")
    elif counts.changes and next_step:
        program.print(f"next: {next_step}, with the flags above if what is held is right")
    elif not counts.changes and not plan.pending:
        program.print(nothing)


def _goods_by_field(fields: Mapping[str, int]) -> str:
    return ", ".join(f"{name} in {counted(number, 'good')}" for name, number in fields.items())


def _print_budget(program: Program, job: JobContext, plan: Plan) -> None:
    budget = plan.budget
    if not budget.requests:
        return
    minutes = ceil(budget.seconds(job.object.limits.requests_per_second) / 60)
    lasts = "a minute" if minutes <= 1 else f"{minutes} minutes"
    imports = f"{counted(budget.imports, 'import')} of {budget.imports_left} left today"
    about = f"about {counted(budget.requests, 'request')}, {lasts}"
    program.print(f"Prom.ua: {about}, {imports if budget.imports else 'no import'}")
