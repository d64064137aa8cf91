"""The lines that sum a plan up: everything counted, what it costs, and the next command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from torgsync.core.plan.channels import Budget
from torgsync.core.plan.plan import Plan
from torgsync.core.text import counted


def render_sums(
    plan: Plan, *, currency: str, requests_per_second: float, next_step: str, nothing: str
) -> Iterator[str]:
    """Yield the lines; `next_step` is a command, empty for none, `nothing` says that the plan is empty."""
    counts = plan.counts
    yield f"{counts.create} to create, {counts.update} to update, {counts.remove} to remove"
    rest = f"{counts.unchanged} unchanged, {counts.foreign} foreign"
    yield f"{counts.held} held, {counts.skipped} skipped, {rest}"
    if plan.edited:
        many = "change undoes" if plan.edited == 1 else "changes undo"
        yield f"{plan.edited} {many} what was edited on Prom.ua"
    if plan.left_alone:
        yield f"left to Prom.ua's side: {_goods_by_field(plan.left_alone)}"
    if plan.removed_stock.products:
        removed = plan.removed_stock
        stock = f"{counted(removed.pieces, 'piece')} in stock, worth {removed.worth} {currency}"
        yield f"{counted(removed.products, 'product')} would leave with {stock}"
    if plan.pending:
        yield f"other changes of {counted(plan.pending, 'good')} stay pending: `--fields` leaves them out"
    if plan.budget.requests:
        yield _cost(plan.budget, requests_per_second)
    for allowance in plan.unmet:
        yield f"`--allow {allowance}` let nothing through: no guard holds it"
    if counts.changes - counts.held > 0 and next_step:
        yield f"next: {next_step}"
    elif counts.changes and next_step:
        yield f"next: {next_step}, with the flags above if what is held is right"
    elif not counts.changes and not plan.pending:
        yield nothing


def _goods_by_field(fields: Mapping[str, int]) -> str:
    return ", ".join(f"{name} in {counted(number, 'good')}" for name, number in fields.items())


def _cost(budget: Budget, requests_per_second: float) -> str:
    minutes = ceil(budget.seconds(requests_per_second) / 60)
    lasts = "a minute" if minutes <= 1 else f"{minutes} minutes"
    imports = f"{counted(budget.imports, 'import')} of {budget.imports_left} left today"
    about = f"about {counted(budget.requests, 'request')}, {lasts}"
    return f"Prom.ua: {about}, {imports if budget.imports else 'no import'}"
